#include "dropsweep/sweep/scheduler.hpp"

#include <chrono>
#include <thread>

#include "coordinator.hpp"
#include "protocol.hpp"
#include "stopwatch.hpp"

namespace dropsweep::sweep {
namespace {

using namespace std::chrono_literals;

constexpr auto kPollInterval = 1ms;
constexpr double kProgressSeconds = 0.2;
constexpr auto kFatalGrace = 10s;

/// One group's side of a sweep, on each of its ranks.
class Worker {
  public:
    Worker(const protocol::Channels& channels, const comm::Communicator& group_comm, const Group& group,
           const std::vector<Trial>& trials, const train::Experiment& experiment, const Hooks& hooks,
           const Stopwatch& stopwatch)
        : channels_(channels),
          group_comm_(group_comm),
          group_(group),
          trials_(trials),
          experiment_(experiment),
          hooks_(hooks),
          stopwatch_(stopwatch) {}

    /// Trains until no trial is left. Collective over the group.
    void run() {
        while (true) {
            protocol::Assignment assignment;
            if (speaks()) {
                channels_.reports.send(protocol::Request{}, 0, protocol::kRequest);
                assignment = channels_.orders.receive_patiently<protocol::Assignment>(0, protocol::kAssignment);
            }
            group_comm_.broadcast(assignment, 0);
            if (assignment.trial == protocol::Assignment::kNone) return;
            train(assignment.trial);
        }
    }

  private:
    bool speaks() const { return group_comm_.rank() == 0; }
    Span span_since(double start) const { return {group_, start, stopwatch_.seconds() - start}; }

    void train(std::size_t trial) {
        const double trial_start = stopwatch_.seconds();
        protocol::Outcome outcome;
        outcome.trial = trial;
        try {
            const train::TrainedModel model =
                train::train_trial(group_comm_, experiment_, trials_[trial].dropout.value(), trials_[trial].seed,
                                   observer(trial, trial_start));
            outcome.result = model.result;
            if (speaks() && model.result.has_weights()) hooks_.keep_model(trials_[trial], model);
        } catch (const AgreedError& error) {
            // The whole group is here: it can go on with another trial.
            outcome.result = {};
            outcome.message = protocol::Text(error.what());
        }
        outcome.span = span_since(trial_start);
        if (speaks()) channels_.reports.send(outcome, 0, protocol::kOutcome);
    }

    train::TrialObserver observer(std::size_t trial, double trial_start) {
        if (!speaks()) return {};
        epoch_start_ = trial_start;
        last_progress_ = trial_start;
        return {.step =
                    [this, trial](std::uint32_t epoch, std::size_t samples) {
                        const double now = stopwatch_.seconds();
                        if (now - last_progress_ < kProgressSeconds) return;
                        last_progress_ = now;
                        channels_.reports.send(protocol::Step{trial, {epoch, samples}}, 0, protocol::kStep);
                    },
                .epoch =
                    [this, trial](const train::EpochRecord& record) {
                        channels_.reports.send(protocol::Epoch{trial, record, span_since(epoch_start_)}, 0,
                                               protocol::kEpoch);
                        epoch_start_ = stopwatch_.seconds();
                    }};
    }

    const protocol::Channels& channels_;
    const comm::Communicator& group_comm_;
    Group group_;
    const std::vector<Trial>& trials_;
    const train::Experiment& experiment_;
    const Hooks& hooks_;
    const Stopwatch& stopwatch_;
    double epoch_start_ = 0;
    double last_progress_ = 0;
};

void coordinate(Coordinator& coordinator, const Hooks& hooks) {
    try {
        while (!coordinator.finished()) {
            coordinator.poll();
            std::this_thread::sleep_for(kPollInterval);
        }
        coordinator.finish();
    } catch (const std::exception& error) {
        hooks.die(as_error(error));
    }
}

/// This rank alone cannot go on, and the others may be waiting for it in a collective: lets rank 0 say so and end all.
void give_up(const protocol::Channels& channels, const Error& error, const Hooks& hooks) {
    try {
        channels.reports.send(protocol::Fatal{static_cast<int>(error.code()), protocol::Text(error.what())}, 0,
                              protocol::kFatal);
        std::this_thread::sleep_for(kFatalGrace);
    } catch (const Error&) {
        // MPI itself is out of order: what is left is to say it here.
    }
    hooks.die(error);
}

}  // namespace

bool run_sweep(const comm::Communicator& world, const Plan& plan, const std::vector<Trial>& trials,
               const train::Experiment& experiment, const Hooks& hooks) {
    const protocol::Channels channels(world);
    const std::optional<std::size_t> group = plan.group_of(world.rank());
    const int color = static_cast<int>(group.value_or(plan.groups.size()));
    const comm::Communicator group_comm = world.split(color, world.rank());
    world.barrier();
    const Stopwatch stopwatch;

    Coordinator coordinator(channels, plan, trials.size(), hooks.listeners, stopwatch);
    std::jthread coordinator_thread;
    if (world.rank() == 0) coordinator_thread = std::jthread([&] { coordinate(coordinator, hooks); });
    try {
        if (group) Worker(channels, group_comm, plan.groups[*group], trials, experiment, hooks, stopwatch).run();
    } catch (const std::exception& error) {
        give_up(channels, as_error(error), hooks);
    }
    // Unwinding from here would wait for the coordinator's thread, which waits for the groups.
    try {
        return channels.orders.receive_patiently<protocol::Finish>(0, protocol::kFinish).all_succeeded;
    } catch (const std::exception& error) {
        hooks.die(as_error(error));
        throw;
    }
}

}  // namespace dropsweep::sweep
