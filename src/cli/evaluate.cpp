// The command `dropsweep evaluate`.
#include <fmt/format.h>

#include "dropsweep/linalg/products.hpp"
#include "dropsweep/record/classification.hpp"
#include "dropsweep/record/csv.hpp"
#include "dropsweep/text/error.hpp"

#include "data_source.hpp"
#include "local_commands.hpp"
#include "model_source.hpp"
#include "option_descriptions.hpp"
#include "standard_output.hpp"
#include "values.hpp"

namespace dropsweep::cli {
namespace {

namespace po = boost::program_options;

void add_options(po::options_description& options) {
    add_data_options(options);
    options.add_options()("validation-split", text_value("NUMBER", "0.1"),
                          "share of the training samples that was held out for validation");
}

/// Like scikit-learn's classification_report.
std::string score_table(const record::Scores& scores, const std::vector<std::string>& names) {
    std::size_t width = 12;
    for (const std::string& name : names) width = std::max(width, name.size());
    const auto line = [width](const std::string& name, const record::Score& score) {
        return fmt::format("{:>{}}  {:>9.4f}  {:>9.4f}  {:>9.4f}  {:>9}\n", name, width, score.precision, score.recall,
                           score.f1, score.support);
    };
    std::string text = fmt::format("{:>{}}  {:>9}  {:>9}  {:>9}  {:>9}\n", "class", width, "precision", "recall",
                                   "f1-score", "support");
    for (std::size_t c = 0; c < scores.classes.size(); ++c) text += line(names[c], scores.classes[c]);
    text += fmt::format("{:>{}}  {:>9}  {:>9}  {:>9.4f}  {:>9}\n", "accuracy", width, "", "", scores.accuracy,
                        scores.macro.support);
    return text + line("macro avg", scores.macro) + line("weighted avg", scores.weighted);
}

/// @throws Error  missing_input: no data set is named, and there is no data/mnist
DataSource data_of(const CommandLine& line) {
    const std::optional<DataSource> source = find_data_source(data_options(line));
    if (!source) {
        throw Error(ExitCode::missing_input,
                    "no data set was named and data/mnist is not there; give --data PATH, or --data synthetic");
    }
    return *source;
}

void run(const CommandLine& line, const Warn& warn) {
    linalg::start_products();
    const double validation_split = parse_real(line.value("validation-split"), 0, 1, true);
    const DataSource source = data_of(line);
    data::Dataset dataset = load(source, warn);
    const nn::Model model = read_model_for(line.operands.front(), dataset, source.where.path);
    if (source.where.shuffled_validation) data::shuffle_validation(dataset, validation_split);
    const data::Split split =
        data::split_tail(data::as_samples(dataset.train), data::as_samples(dataset.test), validation_split);
    std::string text;
    const auto add = [&](const char* set, const train::Evaluation& evaluation) {
        text += fmt::format("{0}_loss {1}\n{0}_accuracy {2}\n", set, record::csv_number(evaluation.loss),
                            record::csv_number(evaluation.accuracy));
    };
    add("val", predict(model, split.validation, line.operands.front()).evaluation);
    const train::Predictions test = predict(model, split.test, line.operands.front());
    add("test", test.evaluation);
    const record::Classification classification =
        record::classify(line.operands.front(), test, split.test, model.class_names, dataset.test.rows);
    print_to_stdout(fmt::format("{}\n{}", text, score_table(record::score(classification), model.class_names)),
                    "run it again with standard output on a file");
}

}  // namespace

LocalCommand evaluate_command() {
    return {"evaluate",
            "loss, accuracy, precision and recall per class of a model",
            {.names = "MODEL", .least = 1, .most = 1},
            add_options,
            run};
}

}  // namespace dropsweep::cli
