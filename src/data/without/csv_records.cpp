// Stands for csv_records.cpp in a build without libcsv.
#include "data/csv_records.hpp"

#include <fmt/format.h>

#include "dropsweep/system/features.hpp"

namespace dropsweep::data {

struct CsvRecords::Parser {};

CsvRecords::CsvRecords(const std::filesystem::path& path) : path_(path), file_(path) {
    system::refuse_without("csv", fmt::format("do without {}", path.string()));
}

CsvRecords::~CsvRecords() = default;

// Never called: the constructor throws.
void CsvRecords::for_each(const Visit&) {}

void CsvRecords::refuse(const std::string& what, const std::string&) const {
    system::refuse_without("csv", what);
}

void CsvRecords::refuse_line(const std::string& what, const std::string&) const {
    system::refuse_without("csv", what);
}

}  // namespace dropsweep::data
