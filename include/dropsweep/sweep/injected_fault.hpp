// The faults that --inject can cause, for tests.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace dropsweep::sweep {

/// A fault on one rank of the world, after a step of a trial or when the trial's group grows.
struct InjectedFault {
    enum class Action {
        kill_rank,        ///< SIGKILL to the process
        stop_rank,        ///< SIGSTOP to the process
        hang,             ///< the training thread sleeps for ever, other threads go on
        slow,             ///< this and every later step of the rank takes kSlowSeconds more
        fail,             ///< the rank throws an Error
        fail_write,       ///< writing a checkpoint fails from now on if the rank leads its group, as with a full disk
        flip_weight,      ///< in this step one bit is flipped in memory: of a weight,
        flip_activation,  ///< of an activation,
        flip_gradient,    ///< of a gradient
        flip_message,     ///< one bit of the rank's next message to the coordinator is flipped
        delay             ///< every step of every rank takes a random time longer, at most kMostDelaySeconds
    };
    /// In the order of Action.
    static constexpr std::array<std::string_view, 11> kActionNames = {
        "kill",          "stop",         "hang", "slow", "fail", "fail-write", "flip-weight", "flip-activation",
        "flip-gradient", "flip-message", "delay"};
    static constexpr double kSlowSeconds = 0.05;
    static constexpr double kMostDelaySeconds = 0.01;

    Action action = Action::kill_rank;
    int rank = 0;
    std::string trial;        ///< id
    std::uint32_t epoch = 0;  ///< from 0
    std::uint64_t step = 0;   ///< completed steps of the epoch, from 1
    bool at_growth = false;   ///< instead of after a step: when the rank becomes part of a larger group
    std::uint64_t seed = 0;   ///< of `delay`, which ignores all other members
};

}  // namespace dropsweep::sweep
