// What code under test throws, for tests of errors.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "dropsweep/text/error.hpp"

namespace dropsweep {

/// The message of the Error that `work` throws, which has to have this code; empty if it throws none.
template <class Work>
std::string error_of(ExitCode code, Work&& work) {
    try {
        work();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code) << error.what();
        return error.what();
    }
    return "";
}

}  // namespace dropsweep
