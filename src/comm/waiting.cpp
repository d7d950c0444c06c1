#include <algorithm>
#include <chrono>
#include <thread>

#include <sched.h>

#include "dropsweep/comm/communicator.hpp"

#include "waiting.hpp"

// In a file of its own, because bench/simulate waits in another way.
namespace dropsweep::comm {
namespace {

/// To somebody else who needs the core, perhaps the rank waited for.
void give_way(int looks) {
    constexpr int kLooks = 1000;  // a hundred microseconds, about as long as the imbalance of a step lasts
    if (looks > kLooks) sched_yield();
}

}  // namespace

void Communicator::receive_bytes_patiently(std::span<std::byte> bytes, int source, int tag,
                                           const std::function<void()>& meanwhile) const {
    using std::chrono::microseconds;
    const Waiting waiting;
    microseconds pause(20);
    while (true) {
        if (meanwhile) meanwhile();
        if (probe(source, tag)) break;
        std::this_thread::sleep_for(pause);
        pause = std::min(2 * pause, microseconds(1000));
    }
    receive_bytes(bytes, source, tag);
}

void Communicator::wait_for_message(int source, int tag) const {
    for (int looks = 0; !probe(source, tag); ++looks) give_way(looks);
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
