// The dropout rates of the hidden layers of a trial.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <span>

namespace dropsweep::train {

/// Each rate p is 0 <= p < 1. Trivially copyable: it is part of messages.
class DropoutRates {
  public:
    static constexpr std::size_t kMostLayers = 16;

    /// The same rate for all layers.
    DropoutRates(double rate = 0) : rates_{rate} {}
    /// @param rates  one for each layer, up to kMostLayers, or one for all
    explicit DropoutRates(std::span<const double> rates) : count_(rates.size()) {
        assert(count_ > 0 && count_ <= kMostLayers);
        std::ranges::copy(rates, rates_.begin());
    }

    double of_layer(std::size_t layer) const { return rates_[count_ == 1 ? 0 : layer]; }

  private:
    std::array<double, kMostLayers> rates_{};
    std::size_t count_ = 1;
};

}  // namespace dropsweep::train
