// Checks of MPI return codes, message checksums and counts.
#pragma once

#include <cstddef>

#include <mpi.h>

namespace dropsweep::comm {

/// @throws Error  failure: status is not MPI_SUCCESS
/// @param call  the name of the MPI function, for the message
void check(int status, const char* call);

/// @throws Error  failure: the message that was received differs from what was sent
void require_unaltered(bool is_unaltered);

/// A count for MPI.
/// @throws Error  failure: it does not fit in an int
int as_count(std::size_t count);

}  // namespace dropsweep::comm
