// Parses option values; each function throws Error (usage) with the option's name, what is wrong and a correct example.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/linalg/products.hpp"
#include "dropsweep/sweep/injected_fault.hpp"
#include "dropsweep/sweep/network.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/text/decimal.hpp"
#include "dropsweep/train/class_weights.hpp"
#include "dropsweep/train/rules.hpp"

namespace dropsweep::cli {

/// A whole number from `least` to `most`.
std::uint64_t parse_count(const std::string& option, const std::string& text, std::uint64_t least, std::uint64_t most);

/// A finite number from `least` to `most`; `most_excluded`: below it.
double parse_real(const std::string& option, const std::string& text, double least, double most,
                  bool most_excluded = false);

/// "on" or "off".
bool parse_switch(const std::string& option, const std::string& text);

/// One of two words. @return  whether it is the second one
bool parse_either(const std::string& option, const std::string& text, const char* first, const char* second);

/// "fp32" with "auto" or "openblas", or "bf16" with "auto". @throws Error  usage: also bf16 in a build without oneDNN
linalg::GemmConfiguration parse_gemm_configuration(const std::string& precision_option, const std::string& precision,
                                                   const std::string& gemm_option, const std::string& gemm);

/// One of `choices`. @return  its index
std::size_t parse_choice(const std::string& option, const std::string& text, std::span<const char* const> choices);

/// "balanced", or numbers that are not negative: "1,2.5".
train::ClassWeights parse_class_weights(const std::string& option, const std::string& text);

/// A count, or nothing for the word `absent` ("auto", "none").
std::optional<std::uint64_t> parse_optional_count(const std::string& option, const std::string& text,
                                                  const char* absent, std::uint64_t least, std::uint64_t most);

/// Layer widths: "512,512".
std::vector<std::size_t> parse_widths(const std::string& option, const std::string& text);

/// Dropout values below 1, none twice: "0,0.5" or "0:0.8:0.1".
std::vector<sweep::Setting> parse_dropouts(const std::string& option, const std::string& text);

/// "5" is 1..5, "3,7,9" is a list; none twice.
std::vector<std::uint64_t> parse_seeds(const std::string& option, const std::string& text);

/// Seconds: "90", "0.5" or "1:30:00".
double parse_duration(const std::string& option, const std::string& text);

/// A comma list of "kill@1:p0.3-s1:0:20", "kill@1:p0.3-s1:growth" and "delay@7".
std::vector<sweep::InjectedFault> parse_injected_faults(const std::string& option, const std::string& text);

/// "10GbE", "25GbE", "IB" or "30:10", see sweep::parse_network.
sweep::Network parse_network(const std::string& option, const std::string& text);

}  // namespace dropsweep::cli
