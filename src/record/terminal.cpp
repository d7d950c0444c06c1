#include "dropsweep/record/terminal.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace dropsweep::record {
namespace {

std::optional<Terminal> terminal_of(int descriptor) {
    if (::isatty(descriptor) == 0) return std::nullopt;
    winsize size{};
    Terminal terminal;
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.columns = size.ws_col;
    return terminal;
}

}  // namespace

std::optional<Terminal> progress_terminal() {
    const char* kind = std::getenv("TERM");
    if (kind == nullptr || std::string_view(kind) == "dumb") return std::nullopt;
    if (const auto own = terminal_of(STDERR_FILENO)) return own;
    if (std::getenv("OMPI_COMM_WORLD_RANK") == nullptr) return std::nullopt;
    const std::string launcher_stderr = fmt::format("/proc/{}/fd/2", ::getppid());
    const int descriptor = ::open(launcher_stderr.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return std::nullopt;
    const auto launcher = terminal_of(descriptor);
    ::close(descriptor);
    return launcher;
}

}  // namespace dropsweep::record
