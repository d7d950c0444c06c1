// Start and end of MPI, the MPI library and host, and checks of how the processes were launched.
#pragma once

#include <string>

namespace dropsweep::comm {

/// Initialises MPI with MPI_THREAD_MULTIPLE and finalises it. One object per process.
class Environment {
  public:
    /// Collective over all processes of the launch.
    /// @throws Error  failure: MPI cannot be initialised or lacks MPI_THREAD_MULTIPLE
    /// @throws AgreedError  as check_before_mpi
    Environment();
    /// MPI_Finalize. Collective.
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
};

/// Ends all processes of the launch with this exit code (MPI_Abort), within about a second; outside of MPI_Init to
/// MPI_Finalize this process only, and the launcher ends the others. Local.
[[noreturn]] void abort_all(int exit_code);

/// MPI library and version, e.g. "Open MPI 4.1.4".
std::string mpi_description();

/// MPI_Get_processor_name.
std::string host_name();

/// What the launcher's environment variables say about this process; needs no MPI.
struct Launch {
    int rank = 0;
    int size = 1;
    std::string variable;  ///< the environment variable with the size; empty: no launcher
};

/// Reads the variables of Open MPI, PMI (MPICH, Intel MPI) and Slurm's srun. Local.
Launch launch_from_environment();

/// Detects srun without PMIx or PMI, with which Open MPI would print a page of errors and exit in MPI_Init. Local.
/// @throws AgreedError  usage, on all processes: srun started them, and no variable of PMIx or PMI is set
void check_before_mpi();

/// Detects a launcher of another MPI, with which each process would be rank 0 of its own world, and all would write the
/// same files. Local.
/// @param world_size  of MPI_COMM_WORLD
/// @throws AgreedError  usage, on all processes: the world has one rank while the launcher started several
void check_launch(int world_size);

}  // namespace dropsweep::comm
