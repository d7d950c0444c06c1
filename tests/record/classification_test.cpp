// How a model classifies: counts, scores and mistakes, and the files they are kept in.
#include "dropsweep/record/classification.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::record {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Seven images of 2 x 3 pixels, three classes; images 1, 4 and 6 are wrong.
class ClassificationTest : public testing::Test {
  protected:
    ClassificationTest() {
        predictions_.predicted = {0, 2, 1, 0, 0, 2, 2};
        predictions_.probabilities = linalg::FloatBuffer(7 * 3);
        for (std::size_t i = 0; i < 7; ++i) {
            predictions_.probabilities.span()[3 * i + predictions_.predicted[i]] =
                0.5f + 0.0625f * static_cast<float>(i);
        }
        for (std::size_t i = 0; i < 7 * 6; ++i) pixels_.push_back(static_cast<std::uint8_t>(i));
    }
    Classification classified() const { return classify("p0-s1", predictions_, {pixels_, labels_, 6}, names_, 2); }
    std::vector<std::string> names_ = {"0", "1", "2"};
    std::vector<std::uint8_t> labels_ = {0, 0, 1, 0, 1, 2, 1};
    std::vector<std::uint8_t> pixels_;
    train::Predictions predictions_;
    TemporaryDirectory directory_;
};

std::vector<std::size_t> indices(const std::vector<Mistake>& mistakes) {
    std::vector<std::size_t> list;
    for (const Mistake& mistake : mistakes) list.push_back(mistake.index);
    return list;
}

TEST_F(ClassificationTest, CountsAndListsMistakes) {
    const Classification result = classified();
    EXPECT_THAT(result.confusion, ElementsAre(2, 0, 1, 1, 1, 1, 0, 0, 1));
    EXPECT_THAT(indices(result.mistakes), ElementsAre(1, 4, 6));
    EXPECT_EQ(result.mistakes[0].truth, 0u);
    EXPECT_EQ(result.mistakes[0].predicted, 2u);
    EXPECT_EQ(result.mistakes[0].probability, 0.5625f);
    EXPECT_EQ(result.image_rows, 2u);
    EXPECT_EQ(result.image_columns, 3u);
    EXPECT_EQ(result.images.size(), 3u);
    EXPECT_THAT(result.images.at(4), ElementsAre(24, 25, 26, 27, 28, 29));
}

TEST_F(ClassificationTest, ScoresAreThoseOfTheDefinitions) {
    const Scores scores = score(classified());
    EXPECT_EQ(scores.accuracy, 4.0 / 7);
    EXPECT_EQ(scores.classes[0].precision, 2.0 / 3);
    EXPECT_EQ(scores.classes[0].recall, 2.0 / 3);
    EXPECT_EQ(scores.classes[1].precision, 1.0);
    EXPECT_EQ(scores.classes[1].recall, 1.0 / 3);
    EXPECT_EQ(scores.classes[1].f1, 0.5);
    EXPECT_EQ(scores.classes[2].support, 1u);
    EXPECT_DOUBLE_EQ(scores.macro.precision, (2.0 / 3 + 1 + 1.0 / 3) / 3);
    EXPECT_DOUBLE_EQ(scores.weighted.precision, (3 * 2.0 / 3 + 3 * 1 + 1.0 / 3) / 7);
    EXPECT_EQ(scores.weighted.support, 7u);
}

TEST_F(ClassificationTest, ClassWithoutImagesOrPredictionsScoresZero) {
    labels_ = {0, 0, 0, 0, 0, 0, 0};
    predictions_.predicted = {0, 0, 0, 0, 0, 0, 0};
    const Scores scores = score(classified());
    EXPECT_EQ(scores.accuracy, 1);
    EXPECT_EQ(scores.classes[1].precision, 0);
    EXPECT_EQ(scores.classes[1].recall, 0);
    EXPECT_EQ(scores.classes[1].f1, 0);
    EXPECT_EQ(scores.weighted.f1, 1);
}

TEST_F(ClassificationTest, ShowsTheMostConfidentMistakesFirst) {
    const Classification result = classified();
    EXPECT_THAT(indices(mistakes_of_class(result, 1, false, 9)), ElementsAre(6, 4));
    EXPECT_THAT(indices(mistakes_of_class(result, 2, false, 9)), ElementsAre());
    EXPECT_THAT(indices(mistakes_of_class(result, 2, true, 9)), ElementsAre(6, 1));
    EXPECT_THAT(indices(mistakes_of_class(result, 2, true, 1)), ElementsAre(6));
}

TEST_F(ClassificationTest, KeepsTheImagesThatAreShownAlone) {
    labels_.assign(500, 0);
    predictions_.predicted.assign(500, 1);
    predictions_.probabilities = linalg::FloatBuffer(500 * 3);
    pixels_.assign(500 * 6, 7);
    const Classification result = classified();
    EXPECT_EQ(result.mistakes.size(), 500u);
    EXPECT_EQ(result.images.size(), kMistakesShown);  // equally confident: the first ones, for both classes
}

TEST_F(ClassificationTest, ClassesFileHasTheLayoutOfTheClassificationReport) {
    EXPECT_EQ(classes_csv(classified()),
              "class,precision,recall,f1-score,support\n"
              "0,0.6666666666666666,0.6666666666666666,0.6666666666666666,3\n"
              "1,1,0.3333333333333333,0.5,3\n"
              "2,0.3333333333333333,1,0.5,1\n"
              "accuracy,,,0.5714285714285714,7\n"
              "macro avg,0.6666666666666666,0.6666666666666666,0.5555555555555555,7\n"
              "weighted avg,0.7619047619047619,0.5714285714285714,0.5714285714285714,7\n");
}

TEST_F(ClassificationTest, FilesAreReadBackAsTheyWere) {
    EXPECT_FALSE(read_classification(directory_.path()).has_value());
    const Classification written = classified();
    write_classification(written, directory_.path());
    EXPECT_EQ(system::read_file(directory_.path() / "misclassified.csv"),
              "index,true,predicted,probability\n1,0,2,0.5625\n4,1,0,0.75\n6,1,2,0.875\n");
    const auto read = read_classification(directory_.path());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->trial, "p0-s1");
    EXPECT_EQ(read->names, names_);
    EXPECT_EQ(read->confusion, written.confusion);
    EXPECT_EQ(indices(read->mistakes), indices(written.mistakes));
    EXPECT_EQ(read->mistakes[2].probability, written.mistakes[2].probability);
    EXPECT_EQ(read->images, written.images);
    EXPECT_EQ(read->image_columns, 3u);
}

TEST_F(ClassificationTest, ClassesHaveNames) {
    names_ = {"cat", "a \"dog\", or two", "2"};
    const Classification written = classified();
    write_classification(written, directory_.path());
    EXPECT_THAT(system::read_file(directory_.path() / "confusion.csv"),
                HasSubstr("p0-s1,cat,cat,2\np0-s1,cat,\"a \"\"dog\"\", or two\",0\n"));
    EXPECT_THAT(system::read_file(directory_.path() / "classes.csv"), HasSubstr("\ncat,0.66"));
    EXPECT_THAT(system::read_file(directory_.path() / "misclassified.csv"), HasSubstr("\n1,cat,2,0.5625\n"));
    const auto read = read_classification(directory_.path());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->names, names_);
    EXPECT_EQ(read->confusion, written.confusion);
    EXPECT_EQ(indices(read->mistakes), indices(written.mistakes));
}

TEST_F(ClassificationTest, SamplesThatAreNoImagesHaveNone) {
    const Classification written = classify("p0-s1", predictions_, {pixels_, labels_, 6}, names_, 1);
    EXPECT_FALSE(written.has_images());
    EXPECT_THAT(written.images, testing::IsEmpty());
    write_classification(written, directory_.path());
    EXPECT_FALSE(read_classification(directory_.path())->has_images());
}

TEST_F(ClassificationTest, InterruptedRewritingLeavesNoMixtureOfTwoTrials) {
    write_classification(classified(), directory_.path());
    const std::filesystem::path images = directory_.path() / "misclassified_images.csv";
    std::filesystem::remove(images);
    std::filesystem::create_directory(images);  // which no file can replace
    predictions_.predicted = {2, 0, 1, 0, 0, 2, 2};
    EXPECT_THROW(write_classification(classified(), directory_.path()), Error);
    EXPECT_FALSE(read_classification(directory_.path()).has_value());
}

TEST_F(ClassificationTest, RefusesDamagedFiles) {
    const auto refusal = [this](const char* file, const std::string& content) {
        write_classification(classified(), directory_.path());
        system::write_file_atomically(directory_.path() / file, content);
        return error_of(ExitCode::bad_data, [&] { read_classification(directory_.path()); });
    };
    const std::string confusion = "trial,true,predicted,count\n";
    EXPECT_THAT(refusal("confusion.csv", confusion), HasSubstr("square"));
    EXPECT_THAT(refusal("confusion.csv", confusion + "t,0,0,1\nt,1,1,1\n"), HasSubstr("square"));
    EXPECT_THAT(refusal("confusion.csv", confusion + "t,0,0,1\nt,1,0,1\nt,0,1,1\nt,1,1,1\n"), HasSubstr("square"));
    EXPECT_THAT(refusal("confusion.csv", confusion + "t,18446744073709551615,0,1\n"), HasSubstr("square"));
    // Sums of what fits each: 2^63 + 2^63 is 0.
    EXPECT_THAT(refusal("confusion.csv", confusion + "t,0,0,9223372036854775808\nt,0,1,0\nt,1,0,0\n"
                                                     "t,1,1,9223372036854775808\n"),
                HasSubstr("line 2: count is 9223372036854775808, more than"));
    EXPECT_THAT(refusal("confusion.csv", confusion + "t,0,0,4294967295\nt,0,1,1\nt,1,0,0\nt,1,1,0\n"),
                HasSubstr("line 3: count is 1, more than 0"));
    EXPECT_THAT(refusal("misclassified.csv", "index,true,predicted,probability\n1,0,3,0.5\n"),
                HasSubstr("predicted is 3, which is no class of confusion.csv"));
    EXPECT_THAT(refusal("misclassified_images.csv", "index,rows,columns,pixels\n1,2,3,0011\n"),
                HasSubstr("2 x 3 bytes"));
    const std::string images = "index,rows,columns,pixels\n";
    EXPECT_THAT(refusal("misclassified_images.csv", images + "1,2,3,000102030405\n4,3,2,000102030405\n"),
                HasSubstr("line 3: 3 x 2 pixels after images of 2 x 3"));
    EXPECT_THAT(refusal("misclassified_images.csv", images + "1,0,3,\n"), HasSubstr("no pixels"));
    EXPECT_THAT(refusal("misclassified_images.csv", images + "1,4294967296,4294967296,\n"), HasSubstr("more than"));
    const std::string mistakes = "index,true,predicted,probability\n1,0,2,0.5\n4,1,0,0.5\n";
    EXPECT_THAT(refusal("misclassified.csv", mistakes), HasSubstr("1 read as 2"));
    EXPECT_THAT(refusal("misclassified.csv", mistakes + "6,1,2,0.5\n7,1,2,0.5\n"), HasSubstr("1 read as 2"));
    EXPECT_THAT(refusal("misclassified.csv", mistakes + "6,1,1,0.5\n"), HasSubstr("1 read as 1"));
}

}  // namespace
}  // namespace dropsweep::record
