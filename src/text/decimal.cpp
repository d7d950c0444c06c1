// Decimal numbers as 64-bit integers: parsing, printing, ranges.
#include "dropsweep/text/decimal.hpp"

#include <charconv>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::text {
namespace {

constexpr std::size_t kPlaces = 9;
constexpr std::int64_t kUnit = 1'000'000'000;
constexpr std::size_t kMostValues = 10'000;

}  // namespace

Decimal Decimal::parse(std::string_view text) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
    const bool digits_only = (whole.empty() || whole.find_first_not_of("0123456789") == std::string_view::npos) &&
                             fraction.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits_only || whole.size() + fraction.size() == 0) {
        throw Error(ExitCode::usage, fmt::format("'{}' is not a plain decimal number", text));
    }
    if (fraction.size() > kPlaces || whole.size() > kPlaces) {
        throw Error(ExitCode::usage,
                    fmt::format("'{}' has more than {} digits on one side of the point", text, kPlaces));
    }
    const std::string digits = fmt::format("{}{:0<{}}", whole, fraction, kPlaces);
    std::int64_t billionths = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), billionths);
    return Decimal(billionths);
}

double Decimal::value() const {
    // From the text: billionths_ * 1e-9 would not always be the nearest double.
    const std::string spelled = text();
    double value = 0;
    std::from_chars(spelled.data(), spelled.data() + spelled.size(), value);
    return value;
}

std::string Decimal::text() const {
    std::string spelled = fmt::format("{}.{:0{}}", billionths_ / kUnit, billionths_ % kUnit, kPlaces);
    spelled.erase(spelled.find_last_not_of('0') + 1);
    if (spelled.back() == '.') spelled.pop_back();
    return spelled;
}

std::vector<Decimal> parse_decimal_list(std::string_view text) {
    std::vector<Decimal> values;
    for (const std::string_view item : split(text, ',')) {
        const std::vector<std::string_view> parts = split(item, ':');
        if (parts.size() == 1) {
            values.push_back(Decimal::parse(item));
            continue;
        }
        if (parts.size() != 3) {
            throw Error(ExitCode::usage, fmt::format("'{}' is neither a number nor first:last:step", item));
        }
        const Decimal first = Decimal::parse(parts[0]);
        const Decimal last = Decimal::parse(parts[1]);
        const Decimal step = Decimal::parse(parts[2]);
        if (step == Decimal()) throw Error(ExitCode::usage, fmt::format("the step of '{}' is 0", item));
        if (last < first) throw Error(ExitCode::usage, fmt::format("'{}' ends before it begins", item));
        Decimal value = first;
        for (; value <= last; value = value + step) {
            values.push_back(value);
            if (values.size() > kMostValues) {
                throw Error(ExitCode::usage, fmt::format("'{}' names more than {} values", item, kMostValues));
            }
        }
        if (values.back() != last) {
            throw Error(ExitCode::usage, fmt::format("the steps of '{}' do not meet its end {}", item, last.text()));
        }
    }
    return values;
}

}  // namespace dropsweep::text
