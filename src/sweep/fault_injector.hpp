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

/// The faults of one rank: whatever happens at a place happens inside the call that tells of it.
class FaultInjector {
  public:
    /// @param all       of all ranks; outlives this object
    /// @param messages  of this rank; outlives this object
    FaultInjector(const std::vector<InjectedFault>& all, int rank, comm::Outbox& messages)
        : all_(all), rank_(rank), messages_(messages) {}

    /// A step of a trial has ended.
    void after_step(const std::string& trial, const train::StepProgress& progress);
    /// The rank is about to become part of a larger group.
    void before_growth(const std::string& trial);
    /// A step of a trial works on this. @param progress  that of its end
    void in_step(const std::string& trial, const train::StepProgress& progress, train::Memory memory,
                 std::span<std::byte> bytes);
    /// Whether in_step is of interest.
    bool flip() const;
    /// A checkpoint is about to be written. @throws Error  io_error: it cannot be
    void before_write() const;

  private:
    void act(InjectedFault::Action action);

    const std::vector<InjectedFault>& all_;
    int rank_;
    comm::Outbox& messages_;
    std::set<const InjectedFault*> flipped_;  ///< each once, also where the step is computed again
    bool is_slow_ = false;
    bool fails_write_ = false;
};

}  // namespace dropsweep::sweep
