// Tells which command the arguments name, and runs those that need no MPI.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dropsweep::cli {

/// Writes one line of warning to standard error.
using Warn = std::function<void(const std::string&)>;

/// Whether the command runs on all ranks (see program.hpp); everything else is done by one process, without MPI.
/// @param arguments  without the program's name, here and below
bool needs_mpi(const std::vector<std::string>& arguments);

/// What --help or --version prints, if one of them is among the arguments.
std::optional<std::string> immediate_answer(const std::vector<std::string>& arguments);

/// Runs `evaluate`, `predict`, `report` or `export`, or answers --help and --version. Local: no communication.
/// @throws Error  usage: no command, an unknown one, wrong options; bad_data, missing_input, io_error; failure
void run_alone(const std::vector<std::string>& arguments, const Warn& warn);

}  // namespace dropsweep::cli
