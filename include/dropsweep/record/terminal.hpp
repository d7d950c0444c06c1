// Finds the terminal on which this rank's standard error appears.
#pragma once

#include <optional>

namespace dropsweep::record {

struct Terminal {
    int columns = 80;  ///< width in characters
};

/// None: it appears on no terminal, or TERM is unset or "dumb". Under mpirun this process's standard error is a pipe
/// that the launcher reads; then it is the terminal of the launcher's standard error, if that runs on the same machine.
std::optional<Terminal> progress_terminal();

}  // namespace dropsweep::record
