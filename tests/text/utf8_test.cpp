// Well-formed UTF-8, and texts made short enough to be shown.
#include "dropsweep/text/utf8.hpp"

#include <string>

#include <gtest/gtest.h>

namespace dropsweep::text {
namespace {

TEST(Utf8, OnlyWellFormedSequencesAreKept) {
    // Unicode, table 3-7: the first and the last sequence of each row are well-formed, their neighbours are not.
    for (const std::string good : {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                                   "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_EQ(utf8_length(good), good.size()) << testing::PrintToString(good);
        EXPECT_EQ(as_utf8(good), good);
    }
    for (const std::string bad :
         {"", "\x80", "\xc1\xbf", "\xc2", "\xdf\xc0", "\xe0\x9f\xbf", "\xe1\x80", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf1\x80\x80"}) {
        EXPECT_EQ(utf8_length(bad), 0U) << testing::PrintToString(bad);
    }
    EXPECT_EQ(as_utf8("a\xed\xa0\x80z"), "a\ufffd\ufffd\ufffdz");
}

TEST(Utf8, ShownInOneLine) {
    EXPECT_EQ(shown(std::string_view("a\n\0b\xff", 5)), "a  b\ufffd");
    EXPECT_EQ(shown(std::string(50, 'x')), std::string(39, 'x') + "\u2026");
}

TEST(Utf8, ShortenedByCharacters) {
    EXPECT_EQ(shortened("", 3), "");
    EXPECT_EQ(shortened("abc", 3), "abc");
    EXPECT_EQ(shortened("abcd", 3), "ab\u2026");
    EXPECT_EQ(shortened("\u00e4\u00f6\u00fc", 3), "\u00e4\u00f6\u00fc");
    EXPECT_EQ(shortened("\u00e4\u00f6\u00fcx", 3), "\u00e4\u00f6\u2026");
    EXPECT_EQ(shortened("ab", 1), "\u2026");
}

}  // namespace
}  // namespace dropsweep::text
