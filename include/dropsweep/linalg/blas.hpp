// Products of dense float matrices by the BLAS, and the set-up of OpenBLAS.
#pragma once

#include <string>

#include "dropsweep/linalg/matrix.hpp"

namespace dropsweep::linalg {

// Only blas.cpp and openblas.cpp include the BLAS's header. Equal shapes give equal bits; a row's result may depend on
// how many rows are multiplied at once. With a BLAS that is not OpenBLAS restart_with_better_blas_kernels and
// start_blas do nothing, and its own environment variables set its threads. Local: no communication.

/// C = A B;  A [m, k], B [k, n], C [m, n]. Nothing happens when m is 0.
void multiply(ConstMatrix a, ConstMatrix b, Matrix c);

/// C = A^T B;  A [k, m], B [k, n], C [m, n]. C becomes zero when k is 0.
void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c);

/// C = A B^T;  A [m, k], B [n, k], C [m, n]. Nothing happens when m is 0.
void multiply_transposed_right(ConstMatrix a, ConstMatrix b, Matrix c);

/// OpenBLAS chooses its kernels while it is loaded, by the model number of the CPU. For an unknown number it takes
/// those for CPUs of 2004, which have a quarter of the speed (Debian's 0.3.21 on Emerald Rapids). If it has taken
/// kernels without AVX2 on a CPU with AVX2, and the user has not set OPENBLAS_CORETYPE, this sets that variable to
/// kernels for the CPU and executes the program again. To be called first in main.
void restart_with_better_blas_kernels();

/// Sets the BLAS to one thread unless the user asked for more through OPENBLAS_NUM_THREADS, GOTO_NUM_THREADS or
/// OMP_NUM_THREADS, and makes it allocate its work buffer. Once, before the first product.
/// @throws Error  failure: there is no memory for the buffer
void start_blas();

/// The threads a product uses; 1 with a BLAS that is not OpenBLAS.
int blas_threads();

/// Library, version and the kernels that it has chosen, e.g. "OpenBLAS 0.3.21 SkylakeX"; another BLAS is not named.
std::string blas_description();

}  // namespace dropsweep::linalg
