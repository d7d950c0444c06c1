// Looks features up in the table that CMake generates.
#include "dropsweep/system/features.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"

#include "feature_table.hpp"

namespace dropsweep::system {
namespace {

const Feature& feature(std::string_view name) {
    return *std::ranges::find(kFeatures, name, &Feature::name);
}

}  // namespace

std::span<const Feature> features() {
    return kFeatures;
}

bool has_feature(std::string_view name) {
    return feature(name).present;
}

void refuse_without(std::string_view name, std::string_view remedy) {
    const Feature& missing = feature(name);
    throw Error(ExitCode::usage, fmt::format("this dropsweep was built without {} ({}); {}, or build it again with {}",
                                             name, missing.brings, remedy, missing.packages));
}

}  // namespace dropsweep::system
