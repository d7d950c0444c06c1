#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/scheduler.hpp"
#include "dropsweep/train/result.hpp"

// The messages between the groups and the coordinator, which runs in a thread of its own on rank 0. The first rank of a
// group speaks for it; rank 0 talks to its own coordinator through the same messages.
namespace dropsweep::sweep::protocol {

enum Tag : int {
    kRequest = 1,  ///< group -> coordinator: a Request, answered by an Assignment
    kAssignment,   ///< coordinator -> group
    kResume,       ///< group -> coordinator: a trial goes on from a checkpoint; its kPast follow
    kPast,         ///< group -> coordinator: an epoch before that
    kStep,         ///< group -> coordinator
    kEpoch,        ///< group -> coordinator
    kOutcome,      ///< group -> coordinator
    kStopped,      ///< group -> coordinator: the trial was stopped
    kAlive,        ///< any rank -> coordinator: a sign of life
    kFatal,        ///< any rank -> coordinator: this rank cannot go on
    kEcho,         ///< coordinator -> any rank: a sign of life, in answer to none in particular
    kStop,         ///< coordinator -> group: stop at the next step
    kFinish,       ///< coordinator -> every rank of the world: nothing is left to do, all files are written
};

/// Two communicators of all ranks that carry nothing but this protocol. They are two because rank 0 is on both ends:
/// its coordinator looks for any message to it and must not see its own answers to its group.
struct Channels {
    explicit Channels(const comm::Communicator& world) : reports(world.duplicate()), orders(world.duplicate()) {}
    comm::Communicator reports;  ///< to the coordinator
    comm::Communicator orders;   ///< from the coordinator
};

/// Text of limited length inside a message.
class Text {
  public:
    Text() = default;
    explicit Text(std::string_view text) {
        std::copy_n(text.begin(), std::min(text.size(), kSize - 1), bytes_.begin());
    }
    std::string str() const { return bytes_.data(); }

  private:
    static constexpr std::size_t kSize = 1024;
    std::array<char, kSize> bytes_{};
};

struct Request {};
struct Assignment {
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::size_t trial = kNone;
};
struct Resume {
    std::size_t trial = 0;
    std::size_t epochs = 0;
};
struct Past {
    std::size_t trial = 0;
    train::EpochRecord record;
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
    Text message;
};
struct Stopped {
    std::size_t trial = 0;
    Span span;
};
/// Where a rank is, see Pulse.
struct Position {
    static constexpr std::size_t kNoTrial = static_cast<std::size_t>(-1);
    std::size_t trial = kNoTrial;
    std::uint32_t epoch = 0;
    std::uint64_t step = 0;
    std::uint64_t beats = 0;
    bool waits = false;
};
struct Stop {};
struct Fatal {
    int exit_code = 0;
    Text message;
};
struct Finish {
    SweepEnd end = SweepEnd::all_succeeded;
};

}  // namespace dropsweep::sweep::protocol
