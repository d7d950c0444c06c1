// Asks other ranks to repeat steps, and repeats those that others ask for.
#include "repeat_service.hpp"

#include <algorithm>
#include <utility>

#include "dropsweep/system/activity.hpp"

namespace dropsweep::sweep {
namespace {

enum Tag : int { kRequest = 1, kAnswer };

/// Turns in which other ranks may be asked: of three computations of a step the first is the trial's own.
constexpr int kTurns = 2;

}  // namespace

RepeatService::RepeatService(const comm::Communicator& ranks, const std::vector<Trial>& trials,
                             const ByChoices<train::Experiment>& experiments, FaultInjector& injector,
                             std::function<void(bool)> on_wait)
    : ranks_(ranks),
      trials_(trials),
      experiments_(experiments),
      injector_(injector),
      on_wait_(std::move(on_wait)),
      messages_(ranks) {}

int RepeatService::rank_of(int /*part*/, int turn) const {
    return (ranks_.rank() + turn) % ranks_.size();
}

void RepeatService::ask(int turn, const train::Steps& steps, const train::StepState& start) {
    const Request request{trial_, steps};
    asked_rank_ = rank_of(0, turn);
    if (asked_rank_ == ranks_.rank()) {
        answer_ = repeat(request, start);
        return;
    }
    answer_.resize(steps.count);
    messages_.send(request, asked_rank_, kRequest);
    messages_.send_values(start.weights.span(), asked_rank_, kRequest);
    messages_.send_values(start.moments.span(), asked_rank_, kRequest);
}

bool RepeatService::has_answer() {
    return asked_rank_ == ranks_.rank() || ranks_.probe(asked_rank_, kAnswer);
}

std::vector<train::StepEvidence> RepeatService::answer() {
    if (asked_rank_ != ranks_.rank()) {
        on_wait_(true);
        ranks_.wait_sleeping({asked_rank_, kAnswer}, [this] { serve(); });
        ranks_.receive_values(std::span(answer_), {asked_rank_, kAnswer});
        on_wait_(false);
    }
    return std::move(answer_);
}

void RepeatService::serve() {
    for (int turn = 1; turn <= std::min(kTurns, ranks_.size() - 1); ++turn) {
        const int asker = (ranks_.rank() + ranks_.size() - turn) % ranks_.size();
        if (ranks_.probe(asker, kRequest)) serve(asker);
    }
}

void RepeatService::serve(int asker) {
    const system::Activity::Scope working(system::Activity::Kind::working);
    const auto request = ranks_.receive<Request>({asker, kRequest});
    train::StepState& start = repeater_of(request).asked;
    if (start.weights.size() == 0) start = repeater_of(request).repeater.make_state();
    ranks_.receive_values(start.weights.span(), {asker, kRequest});
    ranks_.receive_values(start.moments.span(), {asker, kRequest});
    messages_.send_values(std::span<const train::StepEvidence>(repeat(request, start)), asker, kAnswer);
}

RepeatService::Repeater& RepeatService::repeater_of(const Request& request) {
    const train::Experiment& experiment = experiments_.of(trials_[request.trial]);
    if (!repeater_ || repeater_->experiment != &experiment) {
        repeater_.emplace(&experiment, train::StepRepeater(ranks_.create_group(std::vector{ranks_.rank()}), experiment,
                                                           injector_.flip() ? this : nullptr));
    }
    return *repeater_;
}

std::vector<train::StepEvidence> RepeatService::repeat(const Request& request, const train::StepState& start) {
    repeated_trial_ = request.trial;
    return repeater_of(request).repeater.repeat(request.steps, start.weights.span(), start.moments.span());
}

void RepeatService::disturb(const train::StepProgress& end, train::StepBuffer buffer, std::span<std::byte> bytes) {
    injector_.in_step(trials_[repeated_trial_].id(), end, buffer, bytes);
}

}  // namespace dropsweep::sweep
