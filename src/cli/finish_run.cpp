// What rank 0 does after the training.
#include "finish_run.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "dropsweep/record/predictions.hpp"
#include "dropsweep/report/report.hpp"

#include "output.hpp"
#include "standard_output.hpp"

namespace dropsweep::cli {
namespace {

/// Metrics of the best model, statistics, plots and page.
void report_run(const std::filesystem::path& directory, const record::RunRecord& record,
                const report::Comparison& comparison, const data::Samples& test, std::size_t image_rows,
                const Warn& warn) {
    std::optional<record::Classification> classification;
    if (comparison.chosen_trial != nullptr) {
        const std::string trial = comparison.chosen_trial->trial.id();
        classification = classify_trial(trial, nn::read_model(model_path(directory, trial)), test, image_rows);
        record::write_classification(*classification, directory);
    }
    const std::size_t digit = report::default_digit(classification);
    for (const std::string& note : report::write_report(directory, record, comparison, classification, digit)) {
        warn(note);
    }
}

/// The record of a run whose trials have all ended, after its predictions are collected.
record::RunRecord read_complete_run(const std::filesystem::path& directory, const data::Samples& test) {
    record::RunRecord record = record::read_run(directory);
    record::collect_predictions(directory, record.trials, test.labels);
    return record;
}

bool have_succeeded(const std::vector<record::TrialRecord>& trials) {
    return std::ranges::none_of(trials, [](const auto& trial) { return trial.result && !trial.counts(); });
}

}  // namespace

bool finish_run(const std::filesystem::path& directory, const std::map<std::string, std::string>& reasons,
                const data::Samples& test, std::size_t image_rows, bool reports, const Warn& warn) {
    const record::RunRecord record = read_complete_run(directory, test);
    const report::Comparison comparison = report::compare(record, record::read_predictions(record));
    if (reports) report_run(directory, record, comparison, test, image_rows, warn);
    print_results(comparison, reasons, directory, "all files are complete, the table is in summary.csv");
    return have_succeeded(record.trials);
}

bool tell_of_complete_run(const std::filesystem::path& directory, const data::Samples& test) {
    const record::RunRecord record = read_complete_run(directory, test);
    print_to_stdout(
        fmt::format("nothing left to do: all {} trials of {} have ended\n", record.trials.size(), directory.string()),
        "nothing is lost");
    return have_succeeded(record.trials);
}

std::string stopped_by(int signal) {
    return signal == 0 ? "stopped before its time is up" : fmt::format("stopped by SIG{}", ::sigabbrev_np(signal));
}

void tell_of_stop(const std::filesystem::path& directory, std::optional<std::size_t> trials, int signal,
                  const Warn& warn) {
    const record::RunRecord record = record::read_run(directory);
    const auto ended =
        std::ranges::count_if(record.trials, [](const record::TrialRecord& trial) { return trial.result.has_value(); });
    warn(fmt::format("{} with {}{} trials ended; run the same command again, with --output {}, to go on",
                     stopped_by(signal), ended, trials ? fmt::format(" of {}", *trials) : "", directory.string()));
}

}  // namespace dropsweep::cli
