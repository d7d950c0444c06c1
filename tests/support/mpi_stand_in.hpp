// What a test puts in place of a function of MPI.
#pragma once

#include <functional>
#include <utility>

#include <mpi.h>

// The MPI tests are one program, so what one of them puts in place of MPI's functions (MPI 4.0, chapter 15.2: a program
// has its own MPI_X, and PMPI_X is the library's) is there for all, and does as the library but in that test.

namespace dropsweep::testing_support {

using SplitType = std::function<int(MPI_Comm comm, int type, int key, MPI_Info info, MPI_Comm* part)>;

inline SplitType split_type;  ///< none: the library's

/// MPI_Comm_split_type as long as this object lives.
class SplitTypeStandIn {
  public:
    explicit SplitTypeStandIn(SplitType own) { split_type = std::move(own); }
    SplitTypeStandIn(const SplitTypeStandIn&) = delete;
    ~SplitTypeStandIn() { split_type = nullptr; }
};

}  // namespace dropsweep::testing_support
