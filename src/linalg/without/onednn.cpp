// Stands for onednn.cpp in a build without oneDNN.
#include "linalg/onednn.hpp"

#include "dropsweep/linalg/products.hpp"
#include "dropsweep/system/features.hpp"

namespace dropsweep::linalg {

void onednn_multiply(StridedOperand<BFloat16>, StridedOperand<BFloat16>, std::size_t, Matrix, std::span<const Range>) {
    system::refuse_without("onednn", "use --precision fp32");
}

std::string bf16_drawback() {
    return "";
}

std::string onednn_description() {
    return "";
}

}  // namespace dropsweep::linalg
