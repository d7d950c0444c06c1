#include "dropsweep/sweep/prediction.hpp"

#include <algorithm>
#include <map>

#include "dropsweep/core/philox.hpp"
#include "dropsweep/sweep/schedule.hpp"

namespace dropsweep::sweep {
namespace {

/// Of each rank; empty: one node.
std::vector<int> nodes_of(const Plan& plan, const CostModel& costs) {
    std::vector<int> nodes;
    for (int rank = 0; costs.nodes && rank < plan.ranks; ++rank) nodes.push_back(rank / costs.nodes->ranks_per_node);
    return nodes;
}

/// A sweep from one end of a trial to the next: between them nobody is lent.
class Player {
  public:
    Player(const Plan& plan, const std::vector<Trial>& trials, const EpochForecast& forecast, const CostModel& costs,
           std::span<const std::uint32_t> epochs)
        : plan_(plan), epochs_(epochs), schedule_(plan, trials, forecast, nodes_of(plan, costs)) {
        prediction_.trials.resize(trials.size());
        for (int ranks = 1; ranks <= std::min(plan.ranks, static_cast<int>(plan.shards)); ++ranks) {
            times_.push_back({costs.epoch_seconds(plan.shards, ranks), costs.end_seconds(ranks)});
        }
    }

    Prediction run() {
        double busy = 0;
        give_orders();
        while (!schedule_.has_ended()) {
            const auto next =
                std::ranges::min_element(left_, {}, [this](const auto& each) { return seconds_left(each); });
            const std::size_t trial = next->first;
            const double passed = seconds_left(*next);
            now_ += passed;
            for (auto& [each, left] : left_) {
                busy += passed * static_cast<double>(schedule_.ranks_of(each).size());
                left = std::max(left - passed / seconds_of(each), 0.0);
                schedule_.advance(each, static_cast<std::uint32_t>((1 - left) * epochs_[each]));
            }
            left_.erase(trial);
            prediction_.trials[trial].end_seconds = now_;
            schedule_.end(trial, epochs_[trial]);
            give_orders();
        }
        prediction_.seconds = now_;
        prediction_.busy_share = busy / (plan_.ranks * now_);
        return prediction_;
    }

  private:
    struct Times {
        double epoch = 0;
        double end = 0;
    };

    /// Of the whole trial with its present ranks.
    double seconds_of(std::size_t trial) const {
        const Times& times = times_[schedule_.ranks_of(trial).size() - 1];
        return epochs_[trial] * times.epoch + times.end;
    }
    double seconds_left(const std::pair<const std::size_t, double>& share) const {
        return share.second * seconds_of(share.first);
    }
    void give_orders() {
        for (const Schedule::Offer& offer : schedule_.begin()) {
            schedule_.join(offer.trial, offer.ranks.size());
            left_[offer.trial] = 1;
            prediction_.trials[offer.trial].start_seconds = now_;
        }
        for (const Schedule::Offer& offer : schedule_.lend()) schedule_.join(offer.trial, offer.ranks.size());
    }

    const Plan& plan_;
    std::span<const std::uint32_t> epochs_;
    Schedule schedule_;
    std::vector<Times> times_;            ///< [ranks of the group - 1]
    std::map<std::size_t, double> left_;  ///< share of each trial that runs
    double now_ = 0;
    Prediction prediction_;
};

/// In one of several sweeps.
std::vector<std::uint32_t> draw_epochs(const std::vector<Trial>& trials, const EpochForecast& forecast,
                                       std::uint64_t sweep) {
    std::vector<std::uint32_t> epochs;
    for (const Trial& trial : trials) {
        core::PhiloxSequence random({.seed = sweep, .purpose = core::Purpose::forecast},
                                    static_cast<std::uint32_t>(epochs.size()));
        epochs.push_back(forecast.draw(trial.dropout.value(), random.uniform()));
    }
    return epochs;
}

}  // namespace

Prediction play(const Plan& plan, const std::vector<Trial>& trials, const EpochForecast& forecast,
                const CostModel& costs, std::span<const std::uint32_t> epochs) {
    return Player(plan, trials, forecast, costs, epochs).run();
}

Prediction predict(const Plan& plan, const std::vector<Trial>& trials, const EpochForecast& forecast,
                   const CostModel& costs) {
    // Many trials are a mean of their own.
    constexpr std::size_t kTrials = 2000;
    constexpr std::size_t kMostSweeps = 16;
    const std::size_t sweeps = std::clamp<std::size_t>(kTrials / trials.size(), 1, kMostSweeps);
    const double weight = 1 / static_cast<double>(sweeps);
    Prediction mean;
    mean.trials.resize(trials.size());
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        const Prediction one = play(plan, trials, forecast, costs, draw_epochs(trials, forecast, sweep));
        mean.seconds += weight * one.seconds;
        mean.busy_share += weight * one.busy_share;
        for (std::size_t trial = 0; trial < trials.size(); ++trial) {
            mean.trials[trial].start_seconds += weight * one.trials[trial].start_seconds;
            mean.trials[trial].end_seconds += weight * one.trials[trial].end_seconds;
        }
    }
    return mean;
}

}  // namespace dropsweep::sweep
