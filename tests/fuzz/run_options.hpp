// Tries bytes as options, for the targets of the command line and of config.ini.
#pragma once

#include <string>
#include <vector>

#include "dropsweep/cli/options.hpp"

#include "fuzz.hpp"

namespace dropsweep::fuzz {

inline cli::Options parse(const std::vector<std::string>& arguments, const std::string& config) {
    cli::CommandLine line = cli::parse_run(arguments);
    cli::add_config(line, config);
    return cli::parse_options(line);
}

/// Parses; what is accepted must come back unchanged from the config.ini that a run writes of it.
inline void parse_and_repeat(const std::vector<std::string>& arguments, const std::string& config) {
    cli::Options options;
    std::string written;
    try {
        options = parse(arguments, config);
        written = cli::to_config(options).text();
    } catch (const Error& error) {
        require_refusal(error, ExitCode::usage);
        return;
    }
    const cli::Options again = parse({arguments.front()}, written);
    require(cli::to_config(again).text() == written, "config.ini repeats itself");
    require(again.data == options.data && again.init_weights == options.init_weights, "config.ini keeps the paths");
    require(again.settings == options.settings && again.seeds == options.seeds, "config.ini keeps the trials");
}

}  // namespace dropsweep::fuzz
