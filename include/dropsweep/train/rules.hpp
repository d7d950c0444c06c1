#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace dropsweep::train {

/// Whose rules of training are followed: Keras 3 on its JAX and PyTorch backends, Keras of 2017, or PyTorch.
enum class Rules { keras, keras_2017, torch };

inline constexpr std::array kRulesNames = {"keras", "keras-2017", "torch"};  ///< in the order of Rules

inline std::string to_string(Rules rules) {
    return kRulesNames[static_cast<std::size_t>(rules)];
}

/// Of RMSprop, where the user gives none.
inline double default_epsilon(Rules rules) {
    return rules == Rules::keras ? 1e-7 : 1e-8;
}

}  // namespace dropsweep::train
