#include "core/onednn.hpp"

#include "dropsweep/core/features.hpp"
#include "dropsweep/core/products.hpp"

namespace dropsweep::core {

void onednn_multiply(StridedOperand<BFloat16>, StridedOperand<BFloat16>, std::size_t, Matrix, std::span<const Range>) {
    refuse_without("onednn", "use --precision fp32");
}

std::string bf16_drawback() {
    return "";
}

std::string onednn_description() {
    return "";
}

}  // namespace dropsweep::core
