// Prepares the standard streams for a program that writes files.
#pragma once

namespace dropsweep::system {

/// Ignores SIGPIPE and SIGXFSZ, so that a write to a closed pipe or beyond the limit of a file's size is an error
/// instead of the end of the process. Opens /dev/null, in the wrong mode so that its use fails, for each standard
/// stream that is closed, so that no file gets its number.
void prepare_standard_streams();

}  // namespace dropsweep::system
