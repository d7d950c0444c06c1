// Finds, reads and checks the data set.
#include "data_source.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/data/format.hpp"
#include "dropsweep/data/synthetic.hpp"
#include "dropsweep/data/table.hpp"
#include "dropsweep/system/reading_progress.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSynthetic = "synthetic";
constexpr const char* kDefaultDirectory = "data/mnist";

std::string environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? "" : value;
}

fs::path absolute(const std::string& path) {
    return fs::absolute(path).lexically_normal();
}

data::Dataset read(const DataOptions& where, std::vector<std::string>& warnings) {
    constexpr std::uint64_t kSeed = 1;
    constexpr std::size_t kTrainCount = 60'000;
    constexpr std::size_t kTestCount = 10'000;
    if (where.path == kSynthetic) return data::synthetic_digits(kSeed, kTrainCount, kTestCount);
    return data::format_of(where.path).read(where.path, where.test, where.label, warnings);
}

/// @throws Error  usage: there are test samples already, or none and no --test-split
void hold_out_test(data::Dataset& dataset, const DataOptions& where) {
    if (dataset.test.count > 0 && where.test_split > 0) {
        throw Error(ExitCode::usage,
                    fmt::format("--test-split: {} has test samples of its own; leave it out", where.path));
    }
    if (dataset.test.count > 0) return;
    if (where.test_split == 0) {
        throw Error(ExitCode::usage,
                    fmt::format("{} has no test samples; name a table of them with --test, or hold some out with "
                                "--test-split 0.2",
                                where.path));
    }
    data::split_test(dataset, where.test_split);
}

DataOptions synthetic(DataOptions options) {
    options.path = kSynthetic;
    return options;
}

}  // namespace

std::optional<DataSource> find_data_source(const DataOptions& options) {
    std::string path = options.path.empty() ? environment("DROPSWEEP_DATA") : options.path;
    if (path.empty()) {
        std::error_code ignored;
        if (!fs::is_directory(kDefaultDirectory, ignored)) return std::nullopt;
        path = kDefaultDirectory;
    }
    DataOptions where = options;
    if (!data::format_of(path).is_table) {
        for (const auto& [name, value] : {std::pair("--test", &options.test), std::pair("--label", &options.label)}) {
            if (value->empty()) continue;
            throw Error(
                ExitCode::usage,
                fmt::format("{} belongs to a table, but the data is {}; leave it out, or name a table {} with --data",
                            name, path, data::table_file_names()));
        }
        // scripts/run.sh sets the variable to the reason why it fell back to the synthetic digits.
        if (path == kSynthetic) {
            where.path = path;
            return DataSource{where, environment("DROPSWEEP_DATA_NOTE")};
        }
    }
    where.path = absolute(path);
    if (!where.test.empty()) where.test = absolute(where.test);
    return DataSource{where, ""};
}

DataSource choose_data_source(const DataOptions& options) {
    if (const std::optional<DataSource> found = find_data_source(options)) return *found;
    DataSource source = find_data_source(synthetic(options)).value();
    source.note = "no data set was named and data/mnist is not there: training on the built-in synthetic digits";
    return source;
}

void tell_reading(const fs::path& file, double share) {
    std::fprintf(stderr, "dropsweep: reading %s: %.0f %%\n", one_line(file.string()).c_str(), 100 * share);
}

data::Dataset load(const DataSource& source, const Warn& warn, bool quiet) {
    const std::string& name = source.where.path;
    std::optional<system::ReadingProgress> progress;
    if (!quiet) progress.emplace(tell_reading);
    std::vector<std::string> warnings;
    data::Dataset dataset = read(source.where, warnings);
    hold_out_test(dataset, source.where);
    try {
        const std::size_t classes = data::count_classes(dataset, warnings);
        for (const std::string& warning : warnings) warn(fmt::format("{}: {}", name, warning));
        if (dataset.class_names.empty()) dataset.class_names = text::number_names(classes);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", name, error.what()));
    }
    return dataset;
}

}  // namespace dropsweep::cli
