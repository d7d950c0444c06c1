// The loop over epochs and steps, interruption, and the end of a trial.
#include "dropsweep/train/train_trial.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"

#include "trainer.hpp"
#include "verifier.hpp"

namespace dropsweep::train {
namespace {

/// How the part of a trial ended that one group trained.
struct PartEnd {
    std::optional<TrainedModel> model;               ///< the trial has ended
    std::optional<comm::Communicator> larger_group;  ///< the trial goes on there from `state`; neither: it was stopped
    Checkpoint state;
};

/// One trial on one group, until the trial ends or is stopped, or the group grows.
template <class Products>
class TrialRun {
  public:
    TrialRun(const comm::Communicator& group, const Experiment& experiment, const DropoutRates& dropout,
             std::uint64_t seed, TrialObserver& observer)
        : group_(group),
          experiment_(experiment),
          options_(experiment.options),
          data_(experiment.data),
          dropout_(dropout),
          seed_(seed),
          observer_(observer),
          trainer_(group, experiment, seed, observer.disturbance()),
          early_stopping_(options_.patience, options_.min_delta),
          keeps_state_(observer.keeps_checkpoints()) {
        group.broadcast(keeps_state_, 0);
        if (options_.verify > 0) {
            verifier_.emplace(group, experiment, dropout, seed, trainer_.make_state(), observer);
        }
        if (options_.restore_best_weights) {
            state_.best_weights = linalg::FloatBuffer(nn::ParameterLayout(experiment.architecture).size());
        }
    }

    /// Collective over the group.
    /// @param start  as for train_trial
    void go_on_from(std::optional<Checkpoint> start) {
        bool has_start = start.has_value();
        group_.broadcast(has_start, 0);
        if (!has_start) return;
        if (group_.rank() == 0) state_ = std::move(*start);
        trainer_.restore(state_);
        group_.broadcast(state_.epoch, 0);
        group_.broadcast(state_.step, 0);
        group_.broadcast(state_.total, 0);
        group_.broadcast(state_.training_seconds, 0);
        group_.broadcast(state_.history, 0);
        group_.broadcast(state_.early_stopping, 0);
        group_.broadcast(state_.best_weights.span(), 0);
        early_stopping_.restore(state_.early_stopping);
    }

    PartEnd run() {
        while (goes_on()) {
            if (!train_epoch()) return interrupted();
            if (!end_epoch()) return {TrainedModel{result(Status::diverged), {}, {}}, {}, {}};
        }
        return {finish(), {}, {}};
    }

  private:
    using Step = typename Trainer<Products>::Step;

    bool goes_on() const { return state_.epoch < options_.epochs && !early_stopping_.stops(); }

    PartEnd interrupted() {
        PartEnd end;
        end.larger_group = observer_.grow(group_);
        if (end.larger_group) {
            trainer_.save(state_);
            end.state = std::move(state_);
        } else {
            checkpoint();
        }
        return end;
    }

    /// Runs the remaining steps of the epoch, up to the first one with a loss that is not finite.
    /// @return  false: interrupted before the last step
    bool train_epoch() {
        const system::Stopwatch stopwatch(observer_.clock());
        const double seconds_before = state_.training_seconds;
        const std::vector<std::uint32_t> order = epoch_order(experiment_, seed_, state_.epoch);
        const EpochDropout dropout = epoch_dropout(experiment_, dropout_, seed_, state_.epoch);
        const data::Batches batches(order, options_.batch_size);
        bool interrupt = false;
        const auto goes_on = [&] {
            return state_.step < batches.count() && std::isfinite(state_.total.loss) && !interrupt;
        };
        while (goes_on()) {
            const Step step = trainer_.step(batches[state_.step], dropout, progress_after(state_.step + 1),
                                            observer_.interrupts(), begin_verifying());
            interrupt = step.interrupt;
            state_.total += step.total;
            ++state_.step;
            if (verifier_) correct(verifier_->end_step(!goes_on()));
            state_.training_seconds = seconds_before + stopwatch.seconds();
            observer_.on_step(progress_after(state_.step));
        }
        return state_.step == batches.count() || !std::isfinite(state_.total.loss);
    }

    StepProgress progress_after(std::uint64_t steps) const { return progress_of(experiment_, state_.epoch, steps); }

    /// Saves the state if a block of verified steps begins.
    /// @return  where the next step is to store its checksums; nullptr: it is not verified
    StepEvidence* begin_verifying() {
        if (!verifier_) return nullptr;
        if (Verifier::Start* start = verifier_->begin(state_.epoch, state_.step)) {
            trainer_.read_state(start->state);
            start->total = state_.total;
            // A fault in the shared weights during the next step of one rank must not get into another's saved state.
            group_.barrier();
        }
        return verifier_->evidence();
    }

    void correct(const std::optional<Corruption>& corruption) {
        if (!corruption) return;
        if (group_.rank() == 0) observer_.on_corruption(corruption->rank, progress_after(corruption->step + 1));
        if (!corruption->needs_rollback) return;
        const Verifier::Start& start = verifier_->start();
        trainer_.set_state(start.state.weights.span(), start.state.moments.span());
        state_.total = start.total;
        state_.step = start.step;
    }

    /// @return  false: the trial has diverged
    bool end_epoch() {
        const auto count = static_cast<double>(progress_after(state_.step).samples);
        EpochRecord record;
        record.epoch = state_.epoch;
        record.training = {state_.total.loss / count, static_cast<double>(state_.total.correct) / count};
        record.training_seconds = state_.training_seconds;
        const bool trained = std::isfinite(record.training.loss);
        if (trained) {
            const system::Stopwatch stopwatch(observer_.clock());
            weights_ = trainer_.weights();
            require_equal_weights(group_, weights_.span());
            record.validation = trainer_.evaluate(data_.validation);
            record.validation_seconds = stopwatch.seconds();
        }
        state_.history.push_back(record);
        const bool sound = trained && std::isfinite(record.validation.loss);
        if (sound) {
            const bool improved = early_stopping_.judge(record.validation.loss);
            if (improved && options_.restore_best_weights) {
                std::ranges::copy(weights_.span(), state_.best_weights.data());
            }
            ++state_.epoch;
            state_.step = 0;
            state_.total = {};
            state_.training_seconds = 0;
            state_.early_stopping = early_stopping_.state();
            checkpoint();
        }
        observer_.on_epoch(record);
        return sound;
    }

    void checkpoint() {
        if (!keeps_state_) return;
        trainer_.save(state_);
        if (group_.rank() == 0) observer_.on_checkpoint(state_);
    }

    TrialResult result(Status status) const {
        TrialResult result;
        result.status = status;
        result.epochs = static_cast<std::uint32_t>(state_.history.size());
        result.best_epoch = early_stopping_.best_epoch();
        result.best_val_loss = early_stopping_.best_val_loss();
        return result;
    }

    TrainedModel finish() {
        TrialResult end = result(early_stopping_.stops() ? Status::early_stopped : Status::completed);
        end.validation = state_.history.back().validation;
        if (options_.restore_best_weights && end.best_epoch + 1 != end.epochs) {
            trainer_.set_weights(state_.best_weights.span());
            end.validation = trainer_.evaluate(data_.validation);
        }
        linalg::FloatBuffer weights = trainer_.weights();
        end.weights_sha256 = require_equal_weights(group_, weights.span());
        std::vector<std::uint8_t> predicted(data_.test.size());
        end.test = trainer_.evaluate(data_.test, predicted);
        return {end, std::move(weights), std::move(predicted)};
    }

    const comm::Communicator& group_;
    const Experiment& experiment_;
    const TrainingOptions& options_;
    const data::Split& data_;
    DropoutRates dropout_;
    std::uint64_t seed_;
    TrialObserver& observer_;
    Trainer<Products> trainer_;
    std::optional<Verifier> verifier_;
    EarlyStopping early_stopping_;
    bool keeps_state_;
    Checkpoint state_;             ///< always current except for weights and moments, which Trainer::save fills in
    linalg::FloatBuffer weights_;  ///< after the last epoch, flat
};

PartEnd train_part(const comm::Communicator& group, const Experiment& experiment, const DropoutRates& dropout,
                   std::uint64_t seed, TrialObserver& observer, std::optional<Checkpoint> start) {
    return linalg::with_products(experiment.options.gemm_configuration, [&](auto products) {
        TrialRun<typename decltype(products)::type> run(group, experiment, dropout, seed, observer);
        run.go_on_from(std::move(start));
        return run.run();
    });
}

}  // namespace

std::optional<TrainedModel> train_trial(const comm::Communicator& group, const Experiment& experiment,
                                        const DropoutRates& dropout, std::uint64_t seed, TrialObserver& observer,
                                        std::optional<Checkpoint> start) {
    std::optional<comm::Communicator> grown;
    while (true) {
        PartEnd end = train_part(grown ? *grown : group, experiment, dropout, seed, observer, std::move(start));
        if (!end.larger_group) return std::move(end.model);
        start = std::move(end.state);
        grown = std::move(end.larger_group);
    }
}

system::Digest require_equal_weights(const comm::Communicator& group, std::span<const float> weights) {
    const system::Digest own = system::sha256(weights);
    const std::vector<system::Digest> all = group.all_gather(own);
    const auto different =
        std::ranges::find_if(all, [&](const system::Digest& digest) { return digest != all.front(); });
    if (different != all.end()) {
        const std::vector<int> ranks = group.world_ranks();
        throw AgreedError(
            ExitCode::failure,
            fmt::format("the weights of rank {} differ from those of rank {} of its group; this must not happen: "
                        "check the memory of its machine, and that all machines are of one type",
                        ranks[static_cast<std::size_t>(different - all.begin())], ranks.front()),
            group.rank() == 0);
    }
    return own;
}

}  // namespace dropsweep::train
