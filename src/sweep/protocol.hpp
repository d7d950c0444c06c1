// The messages between the groups and the coordinator of a sweep.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/text.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/run_sweep.hpp"
#include "dropsweep/train/result.hpp"

// The coordinator is a thread on rank 0; the first rank of a group, its leader, reports to it. Rank 0 exchanges the
// same messages with its own coordinator. How a group grows:
//
//     coordinator -> group       Growth      rank 3 is free (at any time)
//     group -> coordinator       Join        after the present step: rank 3 is to join
//     coordinator -> rank 3      Assignment  the trial and all ranks of its group
//     group and rank 3           MPI_Comm_create_group, then the state of the trial from the first rank
//
// If the trial ends without this Join, its Outcome tells the coordinator that rank 3 is still free.
namespace dropsweep::sweep::protocol {

enum Tag : int {
    kAssignment = 1,  ///< coordinator -> rank: an Assignment and the ranks of the group
    kGrowth,          ///< coordinator -> group: a Growth and the ranks that it is offered
    kJoin,            ///< group -> coordinator: ranks begin to train a trial
    kResume,          ///< group -> coordinator: a trial goes on from a checkpoint; a Resume and its history
    kStep,            ///< group -> coordinator: progress within an epoch
    kEpoch,           ///< group -> coordinator: an epoch has ended
    kOutcome,         ///< group -> coordinator: the trial has ended
    kCorruption,      ///< group -> coordinator: a rank has computed wrong
    kStopped,         ///< group -> coordinator: the trial was stopped
    kFarewell,        ///< any rank -> coordinator: the last message of this rank
    kStop,            ///< coordinator -> group: stop after the present step, the sweep ends
    kCancel,          ///< coordinator -> group: stop this trial after the present step
};

/// Communicators of all ranks for this protocol only. Reports and orders are apart because rank 0 is on both ends: its
/// coordinator probes for any report and must not receive its own orders to rank 0. They may be freed only when no
/// message is in flight, which MPI might deliver on a later communicator: a rank's Farewell follows its last report,
/// and the Assignment that ends the sweep follows all orders to a rank.
struct Channels {
    explicit Channels(const comm::Communicator& world, int coordinator_rank = 0)
        : reports(world.duplicate()),
          orders(world.duplicate()),
          repeats(world.duplicate()),
          coordinator(coordinator_rank) {}
    comm::Communicator reports;  ///< to the coordinator
    comm::Communicator orders;   ///< from the coordinator
    comm::Communicator repeats;  ///< for RepeatService
    int coordinator;             ///< its rank
};

/// What a rank is to do next. When a trial begins, all ranks of the group get one; when a group has grown (Join), the
/// new ranks.
struct Assignment {
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::size_t trial = kNone;               ///< kNone: the sweep is over and all files are written
    bool joins = false;                      ///< the rank joins a running trial
    std::uint32_t epoch = 0;                 ///< the present one of the trial
    SweepEnd end = SweepEnd::all_succeeded;  ///< with kNone
};
/// Ranks that may join the group of a trial after its present step. They wait until they are assigned.
struct Growth {
    std::size_t trial = 0;
};
struct Join {
    std::size_t trial = 0;
    std::size_t ranks = 0;  ///< the first ones of those that it was offered
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
/// May arrive after the trial has ended.
struct Cancel {
    std::size_t trial = 0;
};
struct Farewell {};

}  // namespace dropsweep::sweep::protocol
