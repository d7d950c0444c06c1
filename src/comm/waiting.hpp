#pragma once

#include "dropsweep/core/activity.hpp"

namespace dropsweep::comm {

/// The calling thread waits for other ranks.
struct Waiting : core::Activity::As {
    Waiting() : As(core::Activity::Kind::waiting) {}
};

}  // namespace dropsweep::comm
