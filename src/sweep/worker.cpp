// Trains what the coordinator assigns to this rank, lets groups grow, and reports.
#include "worker.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "dropsweep/text/error.hpp"

namespace dropsweep::sweep {
namespace {

constexpr double kProgressSeconds = 0.2;  // between two kStep reports

}  // namespace

Worker::Worker(const comm::Communicator& world, const protocol::Channels& channels, const std::vector<Trial>& trials,
               const ByChoices<train::Experiment>& experiments, Host& host, const system::Stopwatch& stopwatch)
    : world_(world),
      channels_(channels),
      trials_(trials),
      experiments_(experiments),
      host_(host),
      stopwatch_(stopwatch),
      reports_(channels.reports),
      injector_(host.injected_faults, world.rank(), reports_) {
    if (experiments.begin()->second.options.verify == 0) return;
    repeats_.emplace(channels.repeats, trials, experiments, injector_, [this](bool waits) { on_wait(waits); });
}

std::pair<protocol::Growth, std::vector<int>> Worker::receive_growth() const {
    return channels_.orders.receive_list<protocol::Growth, int>({channels_.coordinator, protocol::kGrowth});
}

/// Drops orders that have arrived after the end of the trial they are for.
void Worker::forget_orders() const {
    const auto has = [this](protocol::Tag tag) { return channels_.orders.probe(channels_.coordinator, tag); };
    while (has(protocol::kStop)) channels_.orders.receive<protocol::Stop>({channels_.coordinator, protocol::kStop});
    while (has(protocol::kCancel))
        channels_.orders.receive<protocol::Cancel>({channels_.coordinator, protocol::kCancel});
    while (has(protocol::kGrowth)) receive_growth();
}

SweepEnd Worker::run() {
    const std::function<void()> serve = repeats_ ? [this] { repeats_->serve(); } : std::function<void()>();
    while (true) {
        move_to({.group = comm::Position::kAlone, .place = comm::Text<128>("between two trials")});
        const comm::Communicator::Arrival awaited{channels_.coordinator, protocol::kAssignment};
        channels_.orders.wait_sleeping(awaited, serve);
        const auto [assignment, group] = channels_.orders.receive_list<protocol::Assignment, int>(awaited);
        if (assignment.trial == protocol::Assignment::kNone) {
            forget_orders();
            reports_.send(protocol::Farewell{}, channels_.coordinator, protocol::kFarewell);
            reports_.flush();
            if (repeats_) repeats_->flush();
            return assignment.end;
        }
        group_ = group;
        train(assignment);
    }
}

void Worker::train(const protocol::Assignment& assignment) {
    trial_ = assignment.trial;
    const double start_seconds = epoch_start_ = last_progress_ = stopwatch_.seconds();
    move_to(
        {.group = trial_, .place = comm::Text<128>("in " + trial().id()), .has_step = true, .epoch = assignment.epoch});
    if (!assignment.joins) report(protocol::Join{trial_, group_.size(), start_seconds}, protocol::kJoin);
    const comm::Communicator group = form_group(assignment.joins);
    if (repeats_) repeats_->set_trial(trial_);
    protocol::Outcome outcome;
    outcome.trial = trial_;
    try {
        const std::optional<train::TrainedModel> model =
            train::train_trial(group, experiments_.of(trial()), trial().dropout.rates(), trial().seed, *this, start());
        if (!model) {
            report(protocol::Stopped{trial_, span_since(start_seconds)}, protocol::kStopped);
            return;
        }
        outcome.result = model->result;
        if (leads() && model->result.has_weights()) host_.keep_model(trial(), *model);
    } catch (const AgreedError& error) {
        // All ranks of the group have caught it and can go on with other trials.
        outcome.result = {};
        outcome.message = comm::Text<1024>(error.what());
    }
    outcome.span = span_since(start_seconds);
    report(outcome, protocol::kOutcome);
}

void Worker::move_to(const comm::Position& position) {
    position_ = position;
    if (host_.watchdog != nullptr) host_.watchdog->move_to(position);
}

/// While this rank waits for another one to repeat its steps the watchdog expects no progress of it.
void Worker::on_wait(bool waits) {
    if (host_.watchdog == nullptr) return;
    comm::Position position = position_;
    if (waits) position.group = comm::Position::kAlone;
    host_.watchdog->move_to(position);
}

comm::Communicator Worker::form_group(bool grows) {
    if (grows) injector_.before_growth(trial().id());
    return world_.create_group(group_);
}

std::optional<train::Checkpoint> Worker::start() {
    if (!leads()) return std::nullopt;
    std::optional<train::Checkpoint> checkpoint = host_.load_checkpoint(trial());
    if (checkpoint) {
        reports_.send_list(protocol::Resume{trial_}, std::span<const train::EpochRecord>(checkpoint->history),
                           channels_.coordinator, protocol::kResume);
    }
    return checkpoint;
}

void Worker::on_step(const train::StepProgress& progress) {
    position_.epoch = progress.epoch;
    position_.step = progress.step;
    move_to(position_);
    if (repeats_) repeats_->serve();
    injector_.after_step(trial().id(), progress);
    const double now = stopwatch_.seconds();
    if (now - last_progress_ < kProgressSeconds) return;
    last_progress_ = now;
    report(protocol::Step{trial_, progress}, protocol::kStep);
}

void Worker::on_epoch(const train::EpochRecord& record) {
    report(protocol::Epoch{trial_, record, span_since(epoch_start_)}, protocol::kEpoch);
    epoch_start_ = stopwatch_.seconds();
}

/// To stop the trial or to let ranks join: grow() decides which.
bool Worker::interrupts() {
    return stop_requested() || is_cancelled() ||
           (leads() && channels_.orders.probe(channels_.coordinator, protocol::kGrowth));
}

std::optional<comm::Communicator> Worker::grow(const comm::Communicator& group) {
    std::vector<int> newcomers;
    const bool stops = stop_requested() || is_cancelled();
    if (std::ranges::count(group.all_gather(stops ? 1 : 0), 1) > 0) return std::nullopt;
    if (leads()) {
        while (channels_.orders.probe(channels_.coordinator, protocol::kGrowth)) {
            const auto [growth, ranks] = receive_growth();
            // Ranks offered to an earlier trial that has ended are free again.
            if (growth.trial == trial_) newcomers.insert(newcomers.end(), ranks.begin(), ranks.end());
        }
    }
    group.broadcast(newcomers, 0);
    if (newcomers.empty()) return world_.create_group(group_);
    report(protocol::Join{trial_, newcomers.size(), stopwatch_.seconds()}, protocol::kJoin);
    group_.insert(group_.end(), newcomers.begin(), newcomers.end());
    return form_group(true);
}

void Worker::on_checkpoint(const train::Checkpoint& checkpoint) {
    injector_.before_write();
    host_.save_checkpoint(trial(), checkpoint);
}

void Worker::on_corruption(int rank, const train::StepProgress& progress) {
    report(protocol::Corruption{trial_, rank, progress}, protocol::kCorruption);
}

void Worker::disturb(const train::StepProgress& end, train::StepBuffer buffer, std::span<std::byte> bytes) {
    injector_.in_step(trial().id(), end, buffer, bytes);
}

bool Worker::stop_requested() {
    if (!stopping_ && leads() && channels_.orders.probe(channels_.coordinator, protocol::kStop)) {
        channels_.orders.receive<protocol::Stop>({channels_.coordinator, protocol::kStop});
        stopping_ = true;
    }
    stopping_ = stopping_ || host_.stop_requested();
    return stopping_;
}

bool Worker::is_cancelled() {
    while (leads() && channels_.orders.probe(channels_.coordinator, protocol::kCancel)) {
        cancelled_ = channels_.orders.receive<protocol::Cancel>({channels_.coordinator, protocol::kCancel}).trial;
    }
    return cancelled_ == trial_;
}

}  // namespace dropsweep::sweep
