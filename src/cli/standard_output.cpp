// Writes to standard output.
#include "standard_output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"

namespace dropsweep::cli {

void print_to_stdout(const std::string& text, const std::string& instead) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
        throw Error(ExitCode::io_error,
                    fmt::format("cannot write to standard output: {}; {}", std::strerror(errno), instead));
    }
}

}  // namespace dropsweep::cli
