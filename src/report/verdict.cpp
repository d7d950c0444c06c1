// Composes the verdict on a sweep: which setting is best, by how much, and what the data can tell.
#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "dropsweep/report/comparison.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::report {
namespace {

std::string percent(double share) {
    return fmt::format("{:.2f} %", 100 * share);
}

/// "0.12 points higher", "within 0.01 points".
std::string points(double difference) {
    const double size = 100 * std::abs(difference);
    if (size < 0.005) return "within 0.01 points";
    return fmt::format("{:.2f} points {}", size, difference > 0 ? "higher" : "lower");
}

/// "0.12 points higher than that of p = 0", "within 0.01 points of that of p = 0".
std::string points_from_zero(double difference) {
    const std::string text = points(difference);
    return text + (text.starts_with("within") ? " of that of p = 0" : " than that of p = 0");
}

/// Rounded up to two significant digits.
std::size_t about(std::size_t count) {
    std::size_t unit = 1;
    while (count / unit > 99) unit *= 10;
    return (count + unit - 1) / unit * unit;
}

std::string capitalized(std::string text) {
    text[0] = static_cast<char>(std::toupper(text[0]));
    return text;
}

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& items) {
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) text += i + 1 == items.size() ? " and " : ", ";
        text += items[i];
    }
    return text;
}

/// "p = 0.3, learning-rate = 0.001": a setting by its values of some axes.
std::string setting_name(const std::vector<SweptOption>& axes, const sweep::Setting& setting) {
    std::vector<std::string> parts;
    for (const SweptOption& axis : axes) {
        const std::string value = setting.value_of(axis.option);
        if (value.empty()) continue;
        parts.push_back(fmt::format("{} = {}", axis.option == "dropout" ? "p" : axis.option, value));
    }
    return fmt::to_string(fmt::join(parts, ", "));
}

/// The sentences about one comparison; differences are in test accuracy.
class Verdict {
  public:
    explicit Verdict(const Comparison& comparison) : comparison_(comparison), settings_(comparison.settings) {}

    std::string text() const {
        if (!comparison_.chosen) return nothing_counts();
        std::string text = preamble();
        const std::size_t start = text.size();
        if (std::ranges::count_if(settings_, [](const auto& each) { return !each.trials.empty(); }) == 1) {
            text += only_value();
        } else if (comparison_.decision) {
            text += decision() + ".";
        } else if (seeds() == 1) {
            text += single_runs();
        } else {
            text += best() + ". " + neighbourhood() + ".";
        }
        return start == 0 ? capitalized(text) : text;
    }

  private:
    const SettingStatistics& chosen() const { return settings_[*comparison_.chosen]; }
    std::size_t seeds() const { return chosen().trials.size(); }
    bool only_dropout() const { return comparison_.axes.size() == 1 && comparison_.axes.front().option == "dropout"; }
    const char* noun() const { return only_dropout() ? "dropout rate" : "setting"; }
    const char* short_noun() const { return only_dropout() ? "value" : "setting"; }
    std::string name(std::size_t v) const { return setting_name(comparison_.axes, settings_[v].setting); }
    /// Named by the axes on which it differs from the chosen one.
    std::string name_beside_chosen(std::size_t v) const {
        std::vector<SweptOption> differing = comparison_.axes;
        std::erase_if(differing, [&](const SweptOption& axis) {
            return settings_[v].setting.value_of(axis.option) == chosen().setting.value_of(axis.option);
        });
        return setting_name(differing, settings_[v].setting);
    }
    std::string chosen_name() const { return name(*comparison_.chosen); }

    std::size_t not_ended() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(comparison_.left_out, [](const auto* trial) { return !trial->result; }));
    }
    std::size_t lost() const { return comparison_.left_out.size() - not_ended(); }

    std::string nothing_counts() const {
        if (comparison_.left_out.empty()) return "There is no trial to judge by.";
        if (comparison_.decision && comparison_.decision->survivors.empty()) {
            return fmt::format("No {} can be chosen: of each one a trial diverged or failed.", noun());
        }
        if (not_ended() > 0) return "No trial has ended with a model yet, so there is nothing to judge by.";
        return fmt::format("No {} can be chosen: {} diverged or failed.", noun(),
                           lost() == 1 ? "the only trial" : fmt::format("all {} trials", lost()));
    }

    std::string preamble() const {
        std::size_t counted_trials = 0;
        for (const SettingStatistics& each : settings_) counted_trials += each.trials.size();
        if (not_ended() > 0) {
            const std::string without = lost() == 0 ? "" : fmt::format(", without {} that diverged or failed", lost());
            return fmt::format("So far, with {} done{}: ", text::counted(counted_trials, "trial"), without);
        }
        return lost() == 0 ? "" : fmt::format("Without {} that diverged or failed: ", text::counted(lost(), "trial"));
    }

    /// "97.99 % (95 % interval 97.80 to 98.18 %)".
    std::string accuracy() const {
        const stats::Summary summary = stats::within(chosen().test_accuracy.summary, 0, 1);
        if (summary.count < 2) return percent(summary.mean);
        if (!has_spread(summary)) return percent(summary.mean) + " with every seed";
        return fmt::format("{} (95 % interval {:.2f} to {})", percent(summary.mean), 100 * summary.low,
                           percent(summary.high));
    }

    std::string only_value() const {
        if (seeds() == 1) {
            return fmt::format(
                "one run cannot tell how good a {} is: {} with seed {} has a test accuracy of {}, and there is no "
                "other {} to compare it with.",
                noun(), chosen_name(), comparison_.chosen_trial->trial.seed, accuracy(), short_noun());
        }
        return fmt::format("only {} {}, so there is nothing to compare it with: its test accuracy over {} seeds is {}.",
                           chosen_name(), settings_.size() == 1 ? "was tried" : "has trials that count", seeds(),
                           accuracy());
    }

    std::string single_runs() const {
        const std::optional<Contrast>& zero = chosen().test_accuracy.against_zero;
        const std::string difference =
            zero && zero->difference.count > 0 ? ", " + points_from_zero(zero->difference.mean) : "";
        return fmt::format(
            "one run per {} cannot tell which {} is best: {} has the lowest best_val_loss and a test accuracy of {}{}, "
            "but how much of that is chance, and how many more seeds it would take to tell {:.1f} points, shows only "
            "with two seeds or more.",
            short_noun(), noun(), chosen_name(), accuracy(), difference, 100 * kDifferenceToDetect);
    }

    /// "0.002 nats of best_val_loss".
    std::string difference() const {
        const sweep::DecisionRules& rules = *comparison_.decision_rules;
        return rules.by_accuracy ? fmt::format("{:g} points of validation accuracy", 100 * rules.difference)
                                 : fmt::format("{:g} nats of best_val_loss", rules.difference);
    }

    std::string decision() const {
        const sweep::Decision& decision = *comparison_.decision;
        std::size_t trials = 0;
        for (const std::size_t seeds : decision.seeds) trials += seeds;
        const double sure = 100 * (1 - comparison_.decision_rules->error);
        std::string last;
        if (!decision.rounds.empty() && !decision.rounds.back().dropped.empty()) {
            std::vector<std::size_t> dropped;
            for (const auto& each : decision.rounds.back().dropped) dropped.push_back(each.setting);
            last = fmt::format(". The last to be dropped {} {}, after {} seeds", dropped.size() == 1 ? "was" : "were",
                               ranges(dropped), decision.rounds.back().seeds);
        }
        using State = sweep::Decision::State;
        if (decision.state == State::decided) {
            return fmt::format(
                "decided with {} trials: best is {}; with a probability of at least {:g} % no other is better "
                "by {} or more. {}{}",
                trials, chosen_name(), sure, difference(), capitalized(measured()), last);
        }
        if (decision.state == State::undecided) {
            return fmt::format(
                "undecided between {} after {} seeds, where {} matter; a larger --decide or more --max-seeds would "
                "end it. Of them {} is the best so far; {}",
                ranges(decision.survivors), decision.rounds.back().seeds, difference(), chosen_name(), measured());
        }
        return fmt::format("not decided yet between {}; the best of them so far is {}, and {}",
                           ranges(decision.survivors), chosen_name(), measured());
    }

    std::string best() const {
        const bool has_equal_counts =
            std::ranges::all_of(settings_, [&](const auto& each) { return each.trials.size() == seeds(); });
        return fmt::format("best is {}, {}by the lowest mean best_val_loss {} {} seeds; {}", chosen_name(),
                           chosen().setting == sweep::Setting() ? "no dropout, " : "",
                           has_equal_counts ? "over" : fmt::format("among the {}s with", short_noun()), seeds(),
                           measured());
    }

    /// "its test accuracy of 98.10 % is 0.23 points higher than that of p = 0 (...), which may be chance (...)".
    std::string measured() const {
        const std::optional<Contrast>& zero = chosen().test_accuracy.against_zero;
        if (!zero || std::isnan(zero->p_value)) return "its test accuracy is " + accuracy();
        const stats::Summary difference = stats::within(zero->difference, -1, 1);
        const std::string distance = fmt::format(
            "its test accuracy of {} is{} {}", percent(chosen().test_accuracy.summary.mean),
            difference.count < seeds() ? fmt::format(", over the {} seeds that both have,", difference.count) : "",
            points_from_zero(difference.mean));
        if (!has_spread(difference)) {
            return distance + ", the same with every seed, so nothing can be said about chance";
        }
        if (difference.count < fewest()) return distance + ", which may be chance";
        return fmt::format("{} (95 % interval {}), which {} ({})", distance, intervals(*zero),
                           zero->is_significant() ? "is more than chance" : "may be chance",
                           p_value_text(zero->p_value));
    }

    /// "+0.05 to +0.41", or both: "+0.05 to +0.41 on these 10000 test images, -0.02 to +0.48 on others like them".
    std::string intervals(const Contrast& contrast) const {
        const auto text = [](double low, double high) {
            return fmt::format("{:+.2f} to {:+.2f}", 100 * std::max(low, -1.0), 100 * std::min(high, 1.0));
        };
        const std::string seeds = text(contrast.difference.low, contrast.difference.high);
        if (!contrast.over_samples || !comparison_.test_samples) return seeds;
        return fmt::format("{} on these {}, {} on others like them", seeds, test_samples(),
                           text(contrast.over_samples->low, contrast.over_samples->high));
    }

    /// "10000 test images".
    std::string test_samples() const {
        return text::counted(*comparison_.test_samples, comparison_.has_images ? "test image" : "test sample");
    }

    /// Seeds without which the test can tell nothing.
    std::size_t fewest() const { return stats::fewest_pairs(comparison_.error_of_claim()); }

    std::string p_value_text(double p) const {
        const std::string number = p < 0.001 ? "below 0.001" : fmt::format("{:.{}f}", p, p < 0.1 ? 3 : 2);
        if (comparison_.comparisons == 1) return "p-value " + number;
        return fmt::format("p-value {}, corrected for {} comparisons", number, comparison_.comparisons);
    }

    /// "p = 0, 0.2 to 0.4 and 0.6".
    std::string ranges(const std::vector<std::size_t>& members) const {
        if (!only_dropout()) {
            constexpr std::size_t kMostNames = 2;
            std::vector<std::string> names;
            for (const std::size_t v : members) names.push_back(name(v));
            if (names.size() <= kMostNames) return listed(names);
            return text::counted(names.size(), "other setting");
        }
        std::vector<std::string> items;
        for (std::size_t i = 0; i < members.size();) {
            std::size_t last = i;
            while (last + 1 < members.size() && members[last + 1] == members[last] + 1) ++last;
            const auto value = [&](std::size_t member) { return settings_[members[member]].setting.dropout.text(); };
            items.push_back(value(i));
            if (last == i + 1) items.push_back(value(last));
            if (last > i + 1) items.back() += " to " + value(last);
            i = last + 1;
        }
        return "p = " + listed(items);
    }

    /// "its neighbours p = 0.3 (0.05 points lower) and p = 0.5 (within 0.01 points) {and} p = 0 to 0.2".
    std::string names(const std::vector<std::size_t>& members, const std::string& conjunction) const {
        std::vector<std::string> near;
        std::vector<std::size_t> far;
        for (const std::size_t v : members) {
            if (std::ranges::find(comparison_.neighbours, v) == comparison_.neighbours.end()) {
                far.push_back(v);
            } else {
                near.push_back(fmt::format("{} ({})", name_beside_chosen(v),
                                           points(settings_[v].test_accuracy.against_chosen->difference.mean)));
            }
        }
        std::string text;
        if (!near.empty()) text = fmt::format("its neighbour{} {}", near.size() == 1 ? "" : "s", listed(near));
        if (!near.empty() && !far.empty()) text += conjunction;
        if (!far.empty()) text += ranges(far);
        return text;
    }

    std::string neighbourhood() const {
        const auto& [significant, not_significant, without_spread, uncompared] = comparison_.distinctions;
        std::vector<std::string> clauses;
        std::size_t common = 0;  // seeds, at most
        for (const std::size_t v : not_significant) {
            common = std::max(common, settings_[v].test_accuracy.against_chosen->difference.count);
        }
        if (!not_significant.empty() && significant.empty() && common < fewest()) {
            clauses.push_back(fmt::format(
                "{} seeds cannot tell it from {}, however far off: comparing {} takes at least {} seeds", common,
                names(not_significant, ", nor from "), text::counted(settings_.size(), short_noun()), fewest()));
        } else if (!not_significant.empty()) {
            clauses.push_back("the data cannot tell it from " + names(not_significant, ", nor from ") +
                              (significant.empty() ? "" : ", but can from " + names(significant, " and ")));
        } else if (!significant.empty()) {
            clauses.push_back("the data can tell it from " + names(significant, " and from "));
        }
        if (!without_spread.empty()) {
            const bool one = without_spread.size() == 1;
            clauses.push_back(fmt::format(
                "the difference{} from {} {} the same with every seed, so the data cannot tell how much of {} is "
                "chance",
                one ? "" : "s", names(without_spread, " and from "), one ? "is" : "are", one ? "it" : "them"));
        }
        if (!uncompared.empty()) {
            const bool one = uncompared.size() == 1;
            const char* what = !only_dropout() ? "" : one ? "the value " : "the values ";
            clauses.push_back(fmt::format("{}{} {} fewer than two seeds with it, too few to compare", what,
                                          ranges(uncompared), one ? "shares" : "share"));
        }
        if (comparison_.seeds_to_detect) clauses.push_back(price(*comparison_.seeds_to_detect));
        return capitalized(fmt::to_string(fmt::join(clauses, "; ")));
    }

    std::string price(std::size_t needed) const {
        const std::string goal = fmt::format("a difference of {:.1f} points", 100 * kDifferenceToDetect);
        const std::optional<std::size_t>& samples = comparison_.test_samples;
        if (samples && kDifferenceToDetect * static_cast<double>(*samples) < 1) {
            return fmt::format("{} is less than one of the {}, so how many seeds would tell it cannot be estimated",
                               goal, test_samples());
        }
        const bool spread = std::ranges::any_of(comparison_.neighbours, [&](std::size_t v) {
            return has_spread(settings_[v].test_accuracy.against_chosen->difference);
        });
        if (!spread) {
            return fmt::format("without any spread between seeds, how many would tell {} cannot be estimated", goal);
        }
        if (needed <= seeds()) return fmt::format("{} seeds are about enough to tell {}", seeds(), goal);
        return fmt::format("telling {} would take about {}", goal, text::counted(about(needed - seeds()), "more seed"));
    }

    const Comparison& comparison_;
    const std::vector<SettingStatistics>& settings_;
};

}  // namespace

std::string verdict(const Comparison& comparison) {
    return Verdict(comparison).text();
}

}  // namespace dropsweep::report
