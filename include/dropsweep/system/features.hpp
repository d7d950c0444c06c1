// The optional features of this build.
#pragma once

#include <span>
#include <string_view>

namespace dropsweep::system {

/// Needs a library or program of its own. A build without it compiles the sources in a folder `without` instead of
/// those that use it; they refuse.
struct Feature {
    std::string_view name;
    std::string_view brings;
    std::string_view packages;  ///< that bring it in Debian
    bool present;               ///< in this build; of gnuplot: on the machine that built it
};

std::span<const Feature> features();

/// @param name  one of features()
bool has_feature(std::string_view name);

/// @throws Error  usage, always: what this build lacks, `remedy`, and the packages that bring it
[[noreturn]] void refuse_without(std::string_view name, std::string_view remedy);

}  // namespace dropsweep::system
