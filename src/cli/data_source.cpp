#include "data_source.hpp"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/data/idx.hpp"
#include "dropsweep/data/npz.hpp"
#include "dropsweep/data/synthetic.hpp"

namespace dropsweep::cli {
namespace {

constexpr const char* kSynthetic = "synthetic";
constexpr const char* kDefaultDirectory = "data/mnist";

std::string environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? "" : value;
}

data::Dataset read(const std::string& name) {
    constexpr std::uint64_t kSeed = 1;
    constexpr std::size_t kTrainCount = 60'000;
    constexpr std::size_t kTestCount = 10'000;
    if (name == kSynthetic) return data::synthetic_digits(kSeed, kTrainCount, kTestCount);
    if (std::filesystem::path(name).extension() == ".npz") return data::read_npz(name);
    return data::read_idx_directory(name);
}

}  // namespace

std::optional<DataSource> find_data_source(const std::string& option) {
    std::string name = option.empty() ? environment("DROPSWEEP_DATA") : option;
    if (name.empty()) {
        std::error_code ignored;
        if (!std::filesystem::is_directory(kDefaultDirectory, ignored)) return std::nullopt;
        name = kDefaultDirectory;
    }
    // scripts/run.sh says here why it fell back.
    if (name == kSynthetic) return DataSource{kSynthetic, environment("DROPSWEEP_DATA_NOTE")};
    return DataSource{std::filesystem::absolute(name).lexically_normal().string(), ""};
}

DataSource choose_data_source(const std::string& option) {
    return find_data_source(option).value_or(DataSource{
        kSynthetic, "no data set was named and data/mnist is not there: training on the built-in synthetic digits"});
}

data::Dataset load(const DataSource& source, const Warn& warn) {
    data::Dataset dataset = read(source.name);
    try {
        std::vector<std::string> warnings;
        const std::size_t classes = data::count_classes(dataset, warnings);
        for (const std::string& warning : warnings) warn(fmt::format("{}: {}", source.name, warning));
        if (dataset.class_names.empty()) dataset.class_names = data::number_names(classes);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", source.name, error.what()));
    }
    return dataset;
}

}  // namespace dropsweep::cli
