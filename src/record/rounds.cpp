// Writes rounds.csv, and removes the trials that no round needed.
#include "dropsweep/record/rounds.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dropsweep/record/checksums.hpp"
#include "dropsweep/record/csv.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::record {

std::string rounds_csv(const sweep::Decision& decision, const sweep::DecisionRules& rules,
                       const std::vector<TrialRecord>& trials) {
    std::string text = csv_line({"seeds", "setting", "mean", "kept", "better", "distance", "allowed"});
    const auto setting = [&](std::size_t number) -> const sweep::Setting& {
        return trials[number * rules.most_seeds].trial;
    };
    for (const sweep::DecisionRound& round : decision.rounds) {
        for (std::size_t i = 0; i < round.settings.size(); ++i) {
            const std::size_t number = round.settings[i];
            std::vector<std::string> fields = {fmt::to_string(round.seeds), setting(number).name(),
                                               csv_number(rules.shown(round.means[i]))};
            const auto dropped = std::ranges::find(round.dropped, number, &sweep::DecisionRound::Dropped::setting);
            if (dropped == round.dropped.end()) {
                for (const char* field : {"1", "", "", ""}) fields.emplace_back(field);
            } else if (!dropped->better) {
                for (const char* field : {"0", "", "nan", "nan"}) fields.emplace_back(field);
            } else {
                fields.insert(fields.end(), {"0", setting(*dropped->better).name(), csv_number(dropped->distance),
                                             csv_number(dropped->allowed)});
            }
            text += csv_line(fields);
        }
    }
    return text;
}

bool keep_what_is_needed(const std::filesystem::path& directory, const sweep::Selection& selection,
                         const sweep::DecisionRules& rules, const std::vector<TrialRecord>& trials) {
    std::vector<TrialRecord> needed;
    for (std::size_t trial = 0; trial < trials.size(); ++trial) {
        if (selection.needs(trial)) needed.push_back(trials[trial]);
    }
    bool has_changed = false;
    const auto write = [&](const char* name, const std::string& text) {
        if (std::filesystem::exists(directory / name) && system::read_file(directory / name) == text) return;
        if (!has_changed) remove_checksums(directory);
        has_changed = true;
        system::write_file_atomically(directory / name, text);
    };
    // In this order, so that at any time a trial with a row in summary.csv has its rows in history.csv and its model.
    write("summary.csv", summary_csv(needed));
    write("history.csv", history_csv(needed));
    write("rounds.csv", rounds_csv(selection.decision(), rules, trials));
    write_checksums(directory);
    std::error_code failure;
    for (std::size_t trial = 0; trial < trials.size() && !failure; ++trial) {
        if (selection.needs(trial)) continue;
        const std::string id = trials[trial].trial.id();
        for (const char* extension : {".safetensors", ".npy"}) {
            if (!failure) std::filesystem::remove(directory / "models" / (id + extension), failure);
        }
        if (!failure) std::filesystem::remove_all(directory / "tensorboard" / id, failure);
    }
    if (failure) {
        throw Error(ExitCode::io_error,
                    fmt::format("cannot remove what is not needed from {}: {}; check the directory and its permissions",
                                directory.string(), failure.message()));
    }
    return has_changed;
}

}  // namespace dropsweep::record
