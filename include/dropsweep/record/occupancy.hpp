#pragma once

#include <cstddef>
#include <vector>

#include "dropsweep/record/tables.hpp"

namespace dropsweep::record {

/// A time without a trial on a rank; seconds since the start of the sweep.
struct Gap {
    int rank = 0;
    double start = 0;
    double end = 0;
};

/// What the ranks of a run were busy with.
struct Occupancy {
    std::vector<TimingRow> spans;  ///< the rows of the trials: of one that was continued, several
    std::vector<Gap> gaps;         ///< by rank, then time
    std::size_t trials = 0;
    int ranks = 0;
    double seconds = 0;     ///< from the start of the sweep to the end of all that is in the table
    double idle_share = 0;  ///< the gaps' part of ranks * seconds; 0 without either
};

/// Local: no communication.
Occupancy occupancy_of(const std::vector<TimingRow>& timing);

}  // namespace dropsweep::record
