// Writes the facts of a run as report.json: statistics, decision, trials, classification, timeline and provenance.
#include "dropsweep/report/report_json.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <span>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dropsweep/record/occupancy.hpp"
#include "dropsweep/report/effects.hpp"
#include "dropsweep/text/hex.hpp"
#include "dropsweep/text/shell_word.hpp"

namespace dropsweep::report {
namespace {

using Json = nlohmann::ordered_json;
using Event = record::TimingRow::Event;

/// The array of what `to_json` makes of each value.
template <class Values, class ToJson>
Json list(const Values& values, ToJson&& to_json) {
    Json json = Json::array();
    for (const auto& value : values) json.push_back(to_json(value));
    return json;
}

template <class Value, class ToJson = std::identity>
Json or_null(const std::optional<Value>& value, ToJson to_json = {}) {
    return value ? Json(to_json(*value)) : Json(nullptr);
}

/// JSON has no number that is not finite.
Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json summary_json(const stats::Summary& summary) {
    return {{"count", summary.count},
            {"mean", number(summary.mean)},
            {"sd", number(summary.sd)},
            {"low", number(summary.low)},
            {"high", number(summary.high)}};
}

Json interval_json(const stats::Interval& interval) {
    return {{"low", number(interval.low)}, {"high", number(interval.high)}};
}

Json contrast_json(const Contrast& contrast) {
    Json json = summary_json(contrast.difference);
    json["p_value"] = number(contrast.p_value);
    json["over_samples"] = or_null(contrast.over_samples, interval_json);
    return json;
}

Json metric_json(const MetricStatistics& metric) {
    Json json = summary_json(metric.summary);
    json["against_zero"] = or_null(metric.against_zero, contrast_json);
    json["against_chosen"] = or_null(metric.against_chosen, contrast_json);
    return json;
}

struct CurveMetric {
    const char* name;
    double (*value)(const train::EpochRecord&);
};

constexpr CurveMetric kCurves[] = {
    {"loss", [](const train::EpochRecord& epoch) { return epoch.training.loss; }},
    {"accuracy", [](const train::EpochRecord& epoch) { return epoch.training.accuracy; }},
    {"val_loss", [](const train::EpochRecord& epoch) { return epoch.validation.loss; }},
    {"val_accuracy", [](const train::EpochRecord& epoch) { return epoch.validation.accuracy; }},
};

/// The mean over the seeds of each epoch from 0 on, while at least half of them still train: the mean of the few
/// longest trials would be biased.
Json curve_json(const SettingStatistics& each, const CurveMetric& metric) {
    Json curve = {{"seeds", Json::array()}, {"mean", Json::array()}, {"sd", Json::array()}};
    for (std::size_t epoch = 0;; ++epoch) {
        std::vector<double> values;
        for (const record::TrialRecord* trial : each.trials) {
            if (epoch >= trial->epochs.size()) continue;
            const double at_epoch = metric.value(trial->epochs[epoch]);
            if (std::isfinite(at_epoch)) values.push_back(at_epoch);
        }
        if (values.empty() || 2 * values.size() < each.trials.size()) return curve;
        const stats::Summary seeds = stats::summarize(values);
        curve["seeds"].push_back(seeds.count);
        curve["mean"].push_back(seeds.mean);
        curve["sd"].push_back(number(seeds.sd));
    }
}

Json setting_json(const SettingStatistics& each, const std::vector<SweptOption>& axes) {
    Json json = {{"values", Json::object()}};
    for (const SweptOption& axis : axes) json["values"][axis.option] = each.setting.value_of(axis.option);
    json["epochs"] = summary_json(each.epochs);
    json["val_loss"] = summary_json(each.val_loss);
    json["val_accuracy"] = summary_json(each.val_accuracy);
    json["best_val_loss"] = metric_json(each.best_val_loss);
    json["test_accuracy"] = metric_json(each.test_accuracy);
    for (const CurveMetric& metric : kCurves) json["curves"][metric.name] = curve_json(each, metric);
    return json;
}

Json effect_json(const Effect& effect) {
    return {{"value", effect.value},
            {"test_accuracy", summary_json(effect.test_accuracy)},
            {"best_val_loss", summary_json(effect.best_val_loss)},
            {"difference", or_null(effect.difference, summary_json)}};
}

Json option_json(const OptionEffects& effects) {
    return {{"option", effects.option}, {"values", list(effects.values, effect_json)}};
}

Json dropped_json(const sweep::DecisionRound::Dropped& dropped) {
    return {{"setting", dropped.setting},
            {"better", or_null(dropped.better)},
            {"distance", dropped.distance},
            {"allowed", dropped.allowed}};
}

Json decision_json(const Comparison& comparison) {
    constexpr const char* kStates[] = {"open", "decided", "undecided"};  // by Decision::State
    const sweep::Decision& decision = *comparison.decision;
    const sweep::DecisionRules& rules = *comparison.decision_rules;
    const auto round_json = [&rules](const sweep::DecisionRound& round) -> Json {
        return {{"seeds", round.seeds},
                {"settings", round.settings},
                {"means", list(round.means, [&](double mean) { return number(rules.shown(mean)); })},
                {"dropped", list(round.dropped, dropped_json)}};
    };
    return {{"by", rules.by_accuracy ? "val_accuracy" : "best_val_loss"},
            {"difference", rules.difference},
            {"error", rules.error},
            {"state", kStates[static_cast<std::size_t>(decision.state)]},
            {"survivors", decision.survivors},
            {"rounds", list(decision.rounds, round_json)}};
}

/// The interval of the chosen setting minus each rival after each seed, without those that are infinite.
Json differences_json(const Comparison& comparison) {
    Json json = Json::array();
    for (const std::size_t rival : comparison.rivals) {
        Json each = {{"setting", rival}};
        for (const char* name : {"seeds", "mean", "low", "high"}) each[name] = Json::array();
        std::size_t seeds = 0;
        for (const stats::AnytimeTest& look : comparison.settings[rival].test_accuracy.against_chosen->looks) {
            ++seeds;
            if (std::isinf(look.low)) continue;
            each["seeds"].push_back(seeds);
            // `0 - x`, since `-x` of 0 would be written as -0.0.
            each["mean"].push_back(0 - look.mean);
            each["low"].push_back(0 - look.high);
            each["high"].push_back(0 - look.low);
        }
        if (!each["seeds"].empty()) json.push_back(each);
    }
    return json;
}

Json matrix_json(const std::vector<std::vector<double>>& matrix) {
    return list(matrix, [](const std::vector<double>& row) { return list(row, number); });
}

Json pair_json(const PairMeans& pair) {
    return {{"rows", pair.rows},
            {"columns", pair.columns},
            {"test_accuracy", matrix_json(pair.test_accuracy)},
            {"best_val_loss", matrix_json(pair.best_val_loss)}};
}

Json trial_json(const record::TrialRecord& record, std::size_t setting) {
    Json json = {{"id", record.trial.id()}, {"setting", setting}, {"seed", record.trial.seed}};
    json["status"] = record.status();
    if (!record.result) {
        json["epochs"] = record.epochs.size();
        return json;
    }
    const train::TrialResult& result = *record.result;
    json["epochs"] = result.epochs;
    json["best_epoch"] = result.epochs == 0 ? Json(nullptr) : Json(result.best_epoch);
    json["best_val_loss"] = number(result.best_val_loss);
    json["val_loss"] = number(result.validation.loss);
    json["val_accuracy"] = number(result.validation.accuracy);
    json["test_loss"] = number(result.test.loss);
    json["test_accuracy"] = number(result.test.accuracy);
    if (result.has_weights()) json["weights_sha256"] = text::to_hex(result.weights_sha256);
    return json;
}

Json score_json(const record::Score& score) {
    return {{"precision", score.precision}, {"recall", score.recall}, {"f1", score.f1}, {"support", score.support}};
}

Json mistake_json(const record::Mistake& mistake, const record::Classification& classification) {
    Json json = {{"index", mistake.index},
                 {"true", mistake.truth},
                 {"predicted", mistake.predicted},
                 {"probability", number(static_cast<double>(mistake.probability))}};
    const auto image = classification.images.find(mistake.index);
    if (image != classification.images.end()) json["pixels"] = text::to_hex(image->second);
    return json;
}

Json classification_json(const record::Classification& classification) {
    const record::Scores scores = record::score(classification);
    Json json = {{"trial", classification.trial}, {"classes", classification.names}};
    const std::size_t classes = classification.classes();
    for (std::size_t truth = 0; truth < classes; ++truth) {
        const auto row = std::span(classification.confusion).subspan(truth * classes, classes);
        json["confusion"].push_back(list(row, std::identity()));
    }
    json["accuracy"] = scores.accuracy;
    json["scores"] = list(scores.classes, score_json);
    json["macro_average"] = score_json(scores.macro);
    json["weighted_average"] = score_json(scores.weighted);
    json["mistakes"] = list(classification.mistakes,
                            [&](const record::Mistake& mistake) { return mistake_json(mistake, classification); });
    if (classification.has_images()) {
        json["image"] = {{"rows", classification.image_rows}, {"columns", classification.image_columns}};
    }
    return json;
}

using TimingRows = std::vector<const record::TimingRow*>;

/// When epochs of a trial ended within one of its spans; not the epoch with which its last span ends.
/// @param of_trial  all rows of the trial
Json epoch_ends_json(const record::TimingRow& span, const TimingRows& of_trial) {
    double last_end = 0;
    for (const record::TimingRow* row : of_trial) {
        if (row->event == Event::trial) last_end = std::max(last_end, row->end_seconds());
    }
    Json ends = Json::array();
    for (const record::TimingRow* row : of_trial) {
        const double middle = row->start_seconds + row->seconds / 2;
        const bool is_within = middle >= span.start_seconds && middle <= span.end_seconds();
        if (row->event == Event::epoch && is_within && last_end - row->end_seconds() >= row->seconds / 2) {
            ends.push_back(row->end_seconds());
        }
    }
    return ends;
}

Json timeline_json(const record::RunRecord& record) {
    const record::Occupancy occupancy = record::occupancy_of(record.timing);
    bool has_ended = false;
    Json predicted_seconds;
    std::map<std::string, TimingRows> rows_of;
    for (const record::TimingRow& row : record.timing) {
        has_ended = has_ended || row.event == Event::sweep;
        if (row.event == Event::prediction && row.trial.empty()) predicted_seconds = row.seconds;
        rows_of[row.trial].push_back(&row);
    }
    const auto span_json = [&rows_of](const record::TimingRow& span) -> Json {
        return {{"trial", span.trial},     {"first_rank", span.first_rank},
                {"ranks", span.ranks},     {"start", span.start_seconds},
                {"seconds", span.seconds}, {"epoch_ends", epoch_ends_json(span, rows_of.at(span.trial))}};
    };
    const auto gap_json = [](const record::Gap& gap) -> Json {
        return {{"rank", gap.rank}, {"start", gap.start}, {"end", gap.end}};
    };
    return {{"ranks", occupancy.ranks},
            {"seconds", occupancy.seconds},
            {"idle_share", occupancy.idle_share},
            {"has_ended", has_ended},
            {"predicted_seconds", predicted_seconds},
            {"spans", list(occupancy.spans, span_json)},
            {"gaps", list(occupancy.gaps, gap_json)}};
}

/// A command line with its words quoted for a shell; under mpirun when there were several ranks.
std::string command_line(const Json& manifest, const std::vector<std::string>& words) {
    const Json ranks = record::value_at(manifest, "/plan/ranks");
    std::vector<std::string> line;
    if (ranks.is_number_integer() && ranks > 1) line.push_back(fmt::format("mpirun -n {}", ranks.get<std::int64_t>()));
    for (const std::string& word : words) line.push_back(text::shell_word(word));
    return fmt::to_string(fmt::join(line, " "));
}

Json part_json(const record::RunRecord& record, std::size_t part) {
    const Json& manifest = record.manifests[part];
    Json json = Json::object();
    const bool is_known = record.directories.size() == record.manifests.size();
    if (is_known) json["directory"] = record.directories[part].string();
    std::vector<std::string> words;
    for (const Json& word : record::value_at(manifest, "/program/command")) {
        if (word.is_string()) words.push_back(word.get<std::string>());
    }
    json["command"] = command_line(manifest, words);
    if (is_known && words.size() > 1) {
        const std::string config = (record.directories[part] / "config.ini").string();
        json["repeat"] = command_line(manifest, {words[0], words[1], "--config", config});
    }
    json["manifest"] = manifest;
    return json;
}

Json verdict_json(const Comparison& comparison) {
    return {{"text", verdict(comparison)},
            {"setting", or_null(comparison.chosen)},
            {"trial", comparison.chosen_trial ? Json(comparison.chosen_trial->trial.id()) : Json(nullptr)},
            {"neighbours", comparison.neighbours},
            {"told", comparison.distinctions.significant},
            {"untold", comparison.distinctions.not_significant},
            {"without_spread", comparison.distinctions.without_spread},
            {"uncompared", comparison.distinctions.uncompared},
            {"comparisons", comparison.comparisons},
            {"seeds_to_tell", or_null(comparison.seeds_to_detect)},
            {"difference_to_tell", kDifferenceToDetect}};
}

}  // namespace

Json report_json(const record::RunRecord& record, const Comparison& comparison,
                 const std::optional<record::Classification>& classification) {
    Json json;
    json["directories"] = list(record.directories, [](const auto& directory) { return directory.string(); });
    json["verdict"] = verdict_json(comparison);
    json["axes"] = list(comparison.axes, [](const SweptOption& axis) -> Json {
        return {{"option", axis.option}, {"values", axis.values}};
    });
    json["settings"] =
        list(comparison.settings, [&](const SettingStatistics& each) { return setting_json(each, comparison.axes); });
    json["decision"] = comparison.decision ? decision_json(comparison) : Json(nullptr);
    json["differences"] = differences_json(comparison);
    json["effects"] = list(effects(comparison), option_json);
    json["pairs"] = list(pair_means(comparison), pair_json);
    std::map<sweep::Setting, std::size_t> setting_of;
    for (const SettingStatistics& each : comparison.settings) setting_of.emplace(each.setting, setting_of.size());
    json["trials"] = list(
        record.trials, [&](const record::TrialRecord& trial) { return trial_json(trial, setting_of.at(trial.trial)); });
    json["classification"] = or_null(classification, classification_json);
    json["timeline"] = timeline_json(record);
    json["config"] = record.config;
    json["parts"] = Json::array();
    for (std::size_t part = 0; part < record.manifests.size(); ++part) json["parts"].push_back(part_json(record, part));
    return json;
}

}  // namespace dropsweep::report
