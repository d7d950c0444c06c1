// Writes to standard output.
#pragma once

#include <string>

namespace dropsweep::cli {

/// Writes text to standard output.
/// @param instead  where the user finds it otherwise, for the message, e.g. "the table is in summary.csv"
/// @throws Error  io_error
void print_to_stdout(const std::string& text, const std::string& instead);

}  // namespace dropsweep::cli
