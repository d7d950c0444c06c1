#include "dropsweep/core/blas.hpp"

namespace dropsweep::core {

void restart_with_better_blas_kernels() {}

void start_blas() {}

int blas_threads() {
    return 1;
}

std::string blas_description() {
    return "a BLAS that is not OpenBLAS";
}

}  // namespace dropsweep::core
