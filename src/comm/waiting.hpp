#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <mpi.h>

#include "dropsweep/system/activity.hpp"

#include "check.hpp"

namespace dropsweep::comm {

/// The calling thread waits for other ranks.
struct Waiting : system::Activity::As {
    Waiting() : As(system::Activity::Kind::waiting) {}
};

/// The bytes of a message, which it waits for.
std::vector<std::byte> take_message(MPI_Comm comm, int source, int tag);

/// Until all are done. Who waits for long gives the core to others: a blocking call of MPICH does not, and keeps MPI's
/// lock from the other threads of its process.
void wait_for_all(std::span<MPI_Request> requests);

/// Does what a blocking call does, by the non-blocking one: start(MPI_Request*).
template <class Start>
void complete(const Start& start, const char* call) {
    MPI_Request request = MPI_REQUEST_NULL;
    check(start(&request), call);
    wait_for_all({&request, 1});
}

}  // namespace dropsweep::comm
