// Runs a test with the kernels of each instruction set.
#pragma once

#include <gtest/gtest.h>

#include "dropsweep/linalg/simd.hpp"
#include "dropsweep/linalg/sparse_product.hpp"
#include "dropsweep/text/error.hpp"

#include "environment_variable.hpp"

namespace dropsweep::testing_support {

/// DROPSWEEP_SIMD, and what is chosen by it; both as before when this object goes.
class SimdVariable {
  public:
    void set(const char* value) const { variable_.set(value); }

  private:
    struct Choice {
        ~Choice() { linalg::choose_simd(); }
    } choice_;  // after the variable is as before
    EnvironmentVariable variable_{"DROPSWEEP_SIMD"};
};

/// Calls work() with the kernels of each instruction set that this CPU has.
template <class Work>
void with_each_simd(Work&& work) {
    const SimdVariable variable;
    for (const char* simd : {"avx512", "avx2", "neon", "portable"}) {
        variable.set(simd);
        try {
            linalg::choose_simd();
        } catch (const Error&) {
            continue;  // not of this CPU
        }
        SCOPED_TRACE(simd);
        ASSERT_EQ(linalg::simd_name(), simd);
        work();
    }
}

/// The same with kernels that leave zeros out, and with those that do not.
template <class Work>
void with_each_kernel(Work&& work) {
    with_each_simd([&] {
        for (const linalg::Zeros zeros : {linalg::Zeros::skip, linalg::Zeros::multiply}) {
            SCOPED_TRACE(zeros == linalg::Zeros::skip ? "zeros left out" : "zeros multiplied");
            linalg::set_zeros(zeros);
            work();
        }
    });
    linalg::choose_kernels();
}

}  // namespace dropsweep::testing_support
