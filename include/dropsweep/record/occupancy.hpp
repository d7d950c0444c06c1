// When each rank of a run had a trial and when it was idle, from timing.csv.
#pragma once

#include <cstddef>
#include <vector>

#include "dropsweep/record/tables.hpp"

namespace dropsweep::record {

/// A time without a trial on a rank, in seconds since the start of the sweep.
struct Gap {
    int rank = 0;
    double start = 0;
    double end = 0;
};

struct Occupancy {
    std::vector<TimingRow> spans;  ///< the rows of trials; several for a trial that was continued or whose group grew
    std::vector<Gap> gaps;         ///< by rank, then time
    std::size_t trials = 0;
    int ranks = 0;
    double seconds = 0;                ///< from the start of the sweep to the last end in the table
    std::vector<double> idle_seconds;  ///< [ranks] the sums of their gaps
    double idle_share = 0;             ///< the gaps' fraction of ranks * seconds; 0 if that is 0
};

/// Local: no communication.
Occupancy occupancy_of(const std::vector<TimingRow>& timing);

}  // namespace dropsweep::record
