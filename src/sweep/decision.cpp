// The rounds of the procedure of Kim and Nelson.
#include "dropsweep/sweep/decision.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace dropsweep::sweep {
namespace {

double number(std::size_t count) {
    return static_cast<double>(count);
}

class Procedure {
  public:
    Procedure(std::size_t settings, const DecisionRules& rules, const Outcome& outcome)
        : rules_(rules), outcome_(outcome), count_(settings), sums_(settings) {
        assert(settings > 1 && rules.first_seeds > 1 && rules.first_seeds <= rules.most_seeds);
        for (std::size_t setting = 0; setting < settings; ++setting) decision_.survivors.push_back(setting);
        decision_.seeds.assign(settings, rules.first_seeds);
        const double degrees = number(rules.first_seeds - 1);
        h2_ = (std::pow(2 * rules.error / number(settings - 1), -2 / degrees) - 1) * degrees;
    }

    Decision run() {
        for (seeds_ = rules_.first_seeds;; ++seeds_) {
            for (const std::size_t setting : decision_.survivors) decision_.seeds[setting] = seeds_;
            const bool is_complete = read_round();
            if (!is_complete) break;
            if (seeds_ == rules_.first_seeds) measure_variances();
            end_round();
            if (decision_.state != Decision::State::open) break;
        }
        decision_.seeds_to_come = seeds_to_come();
        return std::move(decision_);
    }

  private:
    std::size_t first_new_seed() const { return seeds_ == rules_.first_seeds ? 0 : seeds_ - 1; }

    /// Sums the outcomes of the present round, and finds lost and missing ones.
    /// @return  whether the round is complete
    bool read_round() {
        lost_.clear();
        missing_.clear();
        for (const std::size_t setting : decision_.survivors) {
            double sum = 0;
            bool is_missing = false;
            for (std::size_t seed = first_new_seed(); seed < seeds_; ++seed) {
                const std::optional<double> value = outcome_(setting, seed);
                if (value && std::isinf(*value)) {
                    // Later seeds of this setting are not needed.
                    decision_.seeds[setting] = seed + 1;
                    if (!is_missing) lost_.push_back(setting);
                    break;
                }
                is_missing = is_missing || !value;
                sum += value.value_or(0);
            }
            if (is_missing) missing_.push_back(setting);
            round_sums_.resize(count_);
            round_sums_[setting] = sum;
        }
        if (!missing_.empty()) {
            find_certain();
            return false;
        }
        for (const std::size_t setting : decision_.survivors) sums_[setting] += round_sums_[setting];
        return true;
    }

    void measure_variances() {
        variances_.assign(count_ * count_, 0);
        const double n = number(rules_.first_seeds);
        for (const std::size_t i : kept()) {
            for (const std::size_t j : kept()) {
                const double mean = (sums_[i] - sums_[j]) / n;
                double squares = 0;
                for (std::size_t seed = 0; seed < rules_.first_seeds; ++seed) {
                    const double distance = *outcome_(i, seed) - *outcome_(j, seed) - mean;
                    squares += distance * distance;
                }
                variances_[i * count_ + j] = squares / (n - 1);
            }
        }
    }

    /// The survivors without a lost trial in this round.
    std::vector<std::size_t> kept() const {
        std::vector<std::size_t> kept;
        std::ranges::copy_if(decision_.survivors, std::back_inserter(kept),
                             [this](std::size_t setting) { return std::ranges::find(lost_, setting) == lost_.end(); });
        return kept;
    }

    double mean(std::size_t setting) const { return sums_[setting] / number(seeds_); }
    double variance(std::size_t i, std::size_t j) const { return variances_[i * count_ + j]; }
    /// The difference of the means up to which i is not dropped for j, see decide.
    double allowed(std::size_t i, std::size_t j) const {
        const double d = rules_.difference;
        return std::max(0.0, d / (2 * number(seeds_)) * (h2_ * variance(i, j) / (d * d) - number(seeds_)));
    }

    void end_round() {
        DecisionRound round{.seeds = seeds_, .settings = decision_.survivors, .means = {}, .dropped = {}};
        for (const std::size_t setting : round.settings) {
            const bool is_lost = std::ranges::find(lost_, setting) != lost_.end();
            round.means.push_back(is_lost ? std::numeric_limits<double>::quiet_NaN() : mean(setting));
        }
        for (const std::size_t setting : lost_) round.dropped.push_back({.setting = setting, .better = {}});
        const std::vector<std::size_t> all = kept();
        std::vector<std::size_t> left;
        for (const std::size_t i : all) {
            std::optional<DecisionRound::Dropped> dropped;
            for (const std::size_t j : all) {
                const double distance = mean(i) - mean(j);
                const double margin = allowed(i, j);
                if (i == j || distance <= margin) continue;
                if (!dropped || distance - margin > dropped->distance - dropped->allowed) {
                    dropped = {.setting = i, .better = j, .distance = distance, .allowed = margin};
                }
            }
            if (dropped) {
                round.dropped.push_back(*dropped);
            } else {
                left.push_back(i);
            }
        }
        const bool nothing_is_allowed = std::ranges::all_of(left, [&](std::size_t i) {
            return std::ranges::all_of(left, [&](std::size_t j) { return allowed(i, j) == 0; });
        });
        if (left.size() > 1 && nothing_is_allowed) {
            for (std::size_t i = 1; i < left.size(); ++i) {
                round.dropped.push_back({.setting = left[i], .better = left.front()});
            }
            left = {left.front()};
        }
        decision_.survivors = left;
        decision_.rounds.push_back(std::move(round));
        if (left.size() <= 1) {
            decision_.state = left.empty() ? Decision::State::undecided : Decision::State::decided;
        } else if (seeds_ == rules_.most_seeds) {
            decision_.state = Decision::State::undecided;
        }
    }

    /// Finds the survivors that are not dropped in this round whatever the missing outcomes will be. With fewer than
    /// two the decision may end.
    void find_certain() {
        if (seeds_ == rules_.first_seeds || seeds_ == rules_.most_seeds) return;
        const double best = rules_.by_accuracy ? -1 : 0;
        const auto has_all = [this](std::size_t setting) {
            return std::ranges::find(missing_, setting) == missing_.end();
        };
        const auto mean_at_best = [&](std::size_t setting) {
            return (sums_[setting] + (has_all(setting) ? round_sums_[setting] : best)) / number(seeds_);
        };
        std::vector<std::size_t> certain;
        for (const std::size_t i : kept()) {
            const bool is_safe = has_all(i) && std::ranges::all_of(decision_.survivors, [&](std::size_t j) {
                                     return i == j || mean_at_best(i) - mean_at_best(j) <= allowed(i, j);
                                 });
            if (is_safe) certain.push_back(i);
        }
        if (certain.size() > 1) decision_.certain = std::move(certain);
    }

    /// If the distance x of a pair's means stays, the worse one is dropped after r = h2 S2 / (D (2 x + D)) seeds: then
    /// x is the allowed difference.
    std::optional<double> seeds_to_come() const {
        if (decision_.state != Decision::State::open) return 0;
        if (decision_.rounds.empty()) return std::nullopt;
        const double known = number(decision_.rounds.back().seeds);
        const auto mean_of = [&](std::size_t setting) { return sums_[setting] / known; };
        std::vector<double> ends;
        for (const std::size_t i : decision_.survivors) {
            double end = number(rules_.most_seeds);
            for (const std::size_t j : decision_.survivors) {
                const double distance = mean_of(i) - mean_of(j);
                if (i == j || distance < 0) continue;
                const double d = rules_.difference;
                end = std::min(end, h2_ * variance(i, j) / (d * (2 * distance + d)));
            }
            ends.push_back(std::max(end, number(seeds_)));
        }
        // The best setting needs as many seeds as the last of the others.
        std::ranges::sort(ends);
        ends.back() = ends[ends.size() - 2];
        double sum = 0;
        for (const double end : ends) sum += std::ceil(end) - number(seeds_);
        return sum;
    }

    const DecisionRules& rules_;
    const Outcome& outcome_;
    std::size_t count_;
    double h2_ = 0;
    std::size_t seeds_ = 0;             ///< of each setting in the present round
    std::vector<double> sums_;          ///< [settings] of outcomes, over the complete rounds
    std::vector<double> round_sums_;    ///< [settings] of the outcomes that the present round adds
    std::vector<double> variances_;     ///< [settings, settings] of the pairs' differences
    std::vector<std::size_t> lost_;     ///< settings with a lost trial in the present round
    std::vector<std::size_t> missing_;  ///< settings without all outcomes of the present round
    Decision decision_;
};

}  // namespace

Decision decide(std::size_t settings, const DecisionRules& rules, const Outcome& outcome) {
    return Procedure(settings, rules, outcome).run();
}

}  // namespace dropsweep::sweep
