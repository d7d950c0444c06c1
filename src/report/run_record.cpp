#include "dropsweep/report/run_record.hpp"

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <set>
#include <sstream>

#include <boost/program_options/parsers.hpp>
#include <fmt/format.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/files.hpp"

namespace dropsweep::report {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;
using Json = nlohmann::ordered_json;
using Config = std::map<std::string, std::string>;

constexpr const char* kParts = "parts";

Config read_config(const fs::path& path) {
    std::istringstream text(core::read_file(path));
    Config config;
    try {
        const bool allow_unregistered = true;
        for (const auto& option : po::parse_config_file<char>(text, {}, allow_unregistered).options) {
            config[option.string_key] = option.value.front();
        }
    } catch (const po::error& error) {
        throw Error(ExitCode::bad_data,
                    fmt::format("{}: {}; restore the file as dropsweep wrote it", path.string(), error.what()));
    }
    return config;
}

std::string write_config(const Config& config) {
    std::string text = "# dropsweep report\n";
    for (const auto& [name, value] : config) text += fmt::format("{} = {}\n", name, value);
    return text;
}

/// What the page needs of a manifest is asked for here, so that it can rely on it.
void check_manifest(const fs::path& path, const Json& manifest) {
    const auto refuse = [&](const std::string& what) {
        throw Error(ExitCode::bad_data,
                    fmt::format("{}: {}; restore the file as dropsweep wrote it", path.string(), what));
    };
    if (!manifest.is_object()) refuse("it is not a JSON object");
    for (const char* name : {"started", "precision", "mpi"}) {
        if (!manifest.contains(name) || !manifest[name].is_string()) refuse(fmt::format("'{}' is not a text", name));
    }
    for (const char* name : {"program", "plan", "data"}) {
        if (!manifest.contains(name) || !manifest[name].is_object()) refuse(fmt::format("'{}' is missing", name));
    }
    if (!manifest["data"].contains("sha256") || !manifest["data"]["sha256"].is_string()) refuse("the data has no hash");
    if (!manifest["plan"].contains("ranks") || !manifest["plan"]["ranks"].is_number_unsigned()) {
        refuse("the plan has no ranks");
    }
}

std::vector<Json> read_manifests(const fs::path& path) {
    Json content = Json::parse(core::read_file(path), nullptr, false);
    std::vector<Json> manifests;
    if (content.is_object() && content.contains(kParts) && content[kParts].is_array() && !content[kParts].empty()) {
        for (Json& part : content[kParts]) manifests.push_back(std::move(part));
    } else {
        manifests.push_back(std::move(content));
    }
    for (const Json& manifest : manifests) check_manifest(path, manifest);
    return manifests;
}

/// Whether a setting may differ between the parts of one sweep. The path of the data may; its hash may not.
bool may_differ(const std::string& setting) {
    static const std::set<std::string> kFree = {"dropout", "seed", "seeds", "data"};
    return kFree.contains(setting);
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
    for (const auto& [name, ignored] : all) {
        const std::string left = value_of(first.config, name);
        const std::string right = value_of(second.config, name);
        if (!may_differ(name) && left != right) refuse(fmt::format("{} is {} and {}", name, left, right));
    }
    const Json& left = first.manifests.front();
    const Json& right = second.manifests.front();
    if (left["data"]["sha256"] != right["data"]["sha256"])
        refuse("their data is not the same (sha256 in manifest.json)");
    if (left["precision"] != right["precision"]) refuse("their precision is not the same");
}

/// Seconds since 1970 of a manifest's `started`; 0 when it is no such time.
double start_of(const Json& manifest) {
    std::tm time{};
    std::istringstream text(manifest["started"].get<std::string>());
    text >> std::get_time(&time, "%Y%m%dT%H%M%SZ");
    return text.fail() ? 0 : static_cast<double>(::timegm(&time));
}

double start_of(const RunRecord& part) {
    return start_of(part.manifests.front());
}

int ranks_of(const RunRecord& part) {
    int ranks = 0;
    for (const TimingRow& row : part.timing) ranks = std::max(ranks, row.first_rank + row.ranks);
    return ranks;
}

/// The times of all parts as if their ranks had been those of one job, which began with the first of them.
std::vector<TimingRow> merge_timing(const std::vector<RunRecord>& parts) {
    double first_start = start_of(parts.front());
    for (const RunRecord& part : parts) first_start = std::min(first_start, start_of(part));
    std::vector<TimingRow> rows;
    TimingRow sweep;
    sweep.event = TimingRow::Event::sweep;
    sweep.ranks = 0;
    for (const RunRecord& part : parts) {
        const double delay = start_of(part) - first_start;
        for (TimingRow row : part.timing) {
            row.first_rank += sweep.ranks;
            row.start_seconds += delay;
            if (row.event != TimingRow::Event::sweep) {
                rows.push_back(row);
            } else {
                sweep.seconds = std::max(sweep.seconds, row.start_seconds + row.seconds);
            }
        }
        sweep.ranks += ranks_of(part);
    }
    rows.push_back(sweep);
    return rows;
}

/// What the parts have in common, with the dropout values and seeds of all of them when every value has every seed.
Config merge_config(const std::vector<RunRecord>& parts, const std::vector<TrialRecord>& trials) {
    Config config = parts.front().config;
    for (const char* name : {"dropout", "seed", "seeds"}) config.erase(name);
    std::set<core::Decimal> dropouts;
    std::set<std::uint64_t> seeds;
    for (const TrialRecord& record : trials) {
        dropouts.insert(record.trial.dropout);
        seeds.insert(record.trial.seed);
    }
    if (dropouts.size() * seeds.size() != trials.size()) return config;
    std::vector<std::string> values;
    for (const core::Decimal& dropout : dropouts) values.push_back(dropout.text());
    config["dropout"] = fmt::to_string(fmt::join(values, ","));
    config[seeds.size() == 1 ? "seed" : "seeds"] = fmt::to_string(fmt::join(seeds, ","));
    return config;
}

}  // namespace

RunRecord read_run(const fs::path& directory) {
    std::error_code ignored;
    if (!fs::is_directory(directory, ignored)) {
        throw Error(ExitCode::missing_input,
                    fmt::format("{}: no such directory; give the directory of a run", directory.string()));
    }
    return {.directories = {directory},
            .config = read_config(directory / "config.ini"),
            .manifests = read_manifests(directory / "manifest.json"),
            .trials = read_trials(directory / "history.csv", directory / "summary.csv"),
            .timing = read_timing(directory / "timing.csv")};
}

RunRecord merge_runs(const std::vector<RunRecord>& parts) {
    RunRecord merged;
    std::map<std::string, const RunRecord*> owners;
    for (const RunRecord& part : parts) {
        require_one_sweep(parts.front(), part);
        for (const TrialRecord& record : part.trials) {
            const auto [owner, is_new] = owners.emplace(record.trial.id(), &part);
            if (!is_new) {
                throw Error(ExitCode::usage, fmt::format("{} both hold trial {}; give each part of a sweep once",
                                                         names_of(*owner->second, part), record.trial.id()));
            }
            merged.trials.push_back(record);
        }
        merged.directories.insert(merged.directories.end(), part.directories.begin(), part.directories.end());
        merged.manifests.insert(merged.manifests.end(), part.manifests.begin(), part.manifests.end());
    }
    std::ranges::sort(merged.trials, {},
                      [](const TrialRecord& record) { return std::pair(record.trial.dropout, record.trial.seed); });
    merged.config = merge_config(parts, merged.trials);
    merged.timing = merge_timing(parts);
    return merged;
}

void write_run(const RunRecord& record, const fs::path& directory) {
    const auto write = [&](const char* name, const std::string& text) {
        core::write_file_atomically(directory / name, text);
    };
    write("config.ini", write_config(record.config));
    const Json manifest = record.manifests.size() == 1 ? record.manifests.front() : Json{{kParts, record.manifests}};
    write("manifest.json", manifest.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    write("history.csv", history_csv(record.trials));
    write("summary.csv", summary_csv(record.trials));
    write("timing.csv", timing_csv(record.timing));
}

}  // namespace dropsweep::report
