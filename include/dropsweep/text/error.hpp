// The exit codes of the program, and the exceptions that carry them to main.
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace dropsweep {

/// The exit codes of the program; 65 and above as in BSD's sysexits.h.
enum class ExitCode : int {
    done = 0,
    failure = 1,
    usage = 2,           ///< wrong usage or configuration
    trial_failed = 3,    ///< the sweep is finished but a trial failed or diverged
    bad_data = 65,       ///< a file was read and is not what it should be
    missing_input = 66,  ///< a file is not there or may not be read
    io_error = 74,       ///< a write failed
    interrupted = 75,    ///< stopped with a checkpoint: the same command continues
};

/// The text with every control character, such as a line break, replaced by '?'.
inline std::string one_line(std::string_view text) {
    std::string line(text);
    for (char& c : line) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    return line;
}

/// What library code throws. The message is one line, `<what, where>; <remedy>`, without the program's name, whatever
/// control characters a file or an argument has brought into it: `main` is the only place that prints it.
class Error : public std::runtime_error {
  public:
    Error(ExitCode code, const std::string& message) : std::runtime_error(one_line(message)), code_(code) {}
    ExitCode code() const { return code_; }

  private:
    ExitCode code_;
};

/// Any exception as an Error: one of another type gets the exit code failure and a remedy.
inline Error as_error(const std::exception& exception) {
    if (const auto* error = dynamic_cast<const Error*>(&exception)) return *error;
    if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) {
        return {ExitCode::failure, "out of memory; use a smaller model or batch, or fewer ranks on a machine"};
    }
    const auto* system = dynamic_cast<const std::system_error*>(&exception);
    if (system != nullptr && system->code() == std::errc::resource_unavailable_try_again) {
        return {ExitCode::failure,
                "no further thread can be started; give it more memory (ulimit -v) or processes (ulimit -u)"};
    }
    return {ExitCode::failure, std::string(exception.what()) + "; this was not expected: please report it"};
}

/// An error that all ranks of a communicator throw together, so that none is left waiting in a collective and the
/// program can continue or end normally.
class AgreedError : public Error {
  public:
    /// @param reports whether this rank is the one that reports it
    AgreedError(ExitCode code, const std::string& message, bool reports) : Error(code, message), reports_(reports) {}
    bool reports() const { return reports_; }

  private:
    bool reports_;
};

}  // namespace dropsweep
