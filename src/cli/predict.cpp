// The command `dropsweep predict`.
#include <filesystem>

#include <fmt/format.h>

#include "dropsweep/data/format.hpp"
#include "dropsweep/linalg/products.hpp"
#include "dropsweep/record/csv.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/system/reading_progress.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/words.hpp"

#include "data_source.hpp"
#include "local_commands.hpp"
#include "model_source.hpp"
#include "standard_output.hpp"

namespace dropsweep::cli {
namespace {

namespace po = boost::program_options;

void add_options(po::options_description& options) {
    auto add = options.add_options();
    add("output", text_value("FILE"),
        "CSV file: index or --id, predicted, a probability for each class; default: standard output");
    add("id", text_value("COLUMN"), "of a table: what its samples are called; no feature");
}

std::string predictions_csv(const train::Predictions& predictions, const std::vector<std::string>& names,
                            const data::NamedSamples& samples) {
    const std::size_t classes = names.size();
    const char* const prefix = names == text::number_names(classes) ? "p" : "p_";
    std::vector<std::string> fields = {samples.ids.empty() ? "index" : samples.id_name, "predicted"};
    for (const std::string& name : names) fields.push_back(prefix + name);
    std::string text = record::csv_line(fields);
    const std::span<const float> probabilities = predictions.probabilities.span();
    for (std::size_t i = 0; i < predictions.predicted.size(); ++i) {
        fields = {samples.ids.empty() ? fmt::to_string(i) : samples.ids[i], names[predictions.predicted[i]]};
        for (const float p : probabilities.subspan(i * classes, classes)) fields.push_back(fmt::to_string(p));
        text += record::csv_line(fields);
    }
    return text;
}

data::NamedSamples read_samples(const std::filesystem::path& file, const nn::Model& model, const std::string& id) {
    const data::Format& format = data::format_of(file);
    if (!format.is_table && !id.empty()) {
        throw Error(ExitCode::usage,
                    fmt::format("--id names a column, but {} is no table; leave it out", file.string()));
    }
    return format.read_samples(file, model.feature_names, id);
}

void run(const CommandLine& line, const Warn& /*warn*/) {
    const std::string output = line.text_or_empty("output");
    for (const std::string& input : line.operands) {
        std::error_code not_there;
        if (std::filesystem::equivalent(input, output, not_there)) {
            refuse(line.command(), fmt::format("--output: {} is {} itself; name another file", output, input));
        }
    }
    linalg::start_products();
    const std::string& file = line.operands[1];
    const nn::Model model = nn::read_model(line.operands[0]);
    const system::ReadingProgress progress(tell_reading);
    data::NamedSamples named = read_samples(file, model, line.text_or_empty("id"));
    data::LabelledSamples& samples = named.samples;
    require_fit(model, line.operands[0], samples, file);
    standardize_for(model, samples);
    samples.labels.assign(samples.count, 0);  // unknown; the loss against them is not used
    const train::Predictions predictions = predict(model, data::as_samples(samples), line.operands[0]);
    const std::string text = predictions_csv(predictions, model.class_names, named);
    if (output.empty()) {
        print_to_stdout(text, "name a file with --output");
    } else {
        system::write_file_atomically(output, text);
    }
}

}  // namespace

LocalCommand predict_command() {
    return {"predict",
            "class probabilities of the samples of a file (IDX images or a directory of them, .npz, table), as CSV",
            {.names = "MODEL SAMPLES", .least = 2, .most = 2},
            add_options,
            run};
}

}  // namespace dropsweep::cli
