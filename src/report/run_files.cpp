#include "dropsweep/report/run_files.hpp"

#include "dropsweep/core/files.hpp"

namespace dropsweep::report {
namespace {

using Event = TimingRow::Event;

TimingRow timing_row(Event event, const sweep::Trial& trial, const sweep::Span& span) {
    TimingRow row;
    row.event = event;
    row.trial = trial.id();
    row.first_rank = span.group.first_rank;
    row.ranks = span.group.ranks;
    row.start_seconds = span.start_seconds;
    row.seconds = span.seconds;
    return row;
}

}  // namespace

RunFiles::RunFiles(std::filesystem::path directory, const std::vector<sweep::Trial>& trials,
                   std::size_t training_samples)
    : directory_(std::move(directory)), training_samples_(training_samples), spans_(trials.size()) {
    for (const sweep::Trial& trial : trials) trials_.push_back({trial, {}, {}});
}

void RunFiles::on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& span) {
    trials_[trial].epochs.push_back(record);
    TimingRow row = timing_row(Event::epoch, trials_[trial].trial, span);
    row.epoch = record.epoch;
    row.training_seconds = record.training_seconds;
    row.images_per_second = static_cast<double>(training_samples_) / record.training_seconds;
    spans_[trial].push_back(row);
    epochs_changed_ = true;
}

void RunFiles::on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) {
    trials_[trial].result = outcome.result;
    if (!outcome.message.empty()) reasons_[trials_[trial].trial.id()] = outcome.message;
    spans_[trial].push_back(timing_row(Event::trial, trials_[trial].trial, outcome.span));
    outcomes_changed_ = true;
}

void RunFiles::on_calm() {
    if (Clock::now() >= next_write_) write();
}

void RunFiles::write() {
    const Clock::time_point start = Clock::now();
    if (epochs_changed_) core::write_file_atomically(directory_ / "history.csv", history_csv(trials_));
    if (outcomes_changed_) core::write_file_atomically(directory_ / "summary.csv", summary_csv(trials_));
    if (epochs_changed_ || outcomes_changed_) {
        core::write_file_atomically(directory_ / "timing.csv", timing_csv(timing()));
    }
    epochs_changed_ = outcomes_changed_ = false;
    // A sweep of thousands of trials must not spend its time on rewriting them.
    constexpr int kMostShare = 20;
    next_write_ = Clock::now() + kMostShare * (Clock::now() - start);
}

void RunFiles::on_end(double sweep_seconds, const std::vector<double>& idle_seconds) {
    sweep_seconds_ = sweep_seconds;
    idle_seconds_ = idle_seconds;
    outcomes_changed_ = true;
    write();
}

std::vector<TimingRow> RunFiles::timing() const {
    std::vector<TimingRow> rows;
    for (const std::vector<TimingRow>& spans : spans_) rows.insert(rows.end(), spans.begin(), spans.end());
    for (std::size_t rank = 0; rank < idle_seconds_.size(); ++rank) {
        TimingRow& row = rows.emplace_back();
        row.event = Event::idle;
        row.first_rank = static_cast<int>(rank);
        row.seconds = idle_seconds_[rank];
    }
    if (!idle_seconds_.empty()) {
        TimingRow& row = rows.emplace_back();
        row.event = Event::sweep;
        row.ranks = static_cast<int>(idle_seconds_.size());
        row.seconds = sweep_seconds_;
    }
    return rows;
}

}  // namespace dropsweep::report
