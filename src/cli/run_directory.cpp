// The directory of a run.
#include "run_directory.hpp"

#include <fmt/format.h>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/nn/model_file.hpp"
#include "dropsweep/record/checksums.hpp"
#include "dropsweep/system/fence.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"

#include "output.hpp"

namespace dropsweep::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig = "config.ini";
constexpr const char* kManifest = "manifest.json";
constexpr const char* kHistory = "history.csv";
constexpr const char* kSummary = "summary.csv";
constexpr const char* kTiming = "timing.csv";
constexpr const char* kCheckpoints = "checkpoints";

/// Writes empty tables where a run was killed before it had written them.
void complete_tables(const fs::path& directory) {
    const auto complete = [&](const char* name, const std::string& empty) {
        if (!fs::exists(directory / name)) system::write_file_atomically(directory / name, empty);
    };
    complete(kHistory, record::history_csv({}));
    complete(kSummary, record::summary_csv({}));
    complete(kTiming, record::timing_csv({}));
}

/// Whether the model of an ended trial is there with the weights that it ended with.
bool has_model(const fs::path& path, const train::TrialResult& result) {
    try {
        return system::sha256(std::span<const float>(nn::read_model(path).weights.span())) == result.weights_sha256;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

RunDirectory::RunDirectory(const Options& options, std::function<void(const Error&)> on_lost)
    : path_(options.output.empty() ? fmt::format("results/{}-{}", to_string(options.command), record::utc_time())
                                   : options.output),
      settings_(options.settings),
      has_settings_file_(options.has_settings_table || !settings_.front().choices.empty()),
      decision_(options.decision) {
    system::make_directories(path_ / "models");
    lock_ = std::make_unique<system::DirectoryLock>(path_, comm::host_name(), std::move(on_lost));
    for (const char* part : {"", "models", "checkpoints", "plots"}) {
        system::remove_temporary_files(path_ / part);
    }
    // The configuration is written last: without it nothing was trained.
    if (fs::exists(path_ / kConfig)) {
        complete_tables(path_);
        earlier_ = record::read_run(path_);
        if (earlier_->config.contains("leaf-rows")) return;
        throw Error(ExitCode::usage,
                    fmt::format("--output {}: the run in it was begun by an earlier dropsweep, whose results depend on "
                                "shards; it can be reported but not continued: name another directory",
                                path_.string()));
    }
    for (const char* name : {kHistory, kSummary}) {
        if (fs::exists(path_ / name)) {
            throw Error(ExitCode::usage,
                        fmt::format("--output {}: it holds {} but no {}, so the run cannot be continued; name another "
                                    "directory, or remove this one",
                                    path_.string(), name, kConfig));
        }
    }
}

std::set<std::size_t> RunDirectory::take_ended(const std::vector<sweep::Trial>& trials, const Warn& warn) {
    std::set<std::size_t> ended;
    if (!earlier_) return ended;
    const sweep::TrialIndex index = sweep::index_by_id(trials);
    std::set<std::string> forgotten;
    for (record::TrialRecord& record : earlier_->trials) {
        const std::string id = record.trial.id();
        const auto trial = index.find(id);
        if (!record.result || trial == index.end()) continue;
        // What a failed trial lacked, such as memory, may be there now.
        const bool failed = record.result->status == train::Status::failed;
        const bool lost = record.result->has_weights() && !has_model(model_path(path_, id), *record.result);
        if (lost) {
            warn(fmt::format("{} is missing or is not what summary.csv says; {} is trained again",
                             model_path(path_, id).string(), id));
        }
        if (failed || lost) {
            record.result.reset();
            record.epochs.clear();
            forgotten.insert(id);
        } else {
            ended.insert(trial->second);
        }
    }
    std::erase_if(earlier_->timing, [&](const record::TimingRow& row) {
        return row.event != record::TimingRow::Event::prediction && forgotten.contains(row.trial);
    });
    return ended;
}

/// A table of settings may have got more rows, but must still have every setting that was trained.
void RunDirectory::require_settings() const {
    const std::set<sweep::Setting> here(settings_.begin(), settings_.end());
    for (const record::TrialRecord& record : earlier_->trials) {
        if (here.contains(record.trial) || !earlier_->config.contains("settings")) continue;
        throw Error(ExitCode::usage,
                    fmt::format("--output {}: it holds trials of the setting {}, which is not among those given; give "
                                "it as well, in the same columns, or name another directory",
                                path_.string(), record.trial.name()));
    }
}

/// A decision may be continued only by one that needs at least as many trials: else results would be removed.
void RunDirectory::require_decision() const {
    const std::optional<sweep::DecisionRules> earlier = record::decision_rules(*earlier_);
    if (!decision_ || !earlier) return;
    const bool goes_on = decision_->by_accuracy == earlier->by_accuracy &&
                         decision_->difference <= earlier->difference && decision_->error <= earlier->error &&
                         decision_->most_seeds >= earlier->most_seeds;
    if (goes_on) return;
    const auto text = [&](const char* name) { return fmt::format("--{} {}", name, earlier_->config.at(name)); };
    throw Error(
        ExitCode::usage,
        fmt::format("--output {}: the decision in it ({} {} {} {}) goes on with a difference and an error that are "
                    "no larger and with no fewer seeds alone; give such, or name another directory",
                    path_.string(), text("decide"), text("decide-by"), text("error"), text("max-seeds")));
}

bool RunDirectory::has_other_config(const Config& config) const {
    return system::read_file(path_ / kConfig) != config.text();
}

void RunDirectory::write_config(const Config& config) const {
    system::write_file_atomically(path_ / kConfig, config.text());
}

void RunDirectory::require_same(const Config& config, const record::DataProvenance& data) const {
    if (!earlier_) return;
    std::map<std::string, std::string> here(config.entries.begin(), config.entries.end());
    std::map<std::string, std::string> there = earlier_->config;
    const nlohmann::ordered_json& manifest = earlier_->manifests.front();
    // The paths of data and weights may change, their hashes may not.
    for (const char* path : {"data", "test", "init-weights"}) {
        here.erase(path);
        there.erase(path);
    }
    // A decision may be made on any earlier run, with other seeds or by other rules (see require_decision).
    for (const char* name : kTrialOptions) {
        if (!decision_) break;
        here.erase(name);
        there.erase(name);
    }
    here["data SHA-256"] = data.sha256;
    there["data SHA-256"] = manifest["data"]["sha256"].get<std::string>();
    here["init-weights SHA-256"] = data.initial_weights_sha256;
    there["init-weights SHA-256"] = manifest.value("initial_weights_sha256", "");
    require_settings();
    require_decision();
    std::string differences;
    std::map<std::string, std::string> all = here;
    all.insert(there.begin(), there.end());
    const auto value = [](const std::map<std::string, std::string>& settings, const std::string& name) {
        const auto found = settings.find(name);
        return found == settings.end() || found->second.empty() ? "not set" : found->second;
    };
    for (const auto& [name, ignored] : all) {
        if (value(here, name) == value(there, name)) continue;
        differences += fmt::format("{}{} is {} there and {} here", differences.empty() ? "" : ", ", name,
                                   value(there, name), value(here, name));
    }
    if (differences.empty()) return;
    throw Error(ExitCode::usage,
                fmt::format("--output {}: it holds another run: {}; give the same options to go on with "
                            "it, or name another directory",
                            path_.string(), differences));
}

std::vector<std::uint64_t> RunDirectory::earlier_seeds() const {
    if (!earlier_) return {};
    const auto found = earlier_->config.find(earlier_->config.contains("seed") ? "seed" : "seeds");
    return found == earlier_->config.end() ? std::vector<std::uint64_t>() : record::parse_seed_list(found->second);
}

void RunDirectory::record(const record::Session& session, const record::DataProvenance& data,
                          const Config& config) const {
    // Made here, not by the first ranks that save: a rank that finds it there would not know whether it is durable.
    system::make_directory(path_ / kCheckpoints);
    if (has_settings_file_) {
        system::write_file_atomically(path_ / record::kSettingsFile, record::settings_csv(settings_));
    } else {
        fs::remove(path_ / record::kSettingsFile);  // of a start that was killed before it wrote config.ini
    }
    if (earlier_) {
        // A trial that is trained again leaves summary.csv before its epochs leave history.csv: a row there without
        // them would be taken for damage.
        record::remove_checksums(path_);
        if (decision_) write_config(config);
        system::write_file_atomically(path_ / kSummary, record::summary_csv(earlier_->trials));
        record::write_continued_manifest(path_ / kManifest, earlier_->manifests.front(), session);
        return;
    }
    record::write_manifest(path_ / kManifest, session, data);
    write_config(config);
}

void RunDirectory::remove_checkpoints() const {
    system::check_fence(path_);
    std::error_code failure;
    fs::remove_all(path_ / kCheckpoints, failure);
    if (failure) {
        throw Error(ExitCode::io_error, fmt::format("cannot remove {}: {}; check the directory and its permissions",
                                                    (path_ / kCheckpoints).string(), failure.message()));
    }
}

const record::RunRecord& RunDirectory::earlier() const {
    static const record::RunRecord kNothing;
    return earlier_ ? *earlier_ : kNothing;
}

}  // namespace dropsweep::cli
