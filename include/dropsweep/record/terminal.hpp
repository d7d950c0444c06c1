#pragma once

#include <optional>

namespace dropsweep::record {

struct Terminal {
    int columns = 80;
};

/// The terminal on which this rank's standard error appears, if it does. Under mpirun that is not this process's own
/// standard error, a pipe, but that of who reads the pipe on the same machine: the launcher.
std::optional<Terminal> progress_terminal();

}  // namespace dropsweep::record
