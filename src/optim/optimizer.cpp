// The list of the update rules.
#include "dropsweep/optim/optimizer.hpp"

#include <array>
#include <cassert>

namespace dropsweep::optim {

// Each from the file of its name.
extern const RuleDefinition kRmsProp, kAdam, kSgd;

namespace {

constexpr std::array kRules = {&kRmsProp, &kAdam, &kSgd};  // in the order of Rule

}  // namespace

const RuleDefinition& definition_of(Rule rule) {
    return *kRules[static_cast<std::size_t>(rule)];
}

std::vector<const char*> rule_names() {
    std::vector<const char*> names;
    for (const RuleDefinition* rule : kRules) names.push_back(rule->name);
    return names;
}

std::string to_string(Rule rule) {
    return definition_of(rule).name;
}

bool Optimizer::update(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                       std::uint64_t step, std::span<linalg::BFloat16> narrowed) {
    const RuleDefinition& rule = definition_of(settings_.rule);
    assert(moments_.size() == rule.moments * weights.size() && gradient.size() == weights.size());
    assert(narrowed.empty() || narrowed.size() == weights.size());
    return rule.update(settings_, {weights, moments_.span(), gradient, gradient_scale, step, narrowed});
}

}  // namespace dropsweep::optim
