#pragma once

#include <span>

#include <gtest/gtest.h>

#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::train {

/// The same end of a trial, to the last bit.
inline void expect_same(const TrainedModel& own, const TrainedModel& twin) {
    EXPECT_EQ(own.result.weights_sha256, twin.result.weights_sha256);
    EXPECT_EQ(system::sha256(own.weights.span()), twin.result.weights_sha256);
    EXPECT_EQ(own.result.status, twin.result.status);
    EXPECT_EQ(own.result.epochs, twin.result.epochs);
    EXPECT_EQ(own.result.best_epoch, twin.result.best_epoch);
    EXPECT_EQ(own.result.best_val_loss, twin.result.best_val_loss);
    EXPECT_EQ(own.result.validation.loss, twin.result.validation.loss);
    EXPECT_EQ(own.result.test.loss, twin.result.test.loss);
}

/// The same epochs, but for the time that they took.
inline void expect_same(std::span<const EpochRecord> own, std::span<const EpochRecord> twin) {
    ASSERT_EQ(own.size(), twin.size());
    for (std::size_t e = 0; e < own.size(); ++e) {
        EXPECT_EQ(own[e].epoch, twin[e].epoch);
        EXPECT_EQ(own[e].training.loss, twin[e].training.loss);
        EXPECT_EQ(own[e].training.accuracy, twin[e].training.accuracy);
        EXPECT_EQ(own[e].validation.loss, twin[e].validation.loss);
        EXPECT_EQ(own[e].validation.accuracy, twin[e].validation.accuracy);
    }
}

}  // namespace dropsweep::train
