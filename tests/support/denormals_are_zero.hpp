// The CPU's mode in which denormal numbers are zero.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace dropsweep::testing_support {

/// While this object lives the CPU flushes denormal results to zero and takes denormal operands as zero, where we know
/// how to tell it.
class DenormalsAreZero {
  public:
#if defined(__x86_64__)
    DenormalsAreZero() {
        _mm_setcsr(before_ | 0x8040);
    }
    ~DenormalsAreZero() {
        _mm_setcsr(before_);
    }

  private:
    unsigned before_ = _mm_getcsr();
#elif defined(__aarch64__)
    DenormalsAreZero() {
        asm volatile("mrs %0, fpcr" : "=r"(before_));
        asm volatile("msr fpcr, %0" ::"r"(before_ | std::uint64_t{1} << 24));
    }
    ~DenormalsAreZero() {
        asm volatile("msr fpcr, %0" ::"r"(before_));
    }

  private:
    std::uint64_t before_ = 0;
#else
    DenormalsAreZero() = default;
#endif

  public:
    DenormalsAreZero(const DenormalsAreZero&) = delete;
};

}  // namespace dropsweep::testing_support
