// Each rank's side of a sweep: trains what the coordinator assigns, and reports.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/run_sweep.hpp"
#include "dropsweep/system/stopwatch.hpp"

#include "fault_injector.hpp"
#include "protocol.hpp"
#include "repeat_service.hpp"

namespace dropsweep::sweep {

/// One rank's side of a sweep. The arguments outlive it.
class Worker : train::TrialObserver, train::Disturbance {
  public:
    Worker(const comm::Communicator& world, const protocol::Channels& channels, const std::vector<Trial>& trials,
           const ByChoices<train::Experiment>& experiments, Host& host, const system::Stopwatch& stopwatch);

    /// Trains one assigned trial after the other until the sweep is over.
    /// @return  how the sweep ended, equal on all ranks
    SweepEnd run();

  private:
    bool leads() const { return group_.front() == world_.rank(); }
    Span span_since(double start) const {
        return {{group_.front(), static_cast<int>(group_.size())}, start, stopwatch_.seconds() - start};
    }
    std::pair<protocol::Growth, std::vector<int>> receive_growth() const;
    void forget_orders() const;
    void train(const protocol::Assignment& assignment);
    comm::Communicator form_group(bool grows);
    std::optional<train::Checkpoint> start();
    const Trial& trial() const { return trials_[trial_]; }
    bool stop_requested();
    bool is_cancelled();

    void on_step(const train::StepProgress& progress) override;
    void on_epoch(const train::EpochRecord& record) override;
    bool interrupts() override;
    std::optional<comm::Communicator> grow(const comm::Communicator& group) override;
    bool keeps_checkpoints() const override { return leads() && host_.keeps_checkpoints(); }
    void on_checkpoint(const train::Checkpoint& checkpoint) override;
    train::Repeaters* repeaters() override { return repeats_ ? &*repeats_ : nullptr; }
    void on_corruption(int rank, const train::StepProgress& progress) override;
    system::Clock clock() const override { return stopwatch_.clock(); }
    train::Disturbance* disturbance() override { return injector_.flip() ? this : nullptr; }
    void disturb(const train::StepProgress& end, train::StepBuffer buffer, std::span<std::byte> bytes) override;

    void move_to(const comm::Position& position);
    void on_wait(bool waits);
    template <class Message>
    void report(const Message& message, protocol::Tag tag) {
        if (leads()) reports_.send(message, channels_.coordinator, tag);
    }

    const comm::Communicator& world_;
    const protocol::Channels& channels_;
    const std::vector<Trial>& trials_;
    const ByChoices<train::Experiment>& experiments_;
    Host& host_;
    const system::Stopwatch& stopwatch_;
    comm::Outbox reports_;
    FaultInjector injector_;
    std::optional<RepeatService> repeats_;  ///< if steps are verified
    comm::Position position_;
    std::size_t trial_ = 0;   ///< the present one
    std::vector<int> group_;  ///< ranks of the world that train the trial, the leader first
    double epoch_start_ = 0;
    double last_progress_ = 0;
    bool stopping_ = false;
    std::optional<std::size_t> cancelled_;  ///< the last trial for which a Cancel came
};

}  // namespace dropsweep::sweep
