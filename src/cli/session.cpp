// Runs `sweep` and `train`: options, data, run directory, plan, training and report, in this order, on every rank.
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
#include "dropsweep/record/checksums.hpp"
#include "dropsweep/record/manifest.hpp"
#include "dropsweep/record/progress.hpp"
#include "dropsweep/record/run_files.hpp"
#include "dropsweep/record/tensorboard.hpp"
#include "dropsweep/sweep/plan_choice.hpp"
#include "dropsweep/sweep/run_sweep.hpp"
#include "dropsweep/system/fence.hpp"
#include "dropsweep/system/stop_signal.hpp"
#include "dropsweep/train/shared_dataset.hpp"

#include "deadline.hpp"
#include "decision_results.hpp"
#include "finish_run.hpp"
#include "metadata.hpp"
#include "preparation.hpp"
#include "run_directory.hpp"
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
    Run(const comm::Communicator& world, comm::Watchdog& watchdog, const CommandLine& line, const Warn& warn)
        : world_(world),
          watchdog_(watchdog),
          line_(line),
          warn_(warn),
          options_(agree_on_options(world, line)),
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
        enter_phase("while the data is read and the run directory opened");
        open();
        const train::SharedDataset shared(world_, std::move(ready_.dataset));
        const sweep::ByChoices<train::Experiment> experiments = experiments_of(shared, ready_, trainings_left());
        plan(experiments);
        if (!all_ended()) return train(experiments);
        enter_phase("while the report is made");
        return finish_again(shared.test_file());
    }

  private:
    /// For the messages of the watchdog and of a run that ends early.
    void enter_phase(const char* phase) {
        phase_ = phase;
        watchdog_.move_to({.group = comm::Position::kAll, .place = comm::Text<128>(phase)});
    }

    /// Lets the watchdog end the run: outside of training, where no rank looks at them, on a signal or at the deadline;
    /// at any time when the time limit is over.
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

    /// Of the trials that are, or in a decision may be, trained from now on.
    sweep::ByChoices<train::TrainingOptions> trainings_left() const {
        sweep::ByChoices<train::TrainingOptions> left;
        for (std::size_t trial = 0; trial < trials_.size() && !all_ended(); ++trial) {
            if ((options_.decision ? place_.faulty : place_.ended).contains(trial)) continue;
            left.emplace(trials_[trial].choices, options_.trainings.of(trials_[trial]));
        }
        return left;
    }

    /// On rank 0 what earlier starts have recorded; nothing elsewhere.
    const record::RunRecord& earlier() const {
        static const record::RunRecord kNothing;
        return directory_ ? directory_->earlier() : kNothing;
    }

    bool all_ended() const { return place_.ended.size() == trials_.size(); }

    /// On rank 0. That of a complete run is the plan of a new one.
    sweep::Plan make_plan() const {
        return sweep::make_plan(trials_, world_.size(), options_.plan,
                                all_ended() ? std::set<std::size_t>() : place_.ended, nodes_);
    }

    /// Reads the data, then opens the run directory, so that an error in the former leaves no new directory behind.
    /// Collective.
    void open() {
        comm::run_on_rank_zero(world_, [&] {
            check_injected_faults(options_, trials_, world_.size());
            ready_ = prepare(options_, warn_);
            make_plan();
            directory_.emplace(options_, [this](const Error& error) { watchdog_.end_all(error); });
            directory_->require_same(ready_.config, ready_.data);
            if (options_.decision) {
                take_earlier_seeds(*directory_, options_);
                ready_.config = to_config(options_);
            }
            place_.directory = directory_->path();
            place_.lock_token = directory_->lock_token();
            place_.ended = directory_->take_ended(trials_, warn_);
            ended_before_ = place_.ended.size();
            for (std::size_t trial = 0; trial < trials_.size(); ++trial) {
                if (options_.faults.contains(trials_[trial])) place_.faulty.insert(trial);
            }
            place_.ended.insert(place_.faulty.begin(), place_.faulty.end());
            if (options_.decision) {
                selection_ = selection_of(options_, place_.faulty, results_of(trials_, earlier().trials));
                const std::vector<std::size_t> wanted = selection_->wanted();
                for (std::size_t trial = 0; trial < trials_.size(); ++trial) place_.ended.insert(trial);
                for (const std::size_t trial : wanted) place_.ended.erase(trial);
            }
        });
        broadcast(world_, place_);
        system::set_fence(place_.directory, place_.lock_token);
        end_when_asked(place_.directory);
        broadcast(world_, ready_);
    }

    /// Decides who trains what. Only a sweep on several ranks is calibrated: elsewhere there is no choice of groups.
    /// Rank 0 chooses. Collective.
    void plan(const sweep::ByChoices<train::Experiment>& experiments) {
        enter_phase("while the plan is made");
        sweep::ByChoices<sweep::CostModel> costs;
        if (options_.command == Command::sweep && world_.size() > 1 && !all_ended()) {
            costs = sweep::measure_all_costs(world_, experiments, sweep::dropout_range(trials_));
        }
        comm::run_on_rank_zero(world_, [&] {
            if (costs.size() == 0) {
                plan_ = make_plan();
                return;
            }
            const sweep::PlanChoice choice =
                sweep::choose_plan(trials_, world_.size(), options_.plan,
                                   forecasts_of(options_.trainings, earlier().trials), costs, place_.ended);
            plan_ = choice.plan;
            // How much is left of trials that go on is not known before their checkpoints are read.
            if (!directory_->is_continued() && !options_.decision) prediction_ = choice.prediction;
        });
    }

    /// Removes what the decision does not need, if there is one. On rank 0.
    /// @return  whether a table has changed
    bool keep_what_is_needed(std::vector<record::TrialRecord> results) const {
        return options_.decision && cli::keep_what_is_needed(*directory_, options_, place_.faulty, std::move(results));
    }

    /// Collective. @param finish  on rank 0; returns whether no trial has diverged or failed
    template <class Finish>
    ExitCode end_with(Finish&& finish) const {
        bool all_succeeded = false;
        comm::run_on_rank_zero(world_, [&] { all_succeeded = finish(); });
        world_.broadcast(all_succeeded, 0);
        return all_succeeded ? ExitCode::done : ExitCode::trial_failed;
    }

    /// Of a run without anything left to train. Collective.
    ExitCode finish_again(const data::Samples& test) const {
        return end_with([&] {
            directory_->remove_checkpoints();
            record::write_checksums(directory_->path());  // missing if the run was killed just before
            const bool has_changed = keep_what_is_needed(results_of(trials_, earlier().trials)) ||
                                     (options_.decision && directory_->has_other_config(ready_.config));
            if (options_.decision) directory_->write_config(ready_.config);
            if (!options_.report || (!has_changed && fs::exists(directory_->path() / "report.html"))) {
                return tell_of_complete_run(place_.directory, test);
            }
            return finish_run(place_.directory, {}, test, ready_.data.rows, options_.report, warn_);
        });
    }

    /// Tells of the trials that cannot be trained. On rank 0.
    void end_what_cannot_work(const std::vector<sweep::Listener*>& listeners) const {
        for (std::size_t trial = 0; trial < trials_.size(); ++trial) {
            const auto fault = options_.faults.find(trials_[trial]);
            if (fault == options_.faults.end() || (selection_ && !selection_->needs(trial))) continue;
            for (sweep::Listener* listener : listeners) listener->on_outcome(trial, {{}, {}, fault->second});
        }
    }

    /// Writes down and tells what is about to run. Collective.
    void record_start() const {
        const std::vector<record::RankMachine> machines =
            record::gather_machines(world_, options_.training.gemm_configuration);
        comm::run_on_rank_zero(world_, [&] {
            warn_of_different_machines(options_.training.gemm_configuration, machines, warn_);
            std::vector<std::string> command_line = {"dropsweep"};
            command_line.insert(command_line.end(), line_.arguments.begin(), line_.arguments.end());
            directory_->record({command_line, plan_, machines, options_.trainings, linalg::blas_threads()}, ready_.data,
                               ready_.config);
            if (options_.quiet) return;
            std::fputs(sweep::describe(plan_, trials_, options_.decision.has_value()).c_str(), stderr);
            if (prediction_) std::fputs(sweep::describe(*prediction_).c_str(), stderr);
        });
    }

    record::Progress::Settings progress_settings(std::size_t training_samples) const {
        return {.epochs = most_epochs(options_.trainings),
                .stops_early = std::ranges::any_of(options_.trainings,
                                                   [](const auto& each) { return each.second.patience.has_value(); }),
                .training_samples = training_samples,
                .groups = plan_.groups.size(),
                .decides = options_.decision.has_value(),
                .ended_before = ended_before_,  // without those that cannot work, of which it is still to be told
                .predicted_seconds = prediction_ ? std::optional(prediction_->seconds) : std::nullopt,
                .terminal = record::progress_terminal()};
    }

    /// Whether this rank asks for a stop. A signal to a rank that trains nothing is seen by the watchdog alone.
    bool stop_requested() const {
        return system::stop_signal() != 0 || (world_.rank() == 0 && (some_rank_stops_ || deadline_.has_passed()));
    }

    ExitCode train(const sweep::ByChoices<train::Experiment>& experiments) {
        record_start();
        train::CheckpointStore checkpoints(fs::path(place_.directory) / "checkpoints", ready_.identity);
        const data::Split& data = experiments.begin()->second.data;
        record::RunFiles files(place_.directory, trials_, data.train.size(), earlier(),
                               [&checkpoints](const std::set<std::string>& ended) { checkpoints.remove(ended); });
        if (prediction_) files.expect(*prediction_, world_.size());
        std::optional<record::TensorBoard> tensorboard;
        if (options_.tensorboard) {
            comm::run_on_rank_zero(
                world_, [&] { tensorboard.emplace(place_.directory, trials_, hyper_parameters(ready_.config)); });
        }
        record::Progress progress(trials_, progress_settings(data.train.size()));
        SweepHost host({.directory = place_.directory,
                        .experiments = experiments,
                        .checkpoints = checkpoints,
                        .metadata = ready_.metadata,
                        .goes_on_when_corrupt = options_.goes_on_when_corrupt,
                        .stop_requested = [this] { return stop_requested(); },
                        .warn = warn_},
                       watchdog_);
        host.listeners = {&files};
        if (tensorboard) host.listeners.push_back(&*tensorboard);
        if (!options_.quiet) host.listeners.push_back(&progress);
        host.injected_faults = options_.injected_faults;
        comm::run_on_rank_zero(world_, [&] { end_what_cannot_work(host.listeners); });
        enter_phase("in the middle of a step");
        trains_ = true;
        const sweep::SweepEnd end = sweep::run_sweep(
            world_, plan_, trials_, experiments, forecasts_of(options_.trainings, earlier().trials), host, selection_);
        enter_phase("while the report is made");
        trains_ = end == sweep::SweepEnd::stopped;
        if (end == sweep::SweepEnd::stopped) return stop();
        return end_with([&] {
            directory_->remove_checkpoints();
            keep_what_is_needed(files.trials());
            return finish_run(place_.directory, files.reasons(), data.test, ready_.data.rows, options_.report, warn_);
        });
    }

    /// Collective.
    ExitCode stop() const {
        const std::vector<int> signals = world_.all_gather(system::stop_signal());
        comm::run_on_rank_zero(world_, [&] {
            tell_of_stop(place_.directory, options_.decision ? std::nullopt : std::optional(trials_.size()),
                         *std::ranges::max_element(signals), warn_);
        });
        return ExitCode::interrupted;
    }

    const comm::Communicator& world_;
    comm::Watchdog& watchdog_;
    const CommandLine& line_;
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
    sweep::Plan plan_;                             ///< on rank 0
    Preparation ready_;
    std::atomic<const char*> phase_ = "at the start";
    std::atomic<bool> trains_ = false;
    std::atomic<bool> some_rank_stops_ = false;  ///< on rank 0
};

}  // namespace

ExitCode run_session(const comm::Communicator& world, comm::Watchdog& watchdog, const CommandLine& line,
                     const Warn& warn) {
    return Run(world, watchdog, line, warn).run();
}

}  // namespace dropsweep::cli
