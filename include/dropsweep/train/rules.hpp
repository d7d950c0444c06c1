// Which framework's details of loss and optimizer a training follows (--rules).
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "dropsweep/nn/softmax_cross_entropy.hpp"
#include "dropsweep/optim/optimizer.hpp"

namespace dropsweep::train {

/// Keras 3 on its JAX and PyTorch backends, Keras of 2017, or PyTorch.
enum class Rules { keras, keras_2017, torch };

inline constexpr std::array kRulesNames = {"keras", "keras-2017", "torch"};  ///< in the order of Rules

inline std::string to_string(Rules rules) {
    return kRulesNames[static_cast<std::size_t>(rules)];
}

/// Of RMSprop and Adam, if the user gives none.
inline double default_epsilon(Rules rules) {
    return rules == Rules::keras ? 1e-7 : 1e-8;
}

/// The settings with epsilon at the place in the update formula that the rules have it at.
inline optim::Settings by_rules(Rules rules, optim::Settings optimizer) {
    optimizer.epsilon_in_root = rules == Rules::keras;
    optimizer.epsilon_after_correction = rules == Rules::torch;
    return optimizer;
}

inline nn::Loss loss_of(Rules rules) {
    return rules == Rules::torch ? nn::Loss::from_logits : nn::Loss::clipped_probabilities;
}

}  // namespace dropsweep::train
