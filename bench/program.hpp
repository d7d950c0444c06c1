// The main function that the benchmarks share.
#pragma once

#include <functional>

#include <fmt/format.h>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/linalg/blas.hpp"
#include "dropsweep/linalg/products.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::bench {

/// Starts BLAS and MPI, measures, and prints an error as one line.
/// @return  exit code
inline int run(const char* program, const std::function<void()>& measure) {
    linalg::restart_with_better_blas_kernels();
    try {
        linalg::start_products();
        const comm::Environment mpi;
        measure();
        return 0;
    } catch (const std::exception& exception) {
        const Error error = as_error(exception);
        fmt::print(stderr, "{}: error: {}\n", program, error.what());
        return static_cast<int>(error.code());
    }
}

}  // namespace dropsweep::bench
