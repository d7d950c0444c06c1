// Stands for openblas.cpp in a build with another BLAS.
#include "dropsweep/linalg/blas.hpp"

namespace dropsweep::linalg {

void restart_with_better_blas_kernels() {}

void start_blas() {}

int blas_threads() {
    return 1;
}

std::string blas_description() {
    return "a BLAS that is not OpenBLAS";
}

}  // namespace dropsweep::linalg
