#include "dropsweep/train/early_stopping.hpp"

namespace dropsweep::train {

EarlyStopping::Decision EarlyStopping::judge(double val_loss) {
    const std::uint32_t epoch = epoch_++;
    if (val_loss + min_delta_ < best_val_loss_) {
        best_val_loss_ = val_loss;
        best_epoch_ = epoch;
        waited_ = 0;
        return {.improved = true, .stop = false};
    }
    ++waited_;
    return {.improved = false, .stop = patience_.has_value() && waited_ >= *patience_ && epoch > 0};
}

}  // namespace dropsweep::train
