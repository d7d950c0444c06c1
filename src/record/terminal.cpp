// Follows the pipes of standard error to the launcher, through /proc.
#include "dropsweep/record/terminal.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "dropsweep/system/descriptor.hpp"

namespace dropsweep::record {
namespace {

std::optional<Terminal> terminal_of(int descriptor) {
    if (::isatty(descriptor) == 0) return std::nullopt;
    winsize size{};
    Terminal terminal;
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.columns = size.ws_col;
    return terminal;
}

/// The target of an open file in /proc/PID/fd, e.g. "pipe:[4711]"; empty: not known.
std::string target_of(const std::filesystem::path& descriptor) {
    std::error_code unknown;
    return std::filesystem::read_symlink(descriptor, unknown).string();
}

/// Whether the process has the read end of the pipe open.
bool reads(pid_t process, const std::string& pipe) {
    const std::filesystem::path folder = fmt::format("/proc/{}", process);
    std::error_code unknown;
    for (const auto& descriptor : std::filesystem::directory_iterator(folder / "fd", unknown)) {
        if (target_of(descriptor) != pipe) continue;
        std::ifstream information(folder / "fdinfo" / descriptor.path().filename());
        std::string name;
        unsigned position = 0;
        unsigned flags = O_WRONLY;
        information >> name >> position >> name >> std::oct >> flags;
        if ((flags & O_ACCMODE) == O_RDONLY) return true;
    }
    return false;
}

pid_t parent_of(pid_t process) {
    std::ifstream status(fmt::format("/proc/{}/status", process));
    pid_t parent = 0;
    for (std::string name; status >> name;) {
        if (name == "PPid:" && status >> parent) break;
    }
    return parent;
}

/// The nearest ancestor that reads the process's standard error from a pipe; 0: none.
pid_t forwarder_of(pid_t process) {
    const std::string pipe = target_of(fmt::format("/proc/{}/fd/2", process));
    if (!pipe.starts_with("pipe:")) return 0;
    pid_t ancestor = parent_of(process);
    while (ancestor != 0 && !reads(ancestor, pipe)) ancestor = parent_of(ancestor);
    return ancestor;
}

}  // namespace

std::optional<Terminal> progress_terminal() {
    const char* kind = std::getenv("TERM");
    if (kind == nullptr || std::string_view(kind) == "dumb") return std::nullopt;
    if (const auto own = terminal_of(STDERR_FILENO)) return own;
    // With Open MPI the reader is mpirun. With MPICH there is a proxy in between, and the rank may be a grandchild of
    // it (comm::supervise_rank).
    pid_t launcher = ::getpid();
    for (pid_t next = forwarder_of(launcher); next != 0; next = forwarder_of(launcher)) launcher = next;
    const std::string launcher_stderr = fmt::format("/proc/{}/fd/2", launcher);
    const system::Descriptor file(::open(launcher_stderr.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    return terminal_of(file.number());
}

}  // namespace dropsweep::record
