#pragma once

#include <string>

namespace dropsweep::comm {

/// MPI from start to end of the program, with support for concurrent threads; one object, in main.
class Environment {
  public:
    /// Collective over all processes of the launch.
    /// @throws Error  failure: MPI cannot be initialised or lacks MPI_THREAD_MULTIPLE; and what check_before_mpi throws
    Environment();
    /// Collective. Ends MPI.
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
};

/// Ends every process of the launch at once with this exit code. Local; does not return.
[[noreturn]] void abort_all(int exit_code);

/// Library and version, e.g. "Open MPI 4.1.4".
std::string mpi_description();

/// The name of the machine this rank runs on.
std::string host_name();

/// What the launcher says about this process through the environment, before or without MPI.
struct Launch {
    int rank = 0;
    int size = 1;
    std::string variable;  ///< the environment variable that tells the size; empty when there was no launcher
};

/// Reads the variables of Open MPI, PMI (MPICH, Intel MPI) and Slurm's srun. Local.
Launch launch_from_environment();

/// Guards against srun without PMIx, under which Open MPI ends the processes in MPI_Init, with a page of its own.
/// @throws AgreedError  usage, on all processes: srun started them and left no trace of PMIx or PMI
void check_before_mpi();

/// Guards against a launcher of another MPI, under which each process would be a world of its own and all of them
/// would do the same work over the same files.
/// @throws AgreedError  usage, on all processes: the world has one rank while the launcher started several
void check_launch(int world_size);

}  // namespace dropsweep::comm
