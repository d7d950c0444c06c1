// Benchmarks of all kernels of a training step on one core, and of the peak performance of the core and its memory.
// Takes the options of Google Benchmark; --help lists them.

#include "kernels.hpp"

#include "dropsweep/linalg/blas.hpp"
#include "dropsweep/linalg/products.hpp"
#include "dropsweep/linalg/simd.hpp"

using namespace dropsweep;

int main(int argc, char** argv) {
    linalg::restart_with_better_blas_kernels();
    linalg::start_products();
    bench::register_peak();
    bench::register_memory();
    bench::register_products();
    bench::register_elementwise();
    benchmark::AddCustomContext("blas", linalg::blas_description());
    benchmark::AddCustomContext("simd", linalg::simd_name());
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
