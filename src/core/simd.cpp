#include "dropsweep/core/simd.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dropsweep::core {

void flush_denormals_to_zero() {
#if defined(__x86_64__)
    constexpr unsigned int kFlushToZero = 0x8000;
    constexpr unsigned int kDenormalsAreZero = 0x0040;
    _mm_setcsr(_mm_getcsr() | kFlushToZero | kDenormalsAreZero);
#elif defined(__aarch64__)
    unsigned long control = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"(control | (1ul << 24)));
#endif
}

}  // namespace dropsweep::core
