// Checkpoints that say where they are, and their comparison bit by bit.
#pragma once

#include <cstring>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/train/checkpoint.hpp"

#include "../support/error_of.hpp"
#include "../support/same_trial.hpp"

namespace dropsweep::train {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr system::Digest kIdentity = {1, 2, 3};
constexpr system::Digest kOtherIdentity = {1, 2, 4};
constexpr std::size_t kParameters = 5;
inline const std::string kTrial = "p0.3-s1";

inline linalg::FloatBuffer floats(std::size_t size, float first) {
    linalg::FloatBuffer buffer(size);
    for (std::size_t i = 0; i < size; ++i) buffer.data()[i] = first + static_cast<float>(i) / 3;
    return buffer;
}

/// A checkpoint that says where it is: no two of its numbers are equal.
inline Checkpoint at(std::uint32_t epoch, std::uint64_t step = 0, std::size_t best = kParameters) {
    Checkpoint checkpoint;
    checkpoint.epoch = epoch;
    checkpoint.step = step;
    checkpoint.total = {.loss = 1.1 + epoch, .correct = 12'345'678'901};
    checkpoint.training_seconds = 2.2;
    for (std::uint32_t i = 0; i < epoch; ++i) {
        const double x = i;
        checkpoint.history.push_back({.epoch = i,
                                      .training = {.loss = 0.1 + x, .accuracy = 0.2 + x},
                                      .validation = {.loss = 0.3 + x, .accuracy = 0.4 + x},
                                      .training_seconds = 0.5 + x,
                                      .validation_seconds = 0.6 + x});
    }
    checkpoint.early_stopping = {.epoch = epoch, .waited = 7, .best_epoch = 8, .best_val_loss = 0.7};
    checkpoint.weights = floats(kParameters, 10);
    checkpoint.moments = floats(kParameters, 20);
    checkpoint.best_weights = floats(best, 30);
    return checkpoint;
}

inline bool same_bits(const linalg::FloatBuffer& a, const linalg::FloatBuffer& b) {
    return a.size() == b.size() && (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

inline void expect_same(const Checkpoint& a, const Checkpoint& b) {
    EXPECT_EQ(a.epoch, b.epoch);
    EXPECT_EQ(a.step, b.step);
    EXPECT_EQ(a.total, b.total);
    EXPECT_EQ(a.training_seconds, b.training_seconds);
    expect_same(a.history, b.history);
    ASSERT_EQ(a.history.size(), b.history.size());
    for (std::size_t i = 0; i < a.history.size(); ++i) {
        EXPECT_EQ(a.history[i].training_seconds, b.history[i].training_seconds);
        EXPECT_EQ(a.history[i].validation_seconds, b.history[i].validation_seconds);
    }
    EXPECT_EQ(a.early_stopping, b.early_stopping);
    EXPECT_TRUE(same_bits(a.weights, b.weights));
    EXPECT_TRUE(same_bits(a.moments, b.moments));
    EXPECT_TRUE(same_bits(a.best_weights, b.best_weights));
}

}  // namespace dropsweep::train
