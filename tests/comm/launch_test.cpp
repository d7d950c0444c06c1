// How many processes a launcher has started, by its environment variables, and launches that are refused.
#include <cstdlib>
#include <deque>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/text/error.hpp"

#include "../support/environment_variable.hpp"

namespace dropsweep::comm {
namespace {

/// Starts each test without a launcher, whoever started the test, and puts the variables back after it.
class LaunchTest : public testing::Test {
  protected:
    LaunchTest() {
        for (const char* name :
             {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "PMI_SIZE", "PMI_RANK", "PMIX_NAMESPACE",
              "SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "SLURM_NTASKS", "SLURM_JOB_ID"}) {
            variables_.emplace_back(name).unset();
        }
    }
    static void set(const char* name, const char* value) { ::setenv(name, value, 1); }

    static void expect_launch(int rank, int size, const std::string& variable) {
        const Launch launch = launch_from_environment();
        EXPECT_EQ(launch.rank, rank);
        EXPECT_EQ(launch.size, size);
        EXPECT_EQ(launch.variable, variable);
    }

  private:
    std::deque<testing_support::EnvironmentVariable> variables_;
};

TEST_F(LaunchTest, WithoutLauncherThereIsOneProcess) {
    expect_launch(0, 1, "");
    EXPECT_NO_THROW(check_launch(1));
}

TEST_F(LaunchTest, ReadsEachLauncher) {
    set("SLURM_JOB_ID", "17");  // the shell of a batch job is no launch
    set("SLURM_NTASKS", "16");
    set("SLURM_PROCID", "15");
    expect_launch(0, 1, "");
    set("SLURM_STEP_NUM_TASKS", "16");
    expect_launch(15, 16, "SLURM_STEP_NUM_TASKS");
    set("PMI_SIZE", "3");
    set("PMI_RANK", "1");
    expect_launch(1, 3, "PMI_SIZE");
    set("OMPI_COMM_WORLD_SIZE", "4");  // mpirun inside a step of srun counts
    set("OMPI_COMM_WORLD_RANK", "2");
    expect_launch(2, 4, "OMPI_COMM_WORLD_SIZE");
}

TEST_F(LaunchTest, WorldOfSeveralRanksIsFine) {
    set("PMI_SIZE", "4");
    set("PMI_RANK", "0");
    EXPECT_NO_THROW(check_launch(4));
}

/// Refused on each of two ranks, of which the first reports.
template <class Check>
void expect_refused_by_the_first(const char* variable, Check&& check, const std::string& what) {
    for (const std::string rank : {"0", "1"}) {
        const testing_support::EnvironmentVariable variable_of_rank(variable, rank);
        try {
            check();
            ADD_FAILURE() << "rank " << rank << " was let through";
        } catch (const AgreedError& error) {
            EXPECT_EQ(error.code(), ExitCode::usage);
            EXPECT_EQ(error.reports(), rank == "0");
            EXPECT_THAT(error.what(), testing::HasSubstr(what));
        }
    }
}

TEST_F(LaunchTest, SingletonsAreRefused) {
    set("PMI_SIZE", "4");
    expect_refused_by_the_first(
        "PMI_RANK", [] { check_launch(1); }, "4 processes (PMI_SIZE)");
    expect_refused_by_the_first(
        "PMI_RANK", [] { check_launch(1); }, "; launch with");
}

TEST_F(LaunchTest, SrunWithoutPmixIsRefusedBeforeMpi) {
    set("SLURM_STEP_NUM_TASKS", "2");
    expect_refused_by_the_first(
        "SLURM_PROCID", [] { check_before_mpi(); }, "; launch with srun --mpi=pm");
}

TEST_F(LaunchTest, OtherLaunchesMayStartMpi) {
    EXPECT_NO_THROW(check_before_mpi());  // none
    set("SLURM_STEP_NUM_TASKS", "2");
    set("SLURM_PROCID", "0");
    set("PMIX_NAMESPACE", "slurm.pmix.17.0");
    EXPECT_NO_THROW(check_before_mpi());
    ::unsetenv("PMIX_NAMESPACE");
    set("PMI_RANK", "0");
    EXPECT_NO_THROW(check_before_mpi());
    ::unsetenv("PMI_RANK");
    set("OMPI_COMM_WORLD_SIZE", "4");
    set("OMPI_COMM_WORLD_RANK", "3");
    EXPECT_NO_THROW(check_before_mpi());
}

}  // namespace
}  // namespace dropsweep::comm
