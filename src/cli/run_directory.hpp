#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/record/manifest.hpp"
#include "dropsweep/record/run_record.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/system/directory_lock.hpp"

namespace dropsweep::cli {

/// The directory of a run, new or to be continued, held against others. On rank 0; nothing here communicates.
class RunDirectory {
  public:
    /// Makes the directory, takes its lock and reads what a run has left in it.
    /// @param on_lost  called from another thread when another process has taken the directory over, or it was removed
    /// @throws Error  usage: another process is at work in it, or its run was begun by a dropsweep that had shards;
    ///                io_error: it cannot be made; bad_data: what the run has left is damaged
    RunDirectory(const Options& options, std::function<void(const Error&)> on_lost);

    const std::filesystem::path& path() const { return path_; }
    /// For system::set_fence.
    const std::string& lock_token() const { return lock_->token(); }
    /// When all trials have ended. @throws Error  io_error
    void remove_checkpoints() const;

    /// The seeds that every setting got in the run that goes on; none: it is new.
    std::vector<std::uint64_t> earlier_seeds() const;
    bool is_continued() const { return earlier_.has_value(); }
    /// The trials that have ended: with a row in summary.csv and, unless they diverged, with the very model that it
    /// names. The others are forgotten, but for the epochs of those that were interrupted.
    /// @return  numbers in `trials`
    std::set<std::size_t> take_ended(const std::vector<sweep::Trial>& trials, std::vector<std::string>& warnings);
    /// @throws Error  usage: the run is of another configuration or other data; the message says what differs
    void require_same(const std::string& config, const record::DataProvenance& data) const;
    /// Writes down what runs, before it starts.
    void record(const record::Session& session, const record::DataProvenance& data, const std::string& config) const;
    /// Of a run that goes on.
    bool has_other_config(const std::string& config) const;
    void write_config(const std::string& config) const;
    /// What the files say that the run is continued with; empty for a new one.
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
