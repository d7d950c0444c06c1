// Stand-in for comm/waiting: simulated ranks block where real ones poll.
#include "comm/waiting.hpp"

#include "dropsweep/comm/communicator.hpp"

namespace dropsweep::comm {

// The program polls, and notices a message up to a millisecond late. Here the receive that follows blocks: each poll
// would be an event of the simulation, and hundreds of ranks wait while the last trials run.
void Communicator::wait_sleeping(const Arrival& awaited, const std::function<void()>& meanwhile) const {
    while (meanwhile && !probe(awaited.source, awaited.tag)) meanwhile();
}

std::vector<std::byte> take_message(MPI_Comm comm, int source, int tag) {
    constexpr std::size_t kMost = 1 << 16;  // MPI takes what is longer for an error
    std::vector<std::byte> bytes(kMost);
    MPI_Status status;
    int size = 0;
    check(MPI_Recv(bytes.data(), as_count(kMost), MPI_BYTE, source, tag, comm, &status), "MPI_Recv");
    check(MPI_Get_count(&status, MPI_BYTE, &size), "MPI_Get_count");
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
}

void wait_for_all(std::span<MPI_Request> requests) {
    const Waiting waiting;
    check(MPI_Waitall(as_count(requests.size()), requests.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
}

}  // namespace dropsweep::comm
