#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dropsweep/core/decimal.hpp"
#include "dropsweep/train/dropout_rates.hpp"

namespace dropsweep::sweep {

/// The dropout rate of all hidden layers, or one for each: exact, since it is a name too. Ordered by the rates, the
/// first one first.
class DropoutSetting {
  public:
    DropoutSetting(const core::Decimal& rate = {}) : rates_{rate} {}
    /// Reads "0.3", or a rate for each hidden layer, "0.2/0.5". Equal ones are one.
    /// @throws Error  usage: as core::Decimal::parse; a rate is not below 1, or they are too many
    static DropoutSetting parse(std::string_view text);

    std::string text() const;
    /// How many there are; 1: of all layers.
    std::size_t count() const { return rates_.size(); }
    /// Their mean, by which costs are estimated.
    double value() const;
    train::DropoutRates rates() const;
    auto operator<=>(const DropoutSetting&) const = default;

  private:
    std::vector<core::Decimal> rates_;
};

/// A comma list of settings and of ranges, "first:last:step", in the order written.
/// @throws Error  usage: as core::parse_decimal_list and DropoutSetting::parse
std::vector<DropoutSetting> parse_dropout_list(std::string_view text);

/// One training run of a sweep; ordered by dropout, then seed.
struct Trial {
    DropoutSetting dropout;
    std::uint64_t seed = 1;

    /// E.g. "p0.3-s1", "p0.2-0.5-s1".
    std::string id() const;
    auto operator<=>(const Trial&) const = default;
};

/// Every dropout value with every seed, in the order of the values, then of the seeds: the order of all results.
std::vector<Trial> make_trials(const std::vector<DropoutSetting>& dropouts, const std::vector<std::uint64_t>& seeds);

/// The place of each trial in a list, by its id.
using TrialIndex = std::unordered_map<std::string, std::size_t>;
TrialIndex index_by_id(const std::vector<Trial>& trials);

/// The least and the greatest of their dropout rates, or the one that all of them have; at least one trial.
std::vector<double> dropout_range(const std::vector<Trial>& trials);

}  // namespace dropsweep::sweep
