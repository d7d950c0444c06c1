// The options of `sweep`, `train` and `plan`: parsed from command line and configuration file, written as config.ini.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dropsweep/cli/command_line.hpp"
#include "dropsweep/sweep/decision.hpp"
#include "dropsweep/sweep/injected_fault.hpp"
#include "dropsweep/sweep/network.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/train/training_options.hpp"

namespace dropsweep::cli {

enum class Command { train, sweep, plan };

std::string to_string(Command command);
/// None: it is no command of all ranks.
std::optional<Command> find_command(const std::string& name);

/// The machine that `plan` predicts for.
struct Machine {
    int ranks = 1;
    int nodes = 1;  ///< at most ranks
    sweep::Network network;
};

/// The data as the user asked for it.
struct DataOptions {
    std::string path;                  ///< directory, file or "synthetic"; empty: the default
    std::string test;                  ///< file of test samples, where the data is a table; empty: none
    std::string label;                 ///< label column of a table; empty: the last one
    double test_split = 0;             ///< share of the samples held out as test set; 0: none
    bool shuffled_validation = false;  ///< chosen by hash; else the tail of the training file
    bool standardize = false;          ///< by each feature's mean and deviation over the training set
    bool operator==(const DataOptions&) const = default;
};

/// The most trials of a sweep.
inline constexpr std::size_t kMostTrials = 100'000;

/// The table of --settings: the swept options as columns, a setting in each row.
struct SettingsTable {
    struct Row {
        std::size_t line = 1;             ///< of the file
        std::vector<std::string> values;  ///< [options]
    };
    std::string path;
    std::vector<std::string> options;
    std::vector<Row> rows;
};

/// The command line, resolved with the configuration file and the defaults.
struct Options {
    Command command = Command::sweep;
    std::vector<sweep::Setting> settings;                ///< in the order of all results
    sweep::ByChoices<train::TrainingOptions> trainings;  ///< of each setting
    train::TrainingOptions training;                     ///< of the first one; holds for all where they agree
    std::map<sweep::Setting, std::string> faults;        ///< settings that cannot work, and why
    bool has_settings_table = false;                     ///< they are from --settings
    std::vector<std::uint64_t> seeds;                    ///< of every setting
    std::optional<sweep::DecisionRules> decision;        ///< --decide: settings that may be the best get more seeds
    std::string difference_to_decide;                    ///< --decide as it was given: in nats or points
    DataOptions data;
    std::string output;        ///< run directory; empty: the default, for plan: write nothing
    std::string init_weights;  ///< a model file; empty: Glorot-uniform
    sweep::PlanRequest plan;   ///< its leaves follow from the data
    Machine machine;           ///< of plan
    double time_limit = std::numeric_limits<double>::infinity();  ///< seconds from the start to the end of the program
    double stall_timeout = 60;                                    ///< seconds
    bool goes_on_when_corrupt = false;                            ///< --on-corruption
    std::vector<sweep::InjectedFault> injected_faults;            ///< --inject
    bool report = true;                                           ///< metrics, statistics, plots and page at the end
    bool tensorboard = false;                                     ///< event files as well
    bool quiet = false;
};

/// Splits the arguments of a run into options.
/// @param arguments  without the program's name, "sweep", "train" or "plan" first
/// @throws Error  usage: unknown or repeated option, one without a value, an operand
CommandLine parse_run(const std::vector<std::string>& arguments);

/// Adds what the command line does not give from the file that it names with --config; a path of --settings there is
/// relative to that file.
/// @param text  its content; empty without
/// @throws Error  usage: as parse_run
void add_config(CommandLine& line, const std::string& text);

/// --stall-timeout in seconds; of `plan`, which has none, the default. @throws Error  usage
double stall_timeout_of(const CommandLine& line);

DataOptions data_options(const CommandLine& line);

/// @param settings  the content of the file that `line` names with --settings
/// @throws Error  usage: malformed or impossible value, in the words of the command line
Options parse_options(const CommandLine& line, const SettingsTable& settings = {});

/// All trials that the run may train: with a decision, every setting with the seeds 1 to most_seeds.
std::vector<sweep::Trial> trials_of(const Options& options);

/// config.ini, with which --config repeats a run: the experiment, not the output directory nor the ranks.
struct Config {
    using Entry = std::pair<std::string, std::string>;
    Command command = Command::sweep;
    std::vector<Entry> entries;  ///< names and values

    std::string text() const;
    /// Those of every trial, dropout included: neither where the files lie nor which other trials there are.
    std::vector<Entry> of_a_trial() const;
};

/// The options that say which trials there are, but for their settings.
inline constexpr std::array kTrialOptions = {"seed", "seeds", "decide", "decide-by", "error", "max-seeds"};

/// @throws Error  usage: a path that a configuration file cannot hold
Config to_config(const Options& options);

}  // namespace dropsweep::cli
