// Settings of an update rule as its kernel takes them.
#pragma once

namespace dropsweep::optim {

/// Zero where the value is below `least`, so that no product becomes denormal.
inline float coefficient(double value, double least = 0x1p-100) {
    return value < least ? 0.0f : static_cast<float>(value);
}

/// 1 - decay.
inline float complement(double decay) {
    return coefficient(1.0 - decay, 0x1p-25);
}

}  // namespace dropsweep::optim
