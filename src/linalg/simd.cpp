// Names Highway's targets, and restricts Highway to one of them.
#include "dropsweep/linalg/simd.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <hwy/highway.h>

#include "dropsweep/text/error.hpp"

namespace dropsweep::linalg {
namespace {

struct Target {
    std::string_view name;
    std::int64_t bits;  ///< Highway's
};
constexpr std::array kTargets = {Target{"avx512", HWY_AVX3}, Target{"avx2", HWY_AVX2}, Target{"neon", HWY_NEON},
                                 Target{"portable", HWY_SCALAR | HWY_EMU128}};

/// The targets that are compiled, that this CPU has, and that are not disabled. Also resets Highway's choice.
std::int64_t available() {
    const std::int64_t targets = hwy::SupportedTargets();
    hwy::GetChosenTarget().Update(targets);
    return targets & HWY_TARGETS;
}

void allow(std::int64_t targets) {
    hwy::DisableTargets(~targets);
    available();
}

}  // namespace

void choose_simd() {
    allow(~std::int64_t{0});
    const char* wanted = std::getenv("DROPSWEEP_SIMD");
    if (wanted == nullptr || *wanted == '\0') return;
    for (const Target& target : kTargets) {
        if (target.name != wanted) continue;
        if ((target.bits & available()) == 0) break;
        return allow(target.bits);
    }
    throw Error(ExitCode::usage, fmt::format("DROPSWEEP_SIMD={}: not one of avx512, avx2, neon and portable that this "
                                             "CPU has; leave it unset",
                                             wanted));
}

std::string simd_name() {
    for (const Target& target : kTargets) {
        if ((target.bits & available()) != 0) return std::string(target.name);
    }
    return "other";
}

}  // namespace dropsweep::linalg
