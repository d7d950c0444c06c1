// Initialises MPI with settings for Open MPI and MPICH, and checks the launch.
#include "dropsweep/comm/environment.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <mpi.h>

#include "dropsweep/text/error.hpp"

#include "check.hpp"

namespace dropsweep::comm {

namespace {

/// Pause before MPI_Abort in which the launcher reads what this process has printed. The launcher of Open MPI 5 reads
/// nothing for a second after a rank was killed, and ends its own message about the abort with a NUL instead of a
/// newline; that of MPICH stops reading at the abort.
#if defined(OMPI_MAJOR_VERSION) && OMPI_MAJOR_VERSION >= 5
constexpr std::chrono::milliseconds kUntilRead(1200);
#elif defined(MPICH)
constexpr std::chrono::milliseconds kUntilRead(500);
#else
constexpr std::chrono::milliseconds kUntilRead(0);
#endif

/// How Slurm launches programs of this MPI.
#ifdef MPICH
constexpr const char* kSrun = "srun --mpi=pmi2";
#else
constexpr const char* kSrun = "srun --mpi=pmix";
#endif

/// Delays the exit with a usage error that all processes meet without being able to communicate. Some launchers kill
/// the other processes when the first one fails: rank 0, which reports the error, must be the first to exit, and the
/// others must exit with `usage` when they are killed.
void delay_usage_exit(const Launch& launch) {
    using namespace std::chrono_literals;
    std::signal(SIGTERM, [](int) { std::_Exit(static_cast<int>(ExitCode::usage)); });
    std::this_thread::sleep_for(launch.rank == 0 ? 500ms : 1500ms);
}

/// Open MPI's component for messages within a node: in version 4, and since version 5.
constexpr std::array kSharedMemory = {"vader", "sm"};

constexpr int kKeepWhatIsSet = 0;

/// Sets an MCA parameter of Open MPI unless mpirun or the environment has set it. Other MPIs ignore it.
void set_parameter(const std::string& name, const char* value) {
    setenv(fmt::format("OMPI_MCA_{}", name).c_str(), value, kKeepWhatIsSet);
}

/// Over TCP, Open MPI lets the receiver request the pieces of a long message, and these requests queue behind all that
/// the receiver itself sends: an exchange of 2 + 2 ranks took up to 1.5 times as long as the network needs for its
/// bytes, with plain sends 1.07 times (measured by tests/network).
void send_plainly_over_tcp() {
    set_parameter("btl_tcp_flags", "send");
}

/// Open MPI 5 looks up which hosts can reach each other in the kernel's routing table; in a virtual machine it may find
/// no route, and prints many warnings. Comparing the addresses is sufficient.
void find_networks_by_address() {
    set_parameter("reachable", "weighted");
}

/// MPI keeps its buffers for messages within a node, some MB a rank, in /dev/shm, which in a container often has 64 MB;
/// if they do not fit, Open MPI's processes get SIGBUS, and UCX, which MPICH uses, fails. Then the temporary directory
/// is used instead.
void make_room_for_messages() {
    constexpr std::uintmax_t kBytesPerRank = 8u << 20;
    std::uintmax_t ranks = 1;
    for (const char* variable : {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"}) {
        if (const char* local = std::getenv(variable)) ranks = static_cast<std::uintmax_t>(std::atoi(local));
    }
    std::error_code unknown;
    const std::filesystem::space_info space = std::filesystem::space("/dev/shm", unknown);
    if (!unknown && space.available >= ranks * kBytesPerRank) return;
    const std::filesystem::path elsewhere = std::filesystem::temp_directory_path(unknown);
    if (unknown) return;
    for (const char* component : kSharedMemory) {
        set_parameter(fmt::format("btl_{}_backing_directory", component), elsewhere.c_str());
    }
    setenv("UCX_POSIX_DIR", elsewhere.c_str(), kKeepWhatIsSet);
}

/// The seccomp filter of a container may forbid process_vm_readv (cross-memory attach, CMA), and Open MPI would print
/// an error for each message.
void copy_messages_where_filtered() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("Seccomp:") && line.ends_with('2')) {
            set_parameter("btl_vader_single_copy_mechanism", "none");
            set_parameter("smsc", "^cma");
        }
    }
}

}  // namespace

Environment::Environment() {
    check_before_mpi();
    send_plainly_over_tcp();
    find_networks_by_address();
    make_room_for_messages();
    copy_messages_where_filtered();
    int provided = MPI_THREAD_SINGLE;
    // MPICH's handler of SIGUSR1 asks its launcher which processes have failed; without a launcher it starts one, and
    // hangs if that is not MPICH's own. So the program's handler is restored.
    struct sigaction user_signal {};
    sigaction(SIGUSR1, nullptr, &user_signal);
    check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &provided), "MPI_Init_thread");
    if (user_signal.sa_handler != SIG_DFL) sigaction(SIGUSR1, &user_signal, nullptr);
    // Split and duplicated communicators inherit it; the default handler aborts instead of returning error codes.
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    if (provided < MPI_THREAD_MULTIPLE) {
        throw Error(ExitCode::failure, "this MPI does not support MPI_THREAD_MULTIPLE; use one that was built with it");
    }
}

Environment::~Environment() {
    MPI_Finalize();
}

void abort_all(int exit_code) {
    // Without a launcher there are no other processes, and MPI_Abort would print a message of its own. Outside of MPI
    // only the launcher can end the others, which it does when this one exits.
    int has_begun = 0;
    int has_ended = 0;
    MPI_Initialized(&has_begun);
    MPI_Finalized(&has_ended);
    if (has_begun != 0 && has_ended == 0 && !launch_from_environment().variable.empty()) {
        std::this_thread::sleep_for(kUntilRead);
        MPI_Abort(MPI_COMM_WORLD, exit_code);
    }
    std::_Exit(exit_code);
}

std::string mpi_description() {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
    int length = 0;
    MPI_Get_library_version(text.data(), &length);
    // "Open MPI v4.1.4, package: ...", NUL-terminated in version 5; "MPICH Version:\t4.0.2\nMPICH Release ...".
    std::string line(text.data(), static_cast<std::size_t>(length));
    line.resize(std::min(line.size(), line.find_first_of(std::string_view(",\n\0", 3))));
    constexpr std::string_view kVersion = " Version:";
    if (const std::size_t at = line.find(kVersion); at != std::string::npos) line.erase(at, kVersion.size());
    std::ranges::replace(line, '\t', ' ');
    const auto both_blank = [](char a, char b) { return a == ' ' && b == ' '; };
    line.erase(std::unique(line.begin(), line.end(), both_blank), line.end());
    return line;
}

std::string host_name() {
    std::array<char, MPI_MAX_PROCESSOR_NAME> name{};
    int length = 0;
    MPI_Get_processor_name(name.data(), &length);
    return {name.data(), static_cast<std::size_t>(length)};
}

Launch launch_from_environment() {
    struct Names {
        const char* size;
        const char* rank;
    };
    // srun sets the SLURM_STEP_ variables for the tasks it starts; a batch script's own shell has none of them.
    constexpr std::array kLaunchers = {Names{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
                                       Names{"PMI_SIZE", "PMI_RANK"}, Names{"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"}};
    for (const Names& names : kLaunchers) {
        const char* size = std::getenv(names.size);
        const char* rank = std::getenv(names.rank);
        if (size != nullptr && rank != nullptr) return {std::atoi(rank), std::atoi(size), names.size};
    }
    return {};
}

void check_before_mpi() {
    const Launch launch = launch_from_environment();
    const auto set = [](const char* name) { return std::getenv(name) != nullptr; };
    // srun --mpi=pmix sets PMIX_NAMESPACE, --mpi=pmi2 sets PMI_RANK, --mpi=none neither.
    if (launch.variable != "SLURM_STEP_NUM_TASKS" || set("PMIX_NAMESPACE") || set("PMI_RANK")) return;
    delay_usage_exit(launch);
    throw AgreedError(ExitCode::usage,
                      fmt::format("srun started the processes without a way to find each other; launch with {}", kSrun),
                      launch.rank == 0);
}

void check_launch(int world_size) {
    const Launch launch = launch_from_environment();
    if (world_size > 1 || launch.size == 1) return;
    delay_usage_exit(launch);
    throw AgreedError(
        ExitCode::usage,
        fmt::format("the launcher started {} processes ({}) but each of them sees only itself; launch with "
                    "the mpirun of {}, or with {}",
                    launch.size, launch.variable, mpi_description(), kSrun),
        launch.rank == 0);
}

}  // namespace dropsweep::comm
