#include "dropsweep/comm/communicator.hpp"

#include "comm/waiting.hpp"

namespace dropsweep::comm {

// A rank that waits costs no events: hundreds of them wait while the last trials run. The program looks for the message
// up to a millisecond after it has come.
void Communicator::receive_bytes_patiently(std::span<std::byte> bytes, int source, int tag,
                                           const std::function<void()>& meanwhile) const {
    while (meanwhile && !probe(source, tag)) meanwhile();
    receive_bytes(bytes, source, tag);
}

void Communicator::wait_for_message(int, int) const {}

void wait_for_all(std::span<MPI_Request> requests) {
    const Waiting waiting;
    check(MPI_Waitall(as_count(requests.size()), requests.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
}

}  // namespace dropsweep::comm
