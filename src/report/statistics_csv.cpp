// Writes statistics.csv.
#include <cmath>

#include <fmt/format.h>

#include "dropsweep/record/csv.hpp"
#include "dropsweep/report/comparison.hpp"

namespace dropsweep::report {
namespace {

using Fields = std::vector<std::string>;

void append_header(Fields& fields, const std::string& reference) {
    for (const char* name :
         {"pairs", "difference", "sd", "low", "high", "samples_low", "samples_high", "p_value", "seeds_to_tell"}) {
        fields.push_back(reference + "_" + name);
    }
}

void append_contrast(Fields& fields, const std::optional<Contrast>& contrast) {
    if (!contrast) {
        fields.insert(fields.end(), 8, "");
        return;
    }
    const stats::Summary& difference = contrast->difference;
    fields.push_back(fmt::to_string(difference.count));
    for (const double number : {difference.mean, difference.sd, difference.low, difference.high}) {
        fields.push_back(record::csv_number(number));
    }
    const std::optional<stats::Interval>& samples = contrast->over_samples;
    fields.push_back(samples ? record::csv_number(samples->low) : "");
    fields.push_back(samples ? record::csv_number(samples->high) : "");
    fields.push_back(record::csv_number(contrast->p_value));
}

std::string seeds_field(const Comparison& comparison, const std::optional<Contrast>& contrast) {
    if (!contrast) return "";
    const double sd = contrast->difference.sd;
    return std::isnan(sd) ? "nan" : fmt::to_string(seeds_to_detect(comparison, sd));
}

}  // namespace

std::string statistics_csv(const Comparison& comparison) {
    Fields header{"metric", "dropout"};
    if (!comparison.settings.empty()) {
        for (const sweep::Choice& choice : comparison.settings.front().setting.choices) header.push_back(choice.option);
    }
    for (const char* name : {"seeds", "mean", "sd", "low", "high"}) header.emplace_back(name);
    append_header(header, "zero");
    append_header(header, "chosen");
    header.push_back("chosen");
    std::string text = record::csv_line(header);
    const auto append_metric = [&](const std::string& name, MetricStatistics SettingStatistics::*metric, bool points) {
        for (std::size_t v = 0; v < comparison.settings.size(); ++v) {
            const MetricStatistics& statistics = comparison.settings[v].*metric;
            const stats::Summary& summary = statistics.summary;
            const bool chosen = comparison.chosen == v;
            const sweep::Setting& setting = comparison.settings[v].setting;
            Fields fields{name, setting.dropout.text()};
            for (const sweep::Choice& choice : setting.choices) fields.push_back(choice.value);
            fields.push_back(fmt::to_string(summary.count));
            for (const double number : {summary.mean, summary.sd, summary.low, summary.high}) {
                fields.push_back(record::csv_number(number));
            }
            append_contrast(fields, statistics.against_zero);
            fields.push_back(points ? seeds_field(comparison, statistics.against_zero) : "");
            append_contrast(fields, statistics.against_chosen);
            if (points && chosen && comparison.seeds_to_detect) {
                fields.push_back(fmt::to_string(*comparison.seeds_to_detect));
            } else {
                fields.push_back(points ? seeds_field(comparison, statistics.against_chosen) : "");
            }
            fields.push_back(chosen ? "1" : "0");
            text += record::csv_line(fields);
        }
    };
    append_metric("test_accuracy", &SettingStatistics::test_accuracy, true);
    append_metric("best_val_loss", &SettingStatistics::best_val_loss, false);
    return text;
}

}  // namespace dropsweep::report
