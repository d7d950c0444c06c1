#include "data_source.hpp"

#include <cstdlib>
#include <filesystem>

#include "dropsweep/data/idx.hpp"
#include "dropsweep/data/synthetic.hpp"

namespace dropsweep::cli {
namespace {

constexpr const char* kSynthetic = "synthetic";
constexpr const char* kDefaultDirectory = "data/mnist";

std::string environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? "" : value;
}

}  // namespace

DataSource choose_data_source(const std::string& option) {
    std::string name = option.empty() ? environment("DROPSWEEP_DATA") : option;
    if (name.empty()) {
        std::error_code ignored;
        if (!std::filesystem::is_directory(kDefaultDirectory, ignored)) {
            return {kSynthetic,
                    "no data set was named and data/mnist is not there: training on the built-in synthetic digits"};
        }
        name = kDefaultDirectory;
    }
    // scripts/run.sh says here why it fell back.
    if (name == kSynthetic) return {kSynthetic, environment("DROPSWEEP_DATA_NOTE")};
    return {std::filesystem::absolute(name).lexically_normal().string(), ""};
}

data::Dataset load(const DataSource& source) {
    constexpr std::uint64_t kSeed = 1;
    constexpr std::size_t kTrainCount = 60'000;
    constexpr std::size_t kTestCount = 10'000;
    if (source.name == kSynthetic) return data::synthetic_digits(kSeed, kTrainCount, kTestCount);
    return data::read_idx_directory(source.name);
}

}  // namespace dropsweep::cli
