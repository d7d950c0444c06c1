#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dropsweep::report {

/// The shortest decimal that reads back as the same double; "nan" for anything that is not finite.
std::string csv_number(double value);

/// One line of a CSV file (RFC 4180, but ended by LF alone): fields with commas, quotes or line breaks are quoted.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace dropsweep::report
