#include "coordinator.hpp"

#include "dropsweep/core/error.hpp"

#include "protocol.hpp"

namespace dropsweep::sweep {

Coordinator::Coordinator(const protocol::Channels& channels, const Plan& plan, std::size_t trials,
                         std::vector<Listener*> listeners, const Stopwatch& stopwatch)
    : channels_(channels),
      plan_(plan),
      trials_(trials),
      listeners_(std::move(listeners)),
      stopwatch_(stopwatch),
      busy_seconds_(static_cast<std::size_t>(plan.ranks)) {}

void Coordinator::serve(const comm::Communicator::Arrival& arrival) {
    switch (arrival.tag) {
        case protocol::kRequest: {
            channels_.reports.receive<protocol::Request>(arrival);
            protocol::Assignment assignment;
            if (handed_out_ < plan_.queue.size()) {
                assignment.trial = plan_.queue[handed_out_++];
            } else {
                ++dismissed_groups_;
            }
            channels_.orders.send(assignment, arrival.source, protocol::kAssignment);
            break;
        }
        case protocol::kStep: {
            const auto step = channels_.reports.receive<protocol::Step>(arrival);
            for (Listener* listener : listeners_) listener->on_step(step.trial, step.progress);
            break;
        }
        case protocol::kEpoch: {
            const auto epoch = channels_.reports.receive<protocol::Epoch>(arrival);
            for (Listener* listener : listeners_) listener->on_epoch(epoch.trial, epoch.record, epoch.span);
            break;
        }
        case protocol::kOutcome: {
            const auto outcome = channels_.reports.receive<protocol::Outcome>(arrival);
            const Group& group = outcome.span.group;
            for (int rank = group.first_rank; rank < group.first_rank + group.ranks; ++rank) {
                busy_seconds_[static_cast<std::size_t>(rank)] += outcome.span.seconds;
            }
            ++ended_;
            all_succeeded_ = all_succeeded_ && outcome.result.has_weights();
            for (Listener* listener : listeners_) {
                listener->on_outcome(outcome.trial, {outcome.result, outcome.span, outcome.message.str()});
            }
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

void Coordinator::poll() {
    while (const auto arrival = channels_.reports.probe()) serve(*arrival);
    for (Listener* listener : listeners_) listener->on_calm();
}

void Coordinator::finish() {
    const double sweep_seconds = stopwatch_.seconds();
    std::vector<double> idle_seconds;
    for (const double busy : busy_seconds_) idle_seconds.push_back(sweep_seconds - busy);
    for (Listener* listener : listeners_) listener->on_end(sweep_seconds, idle_seconds);
    for (int rank = 0; rank < channels_.orders.size(); ++rank) {
        channels_.orders.send(protocol::Finish{all_succeeded_}, rank, protocol::kFinish);
    }
}

}  // namespace dropsweep::sweep
