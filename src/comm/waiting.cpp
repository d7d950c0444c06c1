// Waiting for other ranks, apart from the other sources because bench/simulate replaces it: waiting.hpp and
// Communicator::wait_sleeping.
#include "waiting.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <sched.h>

#include "dropsweep/comm/communicator.hpp"

namespace dropsweep::comm {
namespace {

/// Yields the core after many polls: another process may need it, perhaps the awaited rank.
void give_way(int looks) {
    constexpr int kLooks = 1000;  // about 100 us, as long as the imbalance of a step lasts
    if (looks > kLooks) sched_yield();
}

}  // namespace

void Communicator::wait_sleeping(const Arrival& awaited, const std::function<void()>& meanwhile) const {
    using std::chrono::microseconds;
    const Waiting waiting;
    microseconds pause(20);
    while (true) {
        if (meanwhile) meanwhile();
        if (probe(awaited.source, awaited.tag)) break;
        std::this_thread::sleep_for(pause);
        pause = std::min(2 * pause, microseconds(1000));
    }
}

std::vector<std::byte> take_message(MPI_Comm comm, int source, int tag) {
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status status;
    int arrived = 0;
    for (int looks = 0; arrived == 0; ++looks) {
        give_way(looks);
        check(MPI_Improbe(source, tag, comm, &arrived, &message, &status), "MPI_Improbe");
    }
    int size = 0;
    check(MPI_Get_count(&status, MPI_BYTE, &size), "MPI_Get_count");
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    complete([&](MPI_Request* request) { return MPI_Imrecv(bytes.data(), size, MPI_BYTE, &message, request); },
             "MPI_Imrecv");
    return bytes;
}

void wait_for_all(std::span<MPI_Request> requests) {
    const Waiting waiting;
    int done = 0;
    for (int looks = 0; done == 0; ++looks) {
        give_way(looks);
        check(MPI_Testall(as_count(requests.size()), requests.data(), &done, MPI_STATUSES_IGNORE), "MPI_Testall");
    }
}

}  // namespace dropsweep::comm
