#pragma once

namespace dropsweep::system {

/// From now on SIGTERM, SIGINT, SIGUSR1 and SIGUSR2 are a request to stop in good order instead of the end. A second
/// one ends the process at once, with ExitCode::interrupted; within 0.2 s of the first it is the same request, since a
/// launcher and a terminal may both pass it on.
void catch_stop_signals();

/// The signal that asked this process to stop; 0: none did.
int stop_signal();

}  // namespace dropsweep::system
