// The errors of MPI and their texts.
#include "check.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"

namespace dropsweep::comm {

void check(int status, const char* call) {
    if (status == MPI_SUCCESS) return;
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    MPI_Error_string(status, text.data(), &length);
    throw Error(ExitCode::failure, fmt::format("{} failed: {}; check the MPI installation and that all ranks are alive",
                                               call, std::string(text.data(), static_cast<std::size_t>(length))));
}

int as_count(std::size_t count) {
    if (count > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        throw Error(ExitCode::failure, fmt::format("a message of {} elements is more than MPI can count; use a smaller "
                                                   "model or batch",
                                                   count));
    }
    return static_cast<int>(count);
}

void require_unaltered(bool is_unaltered) {
    if (is_unaltered) return;
    throw Error(
        ExitCode::failure,
        "a message between ranks was altered on its way; check the network and the memory of their machines, and "
        "run the same command again");
}

}  // namespace dropsweep::comm
