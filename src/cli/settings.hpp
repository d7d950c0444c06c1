// Parses the settings of a sweep: the lists of the command line, or the table of --settings.
#pragma once

#include "dropsweep/cli/options.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::cli {

/// Fills in the settings and their training options: every combination of the values that the command line lists, or
/// the rows of --settings. A setting whose values do not fit together gets an entry in `options.faults`.
/// @throws Error  usage: a malformed or impossible value; a value twice; too many settings, or none that can work
void parse_settings(const CommandLine& line, const SettingsTable& table, Options& options);

/// @throws Error  with this code and the fault of the first setting: every setting has one
void require_one_that_works(const Options& options, ExitCode code);

}  // namespace dropsweep::cli
