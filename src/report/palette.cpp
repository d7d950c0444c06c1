#include "dropsweep/report/palette.hpp"

#include <algorithm>
#include <array>

namespace dropsweep::report {
namespace {

constexpr std::size_t kOrdered = 25;

// Both tables are even steps of lightness in Oklab; light and dark have the hues in the same order.
constexpr std::array<Color, kOrdered> kSequential{{
    {"#002471", "#5288ef"}, {"#130f90", "#6687f3"}, {"#260b95", "#7887f7"}, {"#340799", "#8986f8"},
    {"#41029b", "#9886f9"}, {"#4e049a", "#a785f8"}, {"#5a009a", "#b585f6"}, {"#660296", "#c385f3"},
    {"#720292", "#d284ec"}, {"#7d038d", "#e184e3"}, {"#880487", "#ef84d8"}, {"#920680", "#fb85cc"},
    {"#9d0179", "#fe8ebe"}, {"#a60572", "#fe97b3"}, {"#af036b", "#fea0aa"}, {"#b70c63", "#ffa8a2"},
    {"#bf145b", "#ffaf9c"}, {"#c51d52", "#feb798"}, {"#ca2949", "#febe93"}, {"#ce3340", "#fec491"},
    {"#d23d36", "#ffca90"}, {"#d4472c", "#ffd18d"}, {"#d6511f", "#fed789"}, {"#d85b10", "#ffde80"},
    {"#d76504", "#ffe568"},
}};

constexpr std::array<Color, kHeatLevels> kHeat{{
    {"#fbe8ce", "#41261a"},
    {"#f1c89b", "#623920"},
    {"#e7a668", "#864c1b"},
    {"#d9843c", "#a76419"},
    {"#c4651c", "#c47f26"},
    {"#a94b0f", "#dd9e42"},
    {"#8a3510", "#f1bf68"},
    {"#672514", "#ffe1a3"},
}};

constexpr std::size_t kFirstDeepHeat = 4;

constexpr auto kPalette = [] {
    std::array<Color, 8 + kOrdered + kHeatLevels> all{kBackground, kText,  kMutedText, kGrid,
                                                      kIdle,       kFirst, kSecond,    kCorrect};
    const auto heat_colors = std::copy(kSequential.begin(), kSequential.end(), all.begin() + 8);
    std::copy(kHeat.begin(), kHeat.end(), heat_colors);
    return all;
}();

}  // namespace

const Color& sequential(std::size_t i, std::size_t n) {
    if (n < 2) return kSequential.front();
    return kSequential[(2 * i * (kOrdered - 1) + (n - 1)) / (2 * (n - 1))];
}

const Color& heat(std::size_t level) {
    return kHeat[level];
}

const Color& text_on_heat(std::size_t level) {
    return level < kFirstDeepHeat ? kText : kBackground;
}

std::span<const Color> palette() {
    return kPalette;
}

}  // namespace dropsweep::report
