// The thread of each rank and its messages.
#include "dropsweep/comm/watchdog.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/comm/process_table.hpp"
#include "dropsweep/system/stop_signal.hpp"
#include "dropsweep/system/stopwatch.hpp"

#include "failure_detector.hpp"
#include "waiting.hpp"

namespace dropsweep::comm {
namespace {

using namespace std::chrono_literals;
using Kind = system::Activity::Kind;

constexpr auto kLook = 50ms;         // between polls
constexpr auto kLookAtTheEnd = 1ms;  // between polls once this rank is in the destructor
constexpr double kBeatSeconds = 0.25;
/// When rank 0 is silent all other ranks notice: rank r reports it r times this later, so that only the first does.
constexpr double kStaggerSeconds = 2;    // more than comm::abort_all takes
constexpr double kLauncherSeconds = 10;  // in which the launcher ends all ranks after one has aborted
constexpr auto kFatalGrace = 10s;        // in which rank 0 is to report an error of another rank

/// A process that was suspended for this long between two polls does not judge other ranks for kSuspendedSeconds.
constexpr double kStoodStillSeconds = 1;
constexpr double kSuspendedSeconds = 5;

enum Tag : int {
    kHeartbeat = 1,  ///< any rank -> 0: its Heartbeat
    kEcho,           ///< 0 -> any rank: the Heartbeat of rank 0
    kFatal,          ///< any rank -> 0: this rank cannot go on
    kDone,           ///< any rank -> 0: this rank is in the destructor
    kAllDone,        ///< 0 -> any rank: all ranks are; rank 0's last message
    kLast            ///< any rank -> 0: this rank's last message
};

struct Fatal {
    int exit_code = 0;
    Text<1024> message;
};
struct Done {};

}  // namespace

/// The watchdog thread, and what it shares with other threads.
class Watchdog::Watcher {
  public:
    Watcher(const Communicator& world, double stall_seconds, EndJob end_job)
        : world_(world.duplicate()),
          processes_(world_),
          end_job_(std::move(end_job)),
          stall_seconds_(stall_seconds),
          ranks_(processes_, world_.size()) {
        for (int rank = 0; rank < world_.size(); ++rank) outboxes_.emplace_back(world_);
        thread_ = std::thread([this] { run(); });
    }
    ~Watcher() {
        {
            const std::lock_guard lock(mutex_);
            leaves_ = true;
        }
        wake_.notify_one();
        const Waiting waiting;
        thread_.join();
    }

    void set_stall_seconds(double seconds) { stall_seconds_ = seconds; }
    void move_to(const Position& position) {
        const std::lock_guard lock(mutex_);
        position_ = position;
        ++moves_;
    }
    void set_end_condition(EndCondition condition) {
        const std::lock_guard lock(looking_);
        end_condition_ = std::move(condition);
    }
    void set_companion(const system::Activity* companion) {
        const std::lock_guard lock(looking_);
        companion_ = companion;
    }
    std::string name_of(int rank) const { return processes_.name_of(rank); }
    std::string own_place() const {
        const std::lock_guard lock(mutex_);
        return fmt::format("{}, {}", processes_.name_of(world_.rank()), describe(position_));
    }
    [[noreturn]] void end_all(const Error& error) {
        // If this process was suspended, the others may have given it up, and the error may be a consequence: the wait
        // leaves the launcher time to end it.
        if (stood_still()) std::this_thread::sleep_for(std::chrono::duration<double>(kSuspendedSeconds));
        Outbox outbox(world_);
        if (!is_rank_zero()) {
            try {
                outbox.send(Fatal{static_cast<int>(error.code()), Text<1024>(error.what())}, 0, kFatal);
                std::this_thread::sleep_for(kFatalGrace);
            } catch (const Error&) {
                // MPI itself fails: report the error here.
            }
        }
        end_job_once(error);
    }

  private:
    bool is_rank_zero() const { return world_.rank() == 0; }
    int others() const { return world_.size() - 1; }

    void run() {
        try {
            while (!look()) {
                if (leaves()) std::this_thread::sleep_for(kLookAtTheEnd);
                std::unique_lock lock(mutex_);
                wake_.wait_for(lock, kLook, [this] { return leaves_; });
            }
        } catch (const std::exception& error) {
            end_job_once(as_error(error));
        }
    }

    /// Whether so many seconds between two polls mean that this process was suspended. For rank 0 it is the time after
    /// which the others give it up.
    bool is_standstill(double passed) const {
        return passed > (is_rank_zero() ? stall_seconds_.load() : kStoodStillSeconds);
    }
    bool stood_still() {
        const std::lock_guard lock(looking_);
        const double now = stopwatch_.seconds();
        return now < suspended_until_ || is_standstill(now - last_look_);
    }

    /// @return  whether the thread is done
    bool look() {
        const std::lock_guard lock(looking_);
        const double now = stopwatch_.seconds();
        const double passed = now - std::exchange(last_look_, now);
        // After a suspension the other ranks seem silent, or have ended: that is not their fault.
        if (is_standstill(passed)) suspended_until_ = now + kSuspendedSeconds;
        const bool beats = now - last_beat_ >= kBeatSeconds || last_beat_ == 0;
        if (beats) last_beat_ = now;
        return is_rank_zero() ? look_at_all(passed, now, beats) : look_at_rank_zero(passed, now, beats);
    }

    Heartbeat own_heartbeat() {
        const std::lock_guard lock(mutex_);
        return {position_, progress_.of(activity_) + moves_, activity_.kind(), system::stop_signal()};
    }
    bool leaves() {
        const std::lock_guard lock(mutex_);
        return leaves_;
    }

    bool look_at_rank_zero(double passed, double now, bool beats) {
        Outbox& outbox = outboxes_.front();
        if (beats && outbox.is_empty()) outbox.send(own_heartbeat(), 0, kHeartbeat);
        if (leaves() && !std::exchange(has_said_so_, true)) outbox.send(Done{}, 0, kDone);
        rank_zero_inactivity_.advance(passed);
        while (const auto arrival = world_.probe()) {
            rank_zero_inactivity_.reset();
            if (arrival->tag == kAllDone) {
                world_.receive<Done>(*arrival);
                outbox.send(Done{}, 0, kLast);
                outbox.flush();
                return true;
            }
            rank_zero_ = world_.receive<Heartbeat>(*arrival);
        }
        if (now < suspended_until_) return false;
        bool is_first = processes_.is_gone(0);
        bool one_has_spoken = false;
        for (int rank = 1; rank < world_.rank(); ++rank) {
            const bool is_gone = processes_.is_gone(rank);
            is_first = is_first && is_gone;
            one_has_spoken = one_has_spoken || is_gone;
        }
        const auto refuse = [this](const std::string& what, bool longer) {
            end_job_once(failure_of(processes_.name_of(0), what, rank_zero_.position, longer));
        };
        if (is_first) refuse("has ended without a word", false);
        // A lower rank that is gone has reported it already; the launcher may take a while to end this one.
        const double patience = kStaggerSeconds * world_.rank() + (one_has_spoken ? kLauncherSeconds : 0);
        if (rank_zero_inactivity_.seconds() > stall_seconds_ + patience) {
            refuse(fmt::format("gives no sign of life for {:g} s", stall_seconds_.load()), true);
        }
        return false;
    }

    bool look_at_all(double passed, double now, bool beats) {
        hear_all();
        if (beats) {
            ranks_.on_heartbeat(0, own_heartbeat());
            for (int rank = 1; rank < world_.size(); ++rank) {
                Outbox& outbox = outboxes_[static_cast<std::size_t>(rank)];
                if (!all_done_ && outbox.is_empty()) outbox.send(ranks_.own(), rank, kEcho);
            }
        }
        if (leaves() && done_ == others() && !std::exchange(all_done_, true)) {
            for (int rank = 1; rank < world_.size(); ++rank) {
                outboxes_[static_cast<std::size_t>(rank)].send(Done{}, rank, kAllDone);
            }
        }
        if (all_done_ && left_ == others()) {
            for (Outbox& outbox : outboxes_) outbox.flush();
            return true;
        }
        if (now < suspended_until_) return false;
        ranks_.check(passed, stall_seconds_, companion_);
        if (!end_condition_) return false;
        if (const std::optional<Error> end = end_condition_(ranks_.stop_signal())) end_job_once(*end);
        return false;
    }

    void hear_all() {
        while (const auto arrival = world_.probe()) {
            switch (arrival->tag) {
                case kHeartbeat:
                    ranks_.on_heartbeat(arrival->source, world_.receive<Heartbeat>(*arrival));
                    break;
                case kFatal: {
                    const auto fatal = world_.receive<Fatal>(*arrival);
                    end_job_once(Error(static_cast<ExitCode>(fatal.exit_code), fatal.message.str()));
                }
                case kDone:
                    world_.receive<Done>(*arrival);
                    ++done_;
                    break;
                default:
                    world_.receive<Done>(*arrival);
                    ranks_.stop_watching(arrival->source);
                    ++left_;
            }
        }
    }

    /// The first thread that calls it reports the error; any other sleeps until the process ends.
    [[noreturn]] void end_job_once(const Error& error) {
        if (!ends_job_.exchange(true)) end_job_(error);
        while (true) std::this_thread::sleep_for(1h);
    }

    Communicator world_;
    ProcessTable processes_;
    EndJob end_job_;
    std::atomic<double> stall_seconds_;
    system::Activity activity_;
    std::atomic<bool> ends_job_ = false;

    mutable std::mutex mutex_;  ///< guards the next three; held briefly, since every step takes it
    Position position_{.group = Position::kAll, .place = Text<128>("at the start")};
    std::uint64_t moves_ = 0;
    bool leaves_ = false;
    std::condition_variable wake_;

    std::mutex looking_;  ///< guards the next two and last_look_, suspended_until_; held for a whole poll
    EndCondition end_condition_;
    const system::Activity* companion_ = nullptr;

    // Used by the watchdog thread only.
    std::vector<Outbox> outboxes_;  ///< one to each rank
    Progress progress_;
    FailureDetector ranks_;                    ///< on rank 0
    Heartbeat rank_zero_;                      ///< elsewhere
    system::Inactivity rank_zero_inactivity_;  ///< elsewhere
    system::Stopwatch stopwatch_;
    double last_look_ = 0;
    double last_beat_ = 0;
    double suspended_until_ = 0;
    bool has_said_so_ = false;
    int done_ = 0;  ///< ranks that have sent kDone
    bool all_done_ = false;
    int left_ = 0;  ///< ranks that have sent kLast

    std::thread thread_;
};

Watchdog::Watchdog(const Communicator& world, double stall_seconds, EndJob end_job)
    : watcher_(std::make_unique<Watcher>(world, stall_seconds, std::move(end_job))) {}

Watchdog::~Watchdog() {
    move_to({.group = Position::kAll, .place = Text<128>("at the end")});
}

void Watchdog::set_stall_seconds(double seconds) {
    watcher_->set_stall_seconds(seconds);
}

void Watchdog::set_end_condition(EndCondition condition) {
    watcher_->set_end_condition(std::move(condition));
}

void Watchdog::move_to(const Position& position) {
    watcher_->move_to(position);
}

std::string Watchdog::own_place() const {
    return watcher_->own_place();
}

std::string Watchdog::name_of(int rank) const {
    return watcher_->name_of(rank);
}

void Watchdog::end_all(const Error& error) {
    watcher_->end_all(error);
}

Watchdog::Companion::Companion(Watchdog& watchdog) : watchdog_(watchdog) {
    watchdog_.watcher_->set_companion(&activity_);
}

Watchdog::Companion::~Companion() {
    watchdog_.watcher_->set_companion(nullptr);
}

}  // namespace dropsweep::comm
