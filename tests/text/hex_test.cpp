// Bytes as hexadecimal digits, and back.
#include "dropsweep/text/hex.hpp"

#include <numeric>

#include <gtest/gtest.h>

namespace dropsweep::text {
namespace {

TEST(Hex, WritesTwoLowerCaseDigitsAByte) {
    EXPECT_EQ(to_hex(std::vector<std::uint8_t>{0x0a, 0x00, 0xff}), "0a00ff");
    EXPECT_EQ(to_hex({}), "");
}

TEST(Hex, ReadsBackEveryByte) {
    std::vector<std::uint8_t> bytes(256);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
    EXPECT_EQ(from_hex(""), std::vector<std::uint8_t>{});
}

TEST(Hex, RefusesWhatItDoesNotWrite) {
    for (const char* text : {"0", "0A", "0g", " 00", "0x"}) EXPECT_EQ(from_hex(text), std::nullopt) << text;
}

}  // namespace
}  // namespace dropsweep::text
