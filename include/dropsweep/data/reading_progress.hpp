#pragma once

#include <filesystem>
#include <functional>

#include "dropsweep/system/stopwatch.hpp"

namespace dropsweep::data {

/// While it lives, what the calling thread reads through this folder is told about, when it takes long: after so many
/// seconds, and then each time that twice as many have passed.
class ReadingProgress {
  public:
    /// Is given the file and the share of it that is read.
    using Tell = std::function<void(const std::filesystem::path& file, double share)>;

    explicit ReadingProgress(Tell tell, double seconds = 2);
    ReadingProgress(const ReadingProgress&) = delete;
    ~ReadingProgress();

    /// For those who read. Does nothing in a thread without ReadingProgress.
    static void at(const std::filesystem::path& file, double share);

  private:
    Tell tell_;
    system::Stopwatch start_;
    double next_;  ///< seconds from the start
};

}  // namespace dropsweep::data
