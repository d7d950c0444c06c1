// CSV files of a run, by hand: libcsv is a feature, and every build reads run directories.
#include "dropsweep/record/csv.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::record {

std::string csv_number(double value) {
    return std::isfinite(value) ? fmt::format("{}", value) : "nan";
}

std::string csv_line(const std::vector<std::string>& fields) {
    std::string line;
    for (const std::string& field : fields) {
        if (&field != &fields.front()) line += ',';
        if (field.find_first_of(",\"\r\n") == std::string::npos) {
            line += field;
            continue;
        }
        line += '"';
        for (const char c : field) line += c == '"' ? "\"\"" : std::string(1, c);
        line += '"';
    }
    return line + '\n';
}

CsvReader::CsvReader(std::filesystem::path path, const std::vector<std::string>& columns, const char* before)
    : path_(std::move(path)), content_(system::read_file(path_)), columns_(read_row()) {
    std::vector<std::string> expected = columns_;
    if (before != nullptr && columns_.size() > columns.size()) {
        const auto begin = std::ranges::find(expected, before);
        const auto further = static_cast<std::ptrdiff_t>(columns_.size() - columns.size());
        if (expected.end() - begin > further) {
            further_columns_.assign(begin + 1, begin + 1 + further);
            expected.erase(begin + 1, begin + 1 + further);
        }
    }
    if (expected != columns) refuse(fmt::format("the columns are not {}", fmt::join(columns, ",")));
}

bool CsvReader::next() {
    if (position_ == content_.size()) return false;
    row_ = read_row();
    if (row_.size() != columns_.size()) refuse(fmt::format("{} fields, not {}", row_.size(), columns_.size()));
    return true;
}

const std::string& CsvReader::text(std::string_view column) const {
    const auto found = std::ranges::find(columns_, column);
    assert(found != columns_.end());
    return row_[static_cast<std::size_t>(found - columns_.begin())];
}

double CsvReader::number(std::string_view column) const {
    const std::string& field = text(column);
    if (field == "nan") return std::nan("");
    double value = 0;
    const auto [end, status] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (status != std::errc() || end != field.data() + field.size() || !std::isfinite(value)) {
        refuse(fmt::format("{} is '{}', not a number", column, field));
    }
    return value;
}

std::uint64_t CsvReader::count(std::string_view column, std::uint64_t largest) const {
    const std::string& field = text(column);
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (status != std::errc() || end != field.data() + field.size()) {
        refuse(fmt::format("{} is '{}', not a whole number", column, field));
    }
    if (value > largest) refuse(fmt::format("{} is {}, more than {}", column, value, largest));
    return value;
}

void CsvReader::refuse(const std::string& what) const {
    throw Error(ExitCode::bad_data,
                fmt::format("{}, line {}: {}; restore the file as dropsweep wrote it", path_.string(), line_, what));
}

std::vector<std::string> CsvReader::read_row() {
    line_ = next_line_;
    std::vector<std::string> fields(1);
    bool quoted = false;
    while (position_ < content_.size()) {
        const char c = content_[position_++];
        if (c == '\n') ++next_line_;
        if (quoted) {
            if (c != '"') {
                fields.back() += c;
            } else if (position_ < content_.size() && content_[position_] == '"') {
                fields.back() += content_[position_++];
            } else {
                quoted = false;
            }
        } else if (c == '\n') {
            return fields;
        } else if (c == ',') {
            fields.emplace_back();
        } else if (c == '"' && fields.back().empty()) {
            quoted = true;
        } else {
            fields.back() += c;
        }
    }
    refuse(content_.empty() ? "the file is empty" : "the last line is not complete");
}

}  // namespace dropsweep::record
