// Reads a run directory back, merges the parts of one sweep, and writes a merged run.
#include "dropsweep/record/run_record.hpp"

#include <algorithm>
#include <charconv>
#include <iomanip>
#include <optional>
#include <set>
#include <sstream>

#include <boost/program_options/parsers.hpp>
#include <fmt/format.h>

#include "dropsweep/record/checksums.hpp"
#include "dropsweep/record/manifest.hpp"
#include "dropsweep/record/occupancy.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/percent_escapes.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::record {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;
using Json = nlohmann::ordered_json;
using Config = std::map<std::string, std::string>;

constexpr const char* kParts = "parts";
constexpr const char* kSettingsOption = "settings";

[[noreturn]] void refuse(const fs::path& path, const std::string& what) {
    throw Error(ExitCode::bad_data, fmt::format("{}: {}; restore the file as dropsweep wrote it", path.string(), what));
}

Config read_config(const fs::path& path) {
    std::istringstream text(text::escape_percents(system::read_file(path)));
    Config config;
    try {
        const bool allow_unregistered = true;
        for (const auto& option : po::parse_config_file<char>(text, {}, allow_unregistered).options) {
            config[text::unescape_percents(option.string_key)] = text::unescape_percents(option.value.front());
        }
    } catch (const po::error& error) {
        refuse(path, text::unescape_percents(error.what()));
    }
    return config;
}

std::string write_config(const Config& config) {
    std::string text = "# dropsweep report\n";
    for (const auto& [name, value] : config) text += fmt::format("{} = {}\n", name, value);
    return text;
}

/// Adds the trials that the configuration names but no table has. The configuration of merged parts that are no grid of
/// settings and seeds names none.
/// @param path  of the configuration
void add_planned(std::vector<TrialRecord>& trials, const Config& config, const fs::path& path) {
    const auto dropout = config.find("dropout");
    const auto seed = config.find(config.contains("seed") ? "seed" : "seeds");
    const fs::path settings_path = path.parent_path() / kSettingsFile;
    const bool has_settings = fs::exists(settings_path);
    if ((dropout == config.end() && !has_settings) || seed == config.end()) return;
    std::vector<sweep::Setting> settings;
    if (has_settings) {
        settings = read_settings(settings_path);
    } else {
        try {
            settings = sweep::parse_dropout_list(dropout->second);
        } catch (const Error& error) {
            refuse(path, fmt::format("dropout: {}", error.what()));
        }
    }
    std::vector<std::uint64_t> seeds;
    try {
        seeds = parse_seed_list(seed->second);
    } catch (const Error& error) {
        refuse(path, error.what());
    }
    std::set<sweep::Trial> known;
    for (const TrialRecord& record : trials) known.insert(record.trial);
    for (const sweep::Trial& trial : sweep::make_trials(settings, seeds)) {
        if (known.insert(trial).second) trials.push_back({trial, {}, {}});
    }
    std::ranges::sort(trials, {}, &TrialRecord::trial);
}

/// Seconds since 1970 of a manifest's `started`; none: it is no time.
std::optional<double> read_time(const std::string& started) {
    std::tm time{};
    std::istringstream text(started);
    text >> std::get_time(&time, "%Y%m%dT%H%M%SZ");
    if (text.fail()) return std::nullopt;
    return static_cast<double>(::timegm(&time));
}

/// Checks the fields of a manifest on which its users rely.
/// @throws Error  bad_data
void check_manifest(const fs::path& path, const Json& manifest) {
    if (!manifest.is_object()) refuse(path, "it is not a JSON object");
    for (const char* name : {"started", "precision", "mpi"}) {
        if (!manifest.value(name, Json()).is_string()) refuse(path, fmt::format("'{}' is not a text", name));
    }
    if (!read_time(manifest["started"])) refuse(path, "'started' is no time such as 20260131T235959Z");
    for (const char* name : {"program", "plan", "data"}) {
        if (!manifest.value(name, Json()).is_object()) refuse(path, fmt::format("'{}' is missing", name));
    }
    if (!value_at(manifest, "/data/sha256").is_string()) refuse(path, "the data has no hash");
    if (!value_at(manifest, "/plan/ranks").is_number_unsigned()) refuse(path, "the plan has no ranks");
}

std::vector<Json> read_manifests(const fs::path& path) {
    Json content = Json::parse(system::read_file(path), nullptr, false);
    std::vector<Json> manifests;
    if (content.is_object() && content.contains(kParts) && content[kParts].is_array() && !content[kParts].empty()) {
        for (Json& part : content[kParts]) manifests.push_back(std::move(part));
    } else {
        manifests.push_back(std::move(content));
    }
    for (const Json& manifest : manifests) check_manifest(path, manifest);
    return manifests;
}

/// Whether an option may differ between the parts of one sweep. The path of the data may, its hash may not.
bool may_differ(const std::string& name, const sweep::Choices& choices) {
    static const std::set<std::string> kFree = {"dropout", "seed", "seeds", "data", kSettingsOption};
    return kFree.contains(name) || std::ranges::find(choices, name, &sweep::Choice::option) != choices.end();
}

std::string names_of(const RunRecord& first, const RunRecord& second) {
    return fmt::format("{} and {}", first.directories.front().string(), second.directories.front().string());
}

std::string value_of(const Config& config, const std::string& name) {
    const auto found = config.find(name);
    return found == config.end() ? "not set" : found->second;
}

/// @throws Error  usage: the two are not parts of one sweep
void require_one_sweep(const RunRecord& first, const RunRecord& second) {
    const auto refuse = [&](const std::string& what) {
        throw Error(ExitCode::usage, fmt::format("{} are not parts of one sweep: {}; report them one by one",
                                                 names_of(first, second), what));
    };
    Config all = first.config;
    all.insert(second.config.begin(), second.config.end());
    const sweep::Choices& choices = choices_of(first.trials);
    if (!std::ranges::equal(choices, choices_of(second.trials), {}, &sweep::Choice::option, &sweep::Choice::option)) {
        refuse("their settings differ in other options");
    }
    for (const auto& [name, ignored] : all) {
        const std::string left = value_of(first.config, name);
        const std::string right = value_of(second.config, name);
        if (!may_differ(name, choices) && left != right) refuse(fmt::format("{} is {} and {}", name, left, right));
    }
    const Json& left = first.manifests.front();
    const Json& right = second.manifests.front();
    if (left["data"]["sha256"] != right["data"]["sha256"])
        refuse("their data is not the same (sha256 in manifest.json)");
    if (left["precision"] != right["precision"]) refuse("their precision is not the same");
}

double start_of(const RunRecord& part) {
    return read_time(part.manifests.front()["started"]).value();
}

/// The times of all parts as if their ranks had been those of one job, which began when the first part did.
std::vector<TimingRow> merge_timing(const std::vector<RunRecord>& parts) {
    double first_start = start_of(parts.front());
    for (const RunRecord& part : parts) first_start = std::min(first_start, start_of(part));
    std::vector<TimingRow> rows;
    TimingRow sweep;
    sweep.event = TimingRow::Event::sweep;
    sweep.ranks = 0;
    for (const RunRecord& part : parts) {
        const double end = start_of(part) - first_start + occupancy_of(part.timing).seconds;
        sweep.seconds = std::max(sweep.seconds, end);
    }
    for (const RunRecord& part : parts) {
        const Occupancy own = occupancy_of(part.timing);
        for (TimingRow row : part.timing) {
            // The predictions of the parts give none for the merged sweep.
            if (row.event == TimingRow::Event::sweep || row.event == TimingRow::Event::prediction) continue;
            row.first_rank += sweep.ranks;
            row.start_seconds += start_of(part) - first_start;
            // A rank of a part is idle before its part starts and after it ends.
            if (row.event == TimingRow::Event::idle) row.seconds += sweep.seconds - own.seconds;
            rows.push_back(row);
        }
        sweep.ranks += own.ranks;
    }
    rows.push_back(sweep);
    return rows;
}

/// Whether settings.csv is needed: settings differ in more than dropout, or were given as a list.
bool has_settings_file(const Config& config, const std::vector<TrialRecord>& trials) {
    return config.contains(kSettingsOption) || !choices_of(trials).empty();
}

std::set<sweep::Setting> settings_of(const std::vector<TrialRecord>& trials) {
    std::set<sweep::Setting> settings;
    for (const TrialRecord& record : trials) settings.insert(record.trial);
    return settings;
}

/// The common configuration, with the settings and seeds of all parts if every setting has every seed.
Config merge_config(const std::vector<RunRecord>& parts, const std::vector<TrialRecord>& trials) {
    Config config = parts.front().config;
    for (const char* name : {"dropout", "seed", "seeds"}) config.erase(name);
    for (const sweep::Choice& choice : choices_of(trials)) config.erase(choice.option);
    std::set<std::uint64_t> seeds;
    for (const TrialRecord& record : trials) seeds.insert(record.trial.seed);
    const std::set<sweep::Setting> settings = settings_of(trials);
    if (settings.empty() || settings.size() * seeds.size() != trials.size()) return config;
    config[seeds.size() == 1 ? "seed" : "seeds"] = fmt::to_string(fmt::join(seeds, ","));
    if (has_settings_file(config, trials)) {
        config[kSettingsOption] = kSettingsFile;
        return config;
    }
    std::vector<std::string> values;
    for (const sweep::Setting& setting : settings) values.push_back(setting.dropout.text());
    config["dropout"] = fmt::to_string(fmt::join(values, ","));
    return config;
}

}  // namespace

std::vector<std::uint64_t> parse_seed_list(const std::string& text) {
    std::vector<std::uint64_t> seeds;
    for (const std::string_view part : text::split(text, ',')) {
        const auto [end, status] = std::from_chars(part.data(), part.data() + part.size(), seeds.emplace_back());
        if (status != std::errc() || end != part.data() + part.size()) {
            throw Error(ExitCode::usage, fmt::format("'{}' is no list of seeds", text));
        }
    }
    return seeds;
}

RunRecord read_run(const fs::path& directory) {
    std::error_code ignored;
    if (!fs::is_directory(directory, ignored)) {
        throw Error(ExitCode::missing_input,
                    fmt::format("{}: {}; give the directory of a run", directory.string(),
                                fs::exists(directory, ignored) ? "it is not a directory" : "no such directory"));
    }
    check_tables(directory);
    RunRecord record{.directories = {directory},
                     .config = read_config(directory / "config.ini"),
                     .manifests = read_manifests(directory / "manifest.json"),
                     .trials = read_trials(directory / "history.csv", directory / "summary.csv"),
                     .timing = read_timing(directory / "timing.csv")};
    add_planned(record.trials, record.config, directory / "config.ini");
    return record;
}

Json value_at(const Json& manifest, const char* pointer) {
    const Json::json_pointer place(pointer);
    return manifest.contains(place) ? manifest[place] : Json(nullptr);
}

std::optional<std::size_t> test_samples(const RunRecord& record) {
    if (record.manifests.empty()) return std::nullopt;
    const Json samples = value_at(record.manifests.front(), "/data/test_samples");
    return samples.is_number_unsigned() ? std::optional(samples.get<std::size_t>()) : std::nullopt;
}

std::optional<sweep::DecisionRules> decision_rules(const RunRecord& record) {
    const auto number = [&](const char* name) {
        double value = train::kNotANumber;
        const auto found = record.config.find(name);
        if (found == record.config.end()) return value;
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
        return value;
    };
    sweep::DecisionRules rules;
    const auto by = record.config.find("decide-by");
    rules.by_accuracy = by != record.config.end() && by->second == "val_accuracy";
    rules.difference = rules.by_accuracy ? number("decide") / 100 : number("decide");
    rules.error = number("error");
    const double most = number("max-seeds");
    const bool is_whole = rules.difference > 0 && rules.error > 0 && rules.error < 1 && most >= 1 && most < 1e6;
    if (!is_whole || most < static_cast<double>(rules.first_seeds)) return std::nullopt;
    rules.most_seeds = static_cast<std::size_t>(most);
    return rules;
}

bool has_images(const RunRecord& record) {
    return record.manifests.empty() || value_at(record.manifests.front(), "/data/rows") != 1;
}

RunRecord merge_runs(const std::vector<RunRecord>& parts) {
    RunRecord merged;
    std::map<sweep::Trial, TrialRecord> trials;
    std::map<sweep::Trial, const RunRecord*> owners;
    for (const RunRecord& part : parts) {
        require_one_sweep(parts.front(), part);
        for (const TrialRecord& record : part.trials) {
            // Another part may have trained it.
            if (record.epochs.empty() && !record.result) {
                trials.emplace(record.trial, record);
                continue;
            }
            const auto [owner, is_new] = owners.emplace(record.trial, &part);
            if (!is_new) {
                throw Error(ExitCode::usage, fmt::format("{} both hold trial {}; give each part of a sweep once",
                                                         names_of(*owner->second, part), record.trial.id()));
            }
            trials[record.trial] = record;
        }
        merged.directories.insert(merged.directories.end(), part.directories.begin(), part.directories.end());
        merged.manifests.insert(merged.manifests.end(), part.manifests.begin(), part.manifests.end());
    }
    for (auto& [trial, record] : trials) merged.trials.push_back(std::move(record));
    merged.config = merge_config(parts, merged.trials);
    merged.timing = merge_timing(parts);
    return merged;
}

void write_run(const RunRecord& record, const fs::path& directory) {
    const auto write = [&](const char* name, const std::string& text) {
        system::write_file_atomically(directory / name, text);
    };
    write("config.ini", write_config(record.config));
    write_manifest(directory / "manifest.json",
                   record.manifests.size() == 1 ? record.manifests.front() : Json{{kParts, record.manifests}});
    const std::set<sweep::Setting> settings = settings_of(record.trials);
    if (!settings.empty() && has_settings_file(record.config, record.trials)) {
        write(kSettingsFile, settings_csv({settings.begin(), settings.end()}));
    }
    write("history.csv", history_csv(record.trials));
    write("summary.csv", summary_csv(record.trials));
    write("timing.csv", timing_csv(record.timing));
    write_checksums(directory);
}

}  // namespace dropsweep::record
