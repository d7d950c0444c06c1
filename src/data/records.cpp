// The list of the syntaxes of tables, and what they have in common.
#include "records.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <span>

#include <fmt/format.h>

#include "dropsweep/data/format.hpp"
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

}  // namespace

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
