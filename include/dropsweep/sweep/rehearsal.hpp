#pragma once

#include <cstdint>
#include <string>

namespace dropsweep::sweep {

/// A fault on order, to see what it does: on a rank of the world, when a step of a trial has ended.
struct Rehearsal {
    enum class Action {
        kill_rank,  ///< the process ends as by kill -9
        stop_rank,  ///< the process stands still as by kill -STOP
        hang,       ///< the training thread sleeps for ever, the process lives
        slow,       ///< this and every later step of the rank takes kSlowSeconds more
        fail,       ///< the rank throws
        fail_write  ///< the next checkpoint of the rank's group cannot be written, as with a full disk
    };
    static constexpr double kSlowSeconds = 0.05;

    Action action = Action::kill_rank;
    int rank = 0;
    std::string trial;        ///< id
    std::uint32_t epoch = 0;  ///< from 0
    std::uint64_t step = 0;   ///< steps of the epoch that are done, from 1
};

}  // namespace dropsweep::sweep
