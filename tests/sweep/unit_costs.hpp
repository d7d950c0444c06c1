#pragma once

#include "dropsweep/sweep/cost_model.hpp"

namespace dropsweep::sweep {

/// An epoch takes as many seconds as the busiest rank has leaves, everything else none.
inline CostModel unit_costs(std::size_t leaves) {
    CostModel costs;
    costs.leaves = leaves;
    costs.steps[0] = {1, static_cast<double>(leaves)};
    costs.steps_per_epoch = 1;
    return costs;
}

}  // namespace dropsweep::sweep
