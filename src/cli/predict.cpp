#include <filesystem>

#include <fmt/format.h>

#include "dropsweep/core/files.hpp"
#include "dropsweep/core/products.hpp"
#include "dropsweep/data/idx.hpp"
#include "dropsweep/report/csv.hpp"

#include "local_commands.hpp"
#include "model_source.hpp"
#include "standard_output.hpp"

namespace dropsweep::cli {
namespace {

namespace po = boost::program_options;

void add_options(po::options_description& options) {
    options.add_options()("output", po::value<std::string>()->value_name("FILE"),
                          "CSV file: index,predicted,p0,p1 ...; default: standard output");
}

std::string predictions_csv(const train::Predictions& predictions, std::size_t classes) {
    std::vector<std::string> fields = {"index", "predicted"};
    for (std::size_t c = 0; c < classes; ++c) fields.push_back(fmt::format("p{}", c));
    std::string text = report::csv_line(fields);
    const std::span<const float> probabilities = predictions.probabilities.span();
    for (std::size_t i = 0; i < predictions.predicted.size(); ++i) {
        fields = {fmt::to_string(i), fmt::to_string(predictions.predicted[i])};
        for (const float p : probabilities.subspan(i * classes, classes)) fields.push_back(fmt::to_string(p));
        text += report::csv_line(fields);
    }
    return text;
}

void run(const CommandLine& line, const Warn& /*warn*/) {
    const std::string output = line.text_or_empty("output");
    for (const std::string& input : line.operands) {
        std::error_code not_there;
        if (std::filesystem::equivalent(input, output, not_there)) {
            refuse(line.command, fmt::format("--output: {} is {} itself; name another file", output, input));
        }
    }
    core::start_products();
    const std::string& image_file = line.operands[1];
    data::LabelledSamples images = data::read_idx_images(image_file);
    const nn::Model model = read_model_for(line.operands[0], images, 0, image_file);
    images.labels.assign(images.count, 0);  // unknown; the loss against them is not used
    const train::Predictions predictions = predict(model, data::as_samples(images), line.operands[0]);
    const std::string text = predictions_csv(predictions, model.architecture.classes);
    if (output.empty()) {
        print_to_stdout(text, "name a file with --output");
    } else {
        core::write_file_atomically(output, text);
    }
}

}  // namespace

LocalCommand predict_command() {
    return {"predict",
            "class probabilities of the images of an IDX file, as CSV",
            {.names = "MODEL IMAGES", .least = 2, .most = 2},
            add_options,
            run};
}

}  // namespace dropsweep::cli
