// Each thread finds its Activity by a thread-local pointer.
#include "dropsweep/system/activity.hpp"

#include <pthread.h>

namespace dropsweep::system {
namespace {

thread_local Activity* own = nullptr;

}  // namespace

Activity::Activity() {
    ::pthread_getcpuclockid(::pthread_self(), &clock_);
    own = this;
}

Activity::~Activity() {
    own = nullptr;
}

Activity::Scope::Scope(Kind kind) {
    if (own == nullptr) return;
    before_ = own->kind();
    own->set(kind);
}

Activity::Scope::~Scope() {
    if (own != nullptr) own->set(before_);
}

void Activity::set(Kind kind) {
    kind_.store(kind, std::memory_order_relaxed);
    changes_.fetch_add(1, std::memory_order_relaxed);
}

double Activity::cpu_seconds() const {
    timespec time{};
    ::clock_gettime(clock_, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace dropsweep::system
