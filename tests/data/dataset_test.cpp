// Splits of a data set, its classes and its hash.
#include "dropsweep/data/dataset.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/linalg/philox.hpp"

#include "../support/error_of.hpp"

namespace dropsweep::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LabelledSamples labelled(std::vector<std::uint8_t> labels, std::size_t rows = 2, std::size_t columns = 3) {
    const std::size_t count = labels.size();
    return {count, rows, columns, std::vector<std::uint8_t>(count * rows * columns, 7), std::move(labels)};
}

/// `count` samples of one pixel; no memory of theirs is read here.
struct ManySamples {
    std::vector<std::uint8_t> bytes;
    Samples samples;
    explicit ManySamples(std::size_t count) : bytes(count), samples{bytes, bytes, 1} {}
};

std::size_t training_samples(std::size_t count, double validation_split) {
    const ManySamples file(count);
    return split_tail(file.samples, file.samples, validation_split).train.size();
}

TEST(Samples, SubsetHasThePixelsOfItsLabels) {
    const std::vector<std::uint8_t> pixels = {0, 1, 10, 11, 20, 21, 30, 31};
    const std::vector<std::uint8_t> labels = {0, 1, 2, 3};
    const Samples subset = Samples{pixels, labels, 2}.subset({1, 3});
    EXPECT_THAT(subset.pixels, ElementsAre(10, 11, 20, 21));
    EXPECT_THAT(subset.labels, ElementsAre(1, 2));
    EXPECT_EQ(subset.features, 2u);
}

TEST(SplitTail, TakesTheTailOfTheTrainingFile) {
    const std::vector<std::uint8_t> pixels = {0, 1, 10, 11, 20, 21, 30, 31};
    const std::vector<std::uint8_t> labels = {0, 1, 2, 3};
    const std::vector<std::uint8_t> test_pixels = {90, 91};
    const std::vector<std::uint8_t> test_labels = {9};
    const Split split = split_tail({pixels, labels, 2}, {test_pixels, test_labels, 2}, 0.25);
    EXPECT_THAT(split.train.labels, ElementsAre(0, 1, 2));
    EXPECT_THAT(split.train.pixels, ElementsAre(0, 1, 10, 11, 20, 21));
    EXPECT_THAT(split.validation.labels, ElementsAre(3));
    EXPECT_THAT(split.validation.pixels, ElementsAre(30, 31));
    EXPECT_THAT(split.test.labels, ElementsAre(9));
    EXPECT_THAT(split.test.pixels, ElementsAre(90, 91));
}

// Keras: split_at = floor(count * (1.0 - validation_split)), in double and with its rounding.
TEST(SplitTail, CountsAsKerasDoes) {
    EXPECT_EQ(training_samples(60'000, 0.1), 54'000u);
    EXPECT_EQ(training_samples(1009, 0.1), 908u);  // 908.1
    EXPECT_EQ(training_samples(19, 0.1), 17u);     // 17.1
    EXPECT_EQ(training_samples(3, 0.5), 1u);       // 1.5
    EXPECT_EQ(training_samples(100, 0.9), 9u);     // 1.0 - 0.9 is a little less than 0.1
    EXPECT_EQ(training_samples(100, 0.001), 99u);  // 99.9
}

TEST(SplitTail, RefusesAnEmptyPart) {
    for (const auto& [count, fraction] : {std::pair{10u, 0.0}, {10u, 0.95}, {10u, 1.0}, {1u, 0.5}, {0u, 0.1}}) {
        EXPECT_THAT(error_of(ExitCode::usage, [&] { training_samples(count, fraction); }),
                    HasSubstr("--validation-split"))
            << count << " samples at " << fraction;
    }
}

TEST(CountClasses, IsTheLargestLabelOfBothFilesPlusOne) {
    std::vector<std::string> warnings;
    EXPECT_EQ(count_classes({labelled({0, 1, 2}), labelled({0})}, warnings), 3u);
    EXPECT_EQ(count_classes({labelled({1, 0}), labelled({1})}, warnings), 2u);
    EXPECT_THAT(warnings, IsEmpty());
    std::vector<std::uint8_t> all(256);
    for (std::size_t c = 0; c < 256; ++c) all[c] = static_cast<std::uint8_t>(c);
    EXPECT_EQ(count_classes({labelled(all), labelled({0})}, warnings), 256u);
    EXPECT_THAT(warnings, IsEmpty());
}

/// 100 samples of one number, their own; labels are its last digit.
LabelledSamples hundred() {
    LabelledSamples samples{100, 1, 1, {}, {}, {}};
    for (int i = 0; i < 100; ++i) {
        samples.numbers.push_back(static_cast<float>(i));
        samples.labels.push_back(static_cast<std::uint8_t>(i % 10));
    }
    return samples;
}

/// The samples with the smallest of the numbers that Philox gives them.
TEST(HoldOut, TakesThoseWithTheSmallestHash) {
    Dataset dataset{hundred(), {}, {}};
    split_test(dataset, 0.3);
    const auto hashes = [](const LabelledSamples& samples) {
        EXPECT_TRUE(std::ranges::is_sorted(samples.numbers));
        std::vector<std::uint32_t> found;
        for (std::size_t i = 0; i < samples.count; ++i) {
            EXPECT_EQ(samples.labels[i], static_cast<int>(samples.numbers[i]) % 10);
            const linalg::StreamKey key{.seed = 0, .purpose = linalg::Purpose::test_split, .layer = 0, .epoch = 0};
            found.push_back(linalg::PhiloxSequence(key, static_cast<std::uint32_t>(samples.numbers[i])).next());
        }
        return found;
    };
    const std::vector<std::uint32_t> kept = hashes(dataset.train);
    const std::vector<std::uint32_t> taken = hashes(dataset.test);
    ASSERT_EQ(kept.size(), 70u);
    ASSERT_EQ(taken.size(), 30u);
    EXPECT_GT(*std::ranges::min_element(kept), *std::ranges::max_element(taken));
}

TEST(HoldOut, TestAndValidationAreDifferentSamples) {
    Dataset dataset{hundred(), {}, {}};
    split_test(dataset, 0.2);
    EXPECT_EQ(dataset.train.count, 80u);
    EXPECT_EQ(dataset.test.count, 20u);
    EXPECT_EQ(dataset.test.labels.size(), 20u);
    std::vector<float> all = dataset.train.numbers;
    all.insert(all.end(), dataset.test.numbers.begin(), dataset.test.numbers.end());
    std::ranges::sort(all);
    EXPECT_EQ(all, hundred().numbers);
    const std::vector<float> before = dataset.train.numbers;
    shuffle_validation(dataset, 0.25);
    EXPECT_EQ(dataset.train.count, 80u);
    EXPECT_NE(dataset.train.numbers, before);
    const Split split = split_tail(as_samples(dataset.train), as_samples(dataset.test), 0.25);
    EXPECT_EQ(split.validation.size(), 20u);
    EXPECT_TRUE(std::ranges::is_sorted(split.validation.numbers));
    EXPECT_THROW(split_test(dataset, 1e-20), Error);
}

TEST(HoldOut, TellsOfClassesThatAreMissing) {
    const std::vector<std::uint8_t> labels = {0, 0, 1, 1, 2, 2};
    const std::vector<std::uint8_t> pixels(6);
    const Split split = split_tail({pixels, labels, 1}, {pixels, labels, 1}, 0.5);
    EXPECT_THAT(classes_without_samples(split, {"a", "b", "c", "d"}),
                ElementsAre("class a has no sample for validation", "class c has no sample for training"));
}

TEST(CountClasses, WarnsOfEachClassWithoutATrainingImage) {
    std::vector<std::string> warnings;
    EXPECT_EQ(count_classes({labelled({0, 2, 0}), labelled({1, 4})}, warnings), 5u);
    EXPECT_THAT(warnings,
                ElementsAre(HasSubstr("class 1 of 0..4"), HasSubstr("class 3 of 0..4"), HasSubstr("class 4 of 0..4")));
}

TEST(CountClasses, RefusesLabelsThatAreAllZero) {
    std::vector<std::string> warnings;
    EXPECT_THAT(error_of(ExitCode::bad_data,
                         [&] {
                             count_classes({labelled({0, 0}), labelled({0})}, warnings);
                         }),
                HasSubstr("all labels are 0"));
}

TEST(CountClasses, RefusesImagesOfDifferentSizes) {
    std::vector<std::string> warnings;
    for (const LabelledSamples& test : {labelled({0, 1}, 3, 2), labelled({0, 1}, 2, 4), labelled({0, 1}, 1, 6)}) {
        EXPECT_THAT(error_of(ExitCode::bad_data,
                             [&] {
                                 count_classes({labelled({0, 1}, 2, 3), test}, warnings);
                             }),
                    HasSubstr("2 x 3"));
    }
}

TEST(CountClasses, NamesSayHowManyThereAre) {
    std::vector<std::string> warnings;
    Dataset dataset{labelled({0, 2, 0}), labelled({1}), {"a", "b", "c", "d"}};
    EXPECT_EQ(count_classes(dataset, warnings), 4u);
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("class b of a..d"), HasSubstr("class d of a..d")));
    dataset.class_names = {"-20"};
    EXPECT_THROW(count_classes(dataset, warnings), Error);
}

TEST(RenameClasses, ByTheirNames) {
    Dataset dataset{labelled({0, 2, 0}), labelled({1})};
    rename_classes(dataset, {"a", "b", "c"}, {"c", "x", "a", "b"});
    EXPECT_THAT(dataset.train.labels, ElementsAre(2, 0, 2));
    EXPECT_THAT(dataset.test.labels, ElementsAre(3));
    rename_classes(dataset, {"x", "nowhere", "c", "b"}, {"x", "c", "b"});
    EXPECT_THAT(dataset.test.labels, ElementsAre(2));
    EXPECT_THROW(rename_classes(dataset, {"x", "c", "y"}, {"x", "c"}), Error);
}

TEST(Samples, NumbersAreShownFromTheLeastToTheLargest) {
    const std::vector<std::uint8_t> labels = {0, 0};
    const std::vector<float> numbers = {-1, 0, 3, 1, 5, 5, 5, 5};
    const Samples samples{{}, labels, 4, numbers};
    EXPECT_THAT(samples.image(0), ElementsAre(0, 64, 255, 128));
    EXPECT_THAT(samples.image(1), ElementsAre(0, 0, 0, 0));
    EXPECT_THAT(samples.subset({1, 2}).image(0), ElementsAre(0, 0, 0, 0));
}

// Pixels then labels, training file first: the value is sha256sum's for the bytes 07 00 07 01.
TEST(ContentHash, IsTheSha256OfAllBytes) {
    const Dataset dataset{labelled({0}, 1, 1), labelled({1}, 1, 1)};
    EXPECT_EQ(content_hash(dataset), "b00c42ea215ca222976bceedc27ddba724a2dee7de1ac7082f309ba2b863f2e5");
}

TEST(ContentHash, NamesThatAreNumbersAreNoContent) {
    Dataset dataset{labelled({0}, 1, 1), labelled({1}, 1, 1)};
    const std::string hash = content_hash(dataset);
    dataset.class_names = {"0", "1"};
    EXPECT_EQ(content_hash(dataset), hash);
    dataset.class_names = {"a", "b"};
    const std::string named = content_hash(dataset);
    EXPECT_NE(named, hash);
    dataset.class_names = {"ab", ""};
    EXPECT_NE(content_hash(dataset), named);
    std::swap(dataset.train.pixels, dataset.test.pixels);
    dataset.train.numbers = {7};
    EXPECT_NE(content_hash(dataset), named);
}

TEST(ContentHash, ChangesWithEveryByte) {
    const Dataset original{labelled({0, 1}), labelled({1})};
    const std::string hash = content_hash(original);
    EXPECT_EQ(content_hash(original), hash);
    for (LabelledSamples Dataset::*file : {&Dataset::train, &Dataset::test}) {
        for (std::vector<std::uint8_t> LabelledSamples::*bytes : {&LabelledSamples::pixels, &LabelledSamples::labels}) {
            for (std::size_t i = 0; i < (original.*file.*bytes).size(); ++i) {
                Dataset changed = original;
                (changed.*file.*bytes)[i] ^= 1;
                EXPECT_NE(content_hash(changed), hash);
            }
        }
    }
}

}  // namespace
}  // namespace dropsweep::data
