// The synthetic digits: their bytes, their likeness to MNIST, and that they can be learnt.
#include "dropsweep/data/synthetic.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace dropsweep::data {
namespace {

constexpr std::size_t kSide = 28;
constexpr std::size_t kPixels = kSide * kSide;

const LabelledSamples& ten_thousand() {
    static const LabelledSamples images = synthetic_digits(1, 10'000, 0).train;
    return images;
}

std::span<const std::uint8_t> image(const LabelledSamples& images, std::size_t i) {
    return std::span(images.pixels).subspan(i * kPixels, kPixels);
}

std::vector<std::uint8_t> joined(std::vector<std::uint8_t> first, const std::vector<std::uint8_t>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

/// 64-bit FNV-1a.
std::uint64_t checksum(std::span<const std::uint8_t> bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
    return hash;
}

TEST(SyntheticDigits, HasTheShapesAskedFor) {
    const Dataset dataset = synthetic_digits(1, 7, 3);
    for (const auto& [images, count] : {std::pair{&dataset.train, 7u}, std::pair{&dataset.test, 3u}}) {
        EXPECT_EQ(images->count, count);
        EXPECT_EQ(images->rows, kSide);
        EXPECT_EQ(images->columns, kSide);
        EXPECT_EQ(images->pixels.size(), count * kPixels);
        EXPECT_EQ(images->labels.size(), count);
    }
    EXPECT_EQ(synthetic_digits(1, 0, 0).train.count, 0u);
}

// The generator uses exactly rounded operations only, so the bytes belong to the seed on every machine. Whoever means
// to change the digits changes these numbers, and with them every result on the built-in data set.
TEST(SyntheticDigits, BytesArePinned) {
    const LabelledSamples images = synthetic_digits(1, 1000, 0).train;
    EXPECT_EQ(checksum(images.pixels), 0xf582e27ed80849b1u);
    EXPECT_EQ(checksum(images.labels), 0xa1f229efa7666810u);
}

TEST(SyntheticDigits, SameSeedGivesTheSameBytes) {
    const Dataset first = synthetic_digits(5, 40, 10);
    const Dataset second = synthetic_digits(5, 40, 10);
    EXPECT_EQ(first.train.pixels, second.train.pixels);
    EXPECT_EQ(first.train.labels, second.train.labels);
    EXPECT_EQ(first.test.pixels, second.test.pixels);
    EXPECT_EQ(first.test.labels, second.test.labels);
}

TEST(SyntheticDigits, ImageDependsOnItsNumberNotOnTheCounts) {
    const Dataset few = synthetic_digits(7, 12, 38);
    const Dataset many = synthetic_digits(7, 45, 5);
    EXPECT_EQ(joined(few.train.pixels, few.test.pixels), joined(many.train.pixels, many.test.pixels));
    EXPECT_EQ(joined(few.train.labels, few.test.labels), joined(many.train.labels, many.test.labels));
}

TEST(SyntheticDigits, EveryImageAndEverySeedIsAnother) {
    const LabelledSamples one = synthetic_digits(1, 200, 0).train;
    const LabelledSamples high_half_differs = synthetic_digits(1 + (std::uint64_t{1} << 32), 200, 0).train;
    EXPECT_NE(one.labels, high_half_differs.labels);
    std::vector<std::uint64_t> checksums;
    for (std::size_t i = 0; i < one.count; ++i) {
        checksums.push_back(checksum(image(one, i)));
        checksums.push_back(checksum(image(high_half_differs, i)));
    }
    std::sort(checksums.begin(), checksums.end());
    EXPECT_EQ(std::adjacent_find(checksums.begin(), checksums.end()), checksums.end());
}

// Each count is binomial with n = 10,000 and q = 1/10: mean 1000, standard deviation sqrt(n q (1 - q)) = 30. A fair
// generator misses five standard deviations with probability 6e-7 per digit.
TEST(SyntheticDigits, LabelsAreBalanced) {
    std::array<int, 256> counts{};
    for (const std::uint8_t label : ten_thousand().labels) ++counts[label];
    const double bound = 5 * std::sqrt(10'000 * 0.1 * 0.9);
    for (std::size_t digit = 0; digit < 10; ++digit) EXPECT_NEAR(counts[digit], 1000, bound) << "digit " << digit;
    EXPECT_EQ(std::accumulate(counts.begin(), counts.begin() + 10, 0), 10'000);
}

// A digit is 19 to 20 pixels high or wide, so its strokes cross at least 16 rows or columns and leave a bright pixel in
// most of them, a thin pen too; and the thickest pen leaves half of the 784 pixels dark.
TEST(SyntheticDigits, NoImageIsEmptyOrFlooded) {
    for (std::size_t i = 0; i < ten_thousand().count; ++i) {
        const auto pixels = image(ten_thousand(), i);
        const auto bright =
            std::count_if(pixels.begin(), pixels.end(), [](std::uint8_t pixel) { return pixel >= 128; });
        EXPECT_GE(bright, 12) << "image " << i;
        EXPECT_LE(bright, 392) << "image " << i;
    }
}

// MNIST has mean 0.1307 and its digits lie in a box of 20 x 20 pixels, centred by mass: the outer two pixels on each
// side are almost always dark.
TEST(SyntheticDigits, LooksLikeMnistInTheMean) {
    const LabelledSamples& images = ten_thousand();
    double sum = 0;
    std::size_t inked_frame = 0;
    double moment_x = 0;
    double moment_y = 0;
    for (std::size_t i = 0; i < images.pixels.size(); ++i) {
        const std::size_t row = i % kPixels / kSide;
        const std::size_t column = i % kSide;
        const bool inside = row >= 2 && row < kSide - 2 && column >= 2 && column < kSide - 2;
        if (!inside && images.pixels[i] > 0) ++inked_frame;
        sum += images.pixels[i];
        moment_x += images.pixels[i] * (static_cast<double>(column) + 0.5);
        moment_y += images.pixels[i] * (static_cast<double>(row) + 0.5);
    }
    const auto frame = static_cast<double>(images.count * (kPixels - 24 * 24));
    EXPECT_NEAR(sum / 255 / static_cast<double>(images.pixels.size()), 0.1307, 0.01);
    EXPECT_LT(static_cast<double>(inked_frame) / frame, 0.01);
    EXPECT_NEAR(moment_x / sum, 14, 0.25);
    EXPECT_NEAR(moment_y / sum, 14, 0.25);
}

/// Mean image of each digit over images [first, last).
std::vector<std::vector<double>> class_means(const LabelledSamples& images, std::size_t first, std::size_t last) {
    std::vector<std::vector<double>> means(10, std::vector<double>(kPixels));
    std::array<double, 10> counts{};
    for (std::size_t i = first; i < last; ++i) {
        const std::uint8_t label = images.labels[i];
        counts[label] += 1;
        for (std::size_t k = 0; k < kPixels; ++k) means[label][k] += image(images, i)[k];
    }
    for (std::size_t digit = 0; digit < 10; ++digit)
        for (double& value : means[digit]) value /= counts[digit];
    return means;
}

// The nearest class mean, the simplest classifier, names 82 % of MNIST's test images. It must name most images here,
// or pictures and labels do not belong together, and must fail on many, or the data set teaches nothing.
TEST(SyntheticDigits, LabelsNameThePicturesAndNotTooEasily) {
    const LabelledSamples& images = ten_thousand();
    const auto means = class_means(images, 0, 8'000);
    std::size_t correct = 0;
    for (std::size_t i = 8'000; i < 10'000; ++i) {
        std::array<double, 10> squares{};
        for (std::size_t digit = 0; digit < 10; ++digit) {
            for (std::size_t k = 0; k < kPixels; ++k) {
                const double difference = image(images, i)[k] - means[digit][k];
                squares[digit] += difference * difference;
            }
        }
        const auto nearest = std::min_element(squares.begin(), squares.end()) - squares.begin();
        if (nearest == images.labels[i]) ++correct;
    }
    EXPECT_GT(correct, 1'400u);
    EXPECT_LT(correct, 1'800u);
}

}  // namespace
}  // namespace dropsweep::data
