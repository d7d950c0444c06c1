// The layer text in use: decimals that stay decimals, errors of one line, words for a shell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/text/decimal.hpp"
#include "dropsweep/text/shell_word.hpp"

#include "../support/error_of.hpp"

namespace dropsweep::text {
namespace {

TEST(TextExample, RatesAreReadAsDecimals) {
    const std::vector<Decimal> rates = parse_decimal_list("0:0.3:0.1");
    EXPECT_EQ(rates.at(3).text(), "0.3");
    EXPECT_EQ(rates.at(3).value(), 0.3);
}

TEST(TextExample, AnErrorIsOneLineWithACode) {
    EXPECT_THAT(error_of(ExitCode::usage, [] { Decimal::parse("0,3"); }), testing::HasSubstr("'0,3'"));
    EXPECT_STREQ(Error(ExitCode::bad_data, "a\nb\x1b[31m; remedy").what(), "a?b?[31m; remedy");
}

TEST(TextExample, ACommandIsQuotedForAShell) {
    EXPECT_EQ(shell_word("it's"), R"('it'\''s')");
}

}  // namespace
}  // namespace dropsweep::text
