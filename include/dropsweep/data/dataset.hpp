// Samples with labels, data sets, and their split into training, validation and test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/linalg/partition.hpp"

namespace dropsweep::data {

/// A label is a byte.
inline constexpr std::size_t kMostClasses = 256;

/// Owned samples and their labels: images of rows x columns, or, with one row, as many features as columns. Their
/// values are [count, rows * columns], row-major: pixels, of which 255 stands for 1, or numbers.
struct LabelledSamples {
    std::size_t count = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<std::uint8_t> pixels;  ///< 0 is background; empty: see numbers
    std::vector<std::uint8_t> labels;  ///< [count]; may be empty where only samples are read
    std::vector<float> numbers = {};   ///< finite; empty: see pixels

    std::size_t features() const { return rows * columns; }
    bool is_image() const { return rows > 1; }
    /// "4 x 5 pixels", "20 features".
    std::string shape() const;
};

/// Samples without labels, but with their names.
struct NamedSamples {
    LabelledSamples samples;
    std::string id_name;           ///< of the column of names
    std::vector<std::string> ids;  ///< names of the samples; empty: they have none
};

/// What a data source delivers: the training file, whose tail becomes the validation set, and the test file (or none).
struct Dataset {
    LabelledSamples train;
    LabelledSamples test;
    std::vector<std::string> class_names = {};    ///< of each label; empty: "0", "1" ...
    std::vector<std::string> feature_names = {};  ///< empty: they have none
};

/// Numbers scaled to pixels: the least becomes 0, the largest 255; all 0 if they are equal.
std::vector<std::uint8_t> image_of(std::span<const float> numbers);

/// A view of samples, e.g. in memory shared by the ranks of a node.
struct Samples {
    std::span<const std::uint8_t> pixels;  ///< [size(), features]; empty: see numbers
    std::span<const std::uint8_t> labels;  ///< [size()]
    std::size_t features = 0;
    std::span<const float> numbers = {};  ///< [size(), features]; empty: see pixels

    std::size_t size() const { return labels.size(); }
    /// A sample as pixels, see image_of.
    std::vector<std::uint8_t> image(std::size_t index) const;
    Samples subset(linalg::Range range) const {
        const auto part = [&](auto values) {
            return values.empty() ? values : values.subspan(range.begin * features, range.size() * features);
        };
        return {part(pixels), labels.subspan(range.begin, range.size()), features, part(numbers)};
    }
};

inline Samples as_samples(const LabelledSamples& samples) {
    return {samples.pixels, samples.labels, samples.features(), samples.numbers};
}

/// The three sets of an experiment.
struct Split {
    Samples train;
    Samples validation;
    Samples test;
};

/// Cuts the tail off the training file for validation, before any shuffle, as Keras does:
/// training samples = floor(count * (1 - validation_split)).
/// @throws Error  usage: one of the two parts would be empty
Split split_tail(const Samples& train_file, const Samples& test_file, double validation_split);

/// Moves as many samples as split_tail would take from the training file to the empty test file: those with the
/// smallest hashes of their indices, 32 bits of Philox keyed by seed 0. Both parts keep their order.
/// @throws Error  usage: one of the two would be empty
void split_test(Dataset& dataset, double share);

/// Moves samples, chosen as by split_test, to the end of the training file, where split_tail takes them.
/// @throws Error  usage: as split_tail
void shuffle_validation(Dataset& dataset, double share);

/// A line for each class of the training file that has no sample for training, or none for validation.
/// @param names  [classes]
std::vector<std::string> classes_without_samples(const Split& split, const std::vector<std::string>& names);

/// Checks that training and test samples have the same shape, and counts the classes: the names, or if there are none
/// the largest label of both files plus one.
/// @param warnings  one line is added for each class without a training sample
/// @throws Error  bad_data: the files differ in the shape of samples, or there are fewer than two classes
std::size_t count_classes(const Dataset& dataset, std::vector<std::string>& warnings);

/// Renumbers the labels, which are indices in `from`, to the indices of the same names in `to`.
/// @throws Error  bad_data: a sample is of a class that is not in `to`
void rename_classes(Dataset& dataset, const std::vector<std::string>& from, const std::vector<std::string>& to);

/// SHA-256, in hexadecimal, of values and labels, training file first, then of class names other than "0", "1" ...
std::string content_hash(const Dataset& dataset);

}  // namespace dropsweep::data
