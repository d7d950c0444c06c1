// Updates by the rule that the settings name.
#include "dropsweep/optim/optimizer.hpp"

#include <cassert>

namespace dropsweep::optim {

bool Optimizer::update(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                       std::uint64_t step, std::span<linalg::BFloat16> narrowed) {
    const RuleDefinition& rule = definition_of(settings_.rule);
    assert(moments_.size() == rule.moments * weights.size() && gradient.size() == weights.size());
    assert(narrowed.empty() || narrowed.size() == weights.size());
    return rule.update(settings_, {weights, moments_.span(), gradient, gradient_scale, step, narrowed});
}

}  // namespace dropsweep::optim
