// The list of the syntaxes of tables, and what they have in common.
#include "records.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/data/table.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::data {
namespace {

struct Syntax {
    const char* extension;
    std::unique_ptr<Records> (*open)(const std::filesystem::path& path);
};

const Syntax kSyntaxes[] = {{".csv", open_csv_records}, {".tsv", open_csv_records}};

/// Null: it is called like no table.
const Syntax* syntax_of(const std::filesystem::path& path) {
    const std::filesystem::path plain = path.extension() == ".gz" ? path.stem() : path;
    const auto found = std::ranges::find(kSyntaxes, plain.extension(), &Syntax::extension);
    return found == std::end(kSyntaxes) ? nullptr : found;
}

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

void Records::for_each(const Visit& visit) {
    visit_ = &visit;
    std::vector<std::uint8_t> buffer(std::size_t{1} << 18);
    std::string line;
    bool is_first = true;
    while (const std::size_t size = file_.read(buffer)) {
        std::string_view bytes(reinterpret_cast<const char*>(buffer.data()), size);
        if (std::exchange(is_first, false)) {
            if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
            if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
                refuse("it is UTF-16", "save it as UTF-8");
            }
            begin(bytes);
        }
        while (!bytes.empty()) {
            if (line.empty() && is_between_records()) {
                record_line_ = line_;
                record_bytes_ = 0;
            }
            const std::size_t end = bytes.find('\n');
            const std::string_view piece = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
            require_length(line.size() + piece.size());
            line.append(piece);
            bytes.remove_prefix(piece.size());
            if (end == std::string_view::npos) break;
            take_line(line);
            line.clear();
        }
    }
    if (is_first) refuse("the file is empty", "give a table");
    if (!line.empty()) take_line(line);
    finish();
}

/// @param more  bytes of the line that is being read
void Records::require_length(std::size_t more) const {
    constexpr std::size_t kLongest = std::size_t{1} << 26;
    if (record_bytes_ + more <= kLongest) return;
    refuse_line("it is longer than 64 MB", "check its quotes, and that the file is a table");
}

void Records::take_line(std::string_view line) {
    record_bytes_ += line.size();
    if (line.find('\0') != std::string_view::npos) {
        refuse_line("there is a NUL byte in it", "check that the file is a table, in UTF-8");
    }
    take(line);
    ++line_;
}

void Records::refuse(const std::string& what, const std::string& remedy) const {
    throw Error(ExitCode::bad_data, fmt::format("{}: {}; {}", path_.string(), what, remedy));
}

void Records::refuse_line(const std::string& what, const std::string& remedy) const {
    refuse(fmt::format("line {}: {}", record_line_, what), remedy);
}

std::optional<double> finite_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    // Too large, or so small that it is 0.
    if (error == std::errc::result_out_of_range) value = std::strtod(std::string(text).c_str(), nullptr);
    if (error == std::errc::invalid_argument || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

bool is_table(const std::filesystem::path& path) {
    return syntax_of(path) != nullptr;
}

std::string table_file_names() {
    std::string names = fmt::format("FILE{} (or ", kSyntaxes[0].extension);
    for (const Syntax& syntax : std::span(kSyntaxes).subspan(1)) names += fmt::format("{}, ", syntax.extension);
    return names + ".gz)";
}

std::unique_ptr<Records> open_records(const std::filesystem::path& path) {
    const Syntax* syntax = syntax_of(path);
    return syntax == nullptr ? open_csv_records(path) : syntax->open(path);
}

}  // namespace dropsweep::data
