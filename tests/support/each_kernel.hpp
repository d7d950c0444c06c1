#pragma once

#include <cstdlib>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "dropsweep/linalg/simd.hpp"
#include "dropsweep/linalg/sparse_product.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::testing_support {

/// The environment variable DROPSWEEP_SIMD, as it was before when this object goes.
class SimdVariable {
  public:
    SimdVariable() = default;
    SimdVariable(const SimdVariable&) = delete;
    ~SimdVariable() {
        if (before_) {
            set(before_->c_str());
        } else {
            ::unsetenv(kName);
        }
        linalg::choose_simd();
    }
    void set(const char* value) const { ::setenv(kName, value, 1); }

  private:
    static constexpr const char* kName = "DROPSWEEP_SIMD";
    static std::optional<std::string> value() {
        const char* text = std::getenv(kName);
        return text == nullptr ? std::nullopt : std::optional<std::string>(text);
    }
    std::optional<std::string> before_ = value();
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
