// How the parameters follow their gradient: the update rules, their settings, and the optimizer that applies them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/linalg/bfloat16.hpp"
#include "dropsweep/linalg/matrix.hpp"

namespace dropsweep::optim {

/// src/optim has a file for each, which opens with its formula; rules.cpp lists them in this order.
enum class Rule : std::uint8_t { rmsprop, adam, sgd };

struct Settings {
    double learning_rate = 0.001;
    double rho = 0.9;
    double epsilon = 1e-7;
    bool epsilon_in_root = true;  ///< of RMSprop
    Rule rule = Rule::rmsprop;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    bool epsilon_after_correction = false;  ///< of Adam
    double momentum = 0;
    bool operator==(const Settings&) const = default;
};

/// One step of some of the parameters.
struct Update {
    std::span<float> weights;                ///< w, in and out, [size]
    std::span<float> moments;                ///< in and out, [moments of the rule, size]
    std::span<const float> gradient;         ///< summed over the rows of the batch, [size]
    float gradient_scale = 1;                ///< 1 / rows of the batch
    std::uint64_t step = 1;                  ///< of the trial, from 1
    std::span<linalg::BFloat16> narrowed{};  ///< out: the new weights as bfloat16, [size]; or empty
};

/// What is to be known of a rule.
struct RuleDefinition {
    const char* name;
    std::size_t moments;                          ///< how many moments of the gradient it keeps of each parameter
    double learning_rate;                         ///< unless another one is asked for
    std::span<double Settings::*const> settings;  ///< those that it has beside the learning rate
    /// @return  whether all weights that it changed are finite
    bool (*update)(const Settings& settings, const Update& update);
};

const RuleDefinition& definition_of(Rule rule);

/// In the order of Rule.
std::vector<const char*> rule_names();

std::string to_string(Rule rule);

/// Updates a slice of the parameters. Elements are independent: a slice gives the bits that the whole buffer would.
/// docs/arithmetic.md has each rounding, and the sizes below which numbers become zero. Local: no communication.
class Optimizer {
  public:
    Optimizer(const Settings& settings, std::size_t size)
        : settings_(settings), moments_(definition_of(settings.rule).moments * size) {}

    /// One step; its arguments are those of Update. @return  whether all weights that it changed are finite
    bool update(std::span<float> weights, std::span<const float> gradient, float gradient_scale, std::uint64_t step,
                std::span<linalg::BFloat16> narrowed = {});

    /// The state between steps, all of it: [moments of the rule, size], 0 at first.
    std::span<float> moments() { return moments_.span(); }
    std::span<const float> moments() const { return moments_.span(); }

  private:
    Settings settings_;
    linalg::FloatBuffer moments_;
};

}  // namespace dropsweep::optim
