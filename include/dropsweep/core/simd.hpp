#pragma once

/// Before a function definition: compiles it for AVX-512, AVX2 and the baseline and picks one when the program is
/// loaded. The elementwise kernels carry it. The bits do not depend on the choice: contraction is off for the whole
/// project, and no reduction is reordered.
///
/// Not under the sanitizers, which are not ready yet when the choice is made.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define DROPSWEEP_DISPATCH
#define DROPSWEEP_SIMD __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DROPSWEEP_SIMD
#endif

namespace dropsweep::core {

/// Makes the calling thread, and threads it starts later (not those a threaded BLAS has started when it was loaded),
/// treat denormal numbers as zero. RMSprop's running mean square decays into them for pixels that are never lit, which
/// would make its step several times slower.
void flush_denormals_to_zero();

}  // namespace dropsweep::core
