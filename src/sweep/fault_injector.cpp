// Causes the faults of --inject when their step or growth has come.
#include "fault_injector.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

#include "dropsweep/linalg/philox.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::sweep {
namespace {

void sleep(double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

/// kMostDelaySeconds * u^4, u uniform: mostly short, sometimes long, so that the order of the ranks varies.
double random_delay(std::uint64_t seed, int rank, const train::StepProgress& progress) {
    const linalg::StreamKey key{.seed = seed,
                                .purpose = linalg::Purpose::delay,
                                .layer = static_cast<std::uint32_t>(rank),
                                .epoch = progress.epoch};
    const double uniform = linalg::PhiloxSequence(key, static_cast<std::uint32_t>(progress.step)).uniform();
    return InjectedFault::kMostDelaySeconds * uniform * uniform * uniform * uniform;
}

}  // namespace

void FaultInjector::after_step(const std::string& trial, const train::StepProgress& progress) {
    for (const InjectedFault& fault : all_) {
        if (fault.action == InjectedFault::Action::delay) {
            sleep(random_delay(fault.seed, rank_, progress));
        } else if (!fault.at_growth && fault.rank == rank_ && fault.trial == trial && fault.epoch == progress.epoch &&
                   fault.step == progress.step) {
            act(fault.action);
        }
    }
    if (is_slow_) sleep(InjectedFault::kSlowSeconds);
}

namespace {

std::optional<train::StepBuffer> buffer_of(InjectedFault::Action action) {
    switch (action) {
        case InjectedFault::Action::flip_weight:
            return train::StepBuffer::weights;
        case InjectedFault::Action::flip_activation:
            return train::StepBuffer::activations;
        case InjectedFault::Action::flip_gradient:
            return train::StepBuffer::gradients;
        default:
            return std::nullopt;
    }
}

}  // namespace

bool FaultInjector::flip() const {
    return std::ranges::any_of(all_, [this](const InjectedFault& fault) {
        return fault.rank == rank_ && buffer_of(fault.action).has_value();
    });
}

void FaultInjector::in_step(const std::string& trial, const train::StepProgress& progress, train::StepBuffer buffer,
                            std::span<std::byte> bytes) {
    for (const InjectedFault& fault : all_) {
        if (fault.rank != rank_ || buffer_of(fault.action) != buffer || fault.trial != trial ||
            fault.epoch != progress.epoch || fault.step != progress.step || !flipped_.insert(&fault).second) {
            continue;
        }
        // The highest bit of the exponent of a float near the middle that is not zero, since products skip zeros.
        constexpr std::size_t kLast = sizeof(float) - 1;
        std::size_t at = bytes.size() / 2 / sizeof(float) * sizeof(float);
        while (at + sizeof(float) < bytes.size() && bytes[at + kLast] == std::byte{0}) at += sizeof(float);
        bytes[at + kLast] ^= std::byte{0x40};
    }
}

void FaultInjector::before_growth(const std::string& trial) {
    for (const InjectedFault& fault : all_) {
        if (fault.at_growth && fault.rank == rank_ && fault.trial == trial) act(fault.action);
    }
}

void FaultInjector::before_write() const {
    if (!fails_write_) return;
    throw Error(ExitCode::io_error,
                "the checkpoint cannot be written: injected with --inject; run the same command again without it");
}

void FaultInjector::act(InjectedFault::Action action) {
    switch (action) {
        case InjectedFault::Action::kill_rank:
            std::raise(SIGKILL);
            break;
        case InjectedFault::Action::stop_rank:
            std::raise(SIGSTOP);
            break;
        case InjectedFault::Action::hang:
            while (true) std::this_thread::sleep_for(std::chrono::hours(1));
        case InjectedFault::Action::slow:
            is_slow_ = true;
            break;
        case InjectedFault::Action::fail:
            throw Error(ExitCode::failure, "injected with --inject; run the same command again without it");
        case InjectedFault::Action::fail_write:
            fails_write_ = true;
            break;
        case InjectedFault::Action::flip_message:
            messages_.flip_next();
            break;
        case InjectedFault::Action::flip_weight:
        case InjectedFault::Action::flip_activation:
        case InjectedFault::Action::flip_gradient:
        case InjectedFault::Action::delay:
            break;  // see in_step and after_step
    }
}

}  // namespace dropsweep::sweep
