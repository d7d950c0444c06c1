// Writes the options of a run as config.ini.
#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/record/tables.hpp"
#include "dropsweep/text/error.hpp"

#include "option_descriptions.hpp"
#include "training_values.hpp"

namespace dropsweep::cli {
namespace {

/// Boost takes the rest of a line behind a '#' for a comment, and blanks at both ends of a value away.
void require_storable(const std::string& path) {
    constexpr const char* kBlanks = " \t";
    if (path.find_first_of("#\r\n") == std::string::npos && path.find_first_not_of(kBlanks) == 0 &&
        path.find_last_not_of(kBlanks) == path.size() - 1) {
        return;
    }
    throw Error(ExitCode::usage, fmt::format("'{}': what has a '#', a line break or a blank at one of its ends cannot "
                                             "be written to config.ini; rename it",
                                             path));
}

/// The different values that the settings have of an option, in their order, as a list of the command line.
std::string values_of(const Options& options, const char* option, char separator) {
    std::vector<std::string> values;
    std::set<std::string> known;
    for (const sweep::Setting& setting : options.settings) {
        const std::string value = setting.value_of(option);
        if (!value.empty() && known.insert(value).second) values.push_back(value);
    }
    return fmt::to_string(fmt::join(values, std::string(1, separator)));
}

/// What config.ini has of an option: the values of an axis, else what all settings that have the option have of it.
/// Empty: nothing, as of defaults that depend on others and differ.
std::string text_in_config(const Options& options, const TrainingOption& option) {
    const sweep::Choices& choices = options.settings.front().choices;
    if (std::ranges::find(choices, option.name, &sweep::Choice::option) != choices.end()) {
        if (options.has_settings_table) return "";
        return values_of(options, option.name, sweep::find_axis(option.name)->separator);
    }
    std::string common;
    for (const auto& [choices_of_it, training] : options.trainings) {
        const std::string text = option.type.text(training);
        if (text.empty()) continue;
        if (!common.empty() && common != text) return "";
        common = text;
    }
    return option.omits_default && common == option.default_text() ? "" : common;
}

}  // namespace

std::string Config::text() const {
    std::string text = fmt::format("# dropsweep {}\n", to_string(command));
    for (const auto& [name, value] : entries) text += fmt::format("{} = {}\n", name, value);
    return text;
}

std::vector<Config::Entry> Config::of_a_trial() const {
    static const std::set<std::string> kPlaces = {"data", "test", "label", "init-weights", "settings"};
    std::vector<Entry> of_a_trial;
    std::ranges::copy_if(entries, std::back_inserter(of_a_trial), [](const Entry& entry) {
        return !kPlaces.contains(entry.first) && std::ranges::count(kTrialOptions, entry.first) == 0;
    });
    return of_a_trial;
}

Config to_config(const Options& options) {
    Config config{.command = options.command, .entries = {}};
    const auto add = [&config](const char* name, const std::string& value) {
        if (!value.empty()) config.entries.emplace_back(name, value);
    };
    const auto add_path = [&add](const char* name, const std::string& path) {
        if (!path.empty()) require_storable(path);
        add(name, path);
    };
    add_path("data", options.data.path);
    add_path("test", options.data.test);
    add_path("label", options.data.label);
    if (options.data.test_split > 0) add("test-split", fmt::to_string(options.data.test_split));
    if (options.data.shuffled_validation) add("validation", kValidations[1]);
    if (options.data.standardize) add("standardize", "on");
    const bool has_table = options.has_settings_table;
    add(has_table ? "settings" : "dropout", has_table ? record::kSettingsFile : values_of(options, "dropout", ','));
    add(options.seeds.size() == 1 ? "seed" : "seeds", fmt::to_string(fmt::join(options.seeds, ",")));
    if (options.decision) {
        const sweep::DecisionRules& rules = *options.decision;
        add("decide", options.difference_to_decide);
        add("decide-by", kDecideBy[rules.by_accuracy ? 1 : 0]);
        add("error", fmt::to_string(rules.error));
        add("max-seeds", fmt::to_string(rules.most_seeds));
    }
    for (const TrainingOption& option : training_options()) add(option.name, text_in_config(options, option));
    add_path("init-weights", options.init_weights);
    return config;
}

}  // namespace dropsweep::cli
