#include "preparation.hpp"

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dropsweep/comm/agreement.hpp"
#include "dropsweep/core/error.hpp"
#include "dropsweep/core/files.hpp"
#include "dropsweep/core/hex.hpp"
#include "dropsweep/core/text.hpp"
#include "dropsweep/data/standardize.hpp"
#include "dropsweep/nn/model_file.hpp"

#include "data_source.hpp"

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
    if (names != core::number_names(names.size())) metadata["class_names"] = nn::to_metadata(names);
    if (!dataset.feature_names.empty()) metadata["feature_names"] = nn::to_metadata(dataset.feature_names);
    return metadata;
}

/// What the bits of a result depend on.
core::Digest identity_of(const std::string& config, const report::DataProvenance& data) {
    std::string text;
    for (const std::string_view line : core::split(config, '\n')) {
        // Where data and weights lie does not matter, but what they are.
        const auto is = [line](const char* name) { return line.starts_with(fmt::format("{} =", name)); };
        if (is("data") || is("test") || is("label") || is("init-weights")) continue;
        text += fmt::format("{}\n", line);
    }
    text += fmt::format("{}\n{}\n", data.sha256, data.initial_weights_sha256);
    return core::sha256(std::span<const char>(text));
}

}  // namespace

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

Preparation prepare(Options& options, const Warn& warn) {
    Preparation ready;
    const DataSource source = choose_data_source(options.data);
    if (!source.note.empty()) warn(source.note);
    if (options.training.arithmetic.precision == core::Precision::bf16) {
        if (const std::string drawback = core::bf16_drawback(); !drawback.empty()) warn(drawback);
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
    ready.data.class_weights =
        train::class_weights_of(options.training.class_weights, split.train.labels, ready.dataset.class_names);
    if (source.where.standardize) {
        const data::Standardization standardization = data::standardization_of(split.train);
        data::standardize(ready.dataset.train, standardization);
        data::standardize(ready.dataset.test, standardization);
        ready.metadata["feature_means"] = nn::to_metadata(standardization.means);
        ready.metadata["feature_deviations"] = nn::to_metadata(standardization.deviations);
    }
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
        ready.data.initial_weights_sha256 = core::to_hex(core::sha256(model.weights.span()));
    }
    options.data = source.where;
    if (!options.init_weights.empty()) options.init_weights = fs::absolute(options.init_weights).lexically_normal();
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
    world.broadcast(ready.data.class_weights, 0);
}

train::Experiment experiment_of(const train::SharedDataset& shared, const Preparation& ready,
                                const train::TrainingOptions& training) {
    const data::Samples train_file = shared.train_file();
    return {.data = data::split_tail(train_file, shared.test_file(), training.validation_split),
            .architecture = {train_file.features, training.hidden, ready.data.classes},
            .options = training,
            .initial_weights = ready.initial_weights,
            .class_weights = ready.data.class_weights};
}

}  // namespace dropsweep::cli
