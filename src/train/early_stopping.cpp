// Judges an epoch.
#include "dropsweep/train/early_stopping.hpp"

namespace dropsweep::train {

bool EarlyStopping::judge(double val_loss) {
    const std::uint32_t epoch = state_.epoch++;
    if (val_loss + min_delta_ < state_.best_val_loss) {
        state_.best_val_loss = val_loss;
        state_.best_epoch = epoch;
        state_.waited = 0;
        return true;
    }
    ++state_.waited;
    return false;
}

}  // namespace dropsweep::train
