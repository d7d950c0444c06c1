#include "dropsweep/report/csv.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace dropsweep::report {
namespace {

double read_back(const std::string& text) {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    EXPECT_TRUE(failure == std::errc() && end == text.data() + text.size()) << text;
    return value;
}

TEST(Csv, NumbersAreShortest) {
    EXPECT_EQ(csv_number(0.1), "0.1");
    EXPECT_EQ(csv_number(0.1 + 0.2), "0.30000000000000004");
    EXPECT_EQ(csv_number(1.0 / 3), "0.3333333333333333");
    EXPECT_EQ(csv_number(-2.5), "-2.5");
}

TEST(Csv, NumbersReadBackExactly) {
    std::mt19937_64 bits(1);
    for (int i = 0; i < 10'000; ++i) {
        const double value = std::ldexp(static_cast<double>(bits() >> 11), static_cast<int>(bits() % 200) - 150);
        ASSERT_EQ(read_back(csv_number(value)), value);
    }
    for (const double value : {0.0, 1e-300, 5e-324, 1.7976931348623157e308}) {
        EXPECT_EQ(read_back(csv_number(value)), value);
    }
}

TEST(Csv, WhatIsNotFiniteIsNan) {
    EXPECT_EQ(csv_number(std::nan("")), "nan");
    EXPECT_EQ(csv_number(-std::nan("")), "nan");
    EXPECT_EQ(csv_number(std::numeric_limits<double>::infinity()), "nan");
    EXPECT_EQ(csv_number(-std::numeric_limits<double>::infinity()), "nan");
}

TEST(Csv, FieldsAreQuotedWhereNeeded) {
    EXPECT_EQ(csv_line({"p0.3-s1", "", "7"}), "p0.3-s1,,7\n");
    EXPECT_EQ(csv_line({"a,b", "say \"no\"", "two\nlines", "carriage\rreturn", "with space"}),
              "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\"carriage\rreturn\",with space\n");
    EXPECT_EQ(csv_line({"one"}), "one\n");
}

}  // namespace
}  // namespace dropsweep::report
