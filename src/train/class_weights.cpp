// The text of the option, and the balanced weights.
#include "dropsweep/train/class_weights.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dropsweep/text/error.hpp"

namespace dropsweep::train {

std::string to_string(const ClassWeights& weights) {
    return weights.balanced ? "balanced" : fmt::to_string(fmt::join(weights.given, ","));
}

std::vector<float> class_weights_of(const ClassWeights& weights, std::span<const std::uint8_t> labels,
                                    const std::vector<std::string>& class_names) {
    if (!weights.balanced) {
        if (!weights.given.empty() && weights.given.size() != class_names.size()) {
            throw Error(ExitCode::usage, fmt::format("--class-weights has {} weights, but there are {} classes; give "
                                                     "one for each, in the order of their names",
                                                     weights.given.size(), class_names.size()));
        }
        return {weights.given.begin(), weights.given.end()};
    }
    std::vector<std::size_t> counts(class_names.size());
    for (const std::uint8_t label : labels) ++counts.at(label);
    const auto occurring = static_cast<double>(counts.size()) - static_cast<double>(std::ranges::count(counts, 0u));
    std::vector<float> result;
    for (const std::size_t count : counts) {
        const double weight = static_cast<double>(labels.size()) / (occurring * static_cast<double>(count));
        result.push_back(count == 0 ? 1.0f : static_cast<float>(weight));
    }
    return result;
}

}  // namespace dropsweep::train
