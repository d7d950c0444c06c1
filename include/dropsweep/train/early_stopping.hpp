#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace dropsweep::train {

/// Keras's rule: an epoch improves when val_loss + min_delta < best; training stops after `patience` epochs in a row
/// that do not improve. NaN never improves. With patience 0 the first epoch without improvement stops, but the very
/// first epoch never does.
/// Source: keras.callbacks.EarlyStopping.
class EarlyStopping {
  public:
    /// @param patience   epochs; none: never stop
    /// @param min_delta  >= 0
    EarlyStopping(std::optional<std::uint32_t> patience, double min_delta)
        : patience_(patience), min_delta_(min_delta) {}

    struct Decision {
        bool improved = false;
        bool stop = false;
        bool operator==(const Decision&) const = default;
    };

    /// Judges the next epoch.
    Decision judge(double val_loss);

    std::uint32_t best_epoch() const { return best_epoch_; }
    /// Infinite before the first finite epoch.
    double best_val_loss() const { return best_val_loss_; }

  private:
    std::optional<std::uint32_t> patience_;
    double min_delta_;
    std::uint32_t epoch_ = 0;  ///< the next to be judged
    std::uint32_t waited_ = 0;
    std::uint32_t best_epoch_ = 0;
    double best_val_loss_ = std::numeric_limits<double>::infinity();
};

}  // namespace dropsweep::train
