#include "dropsweep/sweep/prediction.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/core/philox.hpp"
#include "dropsweep/sweep/schedule.hpp"

namespace dropsweep::sweep {
namespace {

/// A sweep from one end of a trial to the next: between them nobody is lent.
class Player {
  public:
    Player(const Plan& plan, const std::vector<Trial>& trials, const EpochForecast& forecast, const CostModel& costs,
           std::span<const std::uint32_t> epochs)
        : plan_(plan), trials_(trials), costs_(costs), epochs_(epochs), schedule_(plan, trials, forecast) {
        prediction_.trials.resize(trials.size());
    }

    Prediction run() {
        double busy = 0;
        give_orders();
        while (!schedule_.has_ended()) {
            const auto next =
                std::ranges::min_element(running_, {}, [this](const auto& each) { return seconds_left(each.first); });
            const std::size_t trial = next->first;
            const double passed = seconds_left(trial);
            now_ += passed;
            for (auto& [each, share] : running_) {
                busy += passed * static_cast<double>(schedule_.ranks_of(each).size());
                share.left = std::max(share.left - passed / seconds_of(each), 0.0);
                schedule_.advance(each, static_cast<std::uint32_t>((1 - share.left) * epochs_[each]));
            }
            running_.erase(trial);
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
    struct Share {
        double left = 1;  ///< of the trial
        Times times;      ///< with its present ranks
    };

    /// Of the whole trial.
    double seconds_of(std::size_t trial) const {
        const Times& times = running_.at(trial).times;
        return epochs_[trial] * times.epoch + times.end;
    }
    double seconds_left(std::size_t trial) const { return running_.at(trial).left * seconds_of(trial); }
    void give_orders() {
        for (const Schedule::Offer& offer : schedule_.begin()) {
            take(offer);
            prediction_.trials[offer.trial].start_seconds = now_;
        }
        for (const Schedule::Offer& offer : schedule_.lend()) take(offer);
    }
    void take(const Schedule::Offer& offer) {
        schedule_.join(offer.trial, offer.ranks.size());
        std::map<int, int> on_nodes;
        for (const int rank : schedule_.ranks_of(offer.trial)) ++on_nodes[plan_.nodes[static_cast<std::size_t>(rank)]];
        std::vector<int> counts;
        for (const auto& [node, count] : on_nodes) counts.push_back(count);
        const double dropout = trials_[offer.trial].dropout.value();
        const auto [known, is_new] = times_.try_emplace({dropout, counts});
        if (is_new) {
            const int ranks = std::reduce(counts.begin(), counts.end());
            known->second = {costs_.epoch_seconds(dropout, counts), costs_.end_seconds(ranks)};
        }
        running_[offer.trial].times = known->second;
    }

    const Plan& plan_;
    const std::vector<Trial>& trials_;
    const CostModel& costs_;
    std::span<const std::uint32_t> epochs_;
    Schedule schedule_;
    std::map<std::pair<double, std::vector<int>>, Times> times_;  ///< by dropout and the ranks on each of the nodes
    std::map<std::size_t, Share> running_;                        ///< by trial
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

std::string describe(const Prediction& prediction) {
    return fmt::format("  predicted to take {:.1f} s, ranks idle for {:.0f} % of the time\n", prediction.seconds,
                       100 * std::max(1 - prediction.busy_share, 0.0));
}

}  // namespace dropsweep::sweep
