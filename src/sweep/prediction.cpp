// A discrete-event simulation of a sweep.
#include "dropsweep/sweep/prediction.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/linalg/philox.hpp"
#include "dropsweep/sweep/schedule.hpp"

namespace dropsweep::sweep {
namespace {

/// The events are the ends of trials: only then do trials begin and ranks join.
class Simulation {
  public:
    Simulation(const Plan& plan, const std::vector<Trial>& trials, const ByChoices<EpochForecast>& forecasts,
               const ByChoices<CostModel>& costs, std::span<const std::uint32_t> epochs)
        : plan_(plan), trials_(trials), costs_(costs), epochs_(epochs), schedule_(plan, trials, forecasts) {
        prediction_.trials.resize(trials.size());
    }

    Prediction run() {
        give_orders();
        while (!schedule_.has_ended()) {
            const auto [end_seconds, trial] = *ends_.begin();
            now_ = end_seconds;
            settle(trial);
            running_.erase(trial);
            prediction_.trials[trial].end_seconds = now_;
            schedule_.end(trial, epochs_[trial]);
            give_orders();
        }
        prediction_.seconds = now_;
        prediction_.busy_share = busy_ / (plan_.ranks * now_);
        return prediction_;
    }

  private:
    struct Times {
        double epoch = 0;
        double end = 0;
    };
    /// The time of a trial on a fixed set of ranks.
    struct Stretch {
        double start_seconds = 0;
        double left = 1;     ///< fraction of the trial, at the start of the stretch
        double seconds = 0;  ///< of the whole trial with these ranks
        double end_seconds() const { return start_seconds + left * seconds; }
        double left_at(double now) const { return std::max(left - (now - start_seconds) / seconds, 0.0); }
    };

    void give_orders() {
        for (const Schedule::Offer& offer : schedule_.begin()) {
            running_[offer.trial] = {};
            ++begun_;
            take(offer);
            prediction_.trials[offer.trial].start_seconds = now_;
        }
        if (begun_ < plan_.queue.size()) return;
        for (const auto& [trial, stretch] : running_) {
            schedule_.advance(trial, static_cast<std::uint32_t>((1 - stretch.left_at(now_)) * epochs_[trial]));
        }
        for (const Schedule::Offer& offer : schedule_.lend()) {
            settle(offer.trial);
            take(offer);
        }
    }
    /// Ends the trial's present stretch now.
    void settle(std::size_t trial) {
        Stretch& stretch = running_.at(trial);
        ends_.erase({stretch.end_seconds(), trial});
        busy_ += (now_ - stretch.start_seconds) * static_cast<double>(schedule_.ranks_of(trial).size());
        stretch.left = stretch.left_at(now_);
    }
    /// Starts a stretch of the trial with its ranks and the offered ones.
    void take(const Schedule::Offer& offer) {
        schedule_.join(offer.trial, offer.ranks.size());
        std::map<int, int> on_nodes;
        for (const int rank : schedule_.ranks_of(offer.trial)) ++on_nodes[plan_.nodes[static_cast<std::size_t>(rank)]];
        std::vector<int> counts;
        for (const auto& [node, count] : on_nodes) counts.push_back(count);
        const double dropout = trials_[offer.trial].dropout.value();
        const CostModel& costs = costs_.of(trials_[offer.trial]);
        const auto [known, is_new] = times_.try_emplace({&costs, dropout, counts});
        if (is_new) {
            const int ranks = std::reduce(counts.begin(), counts.end());
            known->second = {costs.epoch_seconds(dropout, counts), costs.end_seconds(ranks)};
        }
        const Times& times = known->second;
        Stretch& stretch = running_.at(offer.trial);
        stretch.start_seconds = now_;
        stretch.seconds = epochs_[offer.trial] * times.epoch + times.end;
        ends_.emplace(stretch.end_seconds(), offer.trial);
    }

    const Plan& plan_;
    const std::vector<Trial>& trials_;
    const ByChoices<CostModel>& costs_;
    std::span<const std::uint32_t> epochs_;
    Schedule schedule_;
    /// Cache by cost model, dropout and the ranks on each node.
    std::map<std::tuple<const CostModel*, double, std::vector<int>>, Times> times_;
    std::map<std::size_t, Stretch> running_;         ///< by trial
    std::set<std::pair<double, std::size_t>> ends_;  ///< of the running stretches: end_seconds, trial
    std::size_t begun_ = 0;                          ///< trials of the queue
    double now_ = 0;
    double busy_ = 0;  ///< seconds with a trial, summed over the ranks
    Prediction prediction_;
};

/// Random epochs of each trial in one of several simulations.
std::vector<std::uint32_t> draw_epochs(const std::vector<Trial>& trials, const ByChoices<EpochForecast>& forecasts,
                                       std::uint64_t sweep) {
    std::vector<std::uint32_t> epochs;
    for (const Trial& trial : trials) {
        linalg::PhiloxSequence random({.seed = sweep, .purpose = linalg::Purpose::forecast},
                                      static_cast<std::uint32_t>(epochs.size()));
        epochs.push_back(forecasts.of(trial).draw(trial.dropout.value(), random.uniform()));
    }
    return epochs;
}

}  // namespace

Prediction play(const Plan& plan, const std::vector<Trial>& trials, const ByChoices<EpochForecast>& forecasts,
                const ByChoices<CostModel>& costs, std::span<const std::uint32_t> epochs) {
    return Simulation(plan, trials, forecasts, costs, epochs).run();
}

Prediction predict(const Plan& plan, const std::vector<Trial>& trials, const ByChoices<EpochForecast>& forecasts,
                   const ByChoices<CostModel>& costs) {
    // With many trials a single simulation is already an average over many draws.
    constexpr std::size_t kTrials = 2000;
    constexpr std::size_t kMostSweeps = 16;
    const std::size_t sweeps = std::clamp<std::size_t>(kTrials / trials.size(), 1, kMostSweeps);
    const double weight = 1 / static_cast<double>(sweeps);
    Prediction mean;
    mean.trials.resize(trials.size());
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        const Prediction one = play(plan, trials, forecasts, costs, draw_epochs(trials, forecasts, sweep));
        mean.seconds += weight * one.seconds;
        mean.busy_share += weight * one.busy_share;
        for (std::size_t trial = 0; trial < trials.size(); ++trial) {
            mean.trials[trial].start_seconds += weight * one.trials[trial].start_seconds;
            mean.trials[trial].end_seconds += weight * one.trials[trial].end_seconds;
        }
    }
    return mean;
}

std::string describe(const Prediction& prediction) {
    return fmt::format("  predicted to take {:.1f} s, ranks idle for {:.0f} % of the time\n", prediction.seconds,
                       100 * std::max(1 - prediction.busy_share, 0.0));
}

}  // namespace dropsweep::sweep
