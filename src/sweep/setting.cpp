// Parses, names and orders settings.
#include "dropsweep/sweep/setting.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::sweep {
namespace {

/// The numbers of a comma list such as "512,512"; none: it is no such list.
std::optional<std::vector<double>> numbers_of(const std::string& text) {
    std::vector<double> numbers;
    for (const std::string_view part : text::split(text, ',')) {
        double& number = numbers.emplace_back();
        const auto [end, status] = std::from_chars(part.data(), part.data() + part.size(), number);
        if (status != std::errc() || end != part.data() + part.size()) return std::nullopt;
    }
    return numbers;
}

/// The text with characters that a file name must not have replaced.
std::string file_text(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return c == '/' || c == ','; }, '-');
    return text;
}

}  // namespace

DropoutSetting DropoutSetting::parse(std::string_view text) {
    DropoutSetting setting;
    setting.rates_.clear();
    for (const std::string_view part : text::split(text, '/')) {
        setting.rates_.push_back(text::Decimal::parse(part));
        if (setting.rates_.back().value() >= 1) {
            throw Error(ExitCode::usage, fmt::format("{} is not below 1", setting.rates_.back().text()));
        }
    }
    if (setting.rates_.size() > train::DropoutRates::kMostLayers) {
        throw Error(ExitCode::usage, fmt::format("{} has more than {} rates", text, train::DropoutRates::kMostLayers));
    }
    if (std::ranges::count(setting.rates_, setting.rates_.front()) == std::ssize(setting.rates_)) {
        setting.rates_.resize(1);
    }
    return setting;
}

std::string DropoutSetting::text() const {
    std::vector<std::string> texts;
    for (const text::Decimal& rate : rates_) texts.push_back(rate.text());
    return fmt::format("{}", fmt::join(texts, "/"));
}

double DropoutSetting::value() const {
    double sum = 0;
    for (const text::Decimal& rate : rates_) sum += rate.value();
    return sum / static_cast<double>(rates_.size());
}

train::DropoutRates DropoutSetting::rates() const {
    std::vector<double> values;
    for (const text::Decimal& rate : rates_) values.push_back(rate.value());
    return train::DropoutRates(values);
}

const Axis* find_axis(std::string_view option) {
    const auto* found = std::ranges::find_if(kAxes, [&](const Axis& axis) { return option == axis.option; });
    return found == std::end(kAxes) ? nullptr : found;
}

std::weak_ordering Choice::operator<=>(const Choice& other) const {
    if (const auto order = option <=> other.option; order != 0) return order;
    const auto own_numbers = numbers_of(value);
    const auto its_numbers = numbers_of(other.value);
    if (own_numbers && its_numbers) {
        const auto order = *own_numbers <=> *its_numbers;
        if (order < 0) return std::weak_ordering::less;
        if (order > 0) return std::weak_ordering::greater;
    }
    return value <=> other.value;
}

std::string Setting::name() const {
    std::string name = fmt::format("p{}", file_text(dropout.text()));
    for (const Choice& choice : choices) {
        if (choice.value.empty()) continue;
        name += fmt::format("-{}{}", find_axis(choice.option)->prefix, file_text(choice.value));
    }
    return name;
}

std::string Setting::value_of(std::string_view option) const {
    if (option == "dropout") return dropout.text();
    const auto found = std::ranges::find(choices, option, &Choice::option);
    return found == choices.end() ? "" : found->value;
}

std::vector<Setting> parse_dropout_list(std::string_view text) {
    std::vector<Setting> settings;
    for (const std::string_view part : text::split(text, ',')) {
        if (part.find('/') != std::string_view::npos) {
            settings.emplace_back(DropoutSetting::parse(part));
            continue;
        }
        for (const text::Decimal& rate : text::parse_decimal_list(part)) {
            settings.emplace_back(DropoutSetting::parse(rate.text()));
        }
    }
    return settings;
}

}  // namespace dropsweep::sweep
