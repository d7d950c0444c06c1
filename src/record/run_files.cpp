// Collects the rows of the three tables while trials run, and decides when to write them.
#include "dropsweep/record/run_files.hpp"

#include <algorithm>
#include <iterator>

#include "dropsweep/record/checksums.hpp"
#include "dropsweep/record/occupancy.hpp"
#include "dropsweep/system/files.hpp"

namespace dropsweep::record {
namespace {

using Event = TimingRow::Event;

TimingRow timing_row(Event event, const sweep::Trial& trial, const sweep::Group& group, double start_seconds) {
    return {.event = event,
            .trial = trial.id(),
            .first_rank = group.first_rank,
            .ranks = group.ranks,
            .start_seconds = start_seconds};
}

}  // namespace

RunFiles::RunFiles(std::filesystem::path directory, const std::vector<sweep::Trial>& trials,
                   std::size_t training_samples, const RunRecord& earlier,
                   std::function<void(const std::set<std::string>&)> recorded, system::Clock clock)
    : directory_(std::move(directory)),
      training_samples_(training_samples),
      rows_(trials.size()),
      running_(trials.size()),
      recorded_(std::move(recorded)),
      clock_(std::move(clock)) {
    for (const sweep::Trial& trial : trials) trials_.push_back({trial, {}, {}});
    take_over(earlier, sweep::index_by_id(trials));
}

void RunFiles::take_over(const RunRecord& earlier, const sweep::TrialIndex& index) {
    for (const TrialRecord& record : earlier.trials) {
        const auto trial = index.find(record.trial.id());
        if (trial == index.end()) continue;
        trials_[trial->second] = record;
        if (record.result) to_record_.insert(trial->first);
    }
    for (const TimingRow& row : earlier.timing) {
        const auto trial = index.find(row.trial);
        if (trial != index.end()) rows_[trial->second].push_back(row);
        if (row.event == Event::prediction) {
            if (row.trial.empty()) expected_ = row;
        } else if (row.event != Event::idle) {
            earlier_seconds_ = std::max(earlier_seconds_, row.end_seconds());
        }
    }
}

void RunFiles::expect(const sweep::Prediction& prediction, int ranks) {
    expected_ = {.event = Event::prediction, .ranks = ranks, .seconds = prediction.seconds};
    for (std::size_t t = 0; t < trials_.size(); ++t) {
        const sweep::Prediction::TrialTime& time = prediction.trials[t];
        TimingRow row = timing_row(Event::prediction, trials_[t].trial, {0, ranks}, time.start_seconds);
        row.seconds = time.end_seconds - time.start_seconds;
        rows_[t].push_back(row);
    }
}

void RunFiles::keep_epochs(std::size_t trial, std::size_t count) {
    std::vector<train::EpochRecord>& epochs = trials_[trial].epochs;
    if (epochs.size() > count) epochs.resize(count);
    std::erase_if(rows_[trial], [count](const TimingRow& row) { return row.epoch && *row.epoch >= count; });
}

void RunFiles::extend(std::size_t trial, double end_seconds) {
    for (TimingRow& row : running_[trial]) row.seconds = earlier_seconds_ + end_seconds - row.start_seconds;
}

void RunFiles::end(std::size_t trial, double end_seconds) {
    extend(trial, end_seconds);
    rows_[trial].insert(rows_[trial].end(), running_[trial].begin(), running_[trial].end());
    running_[trial].clear();
    outcomes_changed_ = true;
}

void RunFiles::on_join(std::size_t trial, const sweep::Group& ranks, double start_seconds) {
    running_[trial].push_back(timing_row(Event::trial, trials_[trial].trial, ranks, earlier_seconds_ + start_seconds));
}

void RunFiles::on_resume(std::size_t trial, const std::vector<train::EpochRecord>& history) {
    keep_epochs(trial, history.size());
    trials_[trial].epochs = history;
    epochs_changed_ = true;
}

void RunFiles::on_stop(std::size_t trial, const sweep::Span& span) {
    end(trial, span.end_seconds());
}

void RunFiles::on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& span) {
    keep_epochs(trial, record.epoch);
    trials_[trial].result.reset();
    trials_[trial].epochs.push_back(record);
    TimingRow row = timing_row(Event::epoch, trials_[trial].trial, span.group, earlier_seconds_ + span.start_seconds);
    row.seconds = span.seconds;
    row.epoch = record.epoch;
    row.training_seconds = record.training_seconds;
    row.images_per_second = static_cast<double>(training_samples_) / record.training_seconds;
    rows_[trial].push_back(row);
    extend(trial, span.end_seconds());
    epochs_changed_ = true;
}

void RunFiles::on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) {
    trials_[trial].result = outcome.result;
    if (!outcome.message.empty()) reasons_[trials_[trial].trial.id()] = outcome.message;
    end(trial, outcome.span.end_seconds());
    to_record_.insert(trials_[trial].trial.id());
}

void RunFiles::on_idle() {
    if (clock_() >= next_write_) write();
}

void RunFiles::write() {
    const auto start = clock_();
    if (epochs_changed_ || outcomes_changed_) remove_checksums(directory_);
    // In this order, so that at any time a trial with a row in summary.csv has all its rows in history.csv.
    if (epochs_changed_) system::write_file_atomically(directory_ / "history.csv", history_csv(trials_));
    if (outcomes_changed_) system::write_file_atomically(directory_ / "summary.csv", summary_csv(trials_));
    if (epochs_changed_ || outcomes_changed_) {
        system::write_file_atomically(directory_ / "timing.csv", timing_csv(timing()));
    }
    epochs_changed_ = outcomes_changed_ = false;
    if (recorded_ && !to_record_.empty()) recorded_(to_record_);
    to_record_.clear();
    // Limits the share of time for rewriting, which grows with the number of trials.
    constexpr int kMostShare = 20;
    const auto now = clock_();
    next_write_ = now + kMostShare * (now - start);
}

void RunFiles::on_end(double sweep_seconds, int ranks, double /*idle_share*/) {
    sweep_ = {.event = Event::sweep, .ranks = ranks, .seconds = earlier_seconds_ + sweep_seconds};
    outcomes_changed_ = true;
    write();
    write_checksums(directory_);
}

std::vector<TimingRow> RunFiles::timing() const {
    std::vector<TimingRow> rows;
    if (expected_) rows.push_back(*expected_);
    for (std::size_t t = 0; t < trials_.size(); ++t) {
        rows.insert(rows.end(), rows_[t].begin(), rows_[t].end());
        // Ranks that have joined since the last epoch have no time yet.
        std::ranges::copy_if(running_[t], std::back_inserter(rows),
                             [](const TimingRow& row) { return row.seconds > 0; });
    }
    if (!sweep_) return rows;
    rows.push_back(*sweep_);
    const Occupancy occupancy = occupancy_of(rows);
    rows.pop_back();
    for (int rank = 0; rank < occupancy.ranks; ++rank) {
        const double idle_seconds = occupancy.idle_seconds[static_cast<std::size_t>(rank)];
        rows.push_back({.event = Event::idle, .first_rank = rank, .seconds = idle_seconds});
    }
    rows.push_back(*sweep_);
    rows.back().ranks = occupancy.ranks;
    return rows;
}

}  // namespace dropsweep::record
