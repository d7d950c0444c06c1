#pragma once

#include "dropsweep/cli/options.hpp"
#include "dropsweep/text/error.hpp"

#include "command_line.hpp"

namespace dropsweep::cli {

/// Fills in what the trials differ in beside their seeds, and what they train with: every combination of the values
/// that the command line lists, or the lines of --settings. A setting whose parts do not fit together is among
/// `options.faults`.
/// @throws Error  usage: a malformed or impossible value; a value twice; too many settings, or none that can work
void parse_settings(const CommandLine& line, const SettingsTable& table, Options& options);

/// @throws Error  with this code: no setting can work; what is wrong with the first one
void require_one_that_works(const Options& options, ExitCode code);

}  // namespace dropsweep::cli
