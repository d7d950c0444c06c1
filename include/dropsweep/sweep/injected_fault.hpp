#pragma once

#include <cstdint>
#include <string>

namespace dropsweep::sweep {

/// A fault on order, to see what it does: on a rank of the world, when a step of a trial has ended, or when the group
/// of a trial grows.
struct InjectedFault {
    enum class Action {
        kill_rank,        ///< the process ends as by kill -9
        stop_rank,        ///< the process stands still as by kill -STOP
        hang,             ///< the training thread sleeps for ever, the process lives
        slow,             ///< this and every later step of the rank takes kSlowSeconds more
        fail,             ///< the rank throws
        flip_weight,      ///< one bit in memory turns over in this step: of a weight,
        flip_activation,  ///< of an activation,
        flip_gradient,    ///< of a gradient
        flip_message,     ///< of the next message of the rank to the coordinator, on its way
        fail_write,       ///< the next checkpoint of the rank's group cannot be written, as with a full disk
        delay             ///< every step of every rank takes longer by a random time of at most kMostDelaySeconds
    };
    static constexpr double kSlowSeconds = 0.05;
    static constexpr double kMostDelaySeconds = 0.01;

    Action action = Action::kill_rank;
    int rank = 0;
    std::string trial;        ///< id
    std::uint32_t epoch = 0;  ///< from 0
    std::uint64_t step = 0;   ///< steps of the epoch that are done, from 1
    bool at_growth = false;   ///< instead of in a step: when the rank joins the trial, or others join it there
    std::uint64_t seed = 0;   ///< of the delays, the only thing that matters for them
};

}  // namespace dropsweep::sweep
