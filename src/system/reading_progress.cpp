// The present ReadingProgress of each thread.
#include "dropsweep/system/reading_progress.hpp"

#include <utility>

namespace dropsweep::system {
namespace {

thread_local ReadingProgress* current = nullptr;

}  // namespace

ReadingProgress::ReadingProgress(Tell tell, double seconds) : tell_(std::move(tell)), next_(seconds) {
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
    current->tell_(file, share);
}

}  // namespace dropsweep::system
