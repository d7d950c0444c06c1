#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/record/tables.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/words.hpp"

#include "training_values.hpp"

namespace dropsweep::cli {
namespace {

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

/// All that one of the settings has, in the order of config.ini.
std::vector<const char*> options_of(const sweep::ByChoices<train::TrainingOptions>& trainings) {
    std::vector<const char*> options;
    for (const auto& [choices, training] : trainings) {
        auto place = options.begin();
        for (const OptionText& text : texts_of(training)) {
            const auto found = std::ranges::find(options, std::string_view(text.option));
            place = found != options.end() ? found : options.insert(place, text.option);
            ++place;
        }
    }
    return options;
}

/// What all settings that have the option have of it; empty: they differ, as defaults do that depend on others, or
/// config.ini has no place for it.
std::string common_text(const sweep::ByChoices<train::TrainingOptions>& trainings, std::string_view option) {
    std::string common;
    for (const auto& [choices, training] : trainings) {
        const std::vector<OptionText> texts = texts_of(training);
        const auto found = std::ranges::find(texts, option, &OptionText::option);
        if (found == texts.end()) continue;
        if (found->omitted || (!common.empty() && common != found->text)) return "";
        common = found->text;
    }
    return common;
}

}  // namespace

std::string to_config(const Options& options) {
    std::string text = fmt::format("# dropsweep {}\n", to_string(options.command));
    const auto add = [&text](const char* name, const auto& value) { text += fmt::format("{} = {}\n", name, value); };
    for (const std::string* path :
         {&options.data.path, &options.data.test, &options.data.label, &options.init_weights}) {
        // Boost takes the rest of a line behind a '#' for a comment, and blanks at both ends of a value away.
        constexpr const char* kBlanks = " \t";
        const bool kept = path->empty() ||
                          (path->find_first_of("#\r\n") == std::string::npos && path->find_first_not_of(kBlanks) == 0 &&
                           path->find_last_not_of(kBlanks) == path->size() - 1);
        if (!kept) {
            throw Error(ExitCode::usage,
                        fmt::format("'{}': what has a '#', a line break or a blank at one of its ends cannot be "
                                    "written to config.ini; rename it",
                                    *path));
        }
    }
    if (!options.data.path.empty()) add("data", options.data.path);
    if (!options.data.test.empty()) add("test", options.data.test);
    if (!options.data.label.empty()) add("label", options.data.label);
    if (options.data.test_split > 0) add("test-split", options.data.test_split);
    if (options.data.shuffled_validation) add("validation", "shuffled");
    if (options.data.standardize) add("standardize", "on");
    const bool has_table = options.has_settings_table;
    add(has_table ? "settings" : "dropout", has_table ? record::kSettingsFile : values_of(options, "dropout", ','));
    add(options.seeds.size() == 1 ? "seed" : "seeds", fmt::to_string(fmt::join(options.seeds, ",")));
    if (options.decision) {
        const sweep::DecisionRules& rules = *options.decision;
        add("decide", options.difference_to_decide);
        add("decide-by", rules.by_accuracy ? "val_accuracy" : "val_loss");
        add("error", rules.error);
        add("max-seeds", rules.most_seeds);
    }
    for (const char* option : options_of(options.trainings)) {
        const sweep::Axis* axis = sweep::find_axis(option);
        const sweep::Choices& choices = options.settings.front().choices;
        if (axis != nullptr && std::ranges::find(choices, option, &sweep::Choice::option) != choices.end()) {
            if (!has_table) add(option, values_of(options, option, axis->separator));
        } else if (const auto common = common_text(options.trainings, option); !common.empty()) {
            add(option, common);
        }
    }
    if (!options.init_weights.empty()) add("init-weights", options.init_weights);
    return text;
}

std::map<std::string, std::string> config_values(const std::string& config) {
    constexpr std::string_view kEquals = " = ";
    std::map<std::string, std::string> values;
    for (const std::string_view line : text::split(config, '\n')) {
        const std::size_t equals = line.find(kEquals);
        if (equals != std::string_view::npos)
            values.emplace(line.substr(0, equals), line.substr(equals + kEquals.size()));
    }
    return values;
}

}  // namespace dropsweep::cli
