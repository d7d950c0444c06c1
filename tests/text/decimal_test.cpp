// Decimals and lists of them: spelling, values, and what is none.
#include "dropsweep/text/decimal.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/error_of.hpp"

namespace dropsweep::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> spelled(std::string_view list) {
    std::vector<std::string> texts;
    for (const Decimal& value : parse_decimal_list(list)) texts.push_back(value.text());
    return texts;
}

TEST(Decimal, IsSpelledInTheShortestWay) {
    for (const auto& [typed, shortest] : {std::pair{"0.3", "0.3"},
                                          {"0.30", "0.3"},
                                          {"0", "0"},
                                          {"0.0", "0"},
                                          {"000", "0"},
                                          {".5", "0.5"},
                                          {"5.", "5"},
                                          {"10", "10"},
                                          {"100.010", "100.01"},
                                          {"0.000000001", "0.000000001"},
                                          {"999999999.999999999", "999999999.999999999"}}) {
        EXPECT_EQ(Decimal::parse(typed).text(), shortest) << typed;
    }
    EXPECT_EQ(Decimal().text(), "0");
}

TEST(Decimal, ValueIsTheDoubleThatTheCompilerReads) {
    EXPECT_EQ(Decimal::parse("0.1").value(), 0.1);
    EXPECT_EQ(Decimal::parse("0.30").value(), 0.3);
    EXPECT_EQ((Decimal::parse("0.1") + Decimal::parse("0.2")).value(), 0.3);  // in binary, 0.1 + 0.2 is not 0.3
    EXPECT_EQ(Decimal::parse("123456789.123456789").value(), 123456789.123456789);
    for (int thousandths = 0; thousandths < 1000; ++thousandths) {
        const std::string text = fmt::format("0.{:03}", thousandths);
        EXPECT_EQ(Decimal::parse(text).value(), std::strtod(text.c_str(), nullptr)) << text;
    }
}

TEST(Decimal, ComparesByValue) {
    EXPECT_EQ(Decimal::parse("0.30"), Decimal::parse(".3"));
    EXPECT_LT(Decimal::parse("0.09"), Decimal::parse("0.1"));
    EXPECT_LT(Decimal::parse("9"), Decimal::parse("10"));
}

class NotADecimal : public testing::TestWithParam<const char*> {};

TEST_P(NotADecimal, IsAUsageErrorThatQuotesIt) {
    EXPECT_THAT(error_of(ExitCode::usage, [&] { Decimal::parse(GetParam()); }),
                HasSubstr(fmt::format("'{}'", GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Decimal, NotADecimal,
                         testing::Values("", ".", "-0.1", "+0.1", "1e-3", "0x1", "0,5", "0.1.2", " 0.1", "0.1 ", "nan",
                                         "inf", "0.1f", "0.1234567890", "1234567890", "½"));

TEST(DecimalList, RangeOfTenthsHasTenValuesAndTheFourthIsSpelled03) {
    EXPECT_THAT(spelled("0:0.9:0.1"), ElementsAre("0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"));
    EXPECT_EQ(parse_decimal_list("0:0.9:0.1")[3].value(), 0.3);
}

TEST(DecimalList, KeepsTheOrderWritten) {
    EXPECT_THAT(spelled("0.5,0.10,0.2"), ElementsAre("0.5", "0.1", "0.2"));
    EXPECT_THAT(spelled("0.7,0:0.2:0.1,0.9"), ElementsAre("0.7", "0", "0.1", "0.2", "0.9"));
}

TEST(DecimalList, RangeMayBeOneValue) {
    EXPECT_THAT(spelled("0.4:0.4:0.1"), ElementsAre("0.4"));
}

class NotADecimalList : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(NotADecimalList, IsAUsageErrorThatSaysWhy) {
    const auto& [text, reason] = GetParam();
    EXPECT_THAT(error_of(ExitCode::usage, [&] { parse_decimal_list(text); }), HasSubstr(reason));
}

INSTANTIATE_TEST_SUITE_P(
    DecimalList, NotADecimalList,
    testing::Values(std::pair{"", "not a plain decimal"}, std::pair{"0.1,", "not a plain decimal"},
                    std::pair{",0.1", "not a plain decimal"}, std::pair{"0.1,,0.2", "not a plain decimal"},
                    std::pair{"0.1;0.2", "not a plain decimal"}, std::pair{"0:x:0.1", "not a plain decimal"},
                    std::pair{"::", "not a plain decimal"}, std::pair{"0:0.9", "neither a number nor first:last:step"},
                    std::pair{"0:0.9:0.1:2", "neither a number nor first:last:step"}, std::pair{"0:0.9:0", "step"},
                    std::pair{"0.9:0:0.1", "ends before it begins"}, std::pair{"0:0.9:0.2", "do not meet its end 0.9"},
                    std::pair{"0:1:0.000000001", "more than"}));

}  // namespace
}  // namespace dropsweep::text
