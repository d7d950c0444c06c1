#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::comm {
namespace {

/// Starts each test without a launcher, whoever started the test, and puts the variables back after it.
class LaunchTest : public testing::Test {
  protected:
    LaunchTest() {
        for (const char* name :
             {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "PMI_SIZE", "PMI_RANK", "PMIX_NAMESPACE",
              "SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "SLURM_NTASKS", "SLURM_JOB_ID"}) {
            const char* value = std::getenv(name);
            before_[name] = value != nullptr ? std::optional<std::string>(value) : std::nullopt;
            ::unsetenv(name);
        }
    }
    ~LaunchTest() override {
        for (const auto& [name, value] : before_) {
            value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str());
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
    std::map<std::string, std::optional<std::string>> before_;
};

TEST_F(LaunchTest, WithoutLauncherThereIsOneProcess) {
    expect_launch(0, 1, "");
    EXPECT_NO_THROW(check_launch(1));
}

TEST_F(LaunchTest, ReadsOpenMpi) {
    set("OMPI_COMM_WORLD_SIZE", "4");
    set("OMPI_COMM_WORLD_RANK", "2");
    expect_launch(2, 4, "OMPI_COMM_WORLD_SIZE");
}

TEST_F(LaunchTest, ReadsPmi) {
    set("PMI_SIZE", "3");
    set("PMI_RANK", "1");
    expect_launch(1, 3, "PMI_SIZE");
}

TEST_F(LaunchTest, ReadsSrun) {
    set("SLURM_STEP_NUM_TASKS", "16");
    set("SLURM_PROCID", "15");
    expect_launch(15, 16, "SLURM_STEP_NUM_TASKS");
}

TEST_F(LaunchTest, BatchScriptOfSlurmIsNoLaunch) {
    set("SLURM_JOB_ID", "17");
    set("SLURM_NTASKS", "16");
    set("SLURM_PROCID", "0");
    expect_launch(0, 1, "");
}

TEST_F(LaunchTest, MpirunInsideAnSrunStepCounts) {
    set("SLURM_STEP_NUM_TASKS", "1");
    set("SLURM_PROCID", "0");
    set("OMPI_COMM_WORLD_SIZE", "4");
    set("OMPI_COMM_WORLD_RANK", "3");
    expect_launch(3, 4, "OMPI_COMM_WORLD_SIZE");
}

TEST_F(LaunchTest, WorldOfSeveralRanksIsFine) {
    set("PMI_SIZE", "4");
    set("PMI_RANK", "0");
    EXPECT_NO_THROW(check_launch(4));
}

TEST_F(LaunchTest, SingletonsAreRefusedAndTheFirstSpeaks) {
    for (const char* rank : {"0", "1"}) {
        set("PMI_SIZE", "4");
        set("PMI_RANK", rank);
        try {
            check_launch(1);
            ADD_FAILURE() << "rank " << rank << " was let through";
        } catch (const AgreedError& error) {
            EXPECT_EQ(error.code(), ExitCode::usage);
            EXPECT_EQ(error.reports(), std::string(rank) == "0");
            EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("4 processes (PMI_SIZE)"),
                                                     testing::HasSubstr("; launch with")));
        }
    }
}

TEST_F(LaunchTest, SrunWithoutPmixIsRefusedBeforeMpi) {
    set("SLURM_STEP_NUM_TASKS", "2");
    for (const char* rank : {"0", "1"}) {
        set("SLURM_PROCID", rank);
        try {
            check_before_mpi();
            ADD_FAILURE() << "rank " << rank << " was let through";
        } catch (const AgreedError& error) {
            EXPECT_EQ(error.code(), ExitCode::usage);
            EXPECT_EQ(error.reports(), std::string(rank) == "0");
            EXPECT_THAT(error.what(), testing::HasSubstr("; launch with srun --mpi=pm"));
        }
    }
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
