#include "dropsweep/cli/run.hpp"

#include <cstdio>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/comm/agreement.hpp"
#include "dropsweep/core/blas.hpp"
#include "dropsweep/core/files.hpp"
#include "dropsweep/nn/model_file.hpp"
#include "dropsweep/report/manifest.hpp"
#include "dropsweep/report/progress.hpp"
#include "dropsweep/report/report.hpp"
#include "dropsweep/report/result_table.hpp"
#include "dropsweep/report/run_files.hpp"
#include "dropsweep/sweep/scheduler.hpp"
#include "dropsweep/train/evaluation.hpp"
#include "dropsweep/train/shared_dataset.hpp"

#include "data_source.hpp"
#include "standard_output.hpp"

namespace dropsweep::cli {
namespace {

namespace fs = std::filesystem;

/// Rank 0 reads the configuration file and checks everything; the other ranks repeat what is known to work.
Options agree_on_options(const comm::Communicator& world, const std::vector<std::string>& arguments) {
    std::string config_text;
    comm::run_on_rank_zero(world, [&] {
        const std::string path = config_path(arguments);
        if (!path.empty()) config_text = core::read_file(path);
        parse_options(arguments, config_text);
    });
    world.broadcast(config_text, 0);
    return parse_options(arguments, config_text);
}

/// Makes the run directory.
/// @throws Error  usage: it holds a run already; io_error: it cannot be made
fs::path make_run_directory(const Options& options) {
    const fs::path directory = options.output.empty()
                                   ? fmt::format("results/{}-{}", to_string(options.command), report::utc_time())
                                   : options.output;
    std::error_code failure;
    const auto holds = [&](const char* name) { return fs::exists(directory / name, failure); };
    if (holds("config.ini") || holds("history.csv") || holds("summary.csv")) {
        throw Error(ExitCode::usage,
                    fmt::format("--output {}: it holds a run already; name another directory, or remove "
                                "this one",
                                directory.string()));
    }
    fs::create_directories(directory / "models", failure);
    if (failure) {
        throw Error(ExitCode::io_error, fmt::format("--output {}: {}; name a directory that can be written to",
                                                    directory.string(), failure.message()));
    }
    return directory;
}

/// data::count_classes, with the source in its message.
std::size_t count_classes(const data::Dataset& dataset, const std::string& source, std::vector<std::string>& warnings) {
    try {
        return data::count_classes(dataset, warnings);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", source, error.what()));
    }
}

fs::path model_path(const fs::path& directory, const std::string& trial) {
    return directory / "models" / (trial + ".safetensors");
}

/// What rank 0 finds out before the start.
struct Preparation {
    data::Dataset dataset;
    report::DataProvenance data;
    std::string config;  ///< the text of config.ini
    std::string directory;
    std::vector<float> initial_weights;
};

Preparation prepare(Options options, const sweep::Plan& plan, const Reporter& reporter) {
    Preparation ready;
    const DataSource source = choose_data_source(options.data);
    if (!source.note.empty()) reporter.warn(source.note);
    ready.dataset = load(source);
    std::vector<std::string> warnings;
    const data::LabelledImages& train = ready.dataset.train;
    const data::LabelledImages& test = ready.dataset.test;
    ready.data = {.source = source.name,
                  .note = source.note,
                  .sha256 = data::content_hash(ready.dataset),
                  .training_samples = train.count,
                  .validation_samples = 0,
                  .test_samples = test.count,
                  .rows = train.rows,
                  .columns = train.columns,
                  .classes = count_classes(ready.dataset, source.name, warnings)};
    for (const std::string& warning : warnings) reporter.warn(fmt::format("{}: {}", source.name, warning));
    const data::Split split =
        data::split_tail(data::as_samples(train), data::as_samples(test), options.training.validation_split);
    ready.data.training_samples = split.train.size();
    ready.data.validation_samples = split.validation.size();
    if (!options.init_weights.empty()) {
        const nn::Model model = nn::read_model(options.init_weights);
        const nn::Architecture wanted{train.features(), options.training.hidden, ready.data.classes};
        if (model.architecture != wanted) {
            throw Error(
                ExitCode::bad_data,
                fmt::format("{}: a network {}-{}-{} where {}-{}-{} is to be trained; give a model of this shape, "
                            "or change --hidden or --data",
                            options.init_weights, model.architecture.inputs, fmt::join(model.architecture.hidden, "-"),
                            model.architecture.classes, wanted.inputs, fmt::join(wanted.hidden, "-"), wanted.classes));
        }
        ready.initial_weights.assign(model.weights.span().begin(), model.weights.span().end());
    }
    options.data = source.name;
    if (!options.init_weights.empty()) options.init_weights = fs::absolute(options.init_weights).lexically_normal();
    options.training.shards = plan.shards;
    ready.config = to_config(options);
    ready.directory = make_run_directory(options).string();
    return ready;
}

void warn_of_different_machines(const std::vector<report::RankMachine>& machines, const Reporter& reporter) {
    for (const report::RankMachine& machine : machines) {
        if (machine.blas == machines.front().blas && machine.cpu == machines.front().cpu) continue;
        reporter.warn(
            fmt::format("{} ({}, {}) differs from {} ({}, {}): bits are only reproducible on machines of one "
                        "type; set OPENBLAS_CORETYPE, or choose equal machines",
                        machine.host, machine.cpu, machine.blas, machines.front().host, machines.front().cpu,
                        machines.front().blas));
        return;
    }
}

/// Writes down what the run is and what it runs on, before it starts.
void record(const std::vector<std::string>& arguments, const sweep::Plan& plan,
            const std::vector<report::RankMachine>& machines, const Preparation& ready) {
    std::vector<std::string> command_line = {"dropsweep"};
    command_line.insert(command_line.end(), arguments.begin(), arguments.end());
    report::write_manifest(fs::path(ready.directory) / "manifest.json", command_line, plan, machines, ready.data,
                           core::blas_threads());
    core::write_file_atomically(fs::path(ready.directory) / "config.ini", ready.config);
}

/// Gives every rank what rank 0 found out, but for the data set. Collective.
void broadcast(const comm::Communicator& world, Preparation& ready) {
    world.broadcast(ready.directory, 0);
    world.broadcast(ready.initial_weights, 0);
    for (std::size_t* number : {&ready.data.classes, &ready.data.rows, &ready.data.columns}) {
        world.broadcast(*number, 0);
    }
}

std::map<std::string, std::string> model_metadata(const sweep::Trial& trial, const report::DataProvenance& data) {
    return {{"dropout", trial.dropout.text()},
            {"seed", fmt::to_string(trial.seed)},
            {"image_rows", fmt::to_string(data.rows)},
            {"image_columns", fmt::to_string(data.columns)}};
}

/// Metrics of the best model, statistics, plots and page, from the files that the training left.
void report_on(const report::RunRecord& record, const report::Comparison& comparison, const Preparation& ready,
               const data::Samples& test, const Reporter& reporter) {
    std::optional<report::Classification> classification;
    if (comparison.chosen_trial != nullptr) {
        const std::string trial = comparison.chosen_trial->trial.id();
        const nn::Model model = nn::read_model(model_path(ready.directory, trial));
        classification = report::classify(trial, train::predict(model.architecture, model.weights.span(), test), test,
                                          model.architecture.classes, ready.data.rows);
        report::write_classification(*classification, ready.directory);
    }
    const std::size_t digit = report::default_digit(classification);
    for (const std::string& note : report::write_report(ready.directory, record, comparison, classification, digit)) {
        reporter.warn(note);
    }
}

/// What follows the training.
void finish(const Options& options, const Preparation& ready, const std::map<std::string, std::string>& reasons,
            const data::Samples& test, const Reporter& reporter) {
    const report::RunRecord record = report::read_run(ready.directory);
    const report::Comparison comparison = report::compare(record);
    if (options.report) report_on(record, comparison, ready, test, reporter);
    print_to_stdout(fmt::format("{}{}\nfiles: {}\n", report::result_table(comparison, reasons),
                                report::verdict(comparison), ready.directory),
                    "all files are complete, the table is in summary.csv");
}

}  // namespace

ExitCode run(const comm::Communicator& world, const std::vector<std::string>& arguments, const Reporter& reporter) {
    Options options = agree_on_options(world, arguments);
    comm::run_on_all_ranks(world, core::start_blas);
    const std::vector<sweep::Trial> trials = sweep::make_trials(options.dropouts, options.seeds);
    sweep::Plan plan;
    Preparation ready;
    comm::run_on_rank_zero(world, [&] {
        plan = sweep::make_plan(trials, world.size(), options.plan);
        ready = prepare(options, plan, reporter);
    });
    plan = sweep::make_plan(trials, world.size(), options.plan);
    options.training.shards = plan.shards;
    const std::vector<report::RankMachine> machines = report::gather_machines(world);
    comm::run_on_rank_zero(world, [&] {
        warn_of_different_machines(machines, reporter);
        record(arguments, plan, machines, ready);
        if (!options.quiet) std::fputs(sweep::describe(plan, trials).c_str(), stderr);
    });

    broadcast(world, ready);
    const train::SharedDataset shared(world, std::move(ready.dataset));
    const data::Samples train_file = shared.train_file();
    const train::Experiment experiment{
        .data = data::split_tail(train_file, shared.test_file(), options.training.validation_split),
        .architecture = {train_file.features, options.training.hidden, ready.data.classes},
        .options = options.training,
        .initial_weights = ready.initial_weights};

    report::RunFiles files(ready.directory, trials, experiment.data.train.size());
    report::Progress progress(trials, {.epochs = options.training.epochs,
                                       .stops_early = options.training.patience.has_value(),
                                       .training_samples = experiment.data.train.size(),
                                       .groups = plan.groups.size(),
                                       .terminal = report::progress_terminal()});
    sweep::Hooks hooks;
    hooks.keep_model = [&](const sweep::Trial& trial, const train::TrainedModel& model) {
        nn::write_model(model_path(ready.directory, trial.id()), experiment.architecture, model.weights.span(),
                        model_metadata(trial, ready.data));
    };
    hooks.listeners = {&files};
    if (!options.quiet) hooks.listeners.push_back(&progress);
    hooks.die = reporter.die;
    const bool all_succeeded = sweep::run_sweep(world, plan, trials, experiment, hooks);

    comm::run_on_rank_zero(world, [&] { finish(options, ready, files.reasons(), experiment.data.test, reporter); });
    return all_succeeded ? ExitCode::done : ExitCode::trial_failed;
}

}  // namespace dropsweep::cli
