#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>

namespace dropsweep::system {

/// What a thread is doing, for those who watch over it. The thread makes the object and says by `As` what it is at;
/// others look at it.
class Activity {
  public:
    enum class Kind : std::uint8_t {
        working,   ///< it takes CPU time
        waiting,   ///< for other ranks
        in_system  ///< the operating system has it: a file is read or written, another program runs
    };

    /// Of the calling thread, which has no other and outlives the object.
    Activity();
    Activity(const Activity&) = delete;
    ~Activity();

    /// While it lives the calling thread is at something else than working. Does nothing in a thread without Activity.
    class As {
      public:
        explicit As(Kind kind);
        As(const As&) = delete;
        ~As();

      private:
        Kind before_ = Kind::working;
    };

    Kind kind() const { return kind_; }
    /// How often the kind has changed.
    std::uint64_t changes() const { return changes_; }
    /// CPU time that the thread has used, in seconds.
    double cpu_seconds() const;

  private:
    void set(Kind kind);

    std::atomic<Kind> kind_{Kind::working};
    std::atomic<std::uint64_t> changes_{0};
    clockid_t clock_{};
};

}  // namespace dropsweep::system
