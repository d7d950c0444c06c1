#pragma once

#include <string>

#include "dropsweep/linalg/matrix.hpp"

namespace dropsweep::linalg {

// The door to the BLAS: only blas.cpp and openblas.cpp include its header. Equal shapes give equal bits; a row's result
// may depend on how many rows are multiplied at once. With another BLAS than OpenBLAS the last four do nothing, and its
// threads are the business of its own variables.

/// C = A B;  A [m, k], B [k, n], C [m, n]. Nothing happens when m is 0.
void multiply(ConstMatrix a, ConstMatrix b, Matrix c);

/// C = A^T B;  A [k, m], B [k, n], C [m, n]. C becomes zero when k is 0.
void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c);

/// C = A B^T;  A [m, k], B [n, k], C [m, n]. Nothing happens when m is 0.
void multiply_transposed_right(ConstMatrix a, ConstMatrix b, Matrix c);

/// OpenBLAS chooses its kernels while it is loaded, by the model number of the CPU. For a number that it does not know
/// it takes those of 2004, a quarter as fast (Debian's 0.3.21 on Emerald Rapids). Where it has taken kernels without
/// AVX2 on a CPU that has it, this starts the program again from the beginning, with OPENBLAS_CORETYPE set to what the
/// CPU can do; else, and where the user has set that variable, it returns. First thing in main.
void restart_with_better_blas_kernels();

/// Sets the BLAS to one thread unless the user asked for more through OPENBLAS_NUM_THREADS, GOTO_NUM_THREADS or
/// OMP_NUM_THREADS, and lets it take its work buffer. Once, before the first product.
/// @throws Error  failure: there is no memory for the buffer
void start_blas();

/// The threads a product uses; 1 where that is not known.
int blas_threads();

/// Library, version and the kernel it has chosen for this CPU, e.g. "OpenBLAS 0.3.21 SkylakeX".
std::string blas_description();

}  // namespace dropsweep::linalg
