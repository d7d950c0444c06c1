// The directory of a run: its lock, its files at the start, and what an earlier start has left in it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/cli/options.hpp"
#include "dropsweep/record/manifest.hpp"
#include "dropsweep/record/run_record.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/system/directory_lock.hpp"

namespace dropsweep::cli {

/// The directory of a run, new or continued, locked against other processes. On rank 0; local: no communication.
class RunDirectory {
  public:
    /// Makes the directory, takes its lock and reads the files of a run that is continued.
    /// @param on_lost  called from another thread when another process has taken the directory over, or it was removed
    /// @throws Error  usage: another process is at work in it, or its run was begun by an earlier dropsweep, or
    ///                lacks config.ini; io_error: it cannot be made; bad_data: what the run has left is damaged
    RunDirectory(const Options& options, std::function<void(const Error&)> on_lost);

    const std::filesystem::path& path() const { return path_; }
    /// For system::set_fence.
    const std::string& lock_token() const { return lock_->token(); }
    /// Removes the folder of checkpoints, when all trials have ended. @throws Error  io_error
    void remove_checkpoints() const;

    /// The seeds in config.ini of a continued run; empty for a new one.
    std::vector<std::uint64_t> earlier_seeds() const;
    bool is_continued() const { return earlier_.has_value(); }
    /// The trials that have ended: those with a row in summary.csv, not failed, and unless they diverged with a model
    /// of the hash that the row names. The rows and epochs of failed trials and of those without that model are
    /// forgotten; the epochs of interrupted ones stay.
    /// @param warn  called for each missing or altered model
    /// @return  indices into `trials`
    std::set<std::size_t> take_ended(const std::vector<sweep::Trial>& trials, const Warn& warn);
    /// @throws Error  usage: the run is of another configuration or other data; the message says what differs
    void require_same(const Config& config, const record::DataProvenance& data) const;
    /// Before training: writes manifest.json, config.ini and the table of settings, makes the folder of checkpoints;
    /// for a continued run also writes summary.csv without what take_ended has forgotten. @throws Error  io_error
    void record(const record::Session& session, const record::DataProvenance& data, const Config& config) const;
    /// Whether config.ini of a continued run has another text.
    bool has_other_config(const Config& config) const;
    void write_config(const Config& config) const;
    /// The record of a continued run, after take_ended without what that has forgotten; empty for a new run.
    const record::RunRecord& earlier() const;

  private:
    void require_settings() const;
    void require_decision() const;

    std::filesystem::path path_;
    std::vector<sweep::Setting> settings_;
    bool has_settings_file_;
    std::optional<sweep::DecisionRules> decision_;
    std::unique_ptr<system::DirectoryLock> lock_;
    std::optional<record::RunRecord> earlier_;
};

}  // namespace dropsweep::cli
