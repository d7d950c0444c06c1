// A trial whose ranks come to differ fails alone.
#include <cstdlib>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include "dropsweep/sweep/run_sweep.hpp"

#include "../support/lambda_host.hpp"
#include "../support/lambda_observer.hpp"
#include "../support/mpi_stand_in.hpp"
#include "../support/recorder.hpp"
#include "../support/small_experiment.hpp"

// One bit flips on rank 1 in the last step of an epoch, as in failing memory. Only its group's trial may suffer:
//
//     ranks 0 1   | p0.5-s1  x  failed | p0.5-s3 ...
//     ranks 2 3   | p0.5-s2 ...        | p0.5-s4 ...

namespace {

/// The fault to be injected into weights that another rank sends.
struct Fault {
    int calls_before = 0;
    int calls = 0;  ///< that it meets; 0: never
} fault;

}  // namespace

/// Weights are received at once, as bytes, where groups have ranks on several nodes; gradients are not.
extern "C" int MPI_Irecv(void* buffer, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm,
                         MPI_Request* request) {
    if (!dropsweep::testing_support::split_type || type != MPI_BYTE)
        return PMPI_Irecv(buffer, count, type, source, tag, comm, request);
    *request = MPI_REQUEST_NULL;
    const int status = PMPI_Recv(buffer, count, type, source, tag, comm, MPI_STATUS_IGNORE);
    if (fault.calls_before-- <= 0 && fault.calls-- > 0 && count > 0) *static_cast<unsigned char*>(buffer) ^= 1;
    return status;
}

namespace dropsweep::sweep {
namespace {

using testing_support::Recorder;
using testing_support::SmallExperiment;

class FailingTrialTest : public testing::Test {
  protected:
    ~FailingTrialTest() override { fault = {}; }

    const comm::Communicator world_ = comm::Communicator::world();

  private:
    /// In a group every rank seems to be on a node of its own, so that weights come by message; in the world all are on
    /// one, so that ranks are lent.
    const testing_support::SplitTypeStandIn nodes_{
        [this](MPI_Comm comm, int type, int key, MPI_Info info, MPI_Comm* part) {
            if (comm == world_.handle()) return PMPI_Comm_split_type(comm, type, key, info, part);
            int rank = 0;
            PMPI_Comm_rank(comm, &rank);
            return PMPI_Comm_split(comm, rank, key, part);
        }};
};

TEST_F(FailingTrialTest, EndsAloneAndIsNamed) {
    if (world_.size() == 1) GTEST_SKIP() << "a trial has two ranks";
    const comm::Communicator alone = world_.split(world_.rank(), 0);
    SmallExperiment small;
    small.experiment.options.leaf_rows = 7;
    const std::vector<Trial> trials = make_trials(parse_dropout_list("0.5"), {1, 2, 3, 4});
    std::vector<system::Digest> twins;
    for (const Trial& trial : trials) {
        twins.push_back(train::train_trial(alone, small.experiment, 0.5, trial.seed, testing_support::no_observer)
                            ->result.weights_sha256);
    }
    constexpr int kStepsOfAnEpoch = 9;
    if (world_.rank() == 1) {
        const nn::ParameterLayout layout(small.experiment.architecture);
        const auto layers = static_cast<int>(layout.layers());
        fault = {(kStepsOfAnEpoch - 1) * layers, layers};
    }

    Recorder recorder(trials.size());
    testing_support::LambdaHost host;
    host.listeners = {&recorder};
    const Plan plan = make_plan(trials, world_.size(), {.leaves = 2, .ranks_per_trial = 2});
    EXPECT_EQ(SweepEnd::some_failed,
              run_sweep(world_, plan, trials, small.experiment, EpochForecast(small.experiment.options), host));

    if (world_.rank() != 0) return;
    EXPECT_EQ(recorder.ends, 1);
    int failed = 0;
    for (std::size_t t = 0; t < trials.size(); ++t) {
        SCOPED_TRACE(trials[t].id());
        ASSERT_EQ(recorder.outcomes[t].size(), 1u);
        const TrialOutcome& outcome = recorder.outcomes[t].front();
        if (outcome.result.status == train::Status::failed) {
            ++failed;
            EXPECT_THAT(outcome.message, testing::StartsWith("the weights of rank 1 differ from those of rank 0 "));
            EXPECT_FALSE(outcome.result.has_weights());
            EXPECT_EQ(outcome.span.group, (Group{0, 2}));
        } else {
            EXPECT_EQ(outcome.result.status, train::Status::completed);
            EXPECT_EQ(outcome.result.weights_sha256, twins[t]);
            EXPECT_EQ(outcome.message, "");
        }
    }
    EXPECT_EQ(failed, 1);
}

// The same after rank 1 has joined the trial of rank 0, its own having ended:
//
//     rank 0  | p0.6-s7 ............... x  failed |
//     rank 1  | p0-s7 ...... | p0.6-s7  x         |

TEST_F(FailingTrialTest, EndsAloneAfterItsGroupHasGrown) {
    if (world_.size() != 2) GTEST_SKIP() << "who joins whom is certain on two ranks only";
    const comm::Communicator alone = world_.split(world_.rank(), 0);
    SmallExperiment small;
    train::TrainingOptions& options = small.experiment.options;
    options.leaf_rows = 7;
    options.epochs = 60;
    options.patience = 3;
    const std::vector<Trial> trials = make_trials(parse_dropout_list("0,0.6"), {7});
    const auto twin = train::train_trial(alone, small.experiment, 0, 7, testing_support::no_observer)->result;
    const auto longer = train::train_trial(alone, small.experiment, 0.6, 7, testing_support::no_observer)->result;
    ASSERT_LT(twin.epochs + 10, longer.epochs);
    constexpr int kStepsOfAnEpoch = 9;
    if (world_.rank() == 1) {
        const nn::ParameterLayout layout(small.experiment.architecture);
        // Alone it receives none. As many steps as an epoch has, because all but the last are put right by the next.
        const int epoch = kStepsOfAnEpoch * static_cast<int>(layout.layers());
        fault = {epoch, epoch};
    }
    Recorder recorder(trials.size());
    testing_support::LambdaHost host;
    host.listeners = {&recorder};
    InjectedFault delay;  // so that rank 1 is in time
    delay.action = InjectedFault::Action::delay;
    host.injected_faults = {delay};
    const Plan plan = make_plan(trials, world_.size(), {.leaves = 2, .ranks_per_trial = 1});
    EXPECT_EQ(SweepEnd::some_failed,
              run_sweep(world_, plan, trials, small.experiment, EpochForecast(small.experiment.options), host));

    if (world_.rank() != 0) return;
    EXPECT_EQ(recorder.outcomes[0].front().result.weights_sha256, twin.weights_sha256);
    const TrialOutcome& outcome = recorder.outcomes[1].front();
    EXPECT_EQ(outcome.result.status, train::Status::failed);
    EXPECT_THAT(outcome.message, testing::StartsWith("the weights of rank 1 differ from those of rank 0 "));
    EXPECT_EQ(outcome.span.group, (Group{0, 2}));
}

}  // namespace
}  // namespace dropsweep::sweep
