#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include "html.hpp"
#include "page_parts.hpp"
#include "png_image.hpp"

namespace dropsweep::report {
namespace {

TEST(Escape, WhatEndsTextATagOrAnAttribute) {
    EXPECT_EQ(escape("<b a=\"1\" c='2'>&amp;"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
    EXPECT_EQ(escape("p = 0.5, \u03bc \u20ac \U0001f600\tx\n"), "p = 0.5, \u03bc \u20ac \U0001f600\tx\n");
}

TEST(Escape, BytesThatNoPageMayHoldAreReplaced) {
    EXPECT_EQ(escape(std::string("a\0b\x1b\x7f", 5)), "a\ufffdb\ufffd\ufffd");
    EXPECT_EQ(escape("\xff<"), "\ufffd&lt;");
}

TEST(PageNumbers, MinusSignRoundingAndNoNumber) {
    EXPECT_EQ(number(0.98765, 2), "0.99");
    EXPECT_EQ(number(-1.5, 1), "\u22121.5");
    EXPECT_EQ(number(-0.001, 2), "0.00");
    EXPECT_EQ(number(std::nan(""), 2), "\u2013");
    EXPECT_EQ(number(HUGE_VAL, 2), "\u2013");
    EXPECT_EQ(signed_number(0.104, 2), "+0.10");
    EXPECT_EQ(signed_number(-0.104, 2), "\u22120.10");
    EXPECT_EQ(signed_number(-0.004, 2), "0.00");
    EXPECT_EQ(p_value(0.0009), "&lt; 0.001");
    EXPECT_EQ(p_value(0.001), "0.001");
    EXPECT_EQ(p_value(1), "1.000");
    EXPECT_EQ(p_value(std::nan("")), "\u2013");
    EXPECT_EQ(duration(9.94), "9.9 s");
    EXPECT_EQ(duration(59.4), "59 s");
    EXPECT_EQ(duration(329), "5 min 29 s");
    EXPECT_EQ(duration(3720), "1 h 02 min");
}

std::vector<unsigned char> from_base64(const std::string& text) {
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::vector<unsigned char> bytes;
    unsigned bits = 0, count = 0;
    for (const char c : text) {
        if (c == '=') break;
        bits = bits << 6 | static_cast<unsigned>(digits.find(c));
        if ((count += 6) < 8) continue;
        count -= 8;
        bytes.push_back(static_cast<unsigned char>(bits >> count));
    }
    return bytes;
}

TEST(PngImage, HoldsThePixels) {
    // Sizes whose PNGs have all three kinds of base64 endings among them.
    for (const std::size_t columns : {1U, 5U, 6U, 7U, 28U}) {
        std::vector<std::uint8_t> pixels(3 * columns);
        for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 37);
        const std::string uri = png_data_uri(pixels, 3, columns);
        const std::string prefix = "data:image/png;base64,";
        ASSERT_EQ(uri.substr(0, prefix.size()), prefix);
        EXPECT_EQ(uri.size() % 4, prefix.size() % 4);
        const auto bytes = from_base64(uri.substr(prefix.size()));
        png_image image{};
        image.version = PNG_IMAGE_VERSION;
        ASSERT_NE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()), 0) << image.message;
        EXPECT_EQ(image.height, 3U);
        EXPECT_EQ(image.width, columns);
        image.format = PNG_FORMAT_GRAY;
        std::vector<std::uint8_t> read(PNG_IMAGE_SIZE(image));
        ASSERT_NE(png_image_finish_read(&image, nullptr, read.data(), 0, nullptr), 0) << image.message;
        EXPECT_EQ(read, pixels);
    }
}

}  // namespace
}  // namespace dropsweep::report
