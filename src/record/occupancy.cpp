// Computes from timing.csv which rank trained what when, and the gaps between.
#include "dropsweep/record/occupancy.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace dropsweep::record {

Occupancy occupancy_of(const std::vector<TimingRow>& timing) {
    Occupancy occupancy;
    std::set<std::string> trials;
    for (const TimingRow& row : timing) {
        if (row.event == TimingRow::Event::prediction) continue;
        // The ranks of an epoch need not be consecutive, so that first_rank + ranks may be too large.
        if (row.event != TimingRow::Event::epoch) {
            occupancy.ranks = std::max(occupancy.ranks, row.first_rank + row.ranks);
        }
        if (row.event != TimingRow::Event::idle) {
            occupancy.seconds = std::max(occupancy.seconds, row.end_seconds());
        }
        if (row.event != TimingRow::Event::trial) continue;
        occupancy.spans.push_back(row);
        trials.insert(row.trial);
    }
    occupancy.trials = trials.size();
    double idle = 0;
    occupancy.idle_seconds.resize(static_cast<std::size_t>(occupancy.ranks));
    const auto add_gap = [&](int rank, double start, double end) {
        if (end <= start) return;
        occupancy.gaps.push_back({rank, start, end});
        idle += end - start;
        occupancy.idle_seconds[static_cast<std::size_t>(rank)] += end - start;
    };
    for (int rank = 0; rank < occupancy.ranks; ++rank) {
        std::vector<const TimingRow*> own;
        for (const TimingRow& trial : occupancy.spans) {
            if (rank >= trial.first_rank && rank < trial.first_rank + trial.ranks) own.push_back(&trial);
        }
        std::ranges::sort(own, {}, &TimingRow::start_seconds);
        double until = 0;
        for (const TimingRow* trial : own) {
            add_gap(rank, until, trial->start_seconds);
            until = std::max(until, trial->end_seconds());
        }
        add_gap(rank, until, occupancy.seconds);
    }
    if (occupancy.ranks > 0 && occupancy.seconds > 0) {
        occupancy.idle_share = idle / (occupancy.ranks * occupancy.seconds);
    }
    return occupancy;
}

}  // namespace dropsweep::record
