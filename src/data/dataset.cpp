#include "dropsweep/data/dataset.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/hex.hpp"
#include "dropsweep/core/sha256.hpp"

namespace dropsweep::data {

std::string LabelledSamples::shape() const {
    return is_image() ? fmt::format("{} x {} pixels", rows, columns) : fmt::format("{} features", columns);
}

std::vector<std::uint8_t> Samples::image(std::size_t index) const {
    if (numbers.empty()) {
        const std::span<const std::uint8_t> sample = pixels.subspan(index * features, features);
        return {sample.begin(), sample.end()};
    }
    const std::span<const float> sample = numbers.subspan(index * features, features);
    const auto [least, largest] = std::ranges::minmax(sample);
    std::vector<std::uint8_t> image;
    for (const float value : sample) {
        const double share = largest > least ? (double{value} - least) / (double{largest} - least) : 0;
        image.push_back(static_cast<std::uint8_t>(std::lround(255 * share)));
    }
    return image;
}

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
                    fmt::format("training samples have {}, but test samples {}; use files of one data set",
                                train.shape(), test.shape()));
    }
    std::array<std::size_t, 256> occurrences{};
    std::size_t classes = 0;
    for (const std::uint8_t label : train.labels) {
        ++occurrences[label];
        classes = std::max<std::size_t>(classes, label + 1u);
    }
    for (const std::uint8_t label : test.labels) classes = std::max<std::size_t>(classes, label + 1u);
    const std::vector<std::string> names = dataset.class_names.empty() ? number_names(classes) : dataset.class_names;
    if (names.size() < 2) {
        throw Error(ExitCode::bad_data,
                    fmt::format("all labels are {}, there is nothing to tell apart; check the labels",
                                names.empty() ? "0" : names.front()));
    }
    for (std::size_t c = 0; c < names.size(); ++c) {
        if (occurrences[c] == 0) {
            warnings.push_back(
                fmt::format("class {} of {}..{} has no training sample; check that the labels are complete", names[c],
                            names.front(), names.back()));
        }
    }
    return names.size();
}

std::vector<std::string> number_names(std::size_t classes) {
    std::vector<std::string> names;
    for (std::size_t c = 0; c < classes; ++c) names.push_back(fmt::to_string(c));
    return names;
}

void rename_classes(Dataset& dataset, const std::vector<std::string>& from, const std::vector<std::string>& to) {
    std::vector<std::ptrdiff_t> numbers;
    for (const std::string& name : from) numbers.push_back(std::ranges::find(to, name) - to.begin());
    for (LabelledSamples* samples : {&dataset.train, &dataset.test}) {
        for (std::uint8_t& label : samples->labels) {
            const std::ptrdiff_t number = numbers.at(label);
            if (number == std::ssize(to)) {
                constexpr std::ptrdiff_t kMost = 10;
                throw Error(ExitCode::bad_data,
                            fmt::format("the class {} is none of {}{}", from[label],
                                        fmt::join(to.begin(), to.begin() + std::min(std::ssize(to), kMost), ", "),
                                        std::ssize(to) > kMost ? " ..." : ""));
            }
            label = static_cast<std::uint8_t>(number);
        }
    }
}

std::string content_hash(const Dataset& dataset) {
    core::Sha256 hash;
    for (const LabelledSamples* samples : {&dataset.train, &dataset.test}) {
        hash.update(std::as_bytes(std::span(samples->pixels)));
        hash.update(std::as_bytes(std::span(samples->numbers)));
        hash.update(std::as_bytes(std::span(samples->labels)));
    }
    if (dataset.class_names != number_names(dataset.class_names.size())) {
        for (const std::string& name : dataset.class_names) {
            hash.update(std::as_bytes(std::span(name.c_str(), name.size() + 1)));
        }
    }
    return core::to_hex(hash.finish());
}

}  // namespace dropsweep::data
