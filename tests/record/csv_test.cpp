// Numbers and fields of CSV files, and a reader that names file, line and fault.
#include "dropsweep/record/csv.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::record {
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

class CsvReaderTest : public testing::Test {
  protected:
    CsvReader reader(const std::string& content) const {
        system::write_file_atomically(path_, content);
        return CsvReader(path_, {"name", "value"});
    }
    /// The message with which reading all rows as name and number is refused; empty if it is not.
    std::string refusal(const std::string& content) const {
        return error_of(ExitCode::bad_data, [&] {
            for (CsvReader row = reader(content); row.next();) row.number("value");
        });
    }
    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "table.csv";
};

TEST_F(CsvReaderTest, ReadsWhatIsWritten) {
    const std::vector<std::string> nasty = {"plain", "a,b", "say \"no\"", "two\nlines", "carriage\rreturn", "", "\""};
    std::string content = csv_line({"name", "value"});
    for (const std::string& name : nasty) content += csv_line({name, csv_number(1.0 / 3)});
    CsvReader row = reader(content);
    for (const std::string& name : nasty) {
        ASSERT_TRUE(row.next());
        EXPECT_EQ(row.text("name"), name);
        EXPECT_EQ(row.number("value"), 1.0 / 3);
    }
    EXPECT_FALSE(row.next());
}

TEST_F(CsvReaderTest, ReadsNumbersAndCounts) {
    CsvReader row = reader("name,value\n18446744073709551615,nan\n0,-1e-300\n");
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.count("name"), std::numeric_limits<std::uint64_t>::max());
    EXPECT_TRUE(std::isnan(row.number("value")));
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.count("name"), 0u);
    EXPECT_EQ(row.number("value"), -1e-300);
}

TEST_F(CsvReaderTest, NamesFileLineAndFault) {
    const auto at = [this](int line, const std::string& what) {
        return testing::StartsWith(path_.string() + ", line " + std::to_string(line) + ": " + what);
    };
    EXPECT_THAT(refusal("name,valve\na,1\n"), at(1, "the columns are not name,value; "));
    EXPECT_THAT(refusal(""), at(1, "the file is empty; "));
    EXPECT_THAT(refusal("name,value\na,1\nb,2,3\n"), at(3, "3 fields, not 2; "));
    EXPECT_THAT(refusal("name,value\n\"two\nlines\",1\nb,x\n"), at(4, "value is 'x', not a number; "));
    EXPECT_THAT(refusal("name,value\na,1\nb,2"), at(3, "the last line is not complete; "));
    EXPECT_THAT(refusal("name,value\n\"a,1\n"), at(2, "the last line is not complete; "));
    for (const char* number : {"", "1 ", "+1", "inf", "1e999", "0x1", "1,"}) {
        EXPECT_NE(refusal(std::string("name,value\na,") + number + "\n"), "") << number;
    }
    EXPECT_EQ(refusal("name,value\na,1\n"), "");
}

TEST_F(CsvReaderTest, CountsAreWholeNumbers) {
    for (const char* text : {"-1", "1.0", "", "18446744073709551616"}) {
        CsvReader row = reader(std::string("name,value\n") + text + ",1\n");
        ASSERT_TRUE(row.next());
        EXPECT_THROW(row.count("name"), Error) << text;
    }
}

TEST_F(CsvReaderTest, CountsHaveALimit) {
    CsvReader row = reader("name,value\n7,8\n");
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.count("name", 7), 7u);
    EXPECT_THROW(row.count("value", 7), Error);
}

TEST_F(CsvReaderTest, MissingFileIsMissingInput) {
    EXPECT_NE(error_of(ExitCode::missing_input, [&] { CsvReader(directory_.path() / "nothing.csv", {"name"}); }), "");
}

}  // namespace
}  // namespace dropsweep::record
