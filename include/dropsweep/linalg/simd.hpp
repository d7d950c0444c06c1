#pragma once

#include <string>

namespace dropsweep::linalg {

/// The kernels are compiled for AVX-512, AVX2 or NEON, and in portable C++; the best that this CPU has is taken. No bit
/// of a result depends on it. For checks the environment variable DROPSWEEP_SIMD names another one: avx512, avx2, neon
/// or portable. To be called before the first kernel; later, while none runs, it may change the choice.
/// @throws Error  usage: DROPSWEEP_SIMD names none of them, or one that this CPU or program does not have
void choose_simd();

/// The one in use, in the words of DROPSWEEP_SIMD.
std::string simd_name();

}  // namespace dropsweep::linalg
