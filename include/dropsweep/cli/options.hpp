#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/sweep/decision.hpp"
#include "dropsweep/sweep/injected_fault.hpp"
#include "dropsweep/sweep/network.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/train/training_options.hpp"

namespace dropsweep::cli {

enum class Command { train, sweep, plan };

std::string to_string(Command command);

/// What `plan` plans for.
struct Machine {
    int ranks = 1;
    int nodes = 1;  ///< at most ranks
    sweep::Network network;
};

/// Where the data is, as it was asked for.
struct DataOptions {
    std::string path;                  ///< directory, file or "synthetic"; empty: the default
    std::string test;                  ///< the test file of a table
    std::string label;                 ///< its column; empty: the last one
    double test_split = 0;             ///< share of the training samples that are for the test; 0: none
    bool shuffled_validation = false;  ///< else it is the tail of the training samples
    bool standardize = false;          ///< each feature by its mean and deviation over the training samples
    bool operator==(const DataOptions&) const = default;
};

/// A sweep has no more.
inline constexpr std::size_t kMostTrials = 100'000;

/// What --settings names: a setting on each line, its texts in the order of the options.
struct SettingsTable {
    struct Row {
        std::size_t line = 1;  ///< of the file
        std::vector<std::string> values;
    };
    std::string path;
    std::vector<std::string> options;
    std::vector<Row> rows;
};

/// The command line, resolved with the configuration file and the defaults.
struct Options {
    Command command = Command::sweep;
    std::vector<sweep::Setting> settings;                ///< that are swept, in the order of all results
    sweep::ByChoices<train::TrainingOptions> trainings;  ///< of the settings
    train::TrainingOptions training;                     ///< of the first one, and what all have in common
    std::map<sweep::Setting, std::string> faults;        ///< settings that cannot work, and why
    bool has_settings_table = false;                     ///< they are from --settings
    std::vector<std::uint64_t> seeds;                    ///< of every setting
    std::optional<sweep::DecisionRules> decision;        ///< then more seeds, of settings that may be the best
    std::string difference_to_decide;                    ///< --decide as it was given: in nats or points
    DataOptions data;
    std::string output;        ///< run directory; empty: the default, of plan: nothing is written
    std::string init_weights;  ///< a model file; empty: Glorot-uniform
    sweep::PlanRequest plan;   ///< its leaves follow from the data
    Machine machine;
    double time_limit = std::numeric_limits<double>::infinity();  ///< seconds from the start to the end of the program
    double stall_timeout = 60;                                    ///< seconds
    bool goes_on_when_corrupt = false;                            ///< --on-corruption
    std::vector<sweep::InjectedFault> injected_faults;            ///< --inject
    bool report = true;                                           ///< metrics, statistics, plots and page at the end
    bool tensorboard = false;                                     ///< event files as well
    bool quiet = false;
};

/// The value of --config among such arguments; empty without.
/// @throws Error  as parse_options
std::string config_path(const std::vector<std::string>& arguments);

/// --stall-timeout in seconds before all ranks can agree on their options, as far as the command line alone tells it.
/// Never throws.
double early_stall_timeout(const std::vector<std::string>& arguments);

/// The value of --settings, where that of a configuration is relative to its file; empty without.
/// @throws Error  as parse_options
std::string settings_path(const std::vector<std::string>& arguments, const std::string& config_text);

/// Reads command line and configuration; the command line wins.
/// @param arguments    without the program's name, "sweep", "train" or "plan" first
/// @param config_text  the content of the file given by --config; empty without
/// @param settings     the content of the file given by --settings
/// @throws Error  usage: unknown or repeated option, malformed or impossible value, in the words of the command line
Options parse_options(const std::vector<std::string>& arguments, const std::string& config_text,
                      const SettingsTable& settings = {});

/// All trials that the run may come to have.
std::vector<sweep::Trial> trials_of(const Options& options);

/// The options as the text of config.ini, with which --config repeats the run: the experiment, not the output
/// directory nor the ranks.
/// @throws Error  usage: a path that a configuration file cannot hold
std::string to_config(const Options& options);

}  // namespace dropsweep::cli
