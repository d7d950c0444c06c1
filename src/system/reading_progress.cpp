// The present ReadingProgress of each thread.
#include "dropsweep/system/reading_progress.hpp"

#include <utility>

namespace dropsweep::system {
namespace {

thread_local ReadingProgress* current = nullptr;

}  // namespace

ReadingProgress::ReadingProgress(Callback callback, double seconds) : callback_(std::move(callback)), next_(seconds) {
    current = this;
}

ReadingProgress::~ReadingProgress() {
    current = nullptr;
}

void ReadingProgress::at(const std::filesystem::path& file, double share) {
    if (current == nullptr) return;
    const double passed = current->start_.seconds();
    if (passed < current->next_) return;
    current->next_ = 2 * passed;
    current->callback_(file, share);
}

}  // namespace dropsweep::system
