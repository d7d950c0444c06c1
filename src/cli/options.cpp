// Reads a command line and the configuration that it names into the options of a run.
#include "dropsweep/cli/options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "dropsweep/system/features.hpp"
#include "dropsweep/text/error.hpp"

#include "command_line.hpp"
#include "option_descriptions.hpp"
#include "settings.hpp"
#include "values.hpp"

namespace dropsweep::cli {
namespace {

Command command_of(const CommandLine& line) {
    return find_command(line.command()).value();
}

std::vector<std::uint64_t> parse_seeds_of(const CommandLine& line) {
    if (line.has("seed") && line.has("seeds")) {
        throw Error(ExitCode::usage, "both --seed and --seeds are given; use one of them");
    }
    if (line.has("seeds")) return parse_seeds(line.value("seeds"));
    if (!line.has("seed")) return {1};
    return {parse_count(line.value("seed"), 0, std::numeric_limits<std::uint64_t>::max())};
}

/// How the program runs, whatever it computes.
void parse_surroundings(const CommandLine& line, Options& options) {
    if (line.has("time-limit")) options.time_limit = parse_duration(line.value("time-limit"));
    options.stall_timeout = stall_timeout_of(line);
    options.training.verify = parse_real(line.value("verify"), 0, 1);
    options.goes_on_when_corrupt = parse_choice(line.value("on-corruption"), kOnCorruption) == 1;
    if (line.has("inject")) options.injected_faults = parse_injected_faults(line.value("inject"));
    options.report = parse_switch(line.value("report"));
    options.tensorboard = parse_switch(line.value("tensorboard"));
    if (options.tensorboard && !system::has_feature("tensorboard")) {
        system::refuse_without("tensorboard", "leave --tensorboard out");
    }
    options.quiet = parse_switch(line.value("quiet"));
}

Machine parse_machine(const CommandLine& line) {
    constexpr std::uint64_t kMost = 4096;
    if (!line.has("ranks")) {
        throw Error(ExitCode::usage, "plan wants to know for how many ranks; give --ranks, e.g. --ranks 64");
    }
    Machine machine;
    machine.ranks = static_cast<int>(parse_count(line.value("ranks"), 1, kMost));
    machine.nodes = static_cast<int>(parse_count(line.value("nodes"), 1, static_cast<std::uint64_t>(machine.ranks)));
    machine.network = parse_network(line.value("network"));
    return machine;
}

/// --decide and what belongs to it; none without it.
std::optional<sweep::DecisionRules> parse_decision(const CommandLine& line, const Options& options) {
    if (!line.has("decide")) {
        for (const char* option : {"decide-by", "error", "max-seeds"}) {
            if (!line.is_given(option)) continue;
            throw Error(ExitCode::usage, fmt::format("--{} is for a decision; give --decide as well", option));
        }
        return std::nullopt;
    }
    sweep::DecisionRules rules;
    rules.by_accuracy = parse_choice(line.value("decide-by"), kDecideBy) == 1;
    rules.difference = parse_real(line.value("decide"), 1e-9, 1e9);
    if (rules.by_accuracy) rules.difference /= 100;
    rules.error = parse_real(line.value("error"), 1e-6, 0.5);
    const std::size_t most = kMostTrials / options.settings.size();
    if (line.is_given("max-seeds")) {
        rules.most_seeds = parse_count(line.value("max-seeds"), rules.first_seeds, std::max(most, rules.first_seeds));
    } else {
        rules.most_seeds = std::clamp(most, rules.first_seeds, rules.most_seeds);
    }
    if (options.settings.size() < 2) {
        throw Error(ExitCode::usage, "--decide: there is one setting, and nothing to decide; give several");
    }
    if (std::ranges::max(options.seeds) > rules.most_seeds || std::ranges::min(options.seeds) == 0) {
        throw Error(ExitCode::usage, fmt::format("--seeds: with --decide the seeds are 1 to {}, as --max-seeds says; "
                                                 "leave others out, or give more of them",
                                                 rules.most_seeds));
    }
    return rules;
}

}  // namespace

std::string to_string(Command command) {
    constexpr std::array kNames = {"train", "sweep", "plan"};
    return kNames[static_cast<std::size_t>(command)];
}

std::optional<Command> find_command(const std::string& name) {
    for (const Command command : {Command::sweep, Command::train, Command::plan}) {
        if (name == to_string(command)) return command;
    }
    return std::nullopt;
}

CommandLine parse_run(const std::vector<std::string>& arguments) {
    return parse_command_line(arguments, describe_run(find_command(arguments.front()).value()), {});
}

void add_config(CommandLine& line, const std::string& text) {
    const bool has_seeds = line.has("seed") || line.has("seeds");
    for (auto& [name, value] : parse_config(line, text, describe_run(command_of(line)))) {
        // Seeds of either kind do not stand against those of the command line.
        if (value.is_default || line.is_given(name) || (has_seeds && name.starts_with("seed"))) continue;
        if (name == "settings")
            value.text = std::filesystem::path(line.text_or_empty("config")).parent_path() / value.text;
        line.values[name] = value;
    }
}

double stall_timeout_of(const CommandLine& line) {
    return line.has("stall-timeout") ? parse_real(line.value("stall-timeout"), 0.1, 1e9) : Options().stall_timeout;
}

DataOptions data_options(const CommandLine& line) {
    DataOptions options;
    options.path = line.text_or_empty("data");
    options.test = line.text_or_empty("test");
    options.label = line.text_or_empty("label");
    if (line.has("test-split")) options.test_split = parse_real(line.value("test-split"), 0, 1, true);
    options.shuffled_validation = parse_choice(line.value("validation"), kValidations) == 1;
    return options;
}

std::vector<sweep::Trial> trials_of(const Options& options) {
    if (!options.decision) return sweep::make_trials(options.settings, options.seeds);
    // Of equals a decision takes the first: by what they are, not by how they were given.
    std::vector<sweep::Setting> settings = options.settings;
    std::ranges::sort(settings);
    std::vector<std::uint64_t> seeds(options.decision->most_seeds);
    std::iota(seeds.begin(), seeds.end(), std::uint64_t{1});
    return sweep::make_trials(settings, seeds);
}

Options parse_options(const CommandLine& line, const SettingsTable& settings) {
    constexpr std::uint64_t kMostRanks = 1'000'000;
    Options options;
    options.command = command_of(line);
    options.data = data_options(line);
    options.data.standardize = parse_switch(line.value("standardize"));
    options.output = line.text_or_empty("output");
    options.init_weights = line.text_or_empty("init-weights");
    options.seeds = parse_seeds_of(line);
    parse_settings(line, settings, options);
    if (options.command != Command::train) options.decision = parse_decision(line, options);
    if (options.decision) options.difference_to_decide = line.text("decide");
    options.plan.ranks_per_trial = parse_optional_count(line.value("ranks-per-trial"), "auto", 1, kMostRanks);
    options.plan.elastic = options.command != Command::train && parse_switch(line.value("elastic"));
    if (options.command == Command::plan) {
        options.machine = parse_machine(line);
    } else {
        parse_surroundings(line, options);
    }
    for (auto& [choices, training] : options.trainings) training.verify = options.training.verify;
    return options;
}

}  // namespace dropsweep::cli
