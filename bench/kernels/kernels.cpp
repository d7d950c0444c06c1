// Google Benchmark of everything that a training step is made of, on one core, beside what the core and its memory can
// do at most. The options are Google Benchmark's, --help has them.

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
