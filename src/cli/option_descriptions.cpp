// The options of `sweep`, `train` and `plan` with their defaults and the words of --help.
#include "option_descriptions.hpp"

#include <fmt/format.h>

#include "dropsweep/data/table.hpp"

#include "command_line.hpp"
#include "training_values.hpp"
#include "values.hpp"

namespace dropsweep::cli {
namespace {

namespace po = boost::program_options;

template <class Words>
po::typed_value<std::string>* either(const Words& words) {
    return text_value(fmt::to_string(fmt::join(words, "|")), words.front());
}

/// Of `sweep` and `plan`.
void add_many_trials(po::options_description& options) {
    auto add = options.add_options();
    add("settings", text_value("FILE"),
        "CSV file with a setting on each line, its columns named as the options they are for, instead of lists");
    add("dropout", text_value("LIST", "0:0.8:0.1"),
        "dropout values: a list, or first:last:step with both ends, below 1; 0.2/0.5 has a rate for each hidden layer");
    add("seeds", text_value("LIST"), "5 is the seeds 1 to 5, 3,7,9 is a list; default: 1");
    add("seed", text_value("N"), "one seed, instead of --seeds");
    add("decide", text_value("NUMBER"),
        "train in rounds of seeds and drop what cannot be the best, until one setting is left: the best, where it is "
        "better than the others by so much, else one that is worse by less; nats, or points of accuracy");
    add("decide-by", either(kDecideBy), "by which a decision judges: best val_loss, or accuracy");
    add("error", text_value("NUMBER", "0.05"), "the most probability with which a decision may choose another one");
    add("max-seeds", text_value("N", "200"), "seeds with which a decision ends that is not made");
}

/// How the program runs, whatever it computes; of `sweep` and `train`.
void add_surroundings(po::options_description& options) {
    auto add = options.add_options();
    add("report", text_value("on|off", "on"),
        "metrics, statistics, plots and page at the end; 'off' leaves them to dropsweep report");
    add("tensorboard", text_value("on|off", "off"),
        "write event files for TensorBoard as well, while epochs and trials end, to tensorboard/");
    add("time-limit", text_value("TIME"),
        "seconds, or H:MM:SS: stop before so much time has passed, to be continued by the same command; under Slurm "
        "the job's own limit holds as well");
    add("stall-timeout", text_value("SECONDS", "60"), "give up when a rank does not respond or go on for so long");
    add("verify", text_value("SHARE", "0"),
        "of the steps that are computed twice, on two ranks where there are two, to find a rank that computes wrong");
    add("on-corruption", either(kOnCorruption), "what to do when --verify has found one, and put its step right");
    add("inject", text_value("FAULT"),
        fmt::format("faults to inject, a comma list of ACTION@RANK:TRIAL:EPOCH:STEP, e.g. kill@1:p0.3-s1:0:20, ACTION "
                    "being {}; of ACTION@RANK:TRIAL:growth, when a group grows; and of delay@SEED, random delays on "
                    "all ranks",
                    fault_names())
            .c_str());
    add("quiet", po::bool_switch(), "no progress");
}

}  // namespace

void add_data_options(po::options_description& options) {
    auto add = options.add_options();
    add("data", text_value("PATH"),
        fmt::format("directory of IDX files, FILE.npz, a table {}, or 'synthetic'; default: $DROPSWEEP_DATA, else "
                    "data/mnist if it is there, else synthetic",
                    data::table_file_names())
            .c_str());
    add("test", text_value("FILE"), "the test samples of a table");
    add("label", text_value("COLUMN"),
        "of a table: its name, or without a header its number from 1; default: the last");
    add("test-split", text_value("NUMBER"),
        "share of the samples that is held out for the test, where there are no others");
    add("validation", either(kValidations),
        "samples held out for validation: the last ones, or some from everywhere, for files that are sorted");
}

po::options_description describe_run(Command command) {
    po::options_description options = describe_options(to_string(command), "");
    auto add = options.add_options();
    add("config", text_value("FILE"), "INI file with options, one 'name = value' a line; the command line wins");
    add_data_options(options);
    add("standardize", text_value("on|off", "off"),
        "give each feature mean 0 and deviation 1 over the training samples; models take raw values all the same");
    if (command == Command::plan) {
        add("ranks", text_value("N"), "ranks of the machine that is planned for");
        add("nodes", text_value("N", "1"), "nodes that they are on, as many on each");
        add("network", text_value("NAME", "10GbE"),
            "between the nodes: 10GbE, 25GbE, IB, or latency:bandwidth in microseconds and Gbit/s, e.g. 30:10");
        add("output", text_value("DIR"), "directory for plan.csv and the plot; default: none is written");
    } else {
        add("output", text_value("DIR"),
            fmt::format("run directory; default: results/{}-<UTC time>", to_string(command)).c_str());
    }
    if (command == Command::train) {
        add("dropout", text_value("P", "0"), "dropout value, below 1");
        add("seed", text_value("N"), "seed of everything random; default: 1");
    } else {
        add_many_trials(options);
    }
    for (const TrainingOption& option : training_options()) {
        add(option.name, text_value(option.type.value_name, option.default_text()), option.help);
    }
    add("init-weights", text_value("FILE"), "start from this .safetensors model");
    add("ranks-per-trial", text_value("N", "auto"), "ranks that begin a trial together, at most the leaves of a batch");
    if (command != Command::train) {
        add("elastic", text_value("on|off", "on"),
            "when no trial waits, free ranks join those that run, up to one rank per leaf; changes no result");
    }
    if (command != Command::plan) add_surroundings(options);
    return options;
}

}  // namespace dropsweep::cli
