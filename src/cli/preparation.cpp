// What happens before training.
#include "preparation.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dropsweep/comm/agreement.hpp"
#include "dropsweep/data/csv_file.hpp"
#include "dropsweep/data/standardize.hpp"
#include "dropsweep/nn/model_file.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/system/memory.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/hex.hpp"
#include "dropsweep/text/words.hpp"

#include "data_source.hpp"
#include "settings.hpp"

namespace dropsweep::cli {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> metadata_of(const data::Dataset& dataset) {
    const data::LabelledSamples& samples = dataset.train;
    std::map<std::string, std::string> metadata = {{"input_scale", samples.numbers.empty() ? "1/255" : "1"}};
    if (samples.is_image()) {
        metadata["image_rows"] = fmt::to_string(samples.rows);
        metadata["image_columns"] = fmt::to_string(samples.columns);
    }
    const std::vector<std::string>& names = dataset.class_names;
    if (names != text::number_names(names.size())) metadata["class_names"] = nn::to_metadata(names);
    if (!dataset.feature_names.empty()) metadata["feature_names"] = nn::to_metadata(dataset.feature_names);
    return metadata;
}

/// Preparation::identity.
system::Digest identity_of(const Config& config, const record::DataProvenance& data) {
    const std::string text = fmt::format("{}\n{}\n{}\n", Config{config.command, config.of_a_trial()}.text(),
                                         data.sha256, data.initial_weights_sha256);
    return system::sha256(std::span<const char>(text));
}

SettingsTable read_settings(const std::string& path) {
    SettingsTable table{.path = path, .options = {}, .rows = {}};
    if (path.empty()) return table;
    std::vector<data::CsvLine> lines = data::read_csv(path);
    table.options = std::move(lines.front().fields);
    for (std::size_t i = 1; i < lines.size(); ++i) table.rows.push_back({lines[i].line, std::move(lines[i].fields)});
    return table;
}

/// Collective over world.
void broadcast(const comm::Communicator& world, SettingsTable& table) {
    std::string text = nlohmann::json{table.path, table.options}.dump();
    for (const SettingsTable::Row& row : table.rows) text += '\n' + nlohmann::json{row.line, row.values}.dump();
    world.broadcast(text, 0);
    const std::vector<std::string_view> lines = text::split(text, '\n');
    nlohmann::json::parse(lines.front())[0].get_to(table.path);
    nlohmann::json::parse(lines.front())[1].get_to(table.options);
    table.rows.clear();
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const nlohmann::json row = nlohmann::json::parse(lines[i]);
        table.rows.push_back({row[0].get<std::size_t>(), row[1].get<std::vector<std::string>>()});
    }
}

nn::Architecture architecture_of(const sweep::Setting& setting, const Options& options,
                                 const data::LabelledSamples& train, const Preparation& ready) {
    return {train.features(), options.trainings.of(setting).hidden, ready.data.classes};
}

/// Bytes that a trial takes at least, when its first rank writes a checkpoint. For each parameter: a sum of gradients,
/// the weight that is hashed, and weight and moments three times (in use, in the checkpoint, in its encoding).
double memory_of(const nn::Architecture& architecture, const optim::Settings& optimizer) {
    const std::size_t floats = 5 + 3 * optim::definition_of(optimizer.rule).moments;
    return static_cast<double>(sizeof(float) * floats) * static_cast<double>(nn::ParameterLayout(architecture).size());
}

/// Adds a fault for each setting whose network does not fit into memory.
void refuse_what_is_too_large(Options& options, const data::LabelledSamples& train, const Preparation& ready) {
    const auto available = static_cast<double>(system::available_memory());
    for (const sweep::Setting& setting : options.settings) {
        const double bytes =
            memory_of(architecture_of(setting, options, train, ready), options.trainings.of(setting).optimizer);
        if (bytes <= available) continue;
        constexpr double kGigabyte = 1e9;
        options.faults.emplace(
            setting, fmt::format("out of memory: to train this network takes {:.1f} GB and there are {:.1f}; use a "
                                 "smaller model",
                                 bytes / kGigabyte, available / kGigabyte));
    }
    require_one_that_works(options, ExitCode::failure);
}

/// Reads the weights of --init-weights, and adds a fault for each setting whose network has another shape.
void take_initial_weights(Options& options, const data::LabelledSamples& train, Preparation& ready) {
    const nn::Model model = nn::read_model(options.init_weights);
    const nn::Architecture& found = model.architecture;
    for (const sweep::Setting& setting : options.settings) {
        const nn::Architecture wanted = architecture_of(setting, options, train, ready);
        if (found == wanted) continue;
        options.faults.emplace(
            setting,
            fmt::format("{}: a network {}-{}-{} where {}-{}-{} is to be trained; give a model of this shape, or "
                        "change --hidden or --data",
                        options.init_weights, found.inputs, fmt::join(found.hidden, "-"), found.classes, wanted.inputs,
                        fmt::join(wanted.hidden, "-"), wanted.classes));
    }
    require_one_that_works(options, ExitCode::bad_data);
    ready.initial_weights.assign(model.weights.span().begin(), model.weights.span().end());
    ready.data.initial_weights_sha256 = text::to_hex(system::sha256(model.weights.span()));
    options.init_weights = fs::absolute(options.init_weights).lexically_normal();
}

}  // namespace

Options agree_on_options(const comm::Communicator& world, CommandLine line) {
    std::string config_text;
    SettingsTable settings;
    Options options;
    comm::run_on_rank_zero(world, [&] {
        if (line.has("config")) config_text = system::read_file(line.text("config"));
        add_config(line, config_text);
        settings = read_settings(line.text_or_empty("settings"));
        options = parse_options(line, settings);
    });
    world.broadcast(config_text, 0);
    broadcast(world, settings);
    if (world.rank() == 0) return options;
    add_config(line, config_text);
    return parse_options(line, settings);
}

Preparation prepare(Options& options, const Warn& warn) {
    Preparation ready;
    const DataSource source = choose_data_source(options.data);
    if (!source.note.empty()) warn(source.note);
    if (options.training.gemm_configuration.precision == linalg::Precision::bf16) {
        if (const std::string drawback = linalg::bf16_drawback(); !drawback.empty()) warn(drawback);
    }
    ready.dataset = load(source, warn, options.quiet);
    const data::LabelledSamples& train = ready.dataset.train;
    const data::LabelledSamples& test = ready.dataset.test;
    ready.data = {.source = source.where.path,
                  .note = source.note,
                  .sha256 = data::content_hash(ready.dataset),
                  .initial_weights_sha256 = {},
                  .training_samples = train.count,
                  .validation_samples = 0,
                  .test_samples = test.count,
                  .rows = train.rows,
                  .columns = train.columns,
                  .classes = ready.dataset.class_names.size(),
                  .class_names = ready.dataset.class_names,
                  .feature_names = ready.dataset.feature_names};
    ready.metadata = metadata_of(ready.dataset);
    if (source.where.shuffled_validation) {
        data::shuffle_validation(ready.dataset, options.training.validation_split);
    }
    const data::Split split =
        data::split_tail(data::as_samples(train), data::as_samples(test), options.training.validation_split);
    for (const std::string& line : data::classes_without_samples(split, ready.dataset.class_names)) {
        warn(fmt::format("{}: {}; is the file sorted? Then use --validation shuffled", source.where.path, line));
    }
    for (const auto& [choices, training] : options.trainings) {
        const bool differ = std::ranges::find(choices, "class-weights", &sweep::Choice::option) != choices.end();
        std::vector<float> weights =
            train::class_weights_of(training.class_weights, split.train.labels, ready.dataset.class_names);
        if (!differ) ready.data.class_weights = std::move(weights);
    }
    if (source.where.standardize) {
        const data::Standardization standardization = data::standardization_of(split.train);
        data::standardize(ready.dataset.train, standardization);
        data::standardize(ready.dataset.test, standardization);
        ready.metadata["feature_means"] = nn::to_metadata(standardization.means);
        ready.metadata["feature_deviations"] = nn::to_metadata(standardization.deviations);
    }
    ready.data.training_samples = split.train.size();
    ready.data.validation_samples = split.validation.size();
    options.plan.leaves = split.train.size();
    for (const auto& [choices, training] : options.trainings) {
        options.plan.leaves = std::min(options.plan.leaves, train::leaves_of(training, split.train.size()));
    }
    refuse_what_is_too_large(options, train, ready);
    if (!options.init_weights.empty()) take_initial_weights(options, train, ready);
    options.data = source.where;
    ready.config = to_config(options);
    ready.identity = identity_of(ready.config, ready.data);
    return ready;
}

void broadcast(const comm::Communicator& world, Preparation& ready) {
    world.broadcast(ready.initial_weights, 0);
    std::string metadata = nlohmann::json(ready.metadata).dump();
    world.broadcast(metadata, 0);
    ready.metadata = nlohmann::json::parse(metadata).get<std::map<std::string, std::string>>();
    world.broadcast(std::span<std::uint8_t>(ready.identity), 0);
    world.broadcast(ready.data.classes, 0);
}

sweep::ByChoices<train::Experiment> experiments_of(const train::SharedDataset& shared, const Preparation& ready,
                                                   const sweep::ByChoices<train::TrainingOptions>& trainings) {
    const data::Samples train_file = shared.train_file();
    const std::vector<std::string> names = text::number_names(ready.data.classes);
    sweep::ByChoices<train::Experiment> experiments;
    for (const auto& [choices, training] : trainings) {
        const data::Split split = data::split_tail(train_file, shared.test_file(), training.validation_split);
        experiments.emplace(
            choices, {.data = split,
                      .architecture = {train_file.features, training.hidden, ready.data.classes},
                      .options = training,
                      .initial_weights = ready.initial_weights,
                      .class_weights = train::class_weights_of(training.class_weights, split.train.labels, names)});
    }
    return experiments;
}

std::uint32_t most_epochs(const sweep::ByChoices<train::TrainingOptions>& trainings) {
    std::uint32_t most = 0;
    for (const auto& [choices, training] : trainings) most = std::max(most, training.epochs);
    return most;
}

sweep::ByChoices<sweep::EpochForecast> forecasts_of(const sweep::ByChoices<train::TrainingOptions>& trainings,
                                                    const std::vector<record::TrialRecord>& ended) {
    sweep::ByChoices<sweep::EpochForecast> forecasts;
    for (const auto& [choices, training] : trainings) forecasts.emplace(choices, sweep::EpochForecast(training));
    for (const record::TrialRecord& record : ended) {
        if (!record.counts()) continue;
        forecasts.of(record.trial).learn(record.trial.dropout.value(), record.result->epochs);
    }
    return forecasts;
}

void check_injected_faults(const Options& options, const std::vector<sweep::Trial>& trials, int ranks) {
    for (const sweep::InjectedFault& fault : options.injected_faults) {
        if (fault.action == sweep::InjectedFault::Action::delay) continue;
        const bool has_trial = std::ranges::find(trials, fault.trial, &sweep::Trial::id) != trials.end();
        const bool has_step = fault.at_growth || (fault.step > 0 && fault.epoch < most_epochs(options.trainings));
        if (has_trial && has_step && fault.rank >= 0 && fault.rank < ranks) continue;
        throw Error(
            ExitCode::usage,
            fmt::format("--inject: there is no rank {}, no trial {}, or no step {} in an epoch {}; name those of "
                        "this run",
                        fault.rank, fault.trial, fault.step, fault.epoch));
    }
}

}  // namespace dropsweep::cli
