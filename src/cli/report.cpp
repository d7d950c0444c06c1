// The command `dropsweep report`.
#include "dropsweep/report/report.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dropsweep/linalg/products.hpp"
#include "dropsweep/record/manifest.hpp"
#include "dropsweep/record/predictions.hpp"
#include "dropsweep/system/sha256.hpp"
#include "dropsweep/text/error.hpp"

#include "data_source.hpp"
#include "local_commands.hpp"
#include "model_source.hpp"
#include "output.hpp"
#include "values.hpp"

namespace dropsweep::cli {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

void add_options(po::options_description& options) {
    auto add = options.add_options();
    add("output", text_value("DIR"),
        "where the report goes; default: into the run's own directory, and for several results/report-<UTC time>");
    add("trial", text_value("ID"), "show the model of this trial, e.g. p0.3-s1, instead of the best value's best one");
    add("digit", text_value("N"), "class whose mistakes are drawn as failure<N>; default: 8");
    add("data", text_value("PATH"), "where the run's data is now, when models have to be evaluated");
    add("test", text_value("FILE"), "likewise, of a table its test samples");
}

/// Makes the directory of a report that does not go into its run's own. @throws Error  as make_output_directory
fs::path make_report_directory(const std::string& option) {
    const fs::path directory = option.empty() ? fmt::format("results/report-{}", record::utc_time()) : option;
    make_output_directory(directory);
    return directory;
}

/// The data that the runs were trained on, and where it is.
/// @throws Error  missing_input; bad_data: it is other data
std::pair<data::Dataset, DataSource> load_same_data(const record::RunRecord& record, const CommandLine& line,
                                                    const Warn& warn) {
    const auto option = [&](const char* name) {
        const auto configured = record.config.find(name);
        return line.has(name) || configured == record.config.end() ? line.text_or_empty(name) : configured->second;
    };
    DataOptions where{option("data"), option("test"), option("label")};
    if (const std::string share = option("test-split"); !share.empty()) {
        where.test_split = parse_real({"test-split", share}, 0, 1, true);
    }
    const DataSource source = choose_data_source(where);
    data::Dataset dataset = load(source, warn);
    if (data::content_hash(dataset) != record.manifests.front()["data"]["sha256"].get<std::string>()) {
        throw Error(ExitCode::bad_data,
                    fmt::format("{} is not the data of the run (its SHA-256 is not that of manifest.json); name the "
                                "right one with --data",
                                source.where.path));
    }
    return {std::move(dataset), source};
}

/// The model of a trial, fit for the data.
/// @throws Error  see read_model_for; bad_data: it has other weights than the trial ended with
nn::Model read_model_of(const record::TrialRecord& trial, const fs::path& path, data::Dataset& dataset,
                        const DataSource& source) {
    nn::Model model = read_model_for(path.string(), dataset, source.where.path);
    if (system::sha256<float>(model.weights.span()) != trial.result->weights_sha256) {
        throw Error(ExitCode::bad_data,
                    fmt::format("{}: its weights are not those of trial {} (weights_sha256 in summary.csv); restore "
                                "the file as dropsweep wrote it",
                                path.string(), trial.trial.id()));
    }
    return model;
}

/// Classifies the test set with the model of a trial.
/// @throws Error  missing_input: model or data are not there; bad_data
record::Classification classify_again(const record::TrialRecord& trial, const record::RunRecord& record,
                                      const CommandLine& line, const Warn& warn) {
    const std::string id = trial.trial.id();
    std::vector<std::string> searched;
    for (const fs::path& directory : record.directories) {
        const fs::path path = model_path(directory, id);
        searched.push_back(path.parent_path().string());
        std::error_code ignored;
        if (!fs::exists(path, ignored)) continue;
        linalg::start_products();
        auto [dataset, source] = load_same_data(record, line, warn);
        const nn::Model model = read_model_of(trial, path, dataset, source);
        return classify_trial(id, model, data::as_samples(dataset.test), dataset.test.rows);
    }
    throw Error(ExitCode::missing_input,
                fmt::format("the model of trial {} is not in {}; restore it, or report the run it comes from{}", id,
                            fmt::join(searched, " or "), line.has("trial") ? ", or leave out --trial" : ""));
}

/// Whether a classification agrees with the size of the test set in the manifest and the accuracy in summary.csv.
bool agrees(const record::Classification& known, const record::TrialRecord& trial, const record::RunRecord& record) {
    const record::Scores scores = record::score(known);
    const std::size_t images = scores.weighted.support;
    return record::test_samples(record).value_or(images) == images && scores.accuracy == trial.result->test.accuracy;
}

/// How the model of a trial classifies the test set: read from the run's files, or else by classify_again.
/// @throws Error  missing_input: neither the files nor model and data are there; bad_data
record::Classification classification_of(const record::TrialRecord& trial, const record::RunRecord& record,
                                         const CommandLine& line, const Warn& warn) {
    std::string misfit;
    for (const fs::path& directory : record.directories) {
        auto known = record::read_classification(directory);
        if (!known || known->trial != trial.trial.id()) continue;
        if (agrees(*known, trial, record)) return std::move(*known);
        misfit = fmt::format("{}: its counts are not those of manifest.json and summary.csv",
                             (directory / "confusion.csv").string());
    }
    try {
        record::Classification found = classify_again(trial, record, line, warn);
        if (!misfit.empty()) warn(misfit + ", so the model was evaluated again");
        return found;
    } catch (const Error& error) {
        if (misfit.empty() || error.code() != ExitCode::missing_input) throw;
        throw Error(ExitCode::bad_data,
                    misfit + "; restore it, or bring back model and data, by which it can be made again");
    }
}

/// The trial that is shown; null: none. @throws Error  usage: no such trial, or one without a model
const record::TrialRecord* trial_to_show(const CommandLine& line, const record::RunRecord& record,
                                         const report::Comparison& comparison) {
    if (!line.has("trial")) return comparison.chosen_trial;
    const std::string id = line.text("trial");
    const auto found = std::ranges::find(record.trials, id, [](const auto& trial) { return trial.trial.id(); });
    if (found == record.trials.end()) {
        throw Error(ExitCode::usage,
                    fmt::format("--trial: there is no trial '{}'; see summary.csv for their names", id));
    }
    if (!found->counts()) {
        throw Error(ExitCode::usage, fmt::format("--trial: trial {} has no model; name one that has ended well", id));
    }
    return &*found;
}

std::optional<record::Classification> find_classification(const CommandLine& line, const record::RunRecord& record,
                                                          const report::Comparison& comparison, const Warn& warn) {
    const record::TrialRecord* trial = trial_to_show(line, record, comparison);
    if (trial == nullptr) return std::nullopt;
    try {
        return classification_of(*trial, record, line, warn);
    } catch (const Error& error) {
        // An error only with --trial: otherwise the report is made without metrics per class.
        if (line.has("trial") || error.code() != ExitCode::missing_input) throw;
        warn(fmt::format("no metrics per class: {}", error.what()));
        return std::nullopt;
    }
}

std::size_t choose_digit(const CommandLine& line, const std::optional<record::Classification>& classification) {
    if (!line.has("digit")) return report::default_digit(classification);
    const std::size_t classes = classification ? classification->classes() : data::kMostClasses;
    return parse_count(line.value("digit"), 0, classes - 1);
}

void run(const CommandLine& line, const Warn& warn) {
    std::vector<record::RunRecord> parts;
    for (const std::string& directory : line.operands) parts.push_back(record::read_run(directory));
    const bool in_place = parts.size() == 1 && !line.has("output");
    const record::RunRecord record = parts.size() == 1 ? parts.front() : record::merge_runs(parts);
    const record::TestPredictions predictions = record::read_predictions(record);
    const report::Comparison comparison = report::compare(record, predictions);
    const std::optional<record::Classification> classification = find_classification(line, record, comparison, warn);
    const std::size_t digit = choose_digit(line, classification);

    const fs::path directory =
        in_place ? record.directories.front() : make_report_directory(line.text_or_empty("output"));
    if (!in_place) {
        record::write_run(record, directory);
        record::write_predictions(predictions, record.trials, directory);
    }
    if (classification) record::write_classification(*classification, directory);
    for (const std::string& note : report::write_report(directory, record, comparison, classification, digit)) {
        warn(note);
    }
    print_results(comparison, {}, directory, "the verdict is in verdict.txt");
}

}  // namespace

LocalCommand report_command() {
    return {"report",
            "verdict, statistics, plots and page from the files of one run, or of several parts of one sweep",
            {.names = "RUN...", .least = 1, .most = std::numeric_limits<std::size_t>::max()},
            add_options,
            run};
}

}  // namespace dropsweep::cli
