// A listener that remembers what a sweep reports on rank 0.
#pragma once

#include <vector>

#include "dropsweep/sweep/listener.hpp"

namespace dropsweep::testing_support {

struct Recorder : sweep::Listener {
    explicit Recorder(std::size_t trials)
        : resumed(trials), joined(trials), epochs(trials), group_sizes(trials), outcomes(trials) {}

    void on_resume(std::size_t trial, const std::vector<train::EpochRecord>& history) override {
        for (const train::EpochRecord& record : history) resumed[trial].push_back(record.epoch);
    }
    void on_join(std::size_t trial, const sweep::Group& ranks, double) override { joined[trial].push_back(ranks); }
    void on_step(std::size_t, const train::StepProgress& progress) override { steps.push_back(progress); }
    void on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& span) override {
        epochs[trial].push_back(record.epoch);
        group_sizes[trial].push_back(span.group.ranks);
    }
    void on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) override {
        outcomes[trial].push_back(outcome);
    }
    void on_end(double seconds, int, double idle) override {
        ++ends;
        sweep_seconds = seconds;
        idle_share = idle;
    }

    std::vector<train::StepProgress> steps;
    std::vector<std::vector<std::uint32_t>> resumed;         ///< of each trial: the epochs before it went on
    std::vector<std::vector<sweep::Group>> joined;           ///< of each trial: who began it, then who joined it
    std::vector<std::vector<std::uint32_t>> epochs;          ///< of each trial
    std::vector<std::vector<int>> group_sizes;               ///< of each trial: how many trained each of its epochs
    std::vector<std::vector<sweep::TrialOutcome>> outcomes;  ///< of each trial
    int ends = 0;
    double sweep_seconds = 0;
    double idle_share = 0;
};

}  // namespace dropsweep::testing_support
