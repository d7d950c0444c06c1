#pragma once

namespace dropsweep::comm {

/// Hydra, the launcher of MPICH, kills all ranks when it sees that one was killed, before they can tell of it. Under
/// it, if there are several, this process starts the rank as a child, passes stop signals on to it, and ends with
/// its exit code; but after a rank that was killed it stays for some seconds, and fails. Local; before threads are
/// started. Returns in the rank alone.
void supervise_rank();

}  // namespace dropsweep::comm
