#include "dropsweep/report/csv.hpp"

#include <cmath>

#include <fmt/format.h>

namespace dropsweep::report {

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

}  // namespace dropsweep::report
