// Parses option values; each function throws Error (usage) with the option's name, what is wrong and a correct example.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/cli/command_line.hpp"
#include "dropsweep/sweep/injected_fault.hpp"
#include "dropsweep/sweep/network.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/train/class_weights.hpp"

namespace dropsweep::cli {

/// A whole number from `least` to `most`.
std::uint64_t parse_count(const OptionValue& value, std::uint64_t least, std::uint64_t most);

/// A finite number from `least` to `most`; `most_excluded`: below it.
double parse_real(const OptionValue& value, double least, double most, bool most_excluded = false);

/// The number of the choice.
std::size_t parse_choice(const OptionValue& value, std::span<const char* const> choices);

/// "on" or "off".
bool parse_switch(const OptionValue& value);

/// "balanced", or numbers that are not negative: "1,2.5".
train::ClassWeights parse_class_weights(const OptionValue& value);

/// A count, or nothing for the word `absent` ("auto", "none").
std::optional<std::uint64_t> parse_optional_count(const OptionValue& value, const char* absent, std::uint64_t least,
                                                  std::uint64_t most);

/// Layer widths: "512,512".
std::vector<std::size_t> parse_widths(const OptionValue& value);

/// Dropout values below 1, none twice: "0,0.5" or "0:0.8:0.1".
std::vector<sweep::Setting> parse_dropouts(const OptionValue& value);

/// "5" is 1..5, "3,7,9" is a list; none twice.
std::vector<std::uint64_t> parse_seeds(const OptionValue& value);

/// Seconds: "90", "0.5" or "1:30:00".
double parse_duration(const OptionValue& value);

/// A comma list of "kill@1:p0.3-s1:0:20", "kill@1:p0.3-s1:growth" and "delay@7".
std::vector<sweep::InjectedFault> parse_injected_faults(const OptionValue& value);

/// "kill, stop, ... or flip-message": the faults that have a place.
std::string fault_names();

/// "10GbE", "25GbE", "IB" or "30:10", see sweep::parse_network.
sweep::Network parse_network(const OptionValue& value);

}  // namespace dropsweep::cli
