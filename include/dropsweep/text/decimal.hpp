#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dropsweep::text {

/// A non-negative decimal number as people write it, exact: digits / 10^places, without trailing zeros.
/// Sums of 0.1 in binary drift (0.1 + 0.2 is not 0.3); a dropout value is a name too, and has to stay what was typed.
class Decimal {
  public:
    Decimal() = default;

    /// Reads e.g. "0", "0.30", ".5", "1e-3" is refused. At most 9 places and 9 digits before the point.
    /// @throws Error  usage: not such a number; the message ends with the reason, without a remedy
    static Decimal parse(std::string_view text);

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
/// @throws Error  usage: a malformed part, a step of 0, a range that runs backwards or does not reach its end
std::vector<Decimal> parse_decimal_list(std::string_view text);

}  // namespace dropsweep::text
