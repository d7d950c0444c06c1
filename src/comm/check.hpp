#pragma once

#include <mpi.h>

namespace dropsweep::comm {

/// @throws Error  failure: an MPI call returned something else than MPI_SUCCESS
void check(int status, const char* call);

/// @throws Error  failure: a message is not what was sent
void require_unaltered(bool is_unaltered);

/// A count as MPI wants it.
/// @throws Error  failure: it does not fit into an int
int as_count(std::size_t count);

}  // namespace dropsweep::comm
