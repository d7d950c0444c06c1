#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "dropsweep/linalg/bfloat16.hpp"
#include "dropsweep/linalg/matrix.hpp"

namespace dropsweep::optim {

/// A header for each has its formula.
enum class Rule : std::uint8_t { rmsprop, adam, sgd };

inline constexpr std::array kRuleNames = {"rmsprop", "adam", "sgd"};  ///< in the order of Rule

inline std::string to_string(Rule rule) {
    return kRuleNames[static_cast<std::size_t>(rule)];
}

struct Settings {
    double learning_rate = 0.001;
    double rho = 0.9;             ///< of RMSprop
    double epsilon = 1e-7;        ///< of RMSprop and Adam
    bool epsilon_in_root = true;  ///< of RMSprop
    Rule rule = Rule::rmsprop;
    double beta_1 = 0.9;  ///< of Adam, as all below but momentum
    double beta_2 = 0.999;
    bool epsilon_after_correction = false;
    double momentum = 0;  ///< of SGD
    bool operator==(const Settings&) const = default;
};

/// How many moments of the gradient a rule keeps of each parameter.
inline std::size_t moments_of(Rule rule) {
    return rule == Rule::adam ? 2 : 1;
}

/// The update of a slice of the parameters. Elements are independent: a slice gives the bits that the whole buffer
/// would. docs/arithmetic.md has each rounding, and the sizes below which numbers become zero.
class Optimizer {
  public:
    virtual ~Optimizer() = default;

    /// One step.
    /// @param weights         w, in and out, [size]
    /// @param gradient        summed over the rows of the batch, [size]
    /// @param gradient_scale  1 / rows of the batch
    /// @param step            of the trial, from 1
    /// @param narrowed        out: the new weights as bfloat16, [size]; or empty
    /// @return  whether all weights that it changed are finite
    /// Local: no communication.
    virtual bool update(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                        std::uint64_t step, std::span<linalg::BFloat16> narrowed = {}) = 0;

    /// The state between steps, all of it: [moments_of(rule), size], 0 at first.
    std::span<float> moments() { return moments_.span(); }

  protected:
    Optimizer(const Settings& settings, std::size_t size)
        : settings_(settings), moments_(moments_of(settings.rule) * size) {}

    Settings settings_;
    linalg::FloatBuffer moments_;
};

/// Of the rule that the settings name.
std::unique_ptr<Optimizer> make_optimizer(const Settings& settings, std::size_t size);

}  // namespace dropsweep::optim
