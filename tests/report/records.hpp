// Trials as a run directory holds them, for tests of what is made of them.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "dropsweep/record/run_record.hpp"

namespace dropsweep::report {

/// A trial that ended with a model.
inline record::TrialRecord counted(const std::string& dropout, std::uint64_t seed, double test_accuracy,
                                   double best_val_loss) {
    train::TrialResult result;
    result.status = train::Status::early_stopped;
    result.best_val_loss = best_val_loss;
    result.test.accuracy = test_accuracy;
    return {{sweep::DropoutSetting::parse(dropout), seed}, {}, result};
}

/// A trial that ended without one.
inline record::TrialRecord lost(const std::string& dropout, std::uint64_t seed, train::Status status) {
    train::TrialResult result;
    result.status = status;
    return {{sweep::DropoutSetting::parse(dropout), seed}, {}, result};
}

inline record::TrialRecord not_ended(const std::string& dropout, std::uint64_t seed) {
    return {{sweep::DropoutSetting::parse(dropout), seed}, {}, std::nullopt};
}

inline record::RunRecord record_of(std::initializer_list<record::TrialRecord> trials) {
    record::RunRecord record;
    record.trials = trials;
    return record;
}

}  // namespace dropsweep::report
