#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/train/step_repeater.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::sweep {

/// By which ranks that train alone verify each other: at turn T rank R's steps are made again by rank R + T, between
/// two steps of its own trial, while rank R goes on. Each rank waits for no one but those that it has asked, and does
/// what it is asked for while it waits, so that none waits for ever.
class RepeatService : public train::Repeaters {
  public:
    using Disturb =
        std::function<void(const std::string& trial, const train::StepProgress&, train::Memory, std::span<std::byte>)>;
    /// @param ranks  a communicator for this alone. It and the rest outlive this object.
    RepeatService(const comm::Communicator& ranks, const std::vector<Trial>& trials,
                  const ByChoices<train::Experiment>& experiments);

    /// Is given what the repeated steps work on.
    void set_disturbance(Disturb disturb) { disturb_ = std::move(disturb); }
    /// Is told when a wait for another rank begins, and when it ends.
    void set_on_wait(std::function<void(bool waits)> on_wait) { on_wait_ = std::move(on_wait); }
    /// The trial whose steps are asked for from now on.
    void set_trial(std::size_t trial) { trial_ = trial; }
    /// Does what was asked of this rank. Called often; takes as long as the steps, or next to no time.
    void serve();
    /// The last answers leave. Nobody asks any more.
    void flush() { messages_.flush(); }

    int count() const override { return ranks_.size(); }
    int rank_of(int part, int turn) const override;
    void ask(int turn, const train::Steps& steps, const train::StepState& start) override;
    bool has_answer() override;
    std::vector<train::StepEvidence> answer() override;

  private:
    /// A trial's steps, and where they start: the values of two StepState buffers follow.
    struct Request {
        std::size_t trial = 0;
        train::Steps steps;
    };
    /// Repeats the steps of an experiment.
    struct Repeater {
        const train::Experiment* experiment = nullptr;
        train::StepRepeater repeater;
        train::StepState asked;  ///< of an asker
    };
    Repeater& repeater_of(const Request& request);
    std::vector<train::StepEvidence> repeat(const Request& request, const train::StepState& start);
    void serve(int asker);

    const comm::Communicator& ranks_;
    const std::vector<Trial>& trials_;
    const ByChoices<train::Experiment>& experiments_;
    comm::Outbox messages_;
    Disturb disturb_;
    std::function<void(bool)> on_wait_ = [](bool) {};
    std::size_t trial_ = 0;
    std::optional<Repeater> repeater_;         ///< of the experiment that was needed last
    int asked_rank_ = 0;                       ///< who has the last question
    std::vector<train::StepEvidence> answer_;  ///< room for it, or itself where this rank has made it
};

}  // namespace dropsweep::sweep
