// Early stopping by the rule of Keras.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace dropsweep::train {

/// An epoch improves when val_loss + min_delta < best; training stops after `patience` epochs in a row
/// that do not improve. NaN never improves. With patience 0 the first epoch without improvement stops, but the very
/// first epoch never does.
/// Source: keras.callbacks.EarlyStopping.
class EarlyStopping {
  public:
    /// @param patience   epochs; none: never stop
    /// @param min_delta  >= 0
    EarlyStopping(std::optional<std::uint32_t> patience, double min_delta)
        : patience_(patience), min_delta_(min_delta) {}

    /// Judges the next epoch.
    /// @param val_loss  in nats
    /// @return  whether it improved
    bool judge(double val_loss);

    /// Whether training stops after the epoch that was judged last.
    bool stops() const { return patience_ && state_.waited > 0 && state_.waited >= *patience_ && state_.epoch > 1; }

    std::uint32_t best_epoch() const { return state_.best_epoch; }
    /// Infinite before the first improvement.
    double best_val_loss() const { return state_.best_val_loss; }

    /// The whole state, for a checkpoint.
    struct State {
        std::uint32_t epoch = 0;   ///< the next to be judged
        std::uint32_t waited = 0;  ///< epochs in a row without improvement
        std::uint32_t best_epoch = 0;
        double best_val_loss = std::numeric_limits<double>::infinity();
        bool operator==(const State&) const = default;
    };
    const State& state() const { return state_; }
    void restore(const State& state) { state_ = state; }

  private:
    std::optional<std::uint32_t> patience_;
    double min_delta_;
    State state_;
};

}  // namespace dropsweep::train
