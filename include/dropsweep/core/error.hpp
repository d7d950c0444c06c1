#pragma once

#include <stdexcept>
#include <string>

namespace dropsweep {

/// The exit codes of the program; 65, 66, 74 and 75 as in BSD's sysexits.h.
enum class ExitCode : int {
    done = 0,
    failure = 1,
    usage = 2,           ///< wrong usage or configuration
    trial_failed = 3,    ///< the sweep is finished but a trial failed or diverged
    bad_data = 65,       ///< a file was read and is not what it should be
    missing_input = 66,  ///< a file is not there or may not be read
    io_error = 74,       ///< a write failed
};

/// What library code throws. The message is one line, `<what, where>; <remedy>`, without the program's name:
/// `main` is the only place that prints it.
class Error : public std::runtime_error {
  public:
    Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
    ExitCode code() const { return code_; }

  private:
    ExitCode code_;
};

/// An error that all ranks of a communicator throw together, so that none is left waiting for the others and the
/// program may go on or end in good order.
class AgreedError : public Error {
  public:
    /// @param speaks  whether this rank is the one that reports it
    AgreedError(ExitCode code, const std::string& message, bool speaks) : Error(code, message), speaks_(speaks) {}
    bool speaks() const { return speaks_; }

  private:
    bool speaks_;
};

}  // namespace dropsweep
