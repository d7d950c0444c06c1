// Collects the records of a small CSV file.
#include "dropsweep/data/csv_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dropsweep/text/words.hpp"

#include "records.hpp"

namespace dropsweep::data {

std::vector<CsvLine> read_csv(const std::filesystem::path& path) {
    std::vector<CsvLine> lines;
    const std::unique_ptr<Records> records = open_csv_records(path);
    records->for_each([&](const Records::Record& record) {
        if (std::ranges::all_of(record, &std::string_view::empty)) return;
        if (!lines.empty() && record.size() != lines.front().fields.size()) {
            records->refuse_line(fmt::format("{} where the first line has {}", text::counted(record.size(), "field"),
                                             lines.front().fields.size()),
                                 "give each line as many");
        }
        lines.push_back({records->line(), {record.begin(), record.end()}});
    });
    if (lines.size() < 2) records->refuse("it has no lines but the first", "give one for each setting");
    return lines;
}

}  // namespace dropsweep::data
