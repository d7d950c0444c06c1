#include "dropsweep/cli/options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <numeric>
#include <sstream>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "dropsweep/system/features.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/percent.hpp"
#include "dropsweep/text/words.hpp"

#include "command_line.hpp"
#include "option_descriptions.hpp"
#include "settings.hpp"
#include "values.hpp"

namespace dropsweep::cli {
namespace {

namespace po = boost::program_options;

Command command_of(const std::vector<std::string>& arguments) {
    for (const Command command : {Command::sweep, Command::plan}) {
        if (arguments.front() == to_string(command)) return command;
    }
    return Command::train;
}

CommandLine parse(const std::vector<std::string>& arguments) {
    return parse_command_line(arguments, describe_run(command_of(arguments)), {});
}

/// How the program runs, whatever it computes.
void parse_surroundings(const CommandLine& line, Options& options) {
    if (line.has("time-limit")) options.time_limit = parse_duration("--time-limit", line.text("time-limit"));
    options.stall_timeout = parse_real("--stall-timeout", line.text("stall-timeout"), 0.1, 1e9);
    options.training.verify = parse_real("--verify", line.text("verify"), 0, 1);
    options.goes_on_when_corrupt = parse_either("--on-corruption", line.text("on-corruption"), "stop", "go-on");
    if (line.has("inject")) options.injected_faults = parse_injected_faults("--inject", line.text("inject"));
    options.report = parse_switch("--report", line.text("report"));
    options.tensorboard = parse_switch("--tensorboard", line.text("tensorboard"));
    if (options.tensorboard && !system::has_feature("tensorboard")) {
        system::refuse_without("tensorboard", "leave --tensorboard out");
    }
    options.quiet = line.values["quiet"].as<bool>();
}

Machine parse_machine(const CommandLine& line) {
    constexpr std::uint64_t kMost = 4096;
    if (!line.has("ranks")) {
        throw Error(ExitCode::usage, "plan wants to know for how many ranks; give --ranks, e.g. --ranks 64");
    }
    Machine machine;
    machine.ranks = static_cast<int>(parse_count("--ranks", line.text("ranks"), 1, kMost));
    machine.nodes =
        static_cast<int>(parse_count("--nodes", line.text("nodes"), 1, static_cast<std::uint64_t>(machine.ranks)));
    machine.network = parse_network("--network", line.text("network"));
    return machine;
}

}  // namespace

void add_data_options(po::options_description& options) {
    const auto optional = [](const char* name) { return po::value<std::string>()->value_name(name); };
    auto add = options.add_options();
    add("data", optional("PATH"),
        "directory of IDX files, FILE.npz, a table FILE.csv (or .tsv, .gz), or 'synthetic'; default: $DROPSWEEP_DATA, "
        "else data/mnist if it is there, else synthetic");
    add("test", optional("FILE"), "the test samples of a table");
    add("label", optional("COLUMN"), "of a table: its name, or without a header its number from 1; default: the last");
    add("test-split", optional("NUMBER"),
        "share of the samples that is held out for the test, where there are no others");
    add("validation", po::value<std::string>()->default_value("tail")->value_name("tail|shuffled"),
        "samples held out for validation: the last ones, or some from everywhere, for files that are sorted");
}

DataOptions data_options(const CommandLine& line) {
    DataOptions options;
    options.path = line.text_or_empty("data");
    options.test = line.text_or_empty("test");
    options.label = line.text_or_empty("label");
    if (line.has("test-split")) options.test_split = parse_real("--test-split", line.text("test-split"), 0, 1, true);
    options.shuffled_validation = parse_either("--validation", line.text("validation"), "tail", "shuffled");
    return options;
}

po::options_description describe_run(Command command) {
    const auto text = [](const char* value, const char* name) {
        return po::value<std::string>()->default_value(value)->value_name(name);
    };
    const auto optional = [](const char* name) { return po::value<std::string>()->value_name(name); };
    po::options_description options = describe_options(to_string(command), "");
    auto add = options.add_options();
    add("config", optional("FILE"), "INI file with options, one 'name = value' a line; the command line wins");
    add_data_options(options);
    add("standardize", po::value<std::string>()->default_value("off")->implicit_value("on")->value_name("on|off"),
        "give each feature mean 0 and deviation 1 over the training samples; models take raw values all the same");
    if (command == Command::plan) {
        add("ranks", optional("N"), "ranks of the machine that is planned for");
        add("nodes", text("1", "N"), "nodes that they are on, as many on each");
        add("network", text("10GbE", "NAME"),
            "between the nodes: 10GbE, 25GbE, IB, or latency:bandwidth in microseconds and Gbit/s, e.g. 30:10");
        add("output", optional("DIR"), "directory for plan.csv and the plot; default: none is written");
    } else {
        add("output", optional("DIR"),
            fmt::format("run directory; default: results/{}-<UTC time>", to_string(command)).c_str());
    }
    if (command != Command::train) {
        add("settings", optional("FILE"),
            "CSV file with a setting on each line, its columns named as the options they are for, instead of lists");
        add("dropout", text("0:0.8:0.1", "LIST"),
            "dropout values: a list, or first:last:step with both ends, below 1; 0.2/0.5 has a rate for each hidden "
            "layer");
        add("seeds", optional("LIST"), "5 is the seeds 1 to 5, 3,7,9 is a list; default: 1");
        add("seed", optional("N"), "one seed, instead of --seeds");
        add("decide", optional("NUMBER"),
            "train in rounds of seeds and drop what cannot be the best, until one setting is left: the best, where it "
            "is "
            "better than the others by so much, else one that is worse by less; nats, or points of accuracy");
        add("decide-by", text("val_loss", "val_loss|val_accuracy"),
            "by which a decision judges: best val_loss, or accuracy");
        add("error", text("0.05", "NUMBER"), "the most probability with which a decision may choose another one");
        add("max-seeds", text("200", "N"), "seeds with which a decision ends that is not made");
    } else {
        add("dropout", text("0", "P"), "dropout value, below 1");
        add("seed", optional("N"), "seed of everything random; default: 1");
    }
    add("input-dropout", text("0", "P"), "dropout of the inputs, below 1");
    add("hidden", text("512,512", "LIST"), "widths of the hidden layers");
    add("epochs", text("20", "N"), "the most epochs to train");
    add("batch-size", text("128", "N"), "samples of a step, over all ranks");
    add("optimizer", text("rmsprop", "rmsprop|adam|sgd"), "how the weights follow their gradients");
    add("learning-rate", optional("NUMBER"), "of the optimizer; default: 0.001, of sgd 0.01");
    add("rho", optional("NUMBER"), "of rmsprop: how much of the mean square is kept; default: 0.9");
    add("beta-1", optional("NUMBER"), "of adam: how much of the mean gradient is kept; default: 0.9");
    add("beta-2", optional("NUMBER"), "of adam: how much of the mean square is kept; default: 0.999");
    add("momentum", optional("NUMBER"), "of sgd: how much of the last change is kept; default: 0");
    add("epsilon", optional("NUMBER"), "of rmsprop and adam; default: that of --rules");
    add("rules", text("keras", "keras|keras-2017|torch"),
        "whose optimizers and loss: of Keras 3, of Keras in 2017, of PyTorch");
    add("class-weights", optional("balanced|LIST"),
        "what the loss of each class counts: one number each, or as much less as it is more frequent");
    add("validation-split", text("0.1", "NUMBER"), "share of the training samples that is held out for validation");
    add("patience", text("2", "N"), "stop after so many epochs in a row without a better val_loss; 'none' never stops");
    add("min-delta", text("0", "NUMBER"), "how much better counts as better");
    add("restore-best-weights",
        po::value<std::string>()->default_value("off")->implicit_value("on")->value_name("on|off"),
        "keep the weights of the best epoch, not of the last");
    add("shuffle", po::value<std::string>()->default_value("on")->value_name("on|off"),
        "new order of the samples in each epoch");
    add("init-weights", optional("FILE"), "start from this .safetensors model");
    add("leaf-rows", text("32", "N"),
        "samples of a leaf: a batch is cut into leaves of so many, whose gradients are added up in a fixed order");
    add("ranks-per-trial", text("auto", "N"), "ranks that begin a trial together, at most the leaves of a batch");
    if (command != Command::train) {
        add("elastic", po::value<std::string>()->default_value("on")->value_name("on|off"),
            "when no trial waits, free ranks join those that run, up to one rank per leaf; changes no result");
    }
    add("precision", text("fp32", "fp32|bf16"), "of the operands of matrix products; all else is float32");
    add("gemm", text("auto", "auto|openblas"), "what multiplies; auto: kernels of our own for fp32, oneDNN for bf16");
    if (command == Command::plan) return options;
    add("report", po::value<std::string>()->default_value("on")->value_name("on|off"),
        "metrics, statistics, plots and page at the end; 'off' leaves them to dropsweep report");
    add("tensorboard", po::value<std::string>()->default_value("off")->implicit_value("on")->value_name("on|off"),
        "write event files for TensorBoard as well, while epochs and trials end, to tensorboard/");
    add("time-limit", optional("TIME"),
        "seconds, or H:MM:SS: stop before so much time has passed, to be continued by the same command; under Slurm "
        "the job's own limit holds as well");
    add("stall-timeout", text("60", "SECONDS"), "give up when a rank does not respond or go on for so long");
    add("verify", text("0", "SHARE"),
        "of the steps that are computed twice, on two ranks where there are two, to find a rank that computes wrong");
    add("on-corruption", text("stop", "stop|go-on"), "what to do when --verify has found one, and put its step right");
    add("inject", optional("FAULT"),
        "faults to inject, a comma list of ACTION@RANK:TRIAL:EPOCH:STEP, e.g. kill@1:p0.3-s1:0:20, ACTION being kill, "
        "stop, hang, slow, fail, fail-write, flip-weight, flip-activation, flip-gradient or flip-message; of "
        "ACTION@RANK:TRIAL:growth, when a group grows; and of delay@SEED, random delays on all ranks");
    add("quiet", po::bool_switch(), "no progress");
    return options;
}

std::string to_string(Command command) {
    constexpr std::array kNames = {"train", "sweep", "plan"};
    return kNames[static_cast<std::size_t>(command)];
}

std::string config_path(const std::vector<std::string>& arguments) {
    return parse(arguments).text_or_empty("config");
}

double early_stall_timeout(const std::vector<std::string>& arguments) {
    Options options;
    try {
        parse_surroundings(parse(arguments), options);
    } catch (const std::exception&) {
        // It is told when all ranks can agree on it.
    }
    return options.stall_timeout;
}

namespace {

/// --decide and what belongs to it; none without it.
std::optional<sweep::DecisionRules> parse_decision(const CommandLine& line, const Options& options) {
    if (!line.has("decide")) {
        for (const char* option : {"decide-by", "error", "max-seeds"}) {
            if (line.values[option].defaulted()) continue;
            throw Error(ExitCode::usage, fmt::format("--{} is for a decision; give --decide as well", option));
        }
        return std::nullopt;
    }
    sweep::DecisionRules rules;
    rules.by_accuracy = parse_either("--decide-by", line.text("decide-by"), "val_loss", "val_accuracy");
    rules.difference = parse_real("--decide", line.text("decide"), 1e-9, 1e9);
    if (rules.by_accuracy) rules.difference /= 100;
    rules.error = parse_real("--error", line.text("error"), 1e-6, 0.5);
    const std::size_t most = kMostTrials / options.settings.size();
    if (line.values["max-seeds"].defaulted()) {
        rules.most_seeds = std::clamp(most, rules.first_seeds, rules.most_seeds);
    } else {
        rules.most_seeds =
            parse_count("--max-seeds", line.text("max-seeds"), rules.first_seeds, std::max(most, rules.first_seeds));
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

/// The command line with what the configuration adds to it.
CommandLine parse_with_config(const std::vector<std::string>& arguments, const std::string& config_text) {
    CommandLine line = parse(arguments);
    po::variables_map& values = line.values;
    const bool seeds_on_command_line = line.has("seed") || line.has("seeds");
    try {
        std::istringstream config(text::hide_percents(config_text));
        po::variables_map configured;
        po::store(po::parse_config_file(config, describe_run(command_of(arguments))), configured);
        show_percents(configured);
        for (const char* name : {"config", "help"}) {
            if (configured.count(name) != 0) throw po::error(fmt::format("'{}' makes no sense there", name));
        }
        if (const auto name = find_empty_value(configured))
            throw po::error(fmt::format("'{}' has an empty value", *name));
        for (const auto& [name, value] : configured) {
            // A default of the file's map must not stand against the command line's, nor seeds of either kind.
            if (value.defaulted() || (seeds_on_command_line && name.starts_with("seed"))) continue;
            if (values.count(name) == 0 || values[name].defaulted()) {
                values.erase(name);
                values.emplace(name, value);
            }
        }
    } catch (const po::error& error) {
        refuse(line.command, fmt::format("in the file given with --config: {}", text::show_percents(error.what())));
    }

    return line;
}

}  // namespace

std::string settings_path(const std::vector<std::string>& arguments, const std::string& config_text) {
    const std::string here = parse(arguments).text_or_empty("settings");
    if (!here.empty()) return here;
    const std::string configured = parse_with_config(arguments, config_text).text_or_empty("settings");
    if (configured.empty()) return "";
    return std::filesystem::path(config_path(arguments)).parent_path() / configured;
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

Options parse_options(const std::vector<std::string>& arguments, const std::string& config_text,
                      const SettingsTable& settings) {
    const Command command = command_of(arguments);
    const CommandLine line = parse_with_config(arguments, config_text);
    const auto text = [&line](const char* name) { return line.text(name); };
    constexpr std::uint64_t kMany = 1'000'000;
    Options options;
    options.command = command;
    options.data = data_options(line);
    options.data.standardize = parse_switch("--standardize", line.text("standardize"));
    options.output = line.text_or_empty("output");
    options.init_weights = line.text_or_empty("init-weights");
    if (line.has("seed") && line.has("seeds")) {
        throw Error(ExitCode::usage, "both --seed and --seeds are given; use one of them");
    }
    if (line.has("seeds")) {
        options.seeds = parse_seeds("--seeds", text("seeds"));
    } else {
        const std::string seed = line.has("seed") ? text("seed") : "1";
        options.seeds = {parse_count("--seed", seed, 0, std::numeric_limits<std::uint64_t>::max())};
    }
    parse_settings(line, settings, options);
    if (command != Command::train) options.decision = parse_decision(line, options);
    if (options.decision) options.difference_to_decide = text("decide");
    const auto ranks = parse_optional_count("--ranks-per-trial", text("ranks-per-trial"), "auto", 1, kMany);
    options.plan.ranks_per_trial = ranks ? std::optional(static_cast<int>(*ranks)) : std::nullopt;
    options.plan.elastic = command != Command::train && parse_switch("--elastic", text("elastic"));
    if (command == Command::plan) {
        options.machine = parse_machine(line);
    } else {
        parse_surroundings(line, options);
    }
    for (auto& [choices, training] : options.trainings) training.verify = options.training.verify;
    return options;
}

}  // namespace dropsweep::cli
