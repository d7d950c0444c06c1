// Waiting for MPI requests and messages by polling that yields the core.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <mpi.h>

#include "dropsweep/system/activity.hpp"

#include "check.hpp"

namespace dropsweep::comm {

/// While it lives the calling thread counts as waiting for other ranks.
struct Waiting : system::Activity::Scope {
    Waiting() : Scope(system::Activity::Kind::waiting) {}
};

/// Waits for a message and receives it.
std::vector<std::byte> take_message(MPI_Comm comm, int source, int tag);

/// Waits until all requests are complete; yields the core after a while. A blocking call of MPICH would not yield, and
/// would keep MPI's lock from the other threads of its process.
void wait_for_all(std::span<MPI_Request> requests);

/// Starts a non-blocking MPI operation by start(MPI_Request*), which returns its status, and waits for it.
/// @param call  the name of the MPI function, for the message
template <class Start>
void complete(const Start& start, const char* call) {
    MPI_Request request = MPI_REQUEST_NULL;
    check(start(&request), call);
    wait_for_all({&request, 1});
}

}  // namespace dropsweep::comm
