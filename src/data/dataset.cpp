// Splits data sets, counts and renames classes, and hashes the content.
#include "dropsweep/data/dataset.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <compare>
#include <functional>
#include <span>

#include <fmt/format.h>

#include "dropsweep/linalg/philox.hpp"
#include "dropsweep/system/sha256.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/hex.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::data {

std::string LabelledSamples::shape() const {
    return is_image() ? fmt::format("{} x {} pixels", rows, columns) : fmt::format("{} features", columns);
}

std::vector<std::uint8_t> Samples::image(std::size_t index) const {
    if (!numbers.empty()) return image_of(numbers.subspan(index * features, features));
    const std::span<const std::uint8_t> sample = pixels.subspan(index * features, features);
    return {sample.begin(), sample.end()};
}

std::vector<std::uint8_t> image_of(std::span<const float> numbers) {
    const auto [least, largest] = std::ranges::minmax(numbers);
    std::vector<std::uint8_t> image;
    for (const float value : numbers) {
        const double share = largest > least ? (double{value} - least) / (double{largest} - least) : 0;
        image.push_back(static_cast<std::uint8_t>(std::lround(255 * share)));
    }
    return image;
}

namespace {

/// How many samples remain when a share of them is taken, rounded as in Keras.
/// @param option  that gave the share, for the message
std::size_t kept_of(std::size_t count, double share, const std::string& option) {
    const auto kept = static_cast<std::size_t>(std::floor(static_cast<double>(count) * (1.0 - share)));
    if (kept == 0 || kept >= count) {
        throw Error(ExitCode::usage,
                    fmt::format("{} {} leaves {} of {} samples for training; choose a value that leaves "
                                "some and takes some",
                                option, share, kept, count));
    }
    return kept;
}

/// Copies the samples with the indices in `order`.
LabelledSamples chosen(const LabelledSamples& samples, std::span<const std::uint32_t> order) {
    LabelledSamples result{order.size(), samples.rows, samples.columns, {}, {}, {}};
    const auto copy = [&](const auto& from, auto& to) {
        if (from.empty()) return;
        to.reserve(order.size() * samples.features());
        for (const std::uint32_t index : order) {
            const auto begin = from.begin() + static_cast<std::ptrdiff_t>(index * samples.features());
            to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(samples.features()));
        }
    };
    copy(samples.pixels, result.pixels);
    copy(samples.numbers, result.numbers);
    for (const std::uint32_t index : order) result.labels.push_back(samples.labels[index]);
    return result;
}

/// The indices of the samples that stay, and behind them of those that are held out, both ascending.
std::vector<std::uint32_t> order_of(std::size_t count, std::size_t kept, linalg::Purpose purpose) {
    struct Draw {
        std::uint32_t hash;
        std::uint32_t index;
        auto operator<=>(const Draw&) const = default;
    };
    std::vector<Draw> draws;
    for (std::uint32_t index = 0; index < count; ++index) {
        const linalg::StreamKey key{.seed = 0, .purpose = purpose, .layer = 0, .epoch = 0};
        draws.push_back({linalg::PhiloxSequence(key, index).next(), index});
    }
    std::ranges::sort(draws, std::greater<>());
    std::vector<std::uint32_t> order;
    for (const Draw& draw : draws) order.push_back(draw.index);
    const auto middle = order.begin() + static_cast<std::ptrdiff_t>(kept);
    std::sort(order.begin(), middle);
    std::sort(middle, order.end());
    return order;
}

}  // namespace

Split split_tail(const Samples& train_file, const Samples& test_file, double validation_split) {
    const std::size_t count = train_file.size();
    const std::size_t training = kept_of(count, validation_split, "--validation-split");
    return {train_file.subset({0, training}), train_file.subset({training, count}), test_file};
}

void split_test(Dataset& dataset, double share) {
    const LabelledSamples& all = dataset.train;
    const std::size_t kept = kept_of(all.count, share, "--test-split");
    const std::vector<std::uint32_t> order = order_of(all.count, kept, linalg::Purpose::test_split);
    dataset.test = chosen(all, std::span(order).subspan(kept));
    dataset.train = chosen(all, std::span(order).first(kept));
}

void shuffle_validation(Dataset& dataset, double share) {
    const std::size_t count = dataset.train.count;
    const std::size_t kept = kept_of(count, share, "--validation-split");
    dataset.train = chosen(dataset.train, order_of(count, kept, linalg::Purpose::validation_split));
}

std::vector<std::string> classes_without_samples(const Split& split, const std::vector<std::string>& names) {
    const auto occurring = [&](const Samples& samples) {
        std::vector<bool> occurs(names.size());
        for (const std::uint8_t label : samples.labels) occurs.at(label) = true;
        return occurs;
    };
    const std::vector<bool> training = occurring(split.train);
    const std::vector<bool> validation = occurring(split.validation);
    std::vector<std::string> lines;
    for (std::size_t c = 0; c < names.size(); ++c) {
        if (training[c] == validation[c]) continue;
        lines.push_back(
            fmt::format("class {} has no sample for {}", names[c], training[c] ? "validation" : "training"));
    }
    return lines;
}

std::size_t count_classes(const Dataset& dataset, std::vector<std::string>& warnings) {
    const LabelledSamples& train = dataset.train;
    const LabelledSamples& test = dataset.test;
    if (test.count > 0 && (train.rows != test.rows || train.columns != test.columns)) {
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
    const std::vector<std::string> names =
        dataset.class_names.empty() ? text::number_names(classes) : dataset.class_names;
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

void rename_classes(Dataset& dataset, const std::vector<std::string>& from, const std::vector<std::string>& to) {
    std::vector<std::ptrdiff_t> numbers;
    for (const std::string& name : from) numbers.push_back(std::ranges::find(to, name) - to.begin());
    for (LabelledSamples* samples : {&dataset.train, &dataset.test}) {
        for (std::uint8_t& label : samples->labels) {
            const std::ptrdiff_t number = numbers.at(label);
            if (number == std::ssize(to)) {
                throw Error(ExitCode::bad_data,
                            fmt::format("the class {} is none of {}", from[label], text::listed(to, 10)));
            }
            label = static_cast<std::uint8_t>(number);
        }
    }
}

std::string content_hash(const Dataset& dataset) {
    system::Sha256 hash;
    for (const LabelledSamples* samples : {&dataset.train, &dataset.test}) {
        hash.update(std::as_bytes(std::span(samples->pixels)));
        hash.update(std::as_bytes(std::span(samples->numbers)));
        hash.update(std::as_bytes(std::span(samples->labels)));
    }
    if (dataset.class_names != text::number_names(dataset.class_names.size())) {
        for (const std::string& name : dataset.class_names) {
            hash.update(std::as_bytes(std::span(name.c_str(), name.size() + 1)));
        }
    }
    return text::to_hex(hash.finish());
}

}  // namespace dropsweep::data
