#pragma once

#include <cstddef>
#include <span>

namespace dropsweep::report {

/// A colour on a light background and its partner on a dark one, both as "#rrggbb" in lower case.
struct Color {
    const char* light;
    const char* dark;
};

/// Lines and text stand out from the background by a contrast of at least 3 : 1 (WCAG 2.1, 1.4.11), in both modes.
/// What lies on a colour, such as the text on a bar, is kBackground or kText.
inline constexpr Color kBackground{"#ffffff", "#15181d"};
inline constexpr Color kText{"#1a1a1a", "#e8e8e8"};
inline constexpr Color kMutedText{"#595959", "#b0b4ba"};
inline constexpr Color kGrid{"#dedede", "#343a42"};
inline constexpr Color kIdle{"#8c8c8c", "#7d848e"};

/// Two kinds of one thing, told apart by everybody: after Okabe and Ito (2008), "Color Universal Design".
inline constexpr Color kFirst{"#0072b2", "#56b4e9"};
inline constexpr Color kSecond{"#c44e00", "#ff9a52"};

/// What is as it should be, on a map of what is not.
inline constexpr Color kCorrect{"#c6e2fb", "#1f405b"};

/// The i-th of n ordered values. Lightness grows steadily with i, so the order survives every colour blindness and
/// grey; the hue goes from blue over purple to orange. Beyond 25 values neighbours share colours.
/// @param i  below n
const Color& sequential(std::size_t i, std::size_t n);

/// Amounts from little to much, for areas: kHeatLevels of them.
inline constexpr std::size_t kHeatLevels = 8;
/// @param level  below kHeatLevels
const Color& heat(std::size_t level);
/// The colour of text on that area.
const Color& text_on_heat(std::size_t level);

/// Every colour that a plot uses; no two have the same light one.
std::span<const Color> palette();

}  // namespace dropsweep::report
