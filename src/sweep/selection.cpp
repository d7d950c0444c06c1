// Keeps the results of a decision and asks decide again after each.
#include "dropsweep/sweep/selection.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace dropsweep::sweep {

double outcome_of(const train::TrialResult& result, bool by_accuracy) {
    if (!result.has_weights()) return std::numeric_limits<double>::infinity();
    return by_accuracy ? -result.validation.accuracy : result.best_val_loss;
}

Selection::Selection(const DecisionRules& rules, std::size_t settings, const std::set<std::size_t>& seeds)
    : rules_(rules), settings_(settings), outcomes_(settings * rules.most_seeds) {
    for (const std::size_t seed : seeds) seeds_.insert(seed - 1);
}

void Selection::record(std::size_t trial, const train::TrialResult& result) {
    outcomes_[trial] = outcome_of(result, rules_.by_accuracy);
    decision_.reset();
}

const Decision& Selection::decision() const {
    if (!decision_) {
        decision_ = decide(settings_, rules_, [this](std::size_t setting, std::size_t seed) {
            return outcomes_[trial_of(setting, seed)];
        });
    }
    return *decision_;
}

bool Selection::needs(std::size_t trial) const {
    return seed_of(trial) < decision().seeds[setting_of(trial)] || seeds_.contains(seed_of(trial));
}

bool Selection::may_win(std::size_t setting) const {
    const std::vector<std::size_t>& left = decision().survivors;
    const auto own = std::span(outcomes_).subspan(trial_of(setting, 0), rules_.most_seeds);
    const auto is_lost = [](const std::optional<double>& outcome) { return outcome && std::isinf(*outcome); };
    return !is_over() && std::ranges::find(left, setting) != left.end() && std::ranges::none_of(own, is_lost);
}

bool Selection::may_need(std::size_t trial) const {
    return needs(trial) || may_win(setting_of(trial));
}

std::vector<std::size_t> Selection::wanted() const {
    std::vector<std::size_t> wanted;
    for (std::size_t seed = 0; seed < rules_.most_seeds; ++seed) {
        for (std::size_t setting = 0; setting < settings_; ++setting) {
            const std::size_t trial = trial_of(setting, seed);
            const bool is_certain = seed == decision().seeds[setting] &&
                                    std::ranges::find(decision().certain, setting) != decision().certain.end();
            if (!outcomes_[trial] && (needs(trial) || is_certain)) wanted.push_back(trial);
        }
    }
    return wanted;
}

std::vector<std::size_t> Selection::ahead() const {
    std::vector<std::size_t> ahead;
    std::vector<std::size_t> settings = decision().survivors;
    std::erase_if(settings, [this](std::size_t setting) { return !may_win(setting); });
    for (std::size_t seed = 0; seed < rules_.most_seeds; ++seed) {
        for (const std::size_t setting : settings) {
            const std::size_t trial = trial_of(setting, seed);
            if (!outcomes_[trial] && !needs(trial)) ahead.push_back(trial);
        }
    }
    return ahead;
}

std::optional<double> Selection::to_come() const {
    if (!decision().seeds_to_come) return std::nullopt;
    double count = *decision().seeds_to_come;
    for (std::size_t trial = 0; trial < outcomes_.size(); ++trial) {
        if (needs(trial) && !outcomes_[trial]) ++count;
    }
    return count;
}

}  // namespace dropsweep::sweep
