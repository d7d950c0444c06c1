#include "dropsweep/sweep/trial.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/text.hpp"

namespace dropsweep::sweep {

DropoutSetting DropoutSetting::parse(std::string_view text) {
    DropoutSetting setting;
    setting.rates_.clear();
    for (const std::string_view part : core::split(text, '/')) {
        setting.rates_.push_back(core::Decimal::parse(part));
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
    for (const core::Decimal& rate : rates_) texts.push_back(rate.text());
    return fmt::format("{}", fmt::join(texts, "/"));
}

double DropoutSetting::value() const {
    double sum = 0;
    for (const core::Decimal& rate : rates_) sum += rate.value();
    return sum / static_cast<double>(rates_.size());
}

train::DropoutRates DropoutSetting::rates() const {
    std::vector<double> values;
    for (const core::Decimal& rate : rates_) values.push_back(rate.value());
    return train::DropoutRates(values);
}

std::vector<DropoutSetting> parse_dropout_list(std::string_view text) {
    std::vector<DropoutSetting> settings;
    for (const std::string_view part : core::split(text, ',')) {
        if (part.find('/') != std::string_view::npos) {
            settings.push_back(DropoutSetting::parse(part));
            continue;
        }
        for (const core::Decimal& rate : core::parse_decimal_list(part)) {
            settings.push_back(DropoutSetting::parse(rate.text()));
        }
    }
    return settings;
}

std::string Trial::id() const {
    std::string rates = dropout.text();
    std::ranges::replace(rates, '/', '-');  // it names files
    return fmt::format("p{}-s{}", rates, seed);
}

std::vector<Trial> make_trials(const std::vector<DropoutSetting>& dropouts, const std::vector<std::uint64_t>& seeds) {
    std::vector<Trial> trials;
    for (const DropoutSetting& dropout : dropouts) {
        for (const std::uint64_t seed : seeds) trials.push_back({dropout, seed});
    }
    return trials;
}

TrialIndex index_by_id(const std::vector<Trial>& trials) {
    TrialIndex index;
    for (std::size_t trial = 0; trial < trials.size(); ++trial) index.emplace(trials[trial].id(), trial);
    return index;
}

std::vector<double> dropout_range(const std::vector<Trial>& trials) {
    const auto value = [](const Trial& trial) { return trial.dropout.value(); };
    const auto [least, greatest] = std::ranges::minmax(trials, {}, value);
    if (value(least) == value(greatest)) return {value(least)};
    return {value(least), value(greatest)};
}

}  // namespace dropsweep::sweep
