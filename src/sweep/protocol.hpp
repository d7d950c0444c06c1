#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/train/result.hpp"

// The messages between the groups and the coordinator, which runs in a thread of its own on rank 0. The first rank of a
// group speaks for it; rank 0 talks to its own coordinator through the same messages.
namespace dropsweep::sweep::protocol {

enum Tag : int {
    kRequest = 1,  ///< group -> coordinator: a Request, answered by an Assignment
    kAssignment,   ///< coordinator -> group
    kStep,         ///< group -> coordinator
    kEpoch,        ///< group -> coordinator
    kOutcome,      ///< group -> coordinator
    kFatal,        ///< any rank -> coordinator: this rank cannot go on
    kFinish,       ///< coordinator -> every rank of the world: all trials have ended, all files are written
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
struct Step {
    std::size_t trial = 0;
    StepProgress progress;
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
struct Fatal {
    int exit_code = 0;
    Text message;
};
struct Finish {
    bool all_succeeded = false;
};

}  // namespace dropsweep::sweep::protocol
