// Comparisons of trials to the last bit.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::train {

/// Doubles as bits: NaN equals itself, whatever its sign, and -0 is not 0.
inline std::vector<std::uint64_t> bits(std::initializer_list<double> values) {
    std::vector<std::uint64_t> all;
    for (const double value : values) all.push_back(std::bit_cast<std::uint64_t>(std::isnan(value) ? NAN : value));
    return all;
}

inline void expect_same(const TrialResult& own, const TrialResult& twin) {
    EXPECT_EQ(own.status, twin.status);
    EXPECT_EQ(own.epochs, twin.epochs);
    EXPECT_EQ(own.best_epoch, twin.best_epoch);
    EXPECT_EQ(own.weights_sha256, twin.weights_sha256);
    EXPECT_EQ(
        bits({own.best_val_loss, own.validation.loss, own.validation.accuracy, own.test.loss, own.test.accuracy}),
        bits({twin.best_val_loss, twin.validation.loss, twin.validation.accuracy, twin.test.loss, twin.test.accuracy}));
}

inline void expect_same(const TrainedModel& own, const TrainedModel& twin) {
    expect_same(own.result, twin.result);
    EXPECT_TRUE(std::ranges::equal(own.weights.span(), twin.weights.span()));
    if (own.result.has_weights()) {
        EXPECT_EQ(system::sha256(own.weights.span()), own.result.weights_sha256);
    }
}

/// The same epochs, but for the time that they took.
inline void expect_same(std::span<const EpochRecord> own, std::span<const EpochRecord> twin) {
    ASSERT_EQ(own.size(), twin.size());
    for (std::size_t e = 0; e < own.size(); ++e) {
        const EpochRecord &a = own[e], &b = twin[e];
        EXPECT_EQ(a.epoch, b.epoch);
        EXPECT_EQ(bits({a.training.loss, a.training.accuracy, a.validation.loss, a.validation.accuracy}),
                  bits({b.training.loss, b.training.accuracy, b.validation.loss, b.validation.accuracy}));
    }
}

}  // namespace dropsweep::train
