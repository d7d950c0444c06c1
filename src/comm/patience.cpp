#include <algorithm>
#include <chrono>
#include <thread>

#include "dropsweep/comm/communicator.hpp"

#include "waiting.hpp"

// In a file of its own, because bench/simulate waits in another way.
namespace dropsweep::comm {

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

}  // namespace dropsweep::comm
