// Chooses the instruction set of the vectorised kernels.
#pragma once

#include <string>

namespace dropsweep::linalg {

/// Takes the best of those for which the kernels are compiled (AVX-512, AVX2, NEON, portable C++) and that this CPU
/// has. No bit of a result depends on it. For checks the environment variable DROPSWEEP_SIMD names another one: avx512,
/// avx2, neon or portable. To be called before the first kernel, and again, while no kernel runs, to change the choice.
/// @throws Error  usage: DROPSWEEP_SIMD names none of them, or one that this CPU or program does not have
void choose_simd();

/// The one in use, as DROPSWEEP_SIMD names it, or "other".
std::string simd_name();

}  // namespace dropsweep::linalg
