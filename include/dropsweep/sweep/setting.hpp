// The settings of a sweep: dropout rates, and values of other options that differ between trials.
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dropsweep/text/decimal.hpp"
#include "dropsweep/train/dropout_rates.hpp"

namespace dropsweep::sweep {

/// The dropout rate of all hidden layers, or one for each. Decimal, since it is a part of names. Ordered
/// lexicographically by the rates.
class DropoutSetting {
  public:
    DropoutSetting(const text::Decimal& rate = {}) : rates_{rate} {}
    /// Reads "0.3", or a rate for each hidden layer, "0.2/0.5". Rates that are all equal become one.
    /// @throws Error  usage: as text::Decimal::parse; a rate is not below 1, or there are more than kMostLayers
    static DropoutSetting parse(std::string_view text);

    /// As parse reads it.
    std::string text() const;
    /// The number of rates; 1: one for all layers.
    std::size_t count() const { return rates_.size(); }
    /// The mean rate, by which costs are estimated.
    double value() const;
    train::DropoutRates rates() const;
    auto operator<=>(const DropoutSetting&) const = default;

  private:
    std::vector<text::Decimal> rates_;
};

/// A training option other than dropout that a sweep may vary.
struct Axis {
    const char* option;  ///< without "--"
    const char* prefix;  ///< before its value in the name of a setting
    char separator;      ///< between the values of a list
};

/// All axes, in the order of columns and of the parts of names.
inline constexpr Axis kAxes[] = {
    {"input-dropout", "in", ','}, {"hidden", "h", '/'},
    {"epochs", "e", ','},         {"batch-size", "b", ','},
    {"optimizer", "", ','},       {"learning-rate", "lr", ','},
    {"rho", "rho", ','},          {"beta-1", "beta1_", ','},
    {"beta-2", "beta2_", ','},    {"momentum", "m", ','},
    {"epsilon", "eps", ','},      {"rules", "", ','},
    {"class-weights", "cw", '/'}, {"patience", "pat", ','},
    {"min-delta", "md", ','},     {"restore-best-weights", "best_", ','},
    {"shuffle", "shuffle_", ','},
};

/// nullptr: no axis has this option.
const Axis* find_axis(std::string_view option);

/// An option and its value in a setting; empty: the setting's optimizer has no such option.
struct Choice {
    std::string option;
    std::string value;
    /// By option, then by value: numerically if both are numbers or comma lists of numbers, else as strings.
    std::weak_ordering operator<=>(const Choice& other) const;
    bool operator==(const Choice&) const = default;
};

using Choices = std::vector<Choice>;

/// All in which the trials of a sweep differ but the seed. Ordered by dropout, then by choices.
struct Setting {
    Setting(DropoutSetting its_dropout = {}, Choices its_choices = {})
        : dropout(std::move(its_dropout)), choices(std::move(its_choices)) {}

    DropoutSetting dropout;
    Choices choices;  ///< in the order of kAxes; the same options in all settings of a sweep

    /// E.g. "p0.3", "p0.2-0.5", "p0.3-h512-512-lr0.001": unique in a sweep, and usable as a file name.
    std::string name() const;
    /// The value of "dropout" or of an option among the choices; empty: no such option.
    std::string value_of(std::string_view option) const;
    std::weak_ordering operator<=>(const Setting&) const = default;
    bool operator==(const Setting&) const = default;
};

/// Reads a comma list of dropout values and ranges "first:last:step".
/// @return  settings without choices, in the order written
/// @throws Error  usage: as text::parse_decimal_list and DropoutSetting::parse
std::vector<Setting> parse_dropout_list(std::string_view text);

/// One value for each combination of choices, or one for all settings.
template <class Value>
class ByChoices {
  public:
    ByChoices() = default;
    /// One value for all settings.
    ByChoices(Value value) { emplace({}, std::move(value)); }

    void emplace(const Choices& choices, Value value) { values_.emplace(choices, std::move(value)); }
    /// @param setting  has(setting)
    const Value& of(const Setting& setting) const {
        return values_.size() == 1 ? values_.begin()->second : values_.at(setting.choices);
    }
    Value& of(const Setting& setting) { return const_cast<Value&>(std::as_const(*this).of(setting)); }

    /// Whether there is a value for the setting.
    bool has(const Setting& setting) const { return values_.size() == 1 || values_.contains(setting.choices); }
    std::size_t size() const { return values_.size(); }
    auto begin() { return values_.begin(); }
    auto end() { return values_.end(); }
    auto begin() const { return values_.begin(); }
    auto end() const { return values_.end(); }

  private:
    std::map<Choices, Value> values_;
};

}  // namespace dropsweep::sweep
