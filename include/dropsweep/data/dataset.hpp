#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/core/partition.hpp"

namespace dropsweep::data {

/// Images and labels of one file pair, owned. Pixels are [count, rows * columns] bytes, row-major, 0 is background.
struct LabelledImages {
    std::size_t count = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<std::uint8_t> pixels;
    std::vector<std::uint8_t> labels;

    std::size_t features() const { return rows * columns; }
};

/// What a data source delivers: a training file (whose tail becomes the validation set) and a test file.
struct Dataset {
    LabelledImages train;
    LabelledImages test;
};

/// Samples that live elsewhere, e.g. in memory shared by the ranks of a node.
struct Samples {
    std::span<const std::uint8_t> pixels;  ///< [size(), features]
    std::span<const std::uint8_t> labels;  ///< [size()]
    std::size_t features = 0;

    std::size_t size() const { return labels.size(); }
    Samples subset(core::Range range) const {
        return {pixels.subspan(range.begin * features, range.size() * features),
                labels.subspan(range.begin, range.size()), features};
    }
};

inline Samples as_samples(const LabelledImages& images) {
    return {images.pixels, images.labels, images.features()};
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

/// Checks that training and test images have one size, and counts the classes: the largest label of both files plus
/// one.
/// @param warnings  one line is added for each class without a training image
/// @throws Error  bad_data: the files disagree on the image size, or there are fewer than two classes
std::size_t count_classes(const Dataset& dataset, std::vector<std::string>& warnings);

/// SHA-256 of pixels and labels, training file first, in hexadecimal.
std::string content_hash(const Dataset& dataset);

}  // namespace dropsweep::data
