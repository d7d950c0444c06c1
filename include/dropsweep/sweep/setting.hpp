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

/// The dropout rate of all hidden layers, or one for each: exact, since it is a name too. Ordered by the rates, the
/// first one first.
class DropoutSetting {
  public:
    DropoutSetting(const text::Decimal& rate = {}) : rates_{rate} {}
    /// Reads "0.3", or a rate for each hidden layer, "0.2/0.5". Equal ones are one.
    /// @throws Error  usage: as text::Decimal::parse; a rate is not below 1, or they are too many
    static DropoutSetting parse(std::string_view text);

    std::string text() const;
    /// How many there are; 1: of all layers.
    std::size_t count() const { return rates_.size(); }
    /// Their mean, by which costs are estimated.
    double value() const;
    train::DropoutRates rates() const;
    auto operator<=>(const DropoutSetting&) const = default;

  private:
    std::vector<text::Decimal> rates_;
};

/// A training option, beside dropout, of which the trials of a sweep may have different values.
struct Axis {
    const char* option;
    const char* prefix;  ///< of its value in the name of a setting
    char separator;      ///< of a list of its values
};

/// In the order of columns and names.
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

/// None: nullptr.
const Axis* find_axis(std::string_view option);

/// The value that a setting has of an option; empty where its optimizer has no such option.
struct Choice {
    std::string option;
    std::string value;
    /// Values by their numbers where they are numbers or lists of them, the others by their letters.
    std::weak_ordering operator<=>(const Choice& other) const;
    bool operator==(const Choice&) const = default;
};

using Choices = std::vector<Choice>;

/// What the trials of a sweep differ in, beside the seed. Ordered by dropout, then by the choices.
struct Setting {
    Setting(DropoutSetting its_dropout = {}, Choices its_choices = {})
        : dropout(std::move(its_dropout)), choices(std::move(its_choices)) {}

    DropoutSetting dropout;
    Choices choices;  ///< of the same options in all settings of a sweep, in the order of kAxes

    /// E.g. "p0.3", "p0.2-0.5", "p0.3-h512-512-lr0.001": unique in a sweep, and fit for a file.
    std::string name() const;
    /// Of "dropout" or of an option among the choices; empty: of none of them.
    std::string value_of(std::string_view option) const;
    std::weak_ordering operator<=>(const Setting&) const = default;
    bool operator==(const Setting&) const = default;
};

/// A comma list of dropout values and of ranges, "first:last:step", in the order written, as settings without choices.
/// @throws Error  usage: as text::parse_decimal_list and DropoutSetting::parse
std::vector<Setting> parse_dropout_list(std::string_view text);

/// What is the same for all settings with the same choices.
template <class Value>
class ByChoices {
  public:
    ByChoices() = default;
    /// The same for all settings.
    ByChoices(Value value) { emplace({}, std::move(value)); }

    void emplace(const Choices& choices, Value value) { values_.emplace(choices, std::move(value)); }
    /// @param setting  whose choices were put in, unless there is one value for all
    const Value& of(const Setting& setting) const {
        return values_.size() == 1 ? values_.begin()->second : values_.at(setting.choices);
    }
    Value& of(const Setting& setting) { return const_cast<Value&>(std::as_const(*this).of(setting)); }

    /// Whether of() has one.
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
