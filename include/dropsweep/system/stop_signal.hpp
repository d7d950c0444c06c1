// The signals that ask the program to stop.
#pragma once

namespace dropsweep::system {

/// From now on SIGTERM, SIGINT, SIGUSR1 and SIGUSR2 are requests for an orderly stop. One that comes more than 0.2 s
/// after the first ends the process at once, with ExitCode::interrupted; earlier ones count as the same request, since
/// a launcher and a terminal may both deliver it.
void catch_stop_signals();

/// The signal that asked this process to stop; 0: none did.
int stop_signal();

}  // namespace dropsweep::system
