#include "worker.hpp"

#include <chrono>
#include <csignal>
#include <thread>

#include "dropsweep/core/error.hpp"

namespace dropsweep::sweep {
namespace {

constexpr double kProgressSeconds = 0.2;

}  // namespace

Worker::Worker(const protocol::Channels& channels, const comm::Communicator& group_comm, const Group& group,
               const std::vector<Trial>& trials, const train::Experiment& experiment, const Hooks& hooks,
               const core::Stopwatch& stopwatch, Pulse& pulse)
    : channels_(channels),
      group_comm_(group_comm),
      group_(group),
      trials_(trials),
      experiment_(experiment),
      hooks_(hooks),
      stopwatch_(stopwatch),
      pulse_(pulse) {}

void Worker::run() {
    while (true) {
        protocol::Assignment assignment;
        if (speaks()) {
            channels_.reports.send(protocol::Request{}, 0, protocol::kRequest);
            assignment = channels_.orders.receive_patiently<protocol::Assignment>(0, protocol::kAssignment);
        }
        group_comm_.broadcast(assignment, 0);
        if (assignment.trial == protocol::Assignment::kNone) break;
        train(assignment.trial);
    }
    pulse_.trial = protocol::Position::kNoTrial;
}

void Worker::train(std::size_t trial) {
    const double trial_start = epoch_start_ = last_progress_ = stopwatch_.seconds();
    pulse_.epoch = 0;
    pulse_.step = 0;
    ++pulse_.beats;
    pulse_.trial = trial;
    protocol::Outcome outcome;
    outcome.trial = trial;
    try {
        const std::optional<train::TrainedModel> model =
            train::train_trial(group_comm_, experiment_, trials_[trial].dropout.value(), trials_[trial].seed,
                               observer(trial), start_of(trial));
        if (!model) {
            report(protocol::Stopped{trial, span_since(trial_start)}, protocol::kStopped);
            return;
        }
        outcome.result = model->result;
        if (speaks() && model->result.has_weights()) hooks_.keep_model(trials_[trial], *model);
    } catch (const AgreedError& error) {
        // The whole group is here: it can go on with another trial.
        outcome.result = {};
        outcome.message = protocol::Text(error.what());
    }
    outcome.span = span_since(trial_start);
    report(outcome, protocol::kOutcome);
}

std::optional<train::Checkpoint> Worker::start_of(std::size_t trial) const {
    if (!speaks()) return std::nullopt;
    std::optional<train::Checkpoint> start = hooks_.load_checkpoint(trials_[trial]);
    if (start) {
        report(protocol::Resume{trial, start->history.size()}, protocol::kResume);
        for (const train::EpochRecord& record : start->history) report(protocol::Past{trial, record}, protocol::kPast);
    }
    return start;
}

train::TrialObserver Worker::observer(std::size_t trial) {
    train::TrialObserver observer;
    observer.exchange = [this](bool waits) {
        pulse_.waits = waits;
        ++pulse_.beats;
    };
    observer.step = [this, trial](const train::StepProgress& progress) { after_step(trial, progress); };
    observer.epoch = [this, trial](const train::EpochRecord& record) {
        report(protocol::Epoch{trial, record, span_since(epoch_start_)}, protocol::kEpoch);
        epoch_start_ = stopwatch_.seconds();
    };
    observer.stop = [this] { return stop_requested(); };
    if (speaks() && hooks_.save_checkpoint) {
        observer.checkpoint = [this, trial](const train::Checkpoint& checkpoint) { save(trial, checkpoint); };
    }
    return observer;
}

bool Worker::stop_requested() {
    if (!stopping_ && speaks() && channels_.orders.probe(0, protocol::kStop)) {
        channels_.orders.receive<protocol::Stop>({0, protocol::kStop});
        stopping_ = true;
    }
    stopping_ = stopping_ || hooks_.stop_requested();
    return stopping_;
}

void Worker::after_step(std::size_t trial, const train::StepProgress& progress) {
    pulse_.epoch = progress.epoch;
    pulse_.step = progress.step;
    ++pulse_.beats;
    const std::optional<Rehearsal>& fault = hooks_.rehearsal;
    if (fault && fault->rank == channels_.reports.rank() && fault->trial == trials_[trial].id() &&
        fault->epoch == progress.epoch && fault->step == progress.step) {
        rehearse();
    }
    if (is_slow_) std::this_thread::sleep_for(std::chrono::duration<double>(Rehearsal::kSlowSeconds));
    const double now = stopwatch_.seconds();
    if (now - last_progress_ < kProgressSeconds) return;
    last_progress_ = now;
    report(protocol::Step{trial, progress}, protocol::kStep);
}

void Worker::save(std::size_t trial, const train::Checkpoint& checkpoint) {
    if (fails_write_) {
        throw Error(ExitCode::io_error,
                    "the checkpoint cannot be written: rehearsed with --inject; run the same "
                    "command again without it");
    }
    hooks_.save_checkpoint(trials_[trial], checkpoint);
}

void Worker::rehearse() {
    switch (hooks_.rehearsal->action) {
        case Rehearsal::Action::kill_rank:
            std::raise(SIGKILL);
            break;
        case Rehearsal::Action::stop_rank:
            std::raise(SIGSTOP);
            break;
        case Rehearsal::Action::hang:
            while (true) std::this_thread::sleep_for(std::chrono::hours(1));
        case Rehearsal::Action::slow:
            is_slow_ = true;
            break;
        case Rehearsal::Action::fail:
            throw Error(ExitCode::failure, "rehearsed with --inject; run the same command again without it");
        case Rehearsal::Action::fail_write:
            fails_write_ = true;
            break;
    }
}

}  // namespace dropsweep::sweep
