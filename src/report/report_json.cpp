#include "dropsweep/report/report_json.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
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

constexpr const char* kNotEnded = "not ended";

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

Json contrast_json(const std::optional<Contrast>& contrast) {
    if (!contrast) return nullptr;
    Json json = summary_json(contrast->difference);
    json["p_value"] = number(contrast->p_value);
    json["over_samples"] = nullptr;
    if (const std::optional<stats::Interval>& interval = contrast->over_samples) {
        json["over_samples"] = {{"low", number(interval->low)}, {"high", number(interval->high)}};
    }
    return json;
}

Json metric_json(const MetricStatistics& metric) {
    Json json = summary_json(metric.summary);
    json["against_zero"] = contrast_json(metric.against_zero);
    json["against_chosen"] = contrast_json(metric.against_chosen);
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

/// The mean over the seeds, from epoch 0, only while at least half of them still train: what few long trials do is no
/// mean of all.
Json curve_json(const ValueStatistics& value, const CurveMetric& metric) {
    Json curve = {{"seeds", Json::array()}, {"mean", Json::array()}, {"sd", Json::array()}};
    for (std::size_t epoch = 0;; ++epoch) {
        std::vector<double> values;
        for (const record::TrialRecord* trial : value.trials) {
            if (epoch >= trial->epochs.size()) continue;
            const double at_epoch = metric.value(trial->epochs[epoch]);
            if (std::isfinite(at_epoch)) values.push_back(at_epoch);
        }
        if (values.empty() || 2 * values.size() < value.trials.size()) return curve;
        const stats::Summary seeds = stats::summarize(values);
        curve["seeds"].push_back(seeds.count);
        curve["mean"].push_back(seeds.mean);
        curve["sd"].push_back(number(seeds.sd));
    }
}

Json setting_json(const ValueStatistics& value, const std::vector<SweptOption>& axes) {
    Json json = {{"values", Json::object()}};
    for (const SweptOption& axis : axes) json["values"][axis.option] = value.setting.value_of(axis.option);
    json["epochs"] = summary_json(value.epochs);
    json["val_loss"] = summary_json(value.val_loss);
    json["val_accuracy"] = summary_json(value.val_accuracy);
    json["best_val_loss"] = metric_json(value.best_val_loss);
    json["test_accuracy"] = metric_json(value.test_accuracy);
    for (const CurveMetric& metric : kCurves) json["curves"][metric.name] = curve_json(value, metric);
    return json;
}

Json effects_json(const std::vector<OptionEffects>& all) {
    Json json = Json::array();
    for (const OptionEffects& effects : all) {
        Json values = Json::array();
        for (const Effect& effect : effects.values) {
            values.push_back({{"value", effect.value},
                              {"test_accuracy", summary_json(effect.test_accuracy)},
                              {"best_val_loss", summary_json(effect.best_val_loss)},
                              {"difference", effect.difference ? summary_json(*effect.difference) : Json(nullptr)}});
        }
        json.push_back({{"option", effects.option}, {"values", values}});
    }
    return json;
}

const char* state_of(const sweep::Decision& decision) {
    switch (decision.state) {
        case sweep::Decision::State::decided:
            return "decided";
        case sweep::Decision::State::undecided:
            return "undecided";
        case sweep::Decision::State::open:
            return "open";
    }
    return "";
}

Json decision_json(const Comparison& comparison) {
    const sweep::Decision& decision = *comparison.decision;
    const sweep::DecisionRules& rules = *comparison.decision_rules;
    Json json = {{"by", rules.by_accuracy ? "val_accuracy" : "best_val_loss"},
                 {"difference", rules.difference},
                 {"error", rules.error},
                 {"state", state_of(decision)},
                 {"survivors", decision.survivors},
                 {"rounds", Json::array()}};
    for (const sweep::DecisionRound& round : decision.rounds) {
        Json means = Json::array();
        for (const double mean : round.means) means.push_back(number(rules.shown(mean)));
        Json dropped = Json::array();
        for (const sweep::DecisionRound::Dropped& each : round.dropped) {
            dropped.push_back({{"setting", each.setting},
                               {"better", each.better ? Json(*each.better) : Json(nullptr)},
                               {"distance", each.distance},
                               {"allowed", each.allowed}});
        }
        json["rounds"].push_back(
            {{"seeds", round.seeds}, {"settings", round.settings}, {"means", means}, {"dropped", dropped}});
    }
    return json;
}

/// How the interval of the chosen setting minus each rival shrinks; without the seeds after which it is infinite.
Json differences_json(const Comparison& comparison) {
    Json json = Json::array();
    for (const std::size_t rival : comparison.rivals) {
        Json each = {{"setting", rival},
                     {"seeds", Json::array()},
                     {"mean", Json::array()},
                     {"low", Json::array()},
                     {"high", Json::array()}};
        std::size_t seeds = 0;
        for (const stats::AnytimeTest& look : comparison.values[rival].test_accuracy.against_chosen->looks) {
            ++seeds;
            if (std::isinf(look.low)) continue;
            each["seeds"].push_back(seeds);
            // From 0, which has no sign.
            each["mean"].push_back(0 - look.mean);
            each["low"].push_back(0 - look.high);
            each["high"].push_back(0 - look.low);
        }
        if (!each["seeds"].empty()) json.push_back(each);
    }
    return json;
}

Json matrix_json(const std::vector<std::vector<double>>& matrix) {
    Json json = Json::array();
    for (const std::vector<double>& row : matrix) {
        json.push_back(Json::array());
        for (const double value : row) json.back().push_back(number(value));
    }
    return json;
}

Json pairs_json(const std::vector<PairMeans>& pairs) {
    Json json = Json::array();
    for (const PairMeans& pair : pairs) {
        json.push_back({{"rows", pair.rows},
                        {"columns", pair.columns},
                        {"test_accuracy", matrix_json(pair.test_accuracy)},
                        {"best_val_loss", matrix_json(pair.best_val_loss)}});
    }
    return json;
}

Json trial_json(const record::TrialRecord& record, std::size_t setting) {
    Json json = {{"id", record.trial.id()}, {"setting", setting}, {"seed", record.trial.seed}};
    if (!record.result) {
        json["status"] = kNotEnded;
        json["epochs"] = record.epochs.size();
        return json;
    }
    const train::TrialResult& result = *record.result;
    json["status"] = to_string(result.status);
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

Json classification_json(const record::Classification& classification) {
    const record::Scores scores = record::score(classification);
    Json json = {{"trial", classification.trial}, {"classes", classification.names}};
    for (std::size_t truth = 0; truth < classification.classes(); ++truth) {
        Json& row = json["confusion"].emplace_back(Json::array());
        for (std::size_t predicted = 0; predicted < classification.classes(); ++predicted) {
            row.push_back(classification.count(truth, predicted));
        }
    }
    json["accuracy"] = scores.accuracy;
    for (const record::Score& each : scores.classes) json["scores"].push_back(score_json(each));
    json["macro_average"] = score_json(scores.macro);
    json["weighted_average"] = score_json(scores.weighted);
    json["mistakes"] = Json::array();
    for (const record::Mistake& mistake : classification.mistakes) {
        Json& each = json["mistakes"].emplace_back();
        each = {{"index", mistake.index},
                {"true", mistake.truth},
                {"predicted", mistake.predicted},
                {"probability", number(static_cast<double>(mistake.probability))}};
        const auto image = classification.images.find(mistake.index);
        if (image != classification.images.end()) each["pixels"] = text::to_hex(image->second);
    }
    if (classification.has_images()) {
        json["image"] = {{"rows", classification.image_rows}, {"columns", classification.image_columns}};
    }
    return json;
}

/// When an epoch ended, on each bar of the ranks that trained it, except where it ends the trial's last bar.
class EpochEnds {
  public:
    EpochEnds(const std::vector<record::TimingRow>& timing, const std::vector<record::TimingRow>& spans) {
        for (const record::TimingRow& row : timing) {
            if (row.event == record::TimingRow::Event::epoch) epochs_[row.trial].push_back(&row);
        }
        for (const record::TimingRow& span : spans) {
            double& last = last_end_.try_emplace(span.trial, 0.0).first->second;
            last = std::max(last, span.start_seconds + span.seconds);
        }
    }

    Json of(const record::TimingRow& span) const {
        Json ends = Json::array();
        const auto epochs = epochs_.find(span.trial);
        if (epochs == epochs_.end()) return ends;
        for (const record::TimingRow* epoch : epochs->second) {
            const double end = epoch->start_seconds + epoch->seconds;
            const double middle = epoch->start_seconds + epoch->seconds / 2;
            const bool is_here = middle >= span.start_seconds && middle <= span.start_seconds + span.seconds;
            if (is_here && last_end_.at(span.trial) - end >= epoch->seconds / 2) ends.push_back(end);
        }
        return ends;
    }

  private:
    std::map<std::string, std::vector<const record::TimingRow*>> epochs_;
    std::map<std::string, double> last_end_;
};

Json timeline_json(const record::RunRecord& record) {
    const record::Occupancy occupancy = record::occupancy_of(record.timing);
    const EpochEnds epoch_ends(record.timing, occupancy.spans);
    Json json = {{"ranks", occupancy.ranks},
                 {"seconds", occupancy.seconds},
                 {"idle_share", occupancy.idle_share},
                 {"has_ended", std::ranges::find(record.timing, record::TimingRow::Event::sweep,
                                                 &record::TimingRow::event) != record.timing.end()},
                 {"predicted_seconds", nullptr},
                 {"spans", Json::array()},
                 {"gaps", Json::array()}};
    for (const record::TimingRow& row : record.timing) {
        if (row.event == record::TimingRow::Event::prediction && row.trial.empty())
            json["predicted_seconds"] = row.seconds;
    }
    for (const record::TimingRow& span : occupancy.spans) {
        json["spans"].push_back({{"trial", span.trial},
                                 {"first_rank", span.first_rank},
                                 {"ranks", span.ranks},
                                 {"start", span.start_seconds},
                                 {"seconds", span.seconds},
                                 {"epoch_ends", epoch_ends.of(span)}});
    }
    for (const record::Gap& gap : occupancy.gaps) {
        json["gaps"].push_back({{"rank", gap.rank}, {"start", gap.start}, {"end", gap.end}});
    }
    return json;
}

/// The value at `pointer`, e.g. "/plan/ranks"; null where there is none: a manifest is a file, and may hold anything.
Json at(const Json& json, const char* pointer) {
    const Json::json_pointer where(pointer);
    return json.contains(where) ? json.at(where) : Json(nullptr);
}

/// A command line with its words quoted for a shell; under mpirun when there were several ranks.
std::string command_line(const Json& manifest, const std::vector<std::string>& words) {
    const Json ranks = at(manifest, "/plan/ranks");
    std::string line;
    if (ranks.is_number_integer() && ranks > 1) line = fmt::format("mpirun -n {} ", ranks.get<std::int64_t>());
    for (const std::string& word : words) line += text::shell_word(word) + ' ';
    if (!line.empty()) line.pop_back();
    return line;
}

Json part_json(const record::RunRecord& record, std::size_t part) {
    const Json& manifest = record.manifests[part];
    Json json = Json::object();
    const bool is_known = record.directories.size() == record.manifests.size();
    if (is_known) json["directory"] = record.directories[part].string();
    std::vector<std::string> words;
    for (const Json& word : at(manifest, "/program/command")) {
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

}  // namespace

Json report_json(const record::RunRecord& record, const Comparison& comparison,
                 const std::optional<record::Classification>& classification) {
    Json json;
    json["directories"] = Json::array();
    for (const std::filesystem::path& directory : record.directories) {
        json["directories"].push_back(directory.string());
    }
    json["verdict"] = {{"text", verdict(comparison)},
                       {"setting", comparison.chosen ? Json(*comparison.chosen) : Json(nullptr)},
                       {"trial", comparison.chosen_trial ? Json(comparison.chosen_trial->trial.id()) : Json(nullptr)},
                       {"neighbours", comparison.neighbours},
                       {"told", comparison.distinctions.told},
                       {"untold", comparison.distinctions.untold},
                       {"without_spread", comparison.distinctions.without_spread},
                       {"uncompared", comparison.distinctions.uncompared},
                       {"comparisons", comparison.comparisons},
                       {"seeds_to_tell", comparison.seeds_to_tell ? Json(*comparison.seeds_to_tell) : Json(nullptr)},
                       {"difference_to_tell", kDifferenceToTell}};
    json["axes"] = Json::array();
    for (const SweptOption& axis : comparison.axes) {
        json["axes"].push_back({{"option", axis.option}, {"values", axis.values}});
    }
    json["settings"] = Json::array();
    std::map<sweep::Setting, std::size_t> setting_of;
    for (const ValueStatistics& value : comparison.values) {
        setting_of.emplace(value.setting, setting_of.size());
        json["settings"].push_back(setting_json(value, comparison.axes));
    }
    json["decision"] = comparison.decision ? decision_json(comparison) : Json(nullptr);
    json["differences"] = differences_json(comparison);
    json["effects"] = effects_json(effects(comparison));
    json["pairs"] = pairs_json(pair_means(comparison));
    json["trials"] = Json::array();
    for (const record::TrialRecord& trial : record.trials) {
        json["trials"].push_back(trial_json(trial, setting_of.at(trial.trial)));
    }
    json["classification"] = classification ? classification_json(*classification) : Json(nullptr);
    json["timeline"] = timeline_json(record);
    json["config"] = record.config;
    json["parts"] = Json::array();
    for (std::size_t part = 0; part < record.manifests.size(); ++part) json["parts"].push_back(part_json(record, part));
    return json;
}

}  // namespace dropsweep::report
