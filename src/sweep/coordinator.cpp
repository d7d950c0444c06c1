// Implementation of Coordinator.
#include "coordinator.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"

#include "protocol.hpp"

namespace dropsweep::sweep {

namespace {

using namespace std::chrono_literals;

/// Pauses between polls, doubled while no message comes: each poll takes time from the rank that trains on this core.
constexpr auto kShortestPause = 1ms;
constexpr auto kLongestPause = 16ms;

/// The ranks as runs of consecutive ones.
std::vector<Group> runs_of(std::vector<int> ranks) {
    std::ranges::sort(ranks);
    std::vector<Group> runs;
    for (const int rank : ranks) {
        if (runs.empty() || rank != runs.back().first_rank + runs.back().ranks) runs.push_back({rank, 0});
        ++runs.back().ranks;
    }
    return runs;
}

}  // namespace

Coordinator::Coordinator(const protocol::Channels& channels, const Plan& plan, const std::vector<Trial>& trials,
                         Schedule schedule, Host& host, const system::Stopwatch& stopwatch)
    : channels_(channels),
      plan_(plan),
      trials_(trials),
      schedule_(std::move(schedule)),
      host_(host),
      stopwatch_(stopwatch),
      orders_(channels.orders),
      busy_seconds_(static_cast<std::size_t>(plan.ranks)),
      joined_(static_cast<std::size_t>(plan.ranks)) {}

void Coordinator::run() {
    tell_of_what_is_left();
    auto pause = kShortestPause;
    while (!schedule_.has_ended()) {
        pause = poll() ? kShortestPause : std::min(2 * pause, kLongestPause);
        std::this_thread::sleep_for(pause);
    }
    finish();
    while (!has_heard_all()) std::this_thread::sleep_for(kShortestPause);
    orders_.flush();
}

void Coordinator::give_orders() {
    for (const std::size_t trial : schedule_.needless()) {
        orders_.send(protocol::Cancel{trial}, schedule_.first_rank_of(trial), protocol::kCancel);
    }
    for (const Schedule::Offer& offer : schedule_.begin()) assign(offer.trial, offer.ranks, offer.ranks, false);
    for (const Schedule::Offer& offer : schedule_.lend()) {
        const int first = schedule_.first_rank_of(offer.trial);
        orders_.send_list(protocol::Growth{offer.trial}, std::span<const int>(offer.ranks), first, protocol::kGrowth);
    }
    for (const Schedule::Offer& offer : schedule_.begin_ahead()) assign(offer.trial, offer.ranks, offer.ranks, false);
}

void Coordinator::assign(std::size_t trial, const std::vector<int>& to, const std::vector<int>& group, bool joins) {
    protocol::Assignment assignment;
    assignment.trial = trial;
    assignment.joins = joins;
    assignment.epoch = schedule_.epochs_of(trial);
    for (const int rank : to) orders_.send_list(assignment, std::span<const int>(group), rank, protocol::kAssignment);
}

void Coordinator::take_join(const protocol::Join& join) {
    const bool grows = !schedule_.ranks_of(join.trial).empty();
    const std::vector<int> joined = schedule_.join(join.trial, join.ranks);
    // The group waits for the new ranks in MPI_Comm_create_group.
    if (grows) assign(join.trial, joined, schedule_.ranks_of(join.trial), true);
    for (const int rank : joined) joined_[static_cast<std::size_t>(rank)] = join.start_seconds;
    for (const Group& run : runs_of(joined)) {
        for (Listener* listener : host_.listeners) listener->on_join(join.trial, run, join.start_seconds);
    }
}

void Coordinator::take_end(std::size_t trial, const Span& span, std::optional<std::uint32_t> epochs) {
    for (const int rank : schedule_.ranks_of(trial)) {
        const auto index = static_cast<std::size_t>(rank);
        busy_seconds_[index] += span.end_seconds() - joined_[index];
    }
    schedule_.end(trial, epochs);
}

void Coordinator::serve(const comm::Communicator::Arrival& arrival) {
    const std::vector<Listener*>& listeners = host_.listeners;
    switch (arrival.tag) {
        case protocol::kJoin:
            take_join(channels_.reports.receive<protocol::Join>(arrival));
            break;
        case protocol::kResume: {
            const auto [resume, history] =
                channels_.reports.receive_list<protocol::Resume, train::EpochRecord>(arrival);
            schedule_.advance(resume.trial, static_cast<std::uint32_t>(history.size()));
            for (Listener* listener : listeners) listener->on_resume(resume.trial, history);
            break;
        }
        case protocol::kStep: {
            const auto step = channels_.reports.receive<protocol::Step>(arrival);
            for (Listener* listener : listeners) listener->on_step(step.trial, step.progress);
            break;
        }
        case protocol::kEpoch: {
            const auto epoch = channels_.reports.receive<protocol::Epoch>(arrival);
            schedule_.advance(epoch.trial, epoch.record.epoch + 1);
            for (Listener* listener : listeners) listener->on_epoch(epoch.trial, epoch.record, epoch.span);
            break;
        }
        case protocol::kOutcome: {
            const auto outcome = channels_.reports.receive<protocol::Outcome>(arrival);
            const bool succeeded = outcome.result.has_weights();
            take_end(outcome.trial, outcome.span, succeeded ? std::optional(outcome.result.epochs) : std::nullopt);
            schedule_.record(outcome.trial, outcome.result);
            all_succeeded_ = all_succeeded_ && succeeded;
            for (Listener* listener : listeners) {
                listener->on_outcome(outcome.trial, {outcome.result, outcome.span, outcome.message.str()});
            }
            tell_of_what_is_left();
            break;
        }
        case protocol::kCorruption: {
            const auto found = channels_.reports.receive<protocol::Corruption>(arrival);
            host_.on_corruption(fmt::format(
                "{} has computed wrong in {}, epoch {}, step {}; two other computations agree",
                host_.watchdog == nullptr ? fmt::format("rank {}", found.rank) : host_.watchdog->name_of(found.rank),
                trials_[found.trial].id(), found.progress.epoch, found.progress.step));
            break;
        }
        case protocol::kStopped: {
            // If the trial was not cancelled, its group has received a stop signal: stop all others.
            const auto stopped = channels_.reports.receive<protocol::Stopped>(arrival);
            take_end(stopped.trial, stopped.span, std::nullopt);
            for (Listener* listener : listeners) listener->on_stop(stopped.trial, stopped.span);
            if (schedule_.is_needless(stopped.trial)) break;
            schedule_.interrupt();
            stop();
            break;
        }
        case protocol::kFarewell:
            channels_.reports.receive<protocol::Farewell>(arrival);
            ++farewells_;
            break;
        default:
            throw Error(ExitCode::failure,
                        "a rank sent a message of an unknown kind; run the same program on all ranks");
    }
}

void Coordinator::tell_of_what_is_left() {
    if (!schedule_.selection()) return;
    const std::optional<double> trials = schedule_.selection()->to_come();
    for (Listener* listener : host_.listeners) listener->on_remaining(trials);
}

void Coordinator::stop() {
    if (std::exchange(stopping_, true)) return;
    schedule_.stop();
    for (const int rank : schedule_.first_ranks()) orders_.send(protocol::Stop{}, rank, protocol::kStop);
}

bool Coordinator::poll() {
    bool served = false;
    while (const auto arrival = channels_.reports.probe()) {
        serve(*arrival);
        served = true;
    }
    if (host_.stop_requested()) stop();
    give_orders();
    for (Listener* listener : host_.listeners) listener->on_idle();
    return served;
}

bool Coordinator::has_heard_all() {
    while (const auto arrival = channels_.reports.probe()) serve(*arrival);
    return farewells_ == plan_.ranks;
}

void Coordinator::finish() {
    const double sweep_seconds = stopwatch_.seconds();
    std::vector<double> idle_seconds;
    for (const double busy : busy_seconds_) idle_seconds.push_back(sweep_seconds - busy);
    for (Listener* listener : host_.listeners) listener->on_end(sweep_seconds, idle_seconds);
    const SweepEnd end = !schedule_.is_complete() ? SweepEnd::stopped
                         : all_succeeded_         ? SweepEnd::all_succeeded
                                                  : SweepEnd::some_failed;
    protocol::Assignment over;
    over.end = end;
    for (int rank = 0; rank < plan_.ranks; ++rank) {
        orders_.send_list(over, std::span<const int>(), rank, protocol::kAssignment);
    }
}

}  // namespace dropsweep::sweep
