// Options of command lines and configurations, for tests.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::cli {

inline Options parse(const std::vector<std::string>& arguments, const std::string& config = "") {
    CommandLine line = parse_run(arguments);
    add_config(line, config);
    return parse_options(line);
}

inline std::string config_of(const std::vector<std::string>& arguments) {
    return to_config(parse(arguments)).text();
}

/// The message of the usage error that these arguments cause; empty if there is none.
inline std::string refusal(const std::vector<std::string>& arguments, const std::string& config = "") {
    try {
        parse(arguments, config);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::usage) << error.what();
        return error.what();
    }
    return "";
}

}  // namespace dropsweep::cli
