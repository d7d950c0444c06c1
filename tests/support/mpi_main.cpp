// The main program of tests under MPI: every rank reports its failures, the worst one is the exit code.
#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/linalg/products.hpp"

#include "mpi_stand_in.hpp"

namespace {

/// Reports failures of every rank, not only of rank 0, and ends the job after a fatal failure: the other ranks may be
/// waiting for this one in a collective.
class RankListener : public testing::EmptyTestEventListener {
  public:
    RankListener() {
        MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
        MPI_Comm_size(MPI_COMM_WORLD, &size_);
    }

  private:
    void OnTestStart(const testing::TestInfo& info) override {
        // Asking GoogleTest for the current test inside OnTestPartResult would deadlock.
        name_ = fmt::format("{}.{}", info.test_suite_name(), info.name());
    }
    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (!result.failed()) return;
        fmt::print(stderr, "[rank {}/{}] {} {}:{}: {}\n", rank_, size_, name_,
                   result.file_name() != nullptr ? result.file_name() : "?", result.line_number(), result.message());
        std::fflush(stderr);
        if (result.fatally_failed() && size_ > 1) MPI_Abort(MPI_COMM_WORLD, 1);
    }

    int rank_ = 0;
    int size_ = 1;
    std::string name_;
};

}  // namespace

extern "C" int MPI_Comm_split_type(MPI_Comm comm, int type, int key, MPI_Info info, MPI_Comm* part) {
    const auto& stand_in = dropsweep::testing_support::split_type;
    return stand_in ? stand_in(comm, type, key, info, part) : PMPI_Comm_split_type(comm, type, key, info, part);
}

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    // As in the program.
    dropsweep::linalg::start_products();
    const dropsweep::comm::Environment mpi;
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
    if (rank != 0) delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new RankListener);
    int own = RUN_ALL_TESTS();
    if (testing::UnitTest::GetInstance()->test_to_run_count() == 0) own = 1;  // a filter that matches no test
    int worst = own;
    MPI_Allreduce(&own, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return worst;
}
