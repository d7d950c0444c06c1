// A parent process for each rank under the launcher of MPICH, so that the death of a rank can be reported.
#pragma once

namespace dropsweep::comm {

/// Hydra, the launcher of MPICH, kills all ranks as soon as one was killed, before they can report it. Under Hydra with
/// several ranks this process forks, and the child becomes the rank: the call returns there only. The parent forwards
/// stop signals to the child and exits with its exit code; if the child was killed, 10 s later with `failure`.
/// Otherwise, and if the fork fails, it does nothing. Local. To be called before threads are started.
void supervise_rank();

}  // namespace dropsweep::comm
