// A host of a sweep, put together from lambdas.
#pragma once

#include <cstdlib>
#include <functional>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "dropsweep/sweep/run_sweep.hpp"

namespace dropsweep::testing_support {

struct LambdaHost : sweep::Host {
    std::function<std::optional<train::Checkpoint>(const sweep::Trial&)> load = [](const sweep::Trial&) {
        return std::nullopt;
    };
    std::function<void(const sweep::Trial&, const train::Checkpoint&)> save;
    std::function<void(const sweep::Trial&, const train::TrainedModel&)> keep = [](const sweep::Trial&,
                                                                                   const train::TrainedModel&) {};
    std::function<bool()> stops = [] { return false; };
    std::function<void(const Error&)> die_of = [](const Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        std::abort();
    };

    std::optional<train::Checkpoint> load_checkpoint(const sweep::Trial& trial) override { return load(trial); }
    bool keeps_checkpoints() const override { return save != nullptr; }
    void save_checkpoint(const sweep::Trial& trial, const train::Checkpoint& state) override { save(trial, state); }
    void keep_model(const sweep::Trial& trial, const train::TrainedModel& model) override { keep(trial, model); }
    bool stop_requested() override { return stops(); }
    void die(const Error& error) override { die_of(error); }
};

}  // namespace dropsweep::testing_support
