#include "session.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/comm/agreement.hpp"
#include "dropsweep/linalg/blas.hpp"
#include "dropsweep/linalg/products.hpp"
#include "dropsweep/nn/model_file.hpp"
#include "dropsweep/record/checksums.hpp"
#include "dropsweep/record/manifest.hpp"
#include "dropsweep/record/predictions.hpp"
#include "dropsweep/record/progress.hpp"
#include "dropsweep/record/rounds.hpp"
#include "dropsweep/record/run_files.hpp"
#include "dropsweep/record/tensorboard.hpp"
#include "dropsweep/sweep/plan_choice.hpp"
#include "dropsweep/sweep/run_sweep.hpp"
#include "dropsweep/system/fence.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/system/stop_signal.hpp"
#include "dropsweep/text/words.hpp"
#include "dropsweep/train/shared_dataset.hpp"

#include "deadline.hpp"
#include "decision_results.hpp"
#include "finish_run.hpp"
#include "metadata.hpp"
#include "output.hpp"
#include "preparation.hpp"
#include "run_directory.hpp"
#include "standard_output.hpp"
#include "sweep_host.hpp"

namespace dropsweep::cli {
namespace {

namespace fs = std::filesystem;

/// The run's directory as every rank needs it.
struct Place {
    std::string directory;
    std::string lock_token;        ///< for system::set_fence
    std::set<std::size_t> ended;   ///< trials that need no training any more, or not yet
    std::set<std::size_t> faulty;  ///< those of settings that cannot work
};

/// Collective.
void broadcast(const comm::Communicator& world, Place& place) {
    world.broadcast(place.directory, 0);
    world.broadcast(place.lock_token, 0);
    for (std::set<std::size_t>* trials : {&place.ended, &place.faulty}) {
        std::vector<std::size_t> list(trials->begin(), trials->end());
        world.broadcast(list, 0);
        *trials = {list.begin(), list.end()};
    }
}

/// One `sweep` or `train` on one rank.
class Run {
  public:
    Run(const comm::Communicator& world, comm::Watchdog& watchdog, const std::vector<std::string>& arguments,
        const Warn& warn)
        : world_(world),
          watchdog_(watchdog),
          arguments_(arguments),
          warn_(warn),
          options_(agree_on_options(world, arguments)),
          deadline_(options_.time_limit),
          trials_(trials_of(options_)),
          nodes_(world.nodes()) {
        watchdog_.set_stall_seconds(options_.stall_timeout);
    }
    Run(const Run&) = delete;
    ~Run() {
        watchdog_.set_end_condition(nullptr);
        system::set_fence({}, {});
    }

    ExitCode run() {
        end_when_asked("");
        comm::run_on_all_ranks(world_, linalg::start_products);
        be("while the data is read and the run directory opened");
        open();
        const train::SharedDataset shared(world_, std::move(ready_.dataset));
        const sweep::ByChoices<train::Experiment> experiments = experiments_of(shared, ready_, trainings_left());
        plan(experiments);
        if (!all_ended()) return train(experiments);
        be("while the report is made");
        return finish_again(shared.test_file());
    }

  private:
    /// Tells what all ranks are at.
    void be(const char* phase) {
        phase_ = phase;
        watchdog_.move_to({.together = comm::Position::kAll, .place = comm::Text<128>(phase)});
    }

    /// Outside of training no rank looks at signals and time: the watchdog does. It ends a run as well whose time is
    /// up.
    /// @param directory  of the run; empty: it has none yet
    void end_when_asked(const std::string& directory) {
        watchdog_.set_end_condition([this, directory](int signal) -> std::optional<Error> {
            some_rank_stops_ = signal != 0;
            const bool ends = deadline_.is_over() || (!trains_ && (signal != 0 || deadline_.has_passed()));
            if (!ends) return std::nullopt;
            return Error(ExitCode::interrupted,
                         fmt::format("{} {}; run the same command again{} to go on", stopped_by(signal), phase_.load(),
                                     directory.empty() ? "" : fmt::format(", with --output {},", directory)));
        });
    }

    /// Of the trials that are to be trained, or may come to be.
    sweep::ByChoices<train::TrainingOptions> trainings_left() const {
        sweep::ByChoices<train::TrainingOptions> left;
        for (std::size_t trial = 0; trial < trials_.size() && !all_ended(); ++trial) {
            if ((options_.decision ? place_.faulty : place_.ended).contains(trial)) continue;
            left.emplace(trials_[trial].choices, options_.trainings.of(trials_[trial]));
        }
        return left;
    }

    Kept kept_of(std::vector<record::TrialRecord> results) const {
        return keep_what_is_needed(*directory_, options_, place_.faulty, std::move(results));
    }

    bool all_ended() const { return place_.ended.size() == trials_.size(); }

    /// The same on all ranks. A run that is complete has the plan that it would have as a new one.
    sweep::Plan make_plan() const {
        return sweep::make_plan(trials_, world_.size(), options_.plan,
                                all_ended() ? std::set<std::size_t>() : place_.ended, nodes_);
    }

    /// Reads the data, opens the directory. What cannot work leaves no new directory behind.
    void open() {
        comm::run_on_rank_zero(world_, [&] {
            for (const sweep::InjectedFault& fault : options_.injected_faults) check(fault);
            ready_ = prepare(options_, warn_);
            options_.plan.leaves = fewest_leaves(options_.trainings, ready_.data.training_samples);
            make_plan();
            directory_.emplace(options_, [this](const Error& error) { watchdog_.end_all(error); });
            directory_->require_same(ready_.config, ready_.data);
            if (options_.decision) {
                take_earlier_seeds(*directory_, options_);
                ready_.config = to_config(options_);
            }
            std::vector<std::string> warnings;
            place_.directory = directory_->path();
            place_.lock_token = directory_->lock_token();
            place_.ended = directory_->take_ended(trials_, warnings);
            for (const std::string& warning : warnings) warn_(warning);
            ended_before_ = place_.ended.size();
            for (std::size_t trial = 0; trial < trials_.size(); ++trial) {
                if (options_.faults.contains(trials_[trial])) place_.faulty.insert(trial);
            }
            place_.ended.insert(place_.faulty.begin(), place_.faulty.end());
            if (options_.decision) {
                selection_ = selection_of(options_, place_.faulty, results_of(trials_, directory_->earlier().trials));
                const std::vector<std::size_t> wanted = selection_->wanted();
                for (std::size_t trial = 0; trial < trials_.size(); ++trial) place_.ended.insert(trial);
                for (const std::size_t trial : wanted) place_.ended.erase(trial);
            }
        });
        broadcast(world_, place_);
        system::set_fence(place_.directory, place_.lock_token);
        end_when_asked(place_.directory);
        broadcast(world_, ready_);
        world_.broadcast(options_.plan, 0);
    }

    /// Decides who trains what. Only for a sweep on several ranks it is worth a calibration: else there is nothing to
    /// choose, and little to predict. The ranks agree on what rank 0 makes of it.
    void plan(const sweep::ByChoices<train::Experiment>& experiments) {
        be("while the plan is made");
        std::optional<sweep::Plan> chosen;
        if (options_.command == Command::sweep && world_.size() > 1 && !all_ended()) {
            const sweep::ByChoices<sweep::CostModel> costs =
                sweep::measure_all_costs(world_, experiments, sweep::dropout_range(trials_));
            comm::run_on_rank_zero(world_, [&] {
                const sweep::PlanChoice choice =
                    sweep::choose_plan(trials_, world_.size(), options_.plan, forecasts(), costs, place_.ended);
                options_.plan = choice.request;
                chosen = choice.plan;
                // What the trials that go on have trained is not known well enough.
                if (!directory_->is_continued() && !options_.decision) prediction_ = choice.prediction;
            });
            world_.broadcast(options_.plan, 0);
        }
        plan_ = chosen ? *chosen : make_plan();
    }

    /// From what the ended trials of the run took, which rank 0 knows.
    sweep::ByChoices<sweep::EpochForecast> forecasts() const {
        sweep::ByChoices<sweep::EpochForecast> forecasts = forecasts_of(options_.trainings);
        if (!directory_) return forecasts;
        for (const record::TrialRecord& record : directory_->earlier().trials) {
            if (!record.result || !record.result->has_weights()) continue;
            forecasts.of(record.trial).learn(record.trial.dropout.value(), record.result->epochs);
        }
        return forecasts;
    }

    /// @throws Error  usage: it cannot happen
    void check(const sweep::InjectedFault& fault) const {
        if (fault.action == sweep::InjectedFault::Action::delay) return;
        const bool has_trial = std::ranges::find(trials_, fault.trial, &sweep::Trial::id) != trials_.end();
        const bool has_step = fault.at_growth || (fault.step > 0 && fault.epoch < most_epochs());
        if (has_trial && has_step && fault.rank >= 0 && fault.rank < world_.size()) return;
        throw Error(
            ExitCode::usage,
            fmt::format("--inject: there is no rank {}, no trial {}, or no step {} in an epoch {}; name those of "
                        "this run",
                        fault.rank, fault.trial, fault.step, fault.epoch));
    }

    /// That a trial may train.
    std::uint32_t most_epochs() const {
        std::uint32_t most = 0;
        for (const auto& [choices, training] : options_.trainings) most = std::max(most, training.epochs);
        return most;
    }

    /// Whether no trial that ended in an earlier start has diverged, and every setting can work. Collective.
    bool earlier_have_succeeded() const {
        bool have = true;
        if (directory_) {
            have = options_.faults.empty() &&
                   std::ranges::none_of(directory_->earlier().trials, [](const record::TrialRecord& record) {
                       return record.result && !record.result->has_weights();
                   });
        }
        world_.broadcast(have, 0);
        return have;
    }

    ExitCode finish_again(const data::Samples& test) {
        bool all_succeeded = earlier_have_succeeded();
        comm::run_on_rank_zero(world_, [&] {
            directory_->remove_checkpoints();
            record::write_checksums(directory_->path());  // if the run was killed just before
            bool is_reported = fs::exists(directory_->path() / "report.html");
            if (options_.decision) {
                const Kept kept = kept_of(results_of(trials_, directory_->earlier().trials));
                all_succeeded = kept.all_succeeded;
                is_reported = is_reported && !kept.has_changed && !directory_->has_other_config(ready_.config);
                directory_->write_config(ready_.config);
            }
            if (!options_.report || is_reported) {
                const std::vector<record::TrialRecord> trials = record::read_run(directory_->path()).trials;
                record::collect_predictions(directory_->path(), trials, test.labels);
                print_to_stdout(fmt::format("nothing left to do: all {} trials of {} have ended\n", trials.size(),
                                            place_.directory),
                                "nothing is lost");
            } else {
                finish_run(place_.directory, {}, test, ready_.data.rows, options_.report, warn_);
            }
        });
        world_.broadcast(all_succeeded, 0);
        return all_succeeded ? ExitCode::done : ExitCode::trial_failed;
    }

    /// Tells of the trials that cannot be trained. On rank 0.
    void end_what_cannot_work(const std::vector<sweep::Listener*>& listeners) const {
        for (std::size_t trial = 0; trial < trials_.size(); ++trial) {
            const auto fault = options_.faults.find(trials_[trial]);
            if (fault == options_.faults.end() || (selection_ && !selection_->needs(trial))) continue;
            for (sweep::Listener* listener : listeners) listener->on_outcome(trial, {{}, {}, fault->second});
        }
    }

    ExitCode train(const sweep::ByChoices<train::Experiment>& experiments) {
        const std::vector<record::RankMachine> machines =
            record::gather_machines(world_, options_.training.gemm_configuration);
        comm::run_on_rank_zero(world_, [&] {
            warn_of_different_machines(options_.training.gemm_configuration, machines, warn_);
            std::vector<std::string> command_line = {"dropsweep"};
            command_line.insert(command_line.end(), arguments_.begin(), arguments_.end());
            directory_->record({command_line, plan_, machines, options_.trainings, linalg::blas_threads()}, ready_.data,
                               ready_.config);
            if (options_.quiet) return;
            std::fputs(sweep::describe(plan_, trials_, options_.decision.has_value()).c_str(), stderr);
            if (prediction_) std::fputs(sweep::describe(*prediction_).c_str(), stderr);
        });

        train::CheckpointStore checkpoints(fs::path(place_.directory) / "checkpoints", ready_.identity);
        comm::run_on_rank_zero(world_, [&] {
            // Killed between the row in summary.csv and this, a run leaves the checkpoints of an ended trial.
            std::set<std::string> ended;
            for (const record::TrialRecord& record : directory_->earlier().trials) {
                if (record.result) ended.insert(record.trial.id());
            }
            checkpoints.remove(ended);
        });
        const record::RunRecord none;
        const data::Split& data = experiments.begin()->second.data;
        record::RunFiles files(place_.directory, trials_, data.train.size(), directory_ ? directory_->earlier() : none,
                               [&checkpoints](const std::set<std::string>& ended) { checkpoints.remove(ended); });
        if (prediction_) files.expect(*prediction_, world_.size());
        std::optional<record::TensorBoard> tensorboard;
        if (options_.tensorboard) {
            comm::run_on_rank_zero(
                world_, [&] { tensorboard.emplace(place_.directory, trials_, hyper_parameters(ready_.config)); });
        }
        record::Progress progress(
            trials_, {.epochs = most_epochs(),
                      .stops_early = std::ranges::any_of(
                          options_.trainings, [](const auto& each) { return each.second.patience.has_value(); }),
                      .training_samples = data.train.size(),
                      .groups = plan_.groups.size(),
                      .decides = options_.decision.has_value(),
                      // Those that cannot work are still to be told of.
                      .ended_before = ended_before_,
                      .predicted_seconds = prediction_ ? std::optional(prediction_->seconds) : std::nullopt,
                      .terminal = record::progress_terminal()});
        SweepHost host({.directory = place_.directory,
                        .experiments = experiments,
                        .checkpoints = checkpoints,
                        .metadata = ready_.metadata,
                        .goes_on_when_corrupt = options_.goes_on_when_corrupt,
                        .stop_requested =
                            [this] {
                                // A rank that trains nothing is not asked: the watchdog knows of its signal.
                                return system::stop_signal() != 0 ||
                                       (world_.rank() == 0 && (some_rank_stops_ || deadline_.has_passed()));
                            },
                        .warn = warn_},
                       watchdog_);
        host.listeners = {&files};
        if (tensorboard) host.listeners.push_back(&*tensorboard);
        if (!options_.quiet) host.listeners.push_back(&progress);
        host.injected_faults = options_.injected_faults;
        comm::run_on_rank_zero(world_, [&] { end_what_cannot_work(host.listeners); });
        be("in the middle of a step");
        trains_ = true;
        const sweep::SweepEnd end =
            sweep::run_sweep(world_, plan_, trials_, experiments, forecasts(), host, selection_);
        be("while the report is made");
        trains_ = end == sweep::SweepEnd::stopped;
        const std::vector<int> signals = world_.all_gather(system::stop_signal());
        bool all_succeeded = end == sweep::SweepEnd::all_succeeded;

        comm::run_on_rank_zero(world_, [&] {
            if (end == sweep::SweepEnd::stopped) {
                tell_of_stop(place_.directory, options_.decision ? std::nullopt : std::optional(trials_.size()),
                             *std::ranges::max_element(signals), warn_);
            } else {
                directory_->remove_checkpoints();
                if (options_.decision) all_succeeded = kept_of(files.trials()).all_succeeded;
                finish_run(place_.directory, files.reasons(), data.test, ready_.data.rows, options_.report, warn_);
            }
        });
        if (end == sweep::SweepEnd::stopped) return ExitCode::interrupted;
        world_.broadcast(all_succeeded, 0);
        if (!options_.decision) all_succeeded = all_succeeded && earlier_have_succeeded();
        return all_succeeded ? ExitCode::done : ExitCode::trial_failed;
    }

    const comm::Communicator& world_;
    comm::Watchdog& watchdog_;
    const std::vector<std::string>& arguments_;
    const Warn& warn_;
    Options options_;
    Deadline deadline_;
    std::vector<sweep::Trial> trials_;
    std::vector<int> nodes_;                 ///< of each rank
    std::optional<RunDirectory> directory_;  ///< on rank 0
    Place place_;
    std::optional<sweep::Selection> selection_;    ///< of a decision, on rank 0
    std::size_t ended_before_ = 0;                 ///< trials that had ended before this start
    std::optional<sweep::Prediction> prediction_;  ///< of a new sweep on several ranks, on rank 0
    sweep::Plan plan_;  ///< rank 0's is the one that is carried out; the others' has the same groups
    Preparation ready_;
    std::atomic<const char*> phase_ = "at the start";
    std::atomic<bool> trains_ = false;
    std::atomic<bool> some_rank_stops_ = false;  ///< on rank 0
};

}  // namespace

ExitCode run_session(const comm::Communicator& world, comm::Watchdog& watchdog,
                     const std::vector<std::string>& arguments, const Warn& warn) {
    return Run(world, watchdog, arguments, warn).run();
}

}  // namespace dropsweep::cli
