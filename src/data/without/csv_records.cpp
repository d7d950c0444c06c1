// Stands for csv_records.cpp in a build without libcsv.
#include <fmt/format.h>

#include "dropsweep/system/features.hpp"

#include "data/records.hpp"

namespace dropsweep::data {

std::unique_ptr<Records> open_csv_records(const std::filesystem::path& path) {
    system::refuse_without("csv", fmt::format("do without {}", path.string()));
}

}  // namespace dropsweep::data
