// The thread that keeps a directory's lock.
#include "dropsweep/system/directory_lock.hpp"

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "lock_file.hpp"

namespace dropsweep::system {
namespace {

/// Blocks all signals in this thread while the object lives, and for good in threads that are started meanwhile.
class BlockedSignals {
  public:
    BlockedSignals() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    BlockedSignals(const BlockedSignals&) = delete;
    ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

/// Until it is told to stop, or has to say that the lock is lost.
void keep(LockFile& file, const std::stop_token& stop, const std::function<void(const Error&)>& on_lost,
          std::chrono::milliseconds interval) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    while (true) {
        stopped.wait_for(lock, stop, interval, [] { return false; });
        if (stop.stop_requested()) return;
        if (!file.give_sign_of_life()) return on_lost(file.loss());
    }
}

}  // namespace

DirectoryLock::DirectoryLock(const std::filesystem::path& directory, const std::string& host,
                             std::function<void(const Error&)> on_lost, const LockTiming& timing)
    : file_(std::make_unique<LockFile>(directory, host, timing.stale_after)) {
    file_->take();
    const BlockedSignals blocked;
    thread_ = std::jthread([file = file_.get(), on_lost = std::move(on_lost), interval = timing.sign_of_life](
                               const std::stop_token& stop) { keep(*file, stop, on_lost, interval); });
}

const std::string& DirectoryLock::token() const {
    return file_->token();
}

DirectoryLock::~DirectoryLock() = default;

}  // namespace dropsweep::system
