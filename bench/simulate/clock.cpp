// The simulated time in place of the C and C++ libraries' own. As a parameter it would go through the coordinator, the
// workers, the training loop, the fault injector and the communicator, for the simulation alone.
#include <chrono>
#include <ctime>

#include <simgrid/s4u.hpp>

std::chrono::steady_clock::time_point std::chrono::steady_clock::now() noexcept {
    const std::chrono::duration<double> seconds(simgrid::s4u::Engine::get_clock());
    return time_point(std::chrono::duration_cast<duration>(seconds));
}

// Called by std::this_thread::sleep_for.
extern "C" int nanosleep(const timespec* duration, timespec* /*left*/) {
    simgrid::s4u::this_actor::sleep_for(static_cast<double>(duration->tv_sec) +
                                        1e-9 * static_cast<double>(duration->tv_nsec));
    return 0;
}
