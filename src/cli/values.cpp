// Parses option values.
#include "values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/system/features.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::cli {
namespace {

[[noreturn]] void bad(const std::string& option, const std::string& what, const std::string& remedy) {
    throw Error(ExitCode::usage, fmt::format("{}: {}; {}", option, what, remedy));
}

template <class Number>
bool read_all(std::string_view text, Number& number) {
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    return status == std::errc() && end == text.data() + text.size();
}

template <class Value>
void refuse_repeated(const std::string& option, const std::string& text, std::vector<Value> values) {
    std::ranges::sort(values);
    if (std::ranges::adjacent_find(values) != values.end()) {
        bad(option, fmt::format("'{}' names a value twice", text), "give each value once");
    }
}

}  // namespace

std::uint64_t parse_count(const std::string& option, const std::string& text, std::uint64_t least, std::uint64_t most) {
    std::uint64_t number = 0;
    if (!read_all(text, number) || number < least || number > most) {
        bad(option, fmt::format("'{}' is not a whole number from {} to {}", text, least, most),
            fmt::format("give a value such as {}", std::max<std::uint64_t>(least, 1)));
    }
    return number;
}

double parse_real(const std::string& option, const std::string& text, double least, double most, bool most_excluded) {
    double number = 0;
    const bool read = read_all(text, number) && std::isfinite(number);
    if (!read || number < least || number > most || (most_excluded && number == most)) {
        bad(option, fmt::format("'{}' is not a number in the allowed range", text),
            fmt::format("give one from {} to {}{}", least, most_excluded ? "below " : "", most));
    }
    return number + 0.0;  // -0 becomes 0
}

bool parse_switch(const std::string& option, const std::string& text) {
    if (text != "on" && text != "off") bad(option, fmt::format("'{}' is neither on nor off", text), "give one of them");
    return text == "on";
}

bool parse_either(const std::string& option, const std::string& text, const char* first, const char* second) {
    return parse_choice(option, text, std::array{first, second}) == 1;
}

linalg::GemmConfiguration parse_gemm_configuration(const std::string& precision_option, const std::string& precision,
                                                   const std::string& gemm_option, const std::string& gemm) {
    using linalg::Gemm;
    using linalg::Precision;
    if (precision != "fp32" && precision != "bf16") {
        bad(precision_option, fmt::format("'{}' is neither fp32 nor bf16", precision), "give one of them");
    }
    if (gemm != "auto" && gemm != "openblas") {
        bad(gemm_option, fmt::format("'{}' is neither auto nor openblas", gemm), "give one of them");
    }
    const bool narrow = precision == "bf16";
    if (narrow && gemm == "openblas") bad(gemm_option, "OpenBLAS multiplies no bf16", "leave it at auto");
    if (narrow && !system::has_feature("onednn")) {
        system::refuse_without("onednn", fmt::format("leave {} at fp32", precision_option));
    }
    return {narrow ? Precision::bf16 : Precision::fp32, gemm == "openblas" ? Gemm::openblas : Gemm::own};
}

std::size_t parse_choice(const std::string& option, const std::string& text, std::span<const char* const> choices) {
    const auto found = std::ranges::find_if(choices, [&](const char* choice) { return text == choice; });
    if (found == choices.end()) {
        bad(option, fmt::format("'{}' is neither {}", text, fmt::join(choices, " nor ")), "give one of them");
    }
    return static_cast<std::size_t>(found - choices.begin());
}

train::ClassWeights parse_class_weights(const std::string& option, const std::string& text) {
    train::ClassWeights weights{.balanced = text == "balanced", .given = {}};
    if (weights.balanced) return weights;
    for (const std::string_view part : text::split(text, ',')) {
        double weight = 0;
        if (!read_all(part, weight) || !std::isfinite(weight) || weight < 0 || weight > 1e30) {
            bad(option, fmt::format("'{}' is neither balanced nor a list of numbers from 0 to 1e+30", text),
                "give balanced, or one weight for each class, e.g. 1,2.5");
        }
        weights.given.push_back(weight);
    }
    if (std::ranges::max(weights.given) == 0) bad(option, "no class counts", "give one a weight above 0");
    return weights;
}

std::optional<std::uint64_t> parse_optional_count(const std::string& option, const std::string& text,
                                                  const char* absent, std::uint64_t least, std::uint64_t most) {
    if (text == absent) return std::nullopt;
    std::uint64_t number = 0;
    if (!read_all(text, number) || number < least || number > most) {
        bad(option, fmt::format("'{}' is neither {} nor a whole number from {} to {}", text, absent, least, most),
            fmt::format("give {} or a value such as {}", absent, std::max<std::uint64_t>(least, 2)));
    }
    return number;
}

std::vector<std::size_t> parse_widths(const std::string& option, const std::string& text) {
    constexpr std::uint64_t kWidest = 1'000'000;
    std::vector<std::size_t> widths;
    for (const std::string_view part : text::split(text, ',')) {
        std::uint64_t width = 0;
        if (!read_all(part, width) || width < 1 || width > kWidest) {
            bad(option, fmt::format("'{}' is not a list of layer widths from 1 to {}", text, kWidest),
                "give e.g. 512,512");
        }
        widths.push_back(width);
    }
    return widths;
}

sweep::Network parse_network(const std::string& option, const std::string& text) {
    try {
        return sweep::parse_network(text);
    } catch (const Error& error) {
        bad(option, error.what(), "give e.g. 25GbE, or 30:10 for 30 us and 10 Gbit/s");
    }
}

std::vector<sweep::Setting> parse_dropouts(const std::string& option, const std::string& text) {
    std::vector<sweep::Setting> values;
    try {
        values = sweep::parse_dropout_list(text);
    } catch (const Error& error) {
        bad(option, error.what(),
            "give values from 0 to below 1, e.g. 0,0.2,0.5 or 0:0.8:0.1, or 0.2/0.5 for a rate for each hidden layer");
    }
    refuse_repeated(option, text, values);
    return values;
}

std::vector<std::uint64_t> parse_seeds(const std::string& option, const std::string& text) {
    constexpr std::uint64_t kMostSeeds = 10'000;
    std::vector<std::uint64_t> seeds;
    for (const std::string_view part : text::split(text, ',')) {
        std::uint64_t seed = 0;
        if (!read_all(part, seed)) {
            bad(option, fmt::format("'{}' is neither a number of seeds nor a list of them", text),
                "give e.g. 5 for the seeds 1 to 5, or 3,7,9");
        }
        seeds.push_back(seed);
    }
    if (seeds.size() == 1) {
        if (seeds.front() < 1 || seeds.front() > kMostSeeds) {
            bad(option, fmt::format("{} seeds are not between 1 and {}", seeds.front(), kMostSeeds),
                "give a number of seeds, or --seed for one seed of your choice");
        }
        seeds.resize(seeds.front());
        std::iota(seeds.begin(), seeds.end(), std::uint64_t{1});
    }
    refuse_repeated(option, text, seeds);
    return seeds;
}

double parse_duration(const std::string& option, const std::string& text) {
    constexpr double kLongest = 1e9;
    const std::vector<std::string_view> parts = text::split(text, ':');
    if (parts.size() == 1) return parse_real(option, text, 0, kLongest);
    double seconds = 0;
    bool is_good = parts.size() == 3;
    for (std::size_t i = 0; i < parts.size() && is_good; ++i) {
        std::uint32_t number = 0;
        is_good = read_all(parts[i], number) && (i == 0 || (number < 60 && parts[i].size() == 2));
        seconds = 60 * seconds + number;
    }
    if (!is_good || seconds > kLongest) {
        bad(option, fmt::format("'{}' is no time", text), "give seconds, or hours as 1:30:00");
    }
    return seconds;
}

std::vector<sweep::InjectedFault> parse_injected_faults(const std::string& option, const std::string& text) {
    using Action = sweep::InjectedFault::Action;
    constexpr std::array<std::pair<std::string_view, Action>, 11> kActions = {
        {{"kill", Action::kill_rank},
         {"stop", Action::stop_rank},
         {"hang", Action::hang},
         {"slow", Action::slow},
         {"fail", Action::fail},
         {"fail-write", Action::fail_write},
         {"flip-weight", Action::flip_weight},
         {"flip-activation", Action::flip_activation},
         {"flip-gradient", Action::flip_gradient},
         {"flip-message", Action::flip_message},
         {"delay", Action::delay}}};
    std::vector<sweep::InjectedFault> faults;
    for (const std::string_view part : text::split(text, ',')) {
        const std::size_t at = part.find('@');
        const std::vector<std::string_view> place = text::split(part.substr(std::min(at + 1, part.size())), ':');
        const auto action =
            std::ranges::find(kActions, part.substr(0, at), &std::pair<std::string_view, Action>::first);
        sweep::InjectedFault& fault = faults.emplace_back();
        bool is_good = at != std::string_view::npos && action != kActions.end();
        if (is_good) fault.action = action->second;
        if (fault.action == Action::delay) {
            is_good = is_good && place.size() == 1 && read_all(place[0], fault.seed);
        } else {
            fault.at_growth = place.size() == 3 && place[2] == "growth";
            is_good = is_good && read_all(place[0], fault.rank) &&
                      (fault.at_growth ||
                       (place.size() == 4 && read_all(place[2], fault.epoch) && read_all(place[3], fault.step)));
        }
        if (!is_good) {
            bad(option, fmt::format("'{}' is no fault", part),
                "give ACTION@RANK:TRIAL:EPOCH:STEP such as kill@1:p0.3-s1:0:20, or ACTION@RANK:TRIAL:growth, with "
                "kill, stop, hang, slow, fail, fail-write, flip-weight, flip-activation, flip-gradient or "
                "flip-message; or "
                "delay@SEED");
        }
        if (place.size() > 1) fault.trial = place[1];
    }
    return faults;
}

}  // namespace dropsweep::cli
