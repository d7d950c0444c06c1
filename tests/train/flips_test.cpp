// Bits that turn over in memory during a step: none is unseen where all steps are verified.
#include <array>
#include <cstdlib>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dropsweep/text/error.hpp"
#include "dropsweep/train/train_trial.hpp"

#include "../support/lambda_observer.hpp"
#include "../support/small_experiment.hpp"

// Bits that turn over in memory during a step, one in each trial, and when that is noticed. The table of
// docs/reliability.md: DROPSWEEP_FLIPS=10000 mpirun -n 2 build/release/tests/mpi_tests --gtest_filter=FlipsTest.*
namespace dropsweep::train {
namespace {

constexpr std::uint32_t kEpochs = 2;
constexpr std::size_t kStepsOfEpoch = 9;

struct Flip {
    StepBuffer buffer;
    std::uint32_t epoch;
    std::uint64_t step;
    int computation;  ///< of the step; the second one is there with --verify alone
    int rank;
    std::uint64_t bit;  ///< modulo those that there are
};

struct Outcome {
    bool noticed_in_step = false;
    bool noticed_in_epoch = false;  ///< by the hash of the weights
    std::optional<system::Digest> weights;
};

/// How often each happened.
struct Counts {
    int flips = 0;
    int in_step = 0, in_epoch = 0, without_effect = 0, unseen = 0;

    void add(const Outcome& outcome, const system::Digest& right) {
        ++flips;
        if (outcome.noticed_in_step) {
            ++in_step;
        } else if (outcome.noticed_in_epoch) {
            ++in_epoch;
        } else {
            ++(outcome.weights == right ? without_effect : unseen);
        }
    }
};

class FlipsTest : public testing::Test {
  protected:
    FlipsTest() {
        small_.experiment.options.leaf_rows = 3;
        small_.experiment.options.epochs = kEpochs;
    }

    /// Equal on all ranks.
    Outcome train(const std::optional<Flip>& flip, double verify) {
        small_.experiment.options.verify = verify;
        Outcome outcome;
        testing_support::LambdaObserver observer;
        observer.corruption = [&](int, const StepProgress&) { outcome.noticed_in_step = true; };
        int computations = 0;
        if (flip) {
            observer.alter = [&](const StepProgress& at, StepBuffer buffer, std::span<std::byte> bytes) {
                if (at.epoch != flip->epoch || at.step != flip->step || buffer != flip->buffer) return;
                if (computations++ != flip->computation || world_.rank() != flip->rank || bytes.empty()) return;
                const std::uint64_t bit = flip->bit % (8 * bytes.size());
                bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
            };
        }
        try {
            outcome.weights = train_trial(world_, small_.experiment, 0.4, 5, observer)->result.weights_sha256;
        } catch (const AgreedError&) {
            (verify > 0 ? outcome.noticed_in_step : outcome.noticed_in_epoch) = true;
        }
        world_.broadcast(outcome.noticed_in_step, 0);
        return outcome;
    }

    comm::Communicator world_ = comm::Communicator::world();
    testing_support::SmallExperiment small_;
};

TEST_F(FlipsTest, NoneIsUnseenWhereAllStepsAreVerified) {
    const char* wanted = std::getenv("DROPSWEEP_FLIPS");
    const int flips = wanted == nullptr ? 150 : std::atoi(wanted);
    const system::Digest right = train(std::nullopt, 0).weights.value();
    std::mt19937_64 bits(1);
    std::array<Counts, 3> verified;
    std::array<Counts, 3> not_verified;
    for (int number = 0; number < flips; ++number) {
        const auto below = [&](std::uint64_t bound) { return bits() % bound; };
        const std::size_t place = below(3);
        Flip flip{.buffer = std::array{StepBuffer::weights, StepBuffer::activations, StepBuffer::gradients}.at(place),
                  .epoch = static_cast<std::uint32_t>(below(kEpochs)),
                  .step = 1 + below(kStepsOfEpoch),
                  .computation = static_cast<int>(below(2)),
                  .rank = static_cast<int>(below(static_cast<std::uint64_t>(world_.size()))),
                  .bit = bits()};
        verified.at(place).add(train(flip, 1), right);
        flip.computation = 0;
        not_verified.at(place).add(train(flip, 0), right);
    }
    int unseen = 0;
    for (const Counts& counts : verified) unseen += counts.unseen;
    EXPECT_EQ(unseen, 0);
    if (world_.rank() != 0) return;
    const auto print = [](const char* verify, const std::array<Counts, 3>& places) {
        constexpr std::array kNames = {"weight", "activation", "gradient"};
        for (std::size_t place = 0; place < places.size(); ++place) {
            const Counts& counts = places.at(place);
            fmt::print("| {} | {} | {} | {} | {} | {} | {} |\n", verify, kNames.at(place), counts.flips, counts.in_step,
                       counts.in_epoch, counts.without_effect, counts.unseen);
        }
    };
    fmt::print("| --verify | bit of | flips | noticed in the step | within the epoch | without effect | unseen |\n");
    print("1", verified);
    print("0", not_verified);
}

}  // namespace
}  // namespace dropsweep::train
