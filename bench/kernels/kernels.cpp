// Google Benchmark of everything that a training step is made of, on one core, beside what the core and its memory can
// do at most. The options are Google Benchmark's, --help has them.

#include "kernels.hpp"

#include "dropsweep/core/blas.hpp"
#include "dropsweep/core/products.hpp"
#include "dropsweep/core/simd.hpp"

using namespace dropsweep;

int main(int argc, char** argv) {
    core::restart_with_better_blas_kernels();
    core::start_products();
    bench::register_peak();
    bench::register_memory();
    bench::register_products();
    bench::register_elementwise();
    benchmark::AddCustomContext("blas", core::blas_description());
    benchmark::AddCustomContext("simd", core::simd_name());
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
