// Makes the settings of a run: all combinations of lists, or the rows of a table.
#include "settings.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/text/words.hpp"

#include "training_values.hpp"
#include "values.hpp"

namespace dropsweep::cli {
namespace {

constexpr const char* kDropout = "dropout";

/// The texts of the options in which a setting differs from the command line.
using Row = std::vector<std::pair<std::string, std::string>>;

/// The values that the command line lists of an option, at least two.
struct List {
    std::string option;
    std::vector<std::string> values;
};

std::vector<List> lists_of(const CommandLine& line) {
    std::vector<List> lists;
    for (const sweep::Axis& axis : sweep::kAxes) {
        if (!line.has(axis.option)) continue;
        const std::vector<std::string_view> parts = text::split(line.text(axis.option), axis.separator);
        if (parts.size() > 1) lists.push_back({axis.option, {parts.begin(), parts.end()}});
    }
    return lists;
}

[[noreturn]] void refuse_so_many() {
    throw Error(ExitCode::usage,
                fmt::format("the sweep would have more than {} trials; make several sweeps of it", kMostTrials));
}

/// Every combination of the listed values, the last option's changing fastest.
std::vector<Row> combinations(const std::vector<List>& lists) {
    std::vector<Row> rows = {{}};
    for (const List& list : lists) {
        if (rows.size() * list.values.size() > kMostTrials) refuse_so_many();
        std::vector<Row> longer;
        for (const Row& row : rows) {
            for (const std::string& value : list.values) {
                longer.push_back(row);
                longer.back().emplace_back(list.option, value);
            }
        }
        rows = std::move(longer);
    }
    return rows;
}

/// The command line of one setting.
CommandLine with(CommandLine line, const Row& row) {
    for (const auto& [option, text] : row) {
        if (!text.empty()) line.values[option] = {text};
    }
    return line;
}

/// The choices of a setting, their values as config.ini would have them.
sweep::Choices choices_of(const train::TrainingOptions& training, const std::vector<std::string>& options) {
    sweep::Choices choices;
    for (const sweep::Axis& axis : sweep::kAxes) {
        if (std::ranges::find(options, axis.option) == options.end()) continue;
        choices.push_back({axis.option, text_of(training, axis.option)});
    }
    return choices;
}

/// What cannot work together in a setting; empty: it can.
std::string fault_of(const sweep::Setting& setting, const train::TrainingOptions& training) {
    constexpr std::size_t kLongestName = 200;
    if (setting.name().size() > kLongestName) {
        return fmt::format(
            "the names of its files would have more than {} characters; give fewer layers, or leave "
            "options that do not differ out of the table",
            kLongestName);
    }
    const sweep::DropoutSetting& dropout = setting.dropout;
    if (dropout.count() == 1 || dropout.count() == training.hidden.size()) return "";
    return fmt::format("--dropout: {} has {} rates for {}; give one for each, or one for all", dropout.text(),
                       dropout.count(), text::counted(training.hidden.size(), "hidden layer"));
}

class Settings {
  public:
    Settings(const CommandLine& line, Options& options) : line_(line), options_(options) {}

    /// @return  whether the setting is new
    bool add(const sweep::DropoutSetting& dropout, const sweep::Choices& choices,
             const train::TrainingOptions& training) {
        const sweep::Setting setting(dropout, choices);
        if (!known_.insert(setting).second) return false;
        options_.trainings.emplace(choices, training);
        options_.settings.push_back(setting);
        if (const std::string fault = fault_of(setting, training); !fault.empty()) options_.faults[setting] = fault;
        return true;
    }

    void add_grid() {
        const std::vector<sweep::Setting> dropouts = parse_dropouts(line_.value(kDropout));
        const std::vector<List> lists = lists_of(line_);
        if (options_.command == Command::train && (dropouts.size() > 1 || !lists.empty())) {
            throw Error(ExitCode::usage, fmt::format("--{}: train takes one value; use dropsweep sweep for several",
                                                     dropouts.size() > 1 ? kDropout : lists.front().option));
        }
        const std::vector<Row> rows = combinations(lists);
        if (rows.size() * dropouts.size() * options_.seeds.size() > kMostTrials) refuse_so_many();
        std::vector<std::string> names;
        for (const List& list : lists) names.push_back(list.option);
        std::vector<train::TrainingOptions> trainings;
        for (const Row& row : rows) trainings.push_back(parse_training(with(line_, row)));
        require_optimizer_options(line_, trainings);
        for (const sweep::Setting& dropout : dropouts) {
            for (const train::TrainingOptions& training : trainings) {
                add(dropout.dropout, choices_of(training, names), training);
            }
        }
        for (const List& list : lists) refuse_repeated(list);
    }

    void add_table(const SettingsTable& table) {
        for (const std::string& option : table.options) require_column(table, option);
        if (const std::vector<List> lists = lists_of(line_); !lists.empty()) {
            throw Error(ExitCode::usage, fmt::format("--{}: several values beside --settings; make it a column of {}",
                                                     lists.front().option, table.path));
        }
        std::vector<sweep::Setting> dropouts = {sweep::Setting()};
        if (line_.is_given(kDropout)) dropouts = parse_dropouts(line_.value(kDropout));
        if (table.rows.size() * dropouts.size() * options_.seeds.size() > kMostTrials) refuse_so_many();
        for (const SettingsTable::Row& row : table.rows) {
            try {
                add_row(table, row, dropouts);
            } catch (const Error& error) {
                throw Error(ExitCode::usage, fmt::format("{}, line {}: {}", table.path, row.line, error.what()));
            }
        }
    }

  private:
    void require_column(const SettingsTable& table, const std::string& option) const {
        const auto refuse_column = [&](const std::string& what, const std::string& remedy) {
            throw Error(ExitCode::usage, fmt::format("{}: the column '{}' {}; {}", table.path, option, what, remedy));
        };
        if (option != kDropout && sweep::find_axis(option) == nullptr) {
            std::vector<std::string> names = {kDropout};
            for (const sweep::Axis& axis : sweep::kAxes) names.emplace_back(axis.option);
            refuse_column("is no option in which settings can differ",
                          fmt::format("these are {}", fmt::join(names, ", ")));
        }
        if (std::ranges::count(table.options, option) > 1) refuse_column("is there twice", "leave one out");
        if (line_.is_given(option)) {
            refuse_column(fmt::format("stands against --{}", option), "give one of them");
        }
    }

    void add_row(const SettingsTable& table, const SettingsTable::Row& row, std::vector<sweep::Setting> dropouts) {
        Row texts;
        for (std::size_t column = 0; column < table.options.size(); ++column) {
            texts.emplace_back(table.options[column], row.values[column]);
            if (table.options[column] != kDropout || row.values[column].empty()) continue;
            dropouts = parse_dropouts({"--dropout", row.values[column]});
            if (dropouts.size() > 1) throw Error(ExitCode::usage, "--dropout: several values; give one on each line");
        }
        const train::TrainingOptions training = parse_training(with(line_, texts));
        for (const sweep::Setting& dropout : dropouts) {
            if (add(dropout.dropout, choices_of(training, table.options), training)) continue;
            throw Error(ExitCode::usage, "this setting is there already; leave it out");
        }
    }

    /// Of which two are the same.
    void refuse_repeated(const List& list) const {
        std::set<std::string> values;
        for (const sweep::Setting& setting : options_.settings) {
            const std::string value = setting.value_of(list.option);
            if (!value.empty()) values.insert(value);
        }
        if (values.size() == list.values.size()) return;
        throw Error(ExitCode::usage, fmt::format("--{}: '{}' names a value twice; give each value once", list.option,
                                                 line_.text(list.option)));
    }

    const CommandLine& line_;
    Options& options_;
    std::set<sweep::Setting> known_;
};

}  // namespace

void parse_settings(const CommandLine& line, const SettingsTable& table, Options& options) {
    Settings settings(line, options);
    options.has_settings_table = line.has("settings");
    if (options.has_settings_table) {
        settings.add_table(table);
    } else {
        settings.add_grid();
    }
    if (options.settings.empty()) throw Error(ExitCode::usage, "--settings: the file has no settings; give some");
    require_one_that_works(options, ExitCode::usage);
    options.training = options.trainings.of(options.settings.front());
}

void require_one_that_works(const Options& options, ExitCode code) {
    if (options.faults.size() < options.settings.size()) return;
    throw Error(code, options.faults.at(options.settings.front()));
}

}  // namespace dropsweep::cli
