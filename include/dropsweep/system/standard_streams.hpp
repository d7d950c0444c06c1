#pragma once

namespace dropsweep::system {

/// Makes lost output an error of the write instead of the end of the process or of a file: SIGPIPE is ignored, and a
/// standard stream that is closed gets something that can neither be read nor written, so that no file takes its
/// number.
void prepare_standard_streams();

}  // namespace dropsweep::system
