// Causes the injected faults of one rank.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/injected_fault.hpp"
#include "dropsweep/train/result.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::sweep {

/// Each fault happens inside one of these calls. Local.
class FaultInjector {
  public:
    /// @param all       the faults of all ranks; must outlive this object
    /// @param messages  this rank's messages to the coordinator; must outlive this object
    FaultInjector(const std::vector<InjectedFault>& all, int rank, comm::Outbox& messages)
        : all_(all), rank_(rank), messages_(messages) {}

    /// A step of a trial has ended.
    void after_step(const std::string& trial, const train::StepProgress& progress);
    /// The rank is about to become part of a larger group.
    void before_growth(const std::string& trial);
    /// A step works on this buffer, one bit of which may be flipped.
    /// @param progress  after the step
    void in_step(const std::string& trial, const train::StepProgress& progress, train::StepBuffer buffer,
                 std::span<std::byte> bytes);
    /// Whether in_step is to be called.
    bool flip() const;
    /// A checkpoint is about to be written.
    /// @throws Error  io_error: fail_write was injected
    void before_write() const;

  private:
    void act(InjectedFault::Action action);

    const std::vector<InjectedFault>& all_;
    int rank_;
    comm::Outbox& messages_;
    std::set<const InjectedFault*> flipped_;  ///< bits are flipped once, not again when the step is repeated
    bool is_slow_ = false;
    bool fails_write_ = false;
};

}  // namespace dropsweep::sweep
