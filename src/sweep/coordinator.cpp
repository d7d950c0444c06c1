#include "coordinator.hpp"

#include <utility>

#include "dropsweep/core/error.hpp"

#include "protocol.hpp"

namespace dropsweep::sweep {

Coordinator::Coordinator(const protocol::Channels& channels, const Plan& plan, const Hooks& hooks,
                         const core::Stopwatch& stopwatch, Watch* watch)
    : channels_(channels),
      plan_(plan),
      hooks_(hooks),
      stopwatch_(stopwatch),
      watch_(watch),
      busy_seconds_(static_cast<std::size_t>(plan.ranks)) {}

void Coordinator::assign(int group_rank) {
    protocol::Assignment assignment;
    if (!stopping_ && handed_out_ < plan_.queue.size()) {
        assignment.trial = plan_.queue[handed_out_++];
    } else {
        ++dismissed_groups_;
    }
    channels_.orders.send(assignment, group_rank, protocol::kAssignment);
}

void Coordinator::take_past(const protocol::Past& past) {
    Resumed& resumed = resumed_[past.trial];
    resumed.history.push_back(past.record);
    if (resumed.history.size() < resumed.epochs) return;
    for (Listener* listener : hooks_.listeners) listener->on_resume(past.trial, resumed.history);
    resumed_.erase(past.trial);
}

void Coordinator::count_busy(const Span& span) {
    for (int rank = span.group.first_rank; rank < span.group.first_rank + span.group.ranks; ++rank) {
        busy_seconds_[static_cast<std::size_t>(rank)] += span.seconds;
    }
}

void Coordinator::serve(const comm::Communicator::Arrival& arrival) {
    const std::vector<Listener*>& listeners = hooks_.listeners;
    switch (arrival.tag) {
        case protocol::kRequest:
            channels_.reports.receive<protocol::Request>(arrival);
            assign(arrival.source);
            break;
        case protocol::kResume: {
            const auto resume = channels_.reports.receive<protocol::Resume>(arrival);
            if (resume.epochs > 0) {
                resumed_[resume.trial] = {resume.epochs, {}};
            } else {
                for (Listener* listener : listeners) listener->on_resume(resume.trial, {});
            }
            break;
        }
        case protocol::kPast:
            take_past(channels_.reports.receive<protocol::Past>(arrival));
            break;
        case protocol::kStep: {
            const auto step = channels_.reports.receive<protocol::Step>(arrival);
            for (Listener* listener : listeners) listener->on_step(step.trial, step.progress);
            break;
        }
        case protocol::kEpoch: {
            const auto epoch = channels_.reports.receive<protocol::Epoch>(arrival);
            for (Listener* listener : listeners) listener->on_epoch(epoch.trial, epoch.record, epoch.span);
            break;
        }
        case protocol::kOutcome: {
            const auto outcome = channels_.reports.receive<protocol::Outcome>(arrival);
            count_busy(outcome.span);
            ++ended_;
            all_succeeded_ = all_succeeded_ && outcome.result.has_weights();
            for (Listener* listener : listeners) {
                listener->on_outcome(outcome.trial, {outcome.result, outcome.span, outcome.message.str()});
            }
            break;
        }
        case protocol::kStopped: {
            // One group was told by a signal of its own: the others follow.
            const auto stopped = channels_.reports.receive<protocol::Stopped>(arrival);
            count_busy(stopped.span);
            for (Listener* listener : listeners) listener->on_stop(stopped.trial, stopped.span);
            stop();
            break;
        }
        case protocol::kAlive: {
            const auto position = channels_.reports.receive<protocol::Position>(arrival);
            if (watch_ != nullptr) watch_->heard(arrival.source, position);
            break;
        }
        case protocol::kFatal: {
            const auto fatal = channels_.reports.receive<protocol::Fatal>(arrival);
            throw Error(static_cast<ExitCode>(fatal.exit_code), fatal.message.str());
        }
        default:
            throw Error(ExitCode::failure,
                        "a rank sent a message of an unknown kind; run the same program on all ranks");
    }
}

void Coordinator::stop() {
    if (std::exchange(stopping_, true)) return;
    for (const Group& group : plan_.groups) {
        channels_.orders.send(protocol::Stop{}, group.first_rank, protocol::kStop);
    }
}

void Coordinator::poll() {
    while (const auto arrival = channels_.reports.probe()) serve(*arrival);
    if (hooks_.stop_requested()) stop();
    if (watch_ != nullptr) watch_->look();
    for (Listener* listener : hooks_.listeners) listener->on_calm();
}

void Coordinator::finish() {
    const double sweep_seconds = stopwatch_.seconds();
    std::vector<double> idle_seconds;
    for (const double busy : busy_seconds_) idle_seconds.push_back(sweep_seconds - busy);
    for (Listener* listener : hooks_.listeners) listener->on_end(sweep_seconds, idle_seconds);
    const SweepEnd end = ended_ < plan_.queue.size() ? SweepEnd::stopped
                         : all_succeeded_            ? SweepEnd::all_succeeded
                                                     : SweepEnd::some_failed;
    for (int rank = 0; rank < channels_.orders.size(); ++rank) {
        channels_.orders.send(protocol::Finish{end}, rank, protocol::kFinish);
    }
}

}  // namespace dropsweep::sweep
