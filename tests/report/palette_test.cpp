#include "dropsweep/report/palette.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace dropsweep::report {
namespace {

double luminance(const std::string& color) {
    const auto linear = [&](std::size_t at) {
        const double level = std::stoi(color.substr(at, 2), nullptr, 16) / 255.0;
        return level <= 0.04045 ? level / 12.92 : std::pow((level + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5);
}

double contrast(const char* a, const char* b) {
    const double one = luminance(a);
    const double other = luminance(b);
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

TEST(Palette, LightColorsAreUnique) {
    std::set<std::string> light;
    for (const Color& color : palette()) EXPECT_TRUE(light.insert(color.light).second) << color.light;
}

TEST(Palette, LinesAndTextStandOutFromBothBackgrounds) {
    std::vector<Color> lines = {kMutedText, kIdle, kFirst, kSecond};
    for (std::size_t i = 0; i < 25; ++i) lines.push_back(sequential(i, 25));
    for (const Color& color : lines) {
        EXPECT_GE(contrast(color.light, kBackground.light), 3) << color.light;
        EXPECT_GE(contrast(color.dark, kBackground.dark), 3) << color.dark;
    }
    for (std::size_t level = 0; level < kHeatLevels; ++level) {
        const Color& text = text_on_heat(level);
        EXPECT_GE(contrast(text.light, heat(level).light), 3) << level;
        EXPECT_GE(contrast(text.dark, heat(level).dark), 3) << level;
    }
    EXPECT_GE(contrast(kText.light, kCorrect.light), 4.5);
    EXPECT_GE(contrast(kText.dark, kCorrect.dark), 4.5);
}

TEST(Palette, OrderedValuesGrowLighter) {
    for (std::size_t n = 2; n < 60; ++n) {
        EXPECT_EQ(sequential(0, n).light, sequential(0, 1).light);
        for (std::size_t i = 1; i < n; ++i) {
            const double before = luminance(sequential(i - 1, n).light);
            const double after = luminance(sequential(i, n).light);
            EXPECT_TRUE(n > 25 ? after >= before : after > before) << i << " of " << n;
        }
        EXPECT_EQ(sequential(n - 1, n).light, sequential(1, 2).light);
    }
}

}  // namespace
}  // namespace dropsweep::report
