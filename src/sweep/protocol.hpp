#pragma once

#include <cstddef>
#include <cstdint>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/text.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/run_sweep.hpp"
#include "dropsweep/train/result.hpp"

// The messages between the groups and the coordinator, which runs in a thread of its own on rank 0. The first rank of a
// group is its leader; rank 0 talks to its own coordinator through the same messages. How a group grows:
//
//     coordinator -> group       Growth     rank 3 is free                       (any time)
//     group -> coordinator       Join       after the present step: it may come
//     coordinator -> rank 3      Assignment the trial and all ranks of its group
//     group and rank 3           MPI_Comm_create_group, then the state of the trial from the first rank
//
// When the trial ends without such a Join, the coordinator knows by its Outcome that rank 3 is still free.
namespace dropsweep::sweep::protocol {

enum Tag : int {
    kAssignment = 1,  ///< coordinator -> rank: an Assignment and the ranks of the group
    kGrowth,          ///< coordinator -> group: a Growth and the ranks that are to join it
    kJoin,            ///< group -> coordinator: ranks begin to train a trial
    kResume,          ///< group -> coordinator: a trial goes on from a checkpoint; a Resume and its history
    kStep,            ///< group -> coordinator
    kEpoch,           ///< group -> coordinator
    kOutcome,         ///< group -> coordinator: the trial has ended
    kCorruption,      ///< group -> coordinator: a rank has computed wrong
    kStopped,         ///< group -> coordinator: the trial was stopped
    kFarewell,        ///< any rank -> coordinator: the last message of this rank
    kStop,            ///< coordinator -> group: stop at the next step, for good
    kCancel,          ///< coordinator -> group: stop this trial at the next step
};

/// Communicators of all ranks that carry nothing but this protocol. The first are two because rank 0 is on both ends:
/// its coordinator looks for any message to it and must not see its own answers to its group. They may be given up when
/// nothing is on its way on them, because MPI takes what comes later for a message on the next communicator that it
/// makes: a rank says farewell after its last report, and when it hears that the sweep is over it has all orders
/// before.
struct Channels {
    explicit Channels(const comm::Communicator& world, int coordinator_rank = 0)
        : reports(world.duplicate()),
          orders(world.duplicate()),
          repeats(world.duplicate()),
          coordinator(coordinator_rank) {}
    comm::Communicator reports;  ///< to the coordinator
    comm::Communicator orders;   ///< from the coordinator
    comm::Communicator repeats;  ///< of RepeatService
    int coordinator;             ///< its rank in all
};

/// What a rank is to do next. A group that begins a trial is complete when all its ranks have this; one that grows has
/// said so by a Join before the newcomers get theirs.
struct Assignment {
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::size_t trial = kNone;  ///< none: the sweep is over and all files are written
    bool joins = false;         ///< the trial is running already
    std::uint32_t epoch = 0;    ///< in which it is
    SweepEnd end = SweepEnd::all_succeeded;
};
/// Ranks that the group of a trial is to take in after its present step. They wait for it, or for the trial's end.
struct Growth {
    std::size_t trial = 0;
};
struct Join {
    std::size_t trial = 0;
    std::size_t ranks = 0;  ///< so many of those that were promised to it
    double start_seconds = 0;
};
struct Resume {
    std::size_t trial = 0;
};
struct Step {
    std::size_t trial = 0;
    train::StepProgress progress;
};
struct Epoch {
    std::size_t trial = 0;
    train::EpochRecord record;
    Span span;
};
struct Outcome {
    std::size_t trial = 0;
    train::TrialResult result;
    Span span;
    comm::Text<1024> message;
};
struct Corruption {
    std::size_t trial = 0;
    int rank = 0;
    train::StepProgress progress;
};
struct Stopped {
    std::size_t trial = 0;
    Span span;
};
struct Stop {};
/// It may come when the trial has ended by itself.
struct Cancel {
    std::size_t trial = 0;
};
struct Farewell {};

}  // namespace dropsweep::sweep::protocol
