// Verification between ranks that train alone: each repeats steps of others on request.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/train/step_repeater.hpp"
#include "dropsweep/train/train_trial.hpp"

#include "fault_injector.hpp"

namespace dropsweep::sweep {

/// In turn T rank (R + T) mod size repeats the steps of rank R, between two steps of its own trial, while rank R goes
/// on. A rank that waits for an answer serves the requests of others meanwhile, so that there is no deadlock.
class RepeatService : public train::Repeaters, train::Disturbance {
  public:
    /// @param ranks     a communicator for this service only. All arguments must outlive this object.
    /// @param injector  called with the buffers of repeated steps
    /// @param on_wait   called when a wait for another rank begins, and when it ends
    RepeatService(const comm::Communicator& ranks, const std::vector<Trial>& trials,
                  const ByChoices<train::Experiment>& experiments, FaultInjector& injector,
                  std::function<void(bool waits)> on_wait);

    /// Sets the trial of this rank, for later calls of ask.
    void set_trial(std::size_t trial) { trial_ = trial; }
    /// Repeats the steps that other ranks have requested, if any, and sends the answers. To be called often.
    void serve();
    /// Waits until all answers are sent.
    void flush() { messages_.flush(); }

    int count() const override { return ranks_.size(); }
    int rank_of(int part, int turn) const override;
    void ask(int turn, const train::Steps& steps, const train::StepState& start) override;
    bool has_answer() override;
    std::vector<train::StepEvidence> answer() override;

  private:
    /// Followed by two messages with the buffers of the StepState before the steps.
    struct Request {
        std::size_t trial = 0;
        train::Steps steps;
    };
    /// Repeats steps of one experiment.
    struct Repeater {
        const train::Experiment* experiment = nullptr;
        train::StepRepeater repeater;
        train::StepState asked;  ///< the state of a request
    };
    Repeater& repeater_of(const Request& request);
    std::vector<train::StepEvidence> repeat(const Request& request, const train::StepState& start);
    void serve(int asker);
    void disturb(const train::StepProgress& end, train::StepBuffer buffer, std::span<std::byte> bytes) override;

    const comm::Communicator& ranks_;
    const std::vector<Trial>& trials_;
    const ByChoices<train::Experiment>& experiments_;
    FaultInjector& injector_;
    std::function<void(bool)> on_wait_;
    comm::Outbox messages_;
    std::size_t trial_ = 0;
    std::size_t repeated_trial_ = 0;           ///< the trial of the last request
    std::optional<Repeater> repeater_;         ///< for the experiment of the last request
    int asked_rank_ = 0;                       ///< the rank that was asked last
    std::vector<train::StepEvidence> answer_;  ///< buffer for the answer, or the answer if this rank was asked
};

}  // namespace dropsweep::sweep
