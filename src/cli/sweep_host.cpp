// What a sweep needs of the program.
#include "sweep_host.hpp"

#include <utility>

#include "dropsweep/nn/model_file.hpp"
#include "dropsweep/record/predictions.hpp"

#include "metadata.hpp"
#include "output.hpp"

namespace dropsweep::cli {

std::optional<train::Checkpoint> SweepHost::load_checkpoint(const sweep::Trial& trial) {
    const train::Experiment& experiment = parts_.experiments.of(trial);
    const std::size_t parameters = nn::ParameterLayout(experiment.architecture).size();
    train::CheckpointStore::Loaded loaded = parts_.checkpoints.load(
        trial.id(), parameters, optim::definition_of(experiment.options.optimizer.rule).moments);
    for (const std::string& warning : loaded.warnings) parts_.warn(warning);
    return std::move(loaded.checkpoint);
}

void SweepHost::save_checkpoint(const sweep::Trial& trial, const train::Checkpoint& state) {
    parts_.checkpoints.save(trial.id(), state);
}

void SweepHost::keep_model(const sweep::Trial& trial, const train::TrainedModel& model) {
    const train::Experiment& experiment = parts_.experiments.of(trial);
    record::keep_predictions(parts_.directory, trial.id(), model.predicted);
    nn::write_model(model_path(parts_.directory, trial.id()), experiment.architecture, model.weights.span(),
                    model_metadata(trial, parts_.metadata, experiment.options));
}

void SweepHost::on_corruption(const std::string& what) {
    if (parts_.goes_on_when_corrupt) return parts_.warn(what + "; their step was taken and the run goes on");
    throw Error(ExitCode::failure,
                what + "; check its machine, and run the same command again without it, or with --on-corruption go-on");
}

}  // namespace dropsweep::cli
