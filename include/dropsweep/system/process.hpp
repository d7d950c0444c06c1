// Runs another program to its end.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dropsweep::system {

/// How a program ended.
struct ProcessResult {
    int status = 0;      ///< its exit status; 128 + the signal that ended it, as in a shell
    std::string output;  ///< what it wrote to standard output and standard error, as it came
};

/// Runs a program to its end, without a shell: no argument has a special meaning. It inherits the environment and the
/// open files that are not close-on-exec, and gets a process group of its own.
/// @param command  the program, looked up in PATH unless it has a slash, and its arguments
/// @param input    what it can read from standard input
/// @param limit    when it is ended, with all processes of its group, if it has not ended or closed its output
/// @return  nullopt: there is no such program, or none that may be run
/// @throws Error  failure: the system cannot start it, or cannot tell how it ended, or it was ended at the limit
std::optional<ProcessResult> run_process(const std::vector<std::string>& command, std::string_view input,
                                         std::optional<std::chrono::milliseconds> limit = {});

}  // namespace dropsweep::system
