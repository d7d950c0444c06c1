#include "dropsweep/data/dataset.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/hex.hpp"
#include "dropsweep/core/sha256.hpp"

namespace dropsweep::data {

Split split_tail(const Samples& train_file, const Samples& test_file, double validation_split) {
    const std::size_t count = train_file.size();
    const auto training = static_cast<std::size_t>(std::floor(static_cast<double>(count) * (1.0 - validation_split)));
    if (training == 0 || training >= count) {
        throw Error(ExitCode::usage, fmt::format("--validation-split {} leaves {} of {} samples for training; choose "
                                                 "a value that leaves some for training and some for validation",
                                                 validation_split, training, count));
    }
    return {train_file.subset({0, training}), train_file.subset({training, count}), test_file};
}

std::size_t count_classes(const Dataset& dataset, std::vector<std::string>& warnings) {
    const LabelledSamples& train = dataset.train;
    const LabelledSamples& test = dataset.test;
    if (train.rows != test.rows || train.columns != test.columns) {
        throw Error(ExitCode::bad_data,
                    fmt::format("training images are {} x {} but test images are {} x {}; use files of one data set",
                                train.rows, train.columns, test.rows, test.columns));
    }
    std::array<std::size_t, 256> occurrences{};
    std::size_t classes = 0;
    for (const std::uint8_t label : train.labels) {
        ++occurrences[label];
        classes = std::max<std::size_t>(classes, label + 1u);
    }
    for (const std::uint8_t label : test.labels) classes = std::max<std::size_t>(classes, label + 1u);
    if (classes < 2) {
        throw Error(ExitCode::bad_data, "all labels are 0, there is nothing to tell apart; check the label files");
    }
    for (std::size_t c = 0; c < classes; ++c) {
        if (occurrences[c] == 0) {
            warnings.push_back(fmt::format(
                "class {} of 0..{} has no training image; check that the label files are complete", c, classes - 1));
        }
    }
    return classes;
}

std::string content_hash(const Dataset& dataset) {
    core::Sha256 hash;
    for (const LabelledSamples* samples : {&dataset.train, &dataset.test}) {
        hash.update(std::as_bytes(std::span(samples->pixels)));
        hash.update(std::as_bytes(std::span(samples->numbers)));
        hash.update(std::as_bytes(std::span(samples->labels)));
    }
    return core::to_hex(hash.finish());
}

}  // namespace dropsweep::data
