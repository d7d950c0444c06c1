#pragma once

namespace dropsweep::optim {

/// A coefficient as the kernels take it: zero where it is next to nothing, so that no product becomes denormal.
inline float coefficient(double value, double least = 0x1p-100) {
    return value < least ? 0.0f : static_cast<float>(value);
}

/// 1 - value, of a decay.
inline float complement(double value) {
    return coefficient(1.0 - value, 0x1p-25);
}

}  // namespace dropsweep::optim
