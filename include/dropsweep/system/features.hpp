#pragma once

#include <span>
#include <string_view>

namespace dropsweep::system {

/// What a library or program of its own brings, and a build may be without: then the sources in a folder `without`
/// stand for those that use it, and refuse.
struct Feature {
    std::string_view name;
    std::string_view brings;
    std::string_view packages;  ///< of Debian
    bool present;               ///< gnuplot: when dropsweep was built
};

std::span<const Feature> features();

/// @param name  of a feature
bool has_feature(std::string_view name);

/// @throws Error  usage, always: what this build is without, `remedy`, and what brings it
[[noreturn]] void refuse_without(std::string_view name, std::string_view remedy);

}  // namespace dropsweep::system
