// A sweep on simulated ranks.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dropsweep/sweep/trial.hpp"

namespace dropsweep::simulate {

/// How trials are given to ranks.
enum class Order {
    waves,            ///< as many trials as there are groups begin together, the next when all have ended
    queue,            ///< a free group takes the next trial
    growing,          ///< as queue, and when no trial waits free ranks join running trials
    growing_anywhere  ///< as growing, also across nodes
};

struct Setup {
    std::string platform;  ///< a SimGrid platform (XML) with the hosts node0, node1 ...
    int ranks = 1;
    int ranks_per_node = 64;
    std::vector<sweep::Trial> trials;
    std::size_t leaf_rows = 32;
    std::size_t batch_size = 128;
    Order order = Order::growing;
};

/// Simulated seconds, as the program itself would have measured them.
struct Result {
    double makespan_seconds = 0;
    double idle_seconds = 0;      ///< over all ranks: time without a trial
    double computed_seconds = 0;  ///< over all ranks: arithmetic; the remaining time is communication
    std::size_t epochs = 0;       ///< of all trials
    std::size_t growths = 0;
};

/// Simulates a sweep over MNIST with the global `arithmetic` (work.hpp). Only once in a process.
/// @throws Error  usage: see sweep::make_plan
Result simulate(const Setup& setup);

}  // namespace dropsweep::simulate
