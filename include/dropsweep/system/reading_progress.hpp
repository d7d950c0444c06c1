// Reports the progress of slow reads.
#pragma once

#include <filesystem>
#include <functional>

#include "dropsweep/system/stopwatch.hpp"

namespace dropsweep::system {

/// While it lives, the readers of files report to it what the calling thread reads, and it passes on a report
/// after `seconds`, and then each time that the elapsed time has doubled.
class ReadingProgress {
  public:
    /// Called with the file and the share of it that is read, 0 to 1.
    using Callback = std::function<void(const std::filesystem::path& file, double share)>;

    explicit ReadingProgress(Callback callback, double seconds = 2);
    ReadingProgress(const ReadingProgress&) = delete;
    ~ReadingProgress();

    /// Called by readers. No effect in a thread without ReadingProgress.
    static void at(const std::filesystem::path& file, double share);

  private:
    Callback callback_;
    Stopwatch start_;
    double next_;  ///< seconds from the start
};

}  // namespace dropsweep::system
