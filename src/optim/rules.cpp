// The list of the update rules.
#include <array>

#include "dropsweep/optim/optimizer.hpp"

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

}  // namespace dropsweep::optim
