#include "dropsweep/data/npz.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zip.h>

#include "dropsweep/core/activity.hpp"
#include "dropsweep/core/error.hpp"
#include "dropsweep/core/utf8.hpp"
#include "dropsweep/data/reading_progress.hpp"

#include "memory_need.hpp"
#include "npy.hpp"

namespace dropsweep::data {
namespace {

namespace fs = std::filesystem;

struct Deleter {
    void operator()(zip_t* archive) const { zip_discard(archive); }
    void operator()(zip_file_t* member) const { zip_fclose(member); }
};

/// One array of an archive: its header, and its values when they are asked for.
class Member {
  public:
    /// @param path  of the archive, then of the array in it, to tell how far it is read
    /// @throws BadArray  see npy_header_bytes and parse_npy_header
    Member(zip_t* archive, zip_uint64_t index, fs::path path)
        : path_(std::move(path)), file_(zip_fopen_index(archive, index, 0)) {
        if (!file_) throw BadArray(zip_strerror(archive));
        std::string start(kNpyPreamble, '\0');
        start.resize(read(start));
        const std::size_t size = npy_header_bytes(start);
        constexpr std::size_t kLargestHeader = std::size_t{1} << 20;
        if (size > kLargestHeader) throw BadArray("its header is longer than any");
        // The preamble of version 1.0 is shorter, but no header is so short that its values begin in it.
        if (size < start.size()) throw BadArray("its header is not that of a .npy file");
        start.resize(size);
        if (read(std::span(start).subspan(kNpyPreamble)) != size - kNpyPreamble) {
            throw BadArray("it ends inside its header");
        }
        header_ = parse_npy_header(start);
        zip_stat_t stat;
        zip_stat_index(archive, index, 0, &stat);
        if ((stat.valid & ZIP_STAT_SIZE) != 0 && stat.size != size + header_.bytes()) {
            throw BadArray(fmt::format("{} bytes of values where its header announces {} ({})", stat.size - size,
                                       header_.bytes(), header_.describe()));
        }
        if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
            throw BadArray("it is neither stored nor deflated");
        }
        // Before memory is taken for it.
        constexpr zip_uint64_t kMostOfADeflatedByte = 1032;
        if (stat.comp_size < stat.size / kMostOfADeflatedByte) {
            throw BadArray(fmt::format("{} bytes of the archive cannot hold {}", stat.comp_size, header_.describe()));
        }
    }

    const NpyHeader& header() const { return header_; }

    /// In C order; once. @throws BadArray  damaged, or see npy_values
    template <class T>
    std::vector<T> values() {
        if (header_.is_native<T>()) {
            std::vector<T> values(header_.items());
            read_to_end(std::as_writable_bytes(std::span(values)));
            return values;
        }
        std::vector<std::byte> raw(header_.bytes());
        read_to_end(raw);
        return npy_values<T>(header_, raw);
    }

  private:
    template <class Bytes>
    std::size_t read(Bytes&& bytes) {
        const core::Activity::As reading(core::Activity::Kind::in_system);
        std::size_t total = 0;
        while (total < bytes.size()) {
            constexpr std::size_t kLargestRead = std::size_t{1} << 24;
            const std::size_t wanted = std::min(bytes.size() - total, kLargestRead);
            const zip_int64_t got = zip_fread(file_.get(), bytes.data() + total, wanted);
            if (got < 0) throw BadArray(fmt::format("damaged ({})", zip_file_strerror(file_.get())));
            if (got == 0) break;
            total += static_cast<std::size_t>(got);
            ReadingProgress::at(path_, static_cast<double>(total) / static_cast<double>(bytes.size()));
        }
        return total;
    }
    /// libzip compares the checksum at the end of the member.
    void read_to_end(std::span<std::byte> bytes) {
        std::byte extra{};
        if (read(bytes) != bytes.size()) throw BadArray("it ends too early");
        if (read(std::span(&extra, 1)) != 0) throw BadArray("there is something behind its values");
    }

    fs::path path_;
    std::unique_ptr<zip_file_t, Deleter> file_;
    NpyHeader header_;
};

class Archive {
  public:
    explicit Archive(const fs::path& path) : path_(path) {
        // libzip does not tell a file that is not there from one that is no archive.
        errno = 0;
        std::error_code ignored;
        if (fs::is_directory(path, ignored)) errno = EISDIR;
        if (errno != 0 || !std::ifstream(path).is_open()) {
            throw Error(ExitCode::missing_input, fmt::format("cannot read {}: {}; check the file and its permissions",
                                                             path.string(), std::strerror(errno)));
        }
        int code = 0;
        archive_.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
        if (archive_) return;
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        const std::string reason = zip_error_strerror(&error);
        zip_error_fini(&error);
        refuse(fmt::format("no archive of arrays ({}); make it with numpy.savez", reason));
    }

    /// @return  nullopt: there is none of this name
    std::optional<Member> find(const std::string& name) const {
        const zip_int64_t index = zip_name_locate(archive_.get(), (name + ".npy").c_str(), 0);
        if (index < 0) return std::nullopt;
        return naming(name, [&] { return Member(archive_.get(), static_cast<zip_uint64_t>(index), path_ / name); });
    }
    Member get(const std::string& name) const {
        std::optional<Member> member = find(name);
        if (member) return std::move(*member);
        refuse(fmt::format("no array {}; it holds {}: save it under this name", name, names()));
    }

    /// Calls work(), with the name of the array in front of what is wrong with it.
    template <class Work>
    std::invoke_result_t<Work&> naming(const std::string& name, Work&& work) const {
        try {
            return work();
        } catch (const BadArray& error) {
            refuse(fmt::format("{}: {}", name, error.what()));
        }
    }
    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(ExitCode::bad_data, fmt::format("{}: {}", path_.string(), what));
    }

  private:
    std::string names() const {
        std::vector<std::string> names;
        for (zip_int64_t i = 0; i < zip_get_num_entries(archive_.get(), 0); ++i) {
            const char* name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), 0);
            if (name != nullptr) names.push_back(core::shown(name));
        }
        constexpr std::size_t kMost = 8;
        const std::string more = names.size() > kMost ? " ..." : "";
        names.resize(std::min(names.size(), kMost));
        return names.empty() ? "nothing" : fmt::format("{}{}", fmt::join(names, ", "), more);
    }

    fs::path path_;
    std::unique_ptr<zip_t, Deleter> archive_;
};

bool is_pixels(const NpyHeader& header) {
    return header.kind == 'u' && header.item_bytes == 1;
}

void require_samples(const NpyHeader& header) {
    if (header.shape.size() < 2) throw BadArray(header.describe(), "its shape has to be (samples, ...)");
    if (header.items() == 0) throw BadArray(header.describe(), "there is nothing in it");
}

/// Of the values in memory.
std::size_t bytes_in_memory(const NpyHeader& header) {
    return header.items() * (is_pixels(header) ? 1 : sizeof(float));
}

/// The arrays of one side, train or test.
struct Side {
    Side(const Archive& archive, const std::string& side)
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
    Member x;
    Member y;
};

void require_one_kind(const Archive& archive, const Side& train, const Side& test) {
    if (is_pixels(train.x.header()) == is_pixels(test.x.header()) && train.is_one_hot() == test.is_one_hot()) return;
    archive.refuse(
        fmt::format("training and test differ: x_train {}, x_test {}, y_train {}, y_test {}; give both of one kind",
                    train.x.header().describe(), test.x.header().describe(), train.y.header().describe(),
                    test.y.header().describe()));
}

/// Before anything large is read: for the values, the copy that the ranks of a node share, the labels, and the values
/// of an array as they are in the file.
void require_memory(const Archive& archive, const std::vector<Side*>& sides, std::size_t memory) {
    std::size_t wanted = 0;
    std::size_t largest = 0;
    for (const Side* side : sides) {
        wanted += 2 * bytes_in_memory(side->x.header()) + side->y.header().bytes();
        largest = std::max(largest, side->x.header().bytes());
    }
    wanted += largest;
    if (wanted > memory) archive.refuse(fmt::format("{}; {}", too_large(wanted, memory), kTooLargeRemedy));
}

LabelledSamples read_values(Member& x) {
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

/// Of each sample the number that stands for its class: the label, or the place of the single 1.
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
    const Archive archive(file);
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
    const Archive archive(file);
    std::string name = "x";
    std::optional<Member> found = archive.find(name);
    if (!found) {
        name = "x_test";
        found = archive.find(name);
    }
    if (!found) archive.refuse("neither an array x nor x_test; save the samples as one of them");
    return archive.naming(name, [&] {
        require_samples(found->header());
        return read_values(*found);
    });
}

}  // namespace dropsweep::data
