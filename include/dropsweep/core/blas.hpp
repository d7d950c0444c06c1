#pragma once

#include <string>

#include "dropsweep/core/matrix.hpp"

namespace dropsweep::core {

// The door to the BLAS: no other file includes its header. Equal shapes give equal bits; a row's result may depend on
// how many rows are multiplied at once.

/// C = A B;  A [m, k], B [k, n], C [m, n]. Nothing happens when m is 0.
void multiply(ConstMatrix a, ConstMatrix b, Matrix c);

/// C = A^T B;  A [k, m], B [k, n], C [m, n]. C becomes zero when k is 0.
void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c);

/// C = A B^T;  A [m, k], B [n, k], C [m, n]. Nothing happens when m is 0.
void multiply_transposed_right(ConstMatrix a, ConstMatrix b, Matrix c);

/// Sets the BLAS to one thread unless the user asked for more through OPENBLAS_NUM_THREADS, GOTO_NUM_THREADS or
/// OMP_NUM_THREADS, and lets it take its work buffer. Once, before the first product.
/// @throws Error  failure: there is no memory for the buffer
void start_blas();

/// The threads a product uses.
int blas_threads();

/// Library, version and the kernel it has chosen for this CPU, e.g. "OpenBLAS 0.3.21 SkylakeX".
std::string blas_description();

}  // namespace dropsweep::core
