// Exact decimal numbers, as typed by people, and lists of them.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dropsweep::text {

/// A non-negative whole number of billionths. Not a double: sums of 0.1 drift there (0.1 + 0.2 is not 0.3), and a
/// dropout rate is also a name, which no rounding may change.
class Decimal {
  public:
    Decimal() = default;

    /// Reads at most 9 digits, a point, and at most 9 more, e.g. "0", "0.30", ".5"; no sign, no exponent.
    /// @throws Error  usage: not such a number; the message ends with the reason, without a remedy
    static Decimal parse(std::string_view text);

    /// The nearest double.
    double value() const;
    /// The shortest spelling: "0.3" for 0.30, "0" for 0.0.
    std::string text() const;

    Decimal operator+(const Decimal& other) const { return Decimal(billionths_ + other.billionths_); }
    auto operator<=>(const Decimal&) const = default;

  private:
    explicit Decimal(std::int64_t billionths) : billionths_(billionths) {}
    std::int64_t billionths_ = 0;
};

/// "first:last:step", both ends included, or a comma list of numbers and ranges, in the order written.
/// @throws Error  usage: a malformed part, a step of 0, a range that runs backwards, does not reach its end, or has
///                more than 10,000 values
std::vector<Decimal> parse_decimal_list(std::string_view text);

}  // namespace dropsweep::text
