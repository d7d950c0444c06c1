// An environment variable that a test changes and that is as before when the test ends.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace dropsweep::testing_support {

class EnvironmentVariable {
  public:
    explicit EnvironmentVariable(std::string name) : name_(std::move(name)) {
        if (const char* value = std::getenv(name_.c_str())) before_ = value;
    }
    EnvironmentVariable(std::string name, const std::string& value) : EnvironmentVariable(std::move(name)) {
        set(value);
    }
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    ~EnvironmentVariable() { before_ ? set(*before_) : unset(); }

    void set(const std::string& value) const { ::setenv(name_.c_str(), value.c_str(), 1); }
    void unset() const { ::unsetenv(name_.c_str()); }

  private:
    std::string name_;
    std::optional<std::string> before_;
};

}  // namespace dropsweep::testing_support
