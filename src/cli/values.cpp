// Parses option values.
#include "values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <span>
#include <string_view>

#include <fmt/format.h>

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

template <class Element>
void refuse_repeated(const OptionValue& value, std::vector<Element> elements) {
    std::ranges::sort(elements);
    if (std::ranges::adjacent_find(elements) != elements.end()) {
        bad(value.option, fmt::format("'{}' names a value twice", value.text), "give each value once");
    }
}

}  // namespace

std::uint64_t parse_count(const OptionValue& value, std::uint64_t least, std::uint64_t most) {
    std::uint64_t number = 0;
    if (!read_all(value.text, number) || number < least || number > most) {
        bad(value.option, fmt::format("'{}' is not a whole number from {} to {}", value.text, least, most),
            fmt::format("give a value such as {}", std::max<std::uint64_t>(least, 1)));
    }
    return number;
}

double parse_real(const OptionValue& value, double least, double most, bool most_excluded) {
    double number = 0;
    const bool read = read_all(value.text, number) && std::isfinite(number);
    if (!read || number < least || number > most || (most_excluded && number == most)) {
        bad(value.option, fmt::format("'{}' is not a number in the allowed range", value.text),
            fmt::format("give one from {} to {}{}", least, most_excluded ? "below " : "", most));
    }
    return number + 0.0;  // -0 becomes 0
}

std::size_t parse_choice(const OptionValue& value, std::span<const char* const> choices) {
    const auto found = std::ranges::find_if(choices, [&](const char* choice) { return value.text == choice; });
    if (found == choices.end()) {
        bad(value.option, fmt::format("'{}' is neither {}", value.text, fmt::join(choices, " nor ")),
            "give one of them");
    }
    return static_cast<std::size_t>(found - choices.begin());
}

bool parse_switch(const OptionValue& value) {
    return parse_choice(value, std::array{"on", "off"}) == 0;
}

train::ClassWeights parse_class_weights(const OptionValue& value) {
    train::ClassWeights weights{.balanced = value.text == "balanced", .given = {}};
    if (weights.balanced) return weights;
    for (const std::string_view part : text::split(value.text, ',')) {
        double weight = 0;
        if (!read_all(part, weight) || !std::isfinite(weight) || weight < 0 || weight > 1e30) {
            bad(value.option, fmt::format("'{}' is neither balanced nor a list of numbers from 0 to 1e+30", value.text),
                "give balanced, or one weight for each class, e.g. 1,2.5");
        }
        weights.given.push_back(weight);
    }
    if (std::ranges::max(weights.given) == 0) bad(value.option, "no class counts", "give one a weight above 0");
    return weights;
}

std::optional<std::uint64_t> parse_optional_count(const OptionValue& value, const char* absent, std::uint64_t least,
                                                  std::uint64_t most) {
    if (value.text == absent) return std::nullopt;
    std::uint64_t number = 0;
    if (!read_all(value.text, number) || number < least || number > most) {
        bad(value.option,
            fmt::format("'{}' is neither {} nor a whole number from {} to {}", value.text, absent, least, most),
            fmt::format("give {} or a value such as {}", absent, std::max<std::uint64_t>(least, 2)));
    }
    return number;
}

std::vector<std::size_t> parse_widths(const OptionValue& value) {
    constexpr std::uint64_t kWidest = 1'000'000;
    std::vector<std::size_t> widths;
    for (const std::string_view part : text::split(value.text, ',')) {
        std::uint64_t width = 0;
        if (!read_all(part, width) || width < 1 || width > kWidest) {
            bad(value.option, fmt::format("'{}' is not a list of layer widths from 1 to {}", value.text, kWidest),
                "give e.g. 512,512");
        }
        widths.push_back(width);
    }
    return widths;
}

sweep::Network parse_network(const OptionValue& value) {
    try {
        return sweep::parse_network(value.text);
    } catch (const Error& error) {
        bad(value.option, error.what(), "give e.g. 25GbE, or 30:10 for 30 us and 10 Gbit/s");
    }
}

std::vector<sweep::Setting> parse_dropouts(const OptionValue& value) {
    std::vector<sweep::Setting> settings;
    try {
        settings = sweep::parse_dropout_list(value.text);
    } catch (const Error& error) {
        bad(value.option, error.what(),
            "give values from 0 to below 1, e.g. 0,0.2,0.5 or 0:0.8:0.1, or 0.2/0.5 for a rate for each hidden layer");
    }
    refuse_repeated(value, settings);
    return settings;
}

std::vector<std::uint64_t> parse_seeds(const OptionValue& value) {
    constexpr std::uint64_t kMostSeeds = 10'000;
    std::vector<std::uint64_t> seeds;
    for (const std::string_view part : text::split(value.text, ',')) {
        if (!read_all(part, seeds.emplace_back())) {
            bad(value.option, fmt::format("'{}' is neither a number of seeds nor a list of them", value.text),
                "give e.g. 5 for the seeds 1 to 5, or 3,7,9");
        }
    }
    if (seeds.size() == 1) {
        if (seeds.front() < 1 || seeds.front() > kMostSeeds) {
            bad(value.option, fmt::format("{} seeds are not between 1 and {}", seeds.front(), kMostSeeds),
                "give a number of seeds, or --seed for one seed of your choice");
        }
        seeds.resize(seeds.front());
        std::iota(seeds.begin(), seeds.end(), std::uint64_t{1});
    }
    refuse_repeated(value, seeds);
    return seeds;
}

double parse_duration(const OptionValue& value) {
    constexpr double kLongest = 1e9;
    const std::vector<std::string_view> parts = text::split(value.text, ':');
    if (parts.size() == 1) return parse_real(value, 0, kLongest);
    double seconds = 0;
    bool is_good = parts.size() == 3;
    for (std::size_t i = 0; i < parts.size() && is_good; ++i) {
        std::uint32_t number = 0;
        is_good = read_all(parts[i], number) && (i == 0 || (number < 60 && parts[i].size() == 2));
        seconds = 60 * seconds + number;
    }
    if (!is_good || seconds > kLongest) {
        bad(value.option, fmt::format("'{}' is no time", value.text), "give seconds, or hours as 1:30:00");
    }
    return seconds;
}

std::vector<sweep::InjectedFault> parse_injected_faults(const OptionValue& value) {
    using Fault = sweep::InjectedFault;
    std::vector<Fault> faults;
    for (const std::string_view part : text::split(value.text, ',')) {
        const std::size_t at = part.find('@');
        const std::vector<std::string_view> place = text::split(part.substr(std::min(at + 1, part.size())), ':');
        const auto action = std::ranges::find(Fault::kActionNames, part.substr(0, at));
        Fault& fault = faults.emplace_back();
        bool is_good = at != std::string_view::npos && action != Fault::kActionNames.end();
        if (is_good) fault.action = static_cast<Fault::Action>(action - Fault::kActionNames.begin());
        if (fault.action == Fault::Action::delay) {
            is_good = is_good && place.size() == 1 && read_all(place[0], fault.seed);
        } else {
            fault.at_growth = place.size() == 3 && place[2] == "growth";
            is_good = is_good && read_all(place[0], fault.rank) &&
                      (fault.at_growth ||
                       (place.size() == 4 && read_all(place[2], fault.epoch) && read_all(place[3], fault.step)));
        }
        if (!is_good) {
            bad(value.option, fmt::format("'{}' is no fault", part),
                fmt::format("give ACTION@RANK:TRIAL:EPOCH:STEP such as kill@1:p0.3-s1:0:20, or "
                            "ACTION@RANK:TRIAL:growth, with {}; or delay@SEED",
                            fault_names()));
        }
        if (place.size() > 1) fault.trial = place[1];
    }
    return faults;
}

std::string fault_names() {
    constexpr auto kWithPlace = std::span(sweep::InjectedFault::kActionNames).first<10>();
    return fmt::format("{} or {}", fmt::join(kWithPlace.first<9>(), ", "), kWithPlace.back());
}

}  // namespace dropsweep::cli
