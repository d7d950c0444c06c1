// Data sets in tables of text, and every way in which one can be wrong.
#include "dropsweep/data/table.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/error_of.hpp"
#include "../support/gzip.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TableTest : public testing::Test {
  protected:
    void write(const std::string& train, const std::string& test) {
        std::ofstream(train_) << train;
        std::ofstream(test_) << test;
    }
    Dataset read(const std::string& label = "", std::size_t memory = system::available_memory()) {
        warnings_.clear();
        return read_tables(train_, test_, label, warnings_, memory);
    }
    Dataset read(const std::string& train, const std::string& test, const std::string& label) {
        write(train, test);
        return read(label);
    }
    void expect_refusal(const std::string& what, ExitCode code = ExitCode::bad_data, const std::string& label = "") {
        EXPECT_THAT(error_of(code, [&] { read(label); }), testing::AllOf(HasSubstr(what), HasSubstr("; ")))
            << "was read, in spite of: " << what;
    }
    /// The training table is refused, with the line and column.
    void refuses(const std::string& train, const std::string& what) {
        write(train, "1,2,a\n");
        expect_refusal(what);
    }

    TemporaryDirectory directory_;
    std::filesystem::path train_ = directory_ / "train.csv";
    std::filesystem::path test_ = directory_ / "test.csv";
    std::vector<std::string> warnings_;
};

TEST_F(TableTest, ReadsFeaturesAndNamedLabels) {
    const Dataset dataset =
        read("width,height,kind\n1,2.5,cat\n-3e2,+4,dog\n5,6,cat\n", "width,height,kind\n7,8,dog\n", "");
    EXPECT_EQ(dataset.train.count, 3u);
    EXPECT_EQ(dataset.train.rows, 1u);
    EXPECT_EQ(dataset.train.columns, 2u);
    EXPECT_THAT(dataset.train.numbers, ElementsAre(1, 2.5f, -300, 4, 5, 6));
    EXPECT_THAT(dataset.train.labels, ElementsAre(0, 1, 0));
    EXPECT_THAT(dataset.test.numbers, ElementsAre(7, 8));
    EXPECT_THAT(dataset.test.labels, ElementsAre(1));
    EXPECT_THAT(dataset.class_names, ElementsAre("cat", "dog"));
    EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(TableTest, KnowsSeparatorsHeadersAndLineEnds) {
    const Dataset plain = read("1,2,b\n3,4,a\n", "5,6,a\n", "");
    const auto expect_same = [&](const std::string& train, const std::string& test) {
        const Dataset dataset = read(train, test, "");
        EXPECT_EQ(content_hash(dataset), content_hash(plain)) << train;
    };
    expect_same("1;2;b\n3;4;a\n", "5;6;a\n");
    expect_same("1\t2\tb\n3\t4\ta\n", "5\t6\ta\n");
    expect_same("x,y,z\n1,2,b\n3,4,a", "x,y,z\n5,6,a");
    expect_same("x;y, or so;z\n1;2;b\n3;4;a\n", "x;y, or so;z\n5;6;a\n");
    expect_same("1,2,b\r\n3,4,a\r\n", "5,6,a\r\n");
    expect_same(
        "\xef\xbb\xbf"
        "x,y,z\r\n1,2,b\r\n3,4,a\r\n",
        "\xef\xbb\xbf"
        "x,y,z\r\n5,6,a\r\n");
    expect_same("\"1\",\"2\",\"b\"\n3,4,\"a\"\n", "5,6,a\n");
    expect_same("\n1,2,b\n\n\n3,4,a\n\n", "5,6,a\n");
    expect_same(" 1 , 2,b \n3,4,a\n", "5,6,a\n");
}

/// Also where a sample and a header look alike.
TEST_F(TableTest, HeadersThatCountTheColumns) {
    EXPECT_EQ(read("0,1,2,3,target\n5,6,7,8,a\n9,9,9,9,b\n", "0,1,2,3,target\n5,6,7,8,a\n", "").train.count, 2u);
    EXPECT_EQ(read("0,1,yes\n5,6,no\n", "0,1,yes\n", "").train.count, 2u);
}

TEST_F(TableTest, TheLabelIsAnyColumn) {
    const std::string train = "kind,width,height\ncat,1,2\ndog,3,4\n";
    const std::string test = "kind,width,height\ndog,5,6\n";
    EXPECT_THAT(read(train, test, "kind").train.numbers, ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(read("7,1,2\n9,3,4\n", "9,5,6\n", "1").class_names, ElementsAre("7", "9"));
    write(train, test);
    expect_refusal("there is no column Kind; name one of kind, width, height", ExitCode::usage, "Kind");
    write("a,a,b\n1,2,x\n", test);
    expect_refusal("two columns are called a");
}

TEST_F(TableTest, ClassesAreInOrder) {
    EXPECT_THAT(read("1,10\n2,9\n3,-1\n", "1,9\n", "").class_names, ElementsAre("-1", "9", "10"));
    EXPECT_THAT(read("1,10\n2,9\n3,x\n", "1,9\n", "").class_names, ElementsAre("10", "9", "x"));
}

TEST_F(TableTest, ReadsGzip) {
    const std::string packed = testing_support::gzip("1,2,a\n3,4,b\n");
    write(packed, packed);
    EXPECT_THAT(read().train.numbers, ElementsAre(1, 2, 3, 4));
}

TEST_F(TableTest, WarnsOfColumnsThatTellNothing) {
    read("id,x,c,y\n0,5,1,a\n1,7,1,b\n2,6,1,a\n3,9,1,b\n", "id,x,c,y\n0,5,1,a\n", "");
    EXPECT_THAT(warnings_,
                ElementsAre(HasSubstr("column 1 (id) counts the lines"), HasSubstr("column 3 (c) never changes")));
    read("7,2,3,4,5,6,7,a\n7,2,3,4,5,6,8,b\n", "7,2,3,4,5,6,7,a\n", "");
    EXPECT_THAT(warnings_,
                ElementsAre("6 columns never change; they tell nothing: column 1, column 2, column 3, column "
                            "4, column 5 ..."));
}

TEST_F(TableTest, SaysWhereAValueIsWrong) {
    refuses("1,2,a\n3,x,b\n", "train.csv: line 2: column 2: 'x' is no finite number");
    refuses("w,h,k\n1,2,a\n\n3,,b\n", "line 4: column 2 (h): the value is missing");
    refuses("w,h,k\n1,2,a\n3,nan,b\n", "line 3: column 2 (h): 'nan' is no finite number");
    refuses("w,h,k\n1,2,a\n3,inf,b\n", "'inf' is no finite number");
    refuses("w,h,k\n1,2,a\n3,1e39,b\n", "'1e39' is no finite number");
    refuses("w,h,k\n1,2,a\n3,1e400,b\n", "'1e400' is no finite number");
    write("1,1e-999,a\n3,-1e-50,b\n", "5,6,a\n");
    EXPECT_THAT(read().train.numbers, ElementsAre(1, 0, 3, 0));
    refuses("w,h,k\n1,2,a\n3,0x10,b\n", "'0x10' is no finite number");
    refuses("w,h,k\n1,2,a\n3,4,\n", "line 3: column 3 (k): the label is missing");
    refuses("w,h,k\n1,2,a\n3,4\n", "line 3: 2 fields where there are 3 columns");
    refuses("w,h,k\n1,2,a\n3,4,b,5\n", "line 3: 4 fields where there are 3 columns");
    refuses("w,\"h\nh\",k\n1,\"2\n\",a\n3,x,b\n", "line 3: column 2 (h h): '2 ' is no finite number");
    refuses("1,2,a\n3,\"4,b\n5,6,c\n", "line 2: a quote where none may be, or one that does not end");
    refuses("1,2,a\n3,4\"4,b\n", "line 2: a quote where none may be");
    refuses(std::string("1,2,a\n3,4\0,b\n", 13), "line 2: there is a NUL byte in it");
    refuses(
        "\xff\xfe"
        "1",
        "UTF-16");
    refuses("", "the file is empty");
    refuses("w,h,k\n", "no sample in it");
    refuses("1\n2\n", "line 1: there is one column");
}

TEST_F(TableTest, TheTestFileHasTheSameColumnsAndClasses) {
    write("w,h,k\n1,2,a\n3,4,b\n", "w,h,k\n1,2,c\n");
    expect_refusal("test.csv: line 2: column 3 (k): no training sample has the label 'c'");
    write("w,h,k\n1,2,a\n3,4,b\n", "w,x,k\n1,2,a\n");
    expect_refusal("test.csv: column 2 (x) is h in the training file");
    write("w,h,k\n1,2,a\n3,4,b\n", "1,2,a\n");
    expect_refusal("is w in the training file");
    write("w,h,k\n1,2,a\n3,4,b\n", "w,h,i,k\n1,2,3,a\n");
    expect_refusal("4 columns, 3 in the training file");
    std::filesystem::remove(test_);
    expect_refusal("cannot read", ExitCode::missing_input);
}

TEST_F(TableTest, TooManyClasses) {
    std::string train;
    for (int i = 0; i < 257; ++i) train += "1," + std::to_string(i) + ".5\n";
    refuses(train, "line 257: column 2: '256.5' is one label more than 256; name the column of the label with --label");
}

TEST_F(TableTest, LinesThatNoTableHas) {
    refuses("1,2,a\n" + std::string(70'000'000, '1'), "line 2: it is longer than 64 MB");
    refuses("1,2,a\n3,\"" + std::string(70'000'000, '\n'), "line 2: it is longer than 64 MB");
}

TEST_F(TableTest, MoreThanTheMemoryIsRefusedBeforeItIsRead) {
    write("10,20,a\n30,40,b\n50,60,c\n", "10,20,a\n");
    EXPECT_EQ(read("", 2 * 3 * 2 * 4).train.count, 3u);
    EXPECT_THAT(error_of(ExitCode::bad_data, [&] { read("", 2 * 3 * 2 * 4 - 1); }),
                HasSubstr("its samples need 4.47e-08 GB of memory, and 4.38e-08 GB are free"));
}

}  // namespace
}  // namespace dropsweep::data
