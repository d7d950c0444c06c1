// Reads samples and labels from NumPy archives, and checks types and shapes first.
#include "dropsweep/data/npz.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/system/npz.hpp"

#include "memory_need.hpp"

namespace dropsweep::data {
namespace {

namespace fs = std::filesystem;

using system::BadArray;
using system::NpyHeader;
using system::NpzMember;
using system::NpzReader;

bool is_pixels(const NpyHeader& header) {
    return header.kind == 'u' && header.item_bytes == 1;
}

void require_samples(const NpyHeader& header) {
    if (header.shape.size() < 2) throw BadArray(header.describe(), "its shape has to be (samples, ...)");
    if (header.items() == 0) throw BadArray(header.describe(), "there is nothing in it");
}

/// Bytes of the values in memory.
std::size_t bytes_in_memory(const NpyHeader& header) {
    return header.items() * (is_pixels(header) ? 1 : sizeof(float));
}

/// The arrays of one part, train or test.
struct Side {
    Side(const NpzReader& archive, const std::string& side)
        : x_name("x_" + side), y_name("y_" + side), x(archive.get(x_name)), y(archive.get(y_name)) {
        archive.naming(x_name, [&] { require_samples(x.header()); });
        archive.naming(y_name, [&] {
            const std::vector<std::size_t>& shape = y.header().shape;
            if (shape.empty() || shape.size() > 2) {
                throw BadArray(y.header().describe(), "its shape has to be (samples,) or (samples, classes)");
            }
            if (shape[0] != samples())
                throw BadArray(fmt::format("{} labels for {} samples", shape[0], samples()), "give one for each");
        });
    }

    std::size_t samples() const { return x.header().shape[0]; }
    bool is_one_hot() const { return y.header().shape.size() == 2 && y.header().shape[1] > 1; }

    std::string x_name;
    std::string y_name;
    NpzMember x;
    NpzMember y;
};

void require_one_kind(const NpzReader& archive, const Side& train, const Side& test) {
    if (is_pixels(train.x.header()) == is_pixels(test.x.header()) && train.is_one_hot() == test.is_one_hot()) return;
    archive.refuse(fmt::format("training and test differ: x_train {}, x_test {}, y_train {}, y_test {}",
                               train.x.header().describe(), test.x.header().describe(), train.y.header().describe(),
                               test.y.header().describe()),
                   "give both of one kind");
}

/// Checked before anything large is read: the values, the copy that the ranks of a node share, the labels, and the
/// largest array as it is in the file.
void require_memory(const NpzReader& archive, const std::vector<Side*>& sides, std::size_t memory) {
    std::size_t wanted = 0;
    std::size_t largest = 0;
    for (const Side* side : sides) {
        wanted += 2 * bytes_in_memory(side->x.header()) + side->y.header().bytes();
        largest = std::max(largest, side->x.header().bytes());
    }
    wanted += largest;
    if (wanted > memory) archive.refuse(too_large(wanted, memory), kTooLargeRemedy);
}

LabelledSamples read_values(NpzMember& x) {
    LabelledSamples samples;
    const std::vector<std::size_t>& shape = x.header().shape;
    samples.count = shape[0];
    samples.rows = shape.size() == 3 ? shape[1] : 1;
    samples.columns = x.header().items() / samples.count / samples.rows;
    if (is_pixels(x.header())) {
        samples.pixels = x.values<std::uint8_t>();
        return samples;
    }
    samples.numbers = x.values<float>();
    const auto bad = std::ranges::find_if(samples.numbers, [](float value) { return !std::isfinite(value); });
    if (bad != samples.numbers.end()) {
        const auto at = static_cast<std::size_t>(bad - samples.numbers.begin());
        throw BadArray(
            fmt::format("value {} of sample {} (from 0) is {}", at % samples.features(), at / samples.features(), *bad),
            "every value has to be a finite float32");
    }
    return samples;
}

/// The class of each sample: its label, or the index of the 1 in its row.
std::vector<std::int64_t> read_labels(Side& side) {
    const NpyHeader& header = side.y.header();
    if (!side.is_one_hot()) {
        if (header.kind == 'f') throw BadArray(header.describe(), "labels have to be integers: use y.astype(int)");
        return side.y.values<std::int64_t>();
    }
    const std::size_t classes = header.shape[1];
    const std::vector<float> rows = side.y.values<float>();
    std::vector<std::int64_t> labels;
    for (std::size_t i = 0; i < side.samples(); ++i) {
        const std::span<const float> row = std::span(rows).subspan(i * classes, classes);
        const auto one = std::ranges::find(row, 1.0f);
        if (one == row.end() || std::ranges::count(row, 0.0f) + 1 != static_cast<std::ptrdiff_t>(classes)) {
            throw BadArray(fmt::format("row {} (from 0) is not a single 1 among zeros", i),
                           "give one-hot rows or labels");
        }
        labels.push_back(one - row.begin());
    }
    return labels;
}

/// @param classes  ascending
std::vector<std::uint8_t> numbers_of(const std::vector<std::int64_t>& labels,
                                     const std::vector<std::int64_t>& classes) {
    std::vector<std::uint8_t> numbers;
    for (const std::int64_t label : labels) {
        const auto found = std::ranges::lower_bound(classes, label);
        if (found == classes.end() || *found != label) {
            throw BadArray(
                fmt::format("label {} of sample {} (from 0) is not among those of y_train", label, numbers.size()),
                "give training samples of each class");
        }
        numbers.push_back(static_cast<std::uint8_t>(found - classes.begin()));
    }
    return numbers;
}

std::vector<std::int64_t> classes_of(const Side& train, std::vector<std::int64_t> labels) {
    if (train.is_one_hot()) {
        labels.resize(train.y.header().shape[1]);
        std::iota(labels.begin(), labels.end(), 0);
    }
    std::ranges::sort(labels);
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    if (labels.size() > kMostClasses) {
        throw BadArray(fmt::format("{} classes", labels.size()), fmt::format("there may be {}", kMostClasses));
    }
    return labels;
}

}  // namespace

Dataset read_npz(const fs::path& file, std::size_t memory) {
    const NpzReader archive(file);
    Side train(archive, "train");
    std::optional<Side> test;
    if (archive.find("x_test") || archive.find("y_test")) test.emplace(archive, "test");
    if (test) require_one_kind(archive, train, *test);
    require_memory(archive, test ? std::vector{&train, &*test} : std::vector{&train}, memory);

    Dataset dataset;
    const auto read = [&archive](Side& side, const std::vector<std::uint8_t>& labels) {
        LabelledSamples samples = archive.naming(side.x_name, [&] { return read_values(side.x); });
        samples.labels = labels;
        return samples;
    };
    const std::vector<std::int64_t> labels = archive.naming(train.y_name, [&] { return read_labels(train); });
    const std::vector<std::int64_t> classes = archive.naming(train.y_name, [&] { return classes_of(train, labels); });
    dataset.train = read(train, numbers_of(labels, classes));
    if (test) {
        dataset.test =
            read(*test, archive.naming(test->y_name, [&] { return numbers_of(read_labels(*test), classes); }));
    }
    for (const std::int64_t label : classes) dataset.class_names.push_back(fmt::to_string(label));
    return dataset;
}

LabelledSamples read_npz_samples(const fs::path& file) {
    const NpzReader archive(file);
    std::string name = "x";
    std::optional<NpzMember> found = archive.find(name);
    if (!found) {
        name = "x_test";
        found = archive.find(name);
    }
    if (!found) archive.refuse("neither an array x nor x_test", "save the samples as one of them");
    return archive.naming(name, [&] {
        require_samples(found->header());
        return read_values(*found);
    });
}

}  // namespace dropsweep::data
