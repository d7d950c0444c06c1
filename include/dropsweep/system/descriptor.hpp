// An owned file descriptor.
#pragma once

#include <utility>

#include <unistd.h>

namespace dropsweep::system {

/// Closed when destroyed; negative: none. Move-only.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() {
        if (is_open()) ::close(number_);
    }

    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }
    /// Gives up ownership: the caller closes it.
    int release() { return std::exchange(number_, -1); }

  private:
    int number_;
};

}  // namespace dropsweep::system
