// An observer of a trial, put together from lambdas.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::testing_support {

/// A TrialObserver put together from what a test wants to see.
struct LambdaObserver : train::TrialObserver, train::Disturbance {
    std::function<void(const train::StepProgress&)> step = [](const train::StepProgress&) {};
    std::function<void(const train::EpochRecord&)> epoch = [](const train::EpochRecord&) {};
    std::function<bool()> interrupt = [] { return false; };
    std::function<std::optional<comm::Communicator>(const comm::Communicator&)> grow_to =
        [](const comm::Communicator&) { return std::nullopt; };
    std::function<void(const train::Checkpoint&)> checkpoint;
    train::Repeaters* repeated_by = nullptr;
    std::function<void(int, const train::StepProgress&)> corruption = [](int, const train::StepProgress&) {};
    std::function<void(const train::StepProgress&, train::StepBuffer, std::span<std::byte>)> alter;

    void on_step(const train::StepProgress& progress) override { step(progress); }
    void on_epoch(const train::EpochRecord& record) override { epoch(record); }
    bool interrupts() override { return interrupt(); }
    std::optional<comm::Communicator> grow(const comm::Communicator& group) override { return grow_to(group); }
    bool keeps_checkpoints() const override { return checkpoint != nullptr; }
    void on_checkpoint(const train::Checkpoint& state) override { checkpoint(state); }
    train::Repeaters* repeaters() override { return repeated_by; }
    void on_corruption(int rank, const train::StepProgress& progress) override { corruption(rank, progress); }
    train::Disturbance* disturbance() override { return alter ? this : nullptr; }
    void disturb(const train::StepProgress& end, train::StepBuffer buffer, std::span<std::byte> bytes) override {
        alter(end, buffer, bytes);
    }
};

/// For trials of which nothing is to be seen but the result.
inline train::TrialObserver no_observer;

}  // namespace dropsweep::testing_support
