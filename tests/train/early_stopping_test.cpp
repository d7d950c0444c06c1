// Early stopping follows Keras.
#include "dropsweep/train/early_stopping.hpp"

#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// Expected values: keras.callbacks.EarlyStopping of Keras 3.15.1 was given each list, one on_epoch_end per value until
// model.stop_training. Its rule: every epoch counts as waited; one with  val_loss + min_delta < best  is the new best
// and sets the count to 0; otherwise training stops if  waited >= patience and epoch > 0.
//
//     patience 2    3.0  3.1  2.0  2.1  1.9  2.0  2.2   1.0
//     waited         0    1    0    1    0    1    2          stops after epoch 6, best epoch 4
//
// One case is Keras 2's, whose first best is infinity: Keras 3 takes the first value as the best even if it is NaN, and
// nothing can be below that. (In a trial a NaN means that it diverged and has ended.)

namespace dropsweep::train {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kNever = -1;
constexpr std::optional<std::uint32_t> kNone = std::nullopt;

struct Case {
    std::string name;
    std::optional<std::uint32_t> patience;
    double min_delta;
    std::vector<double> val_losses;
    int stop_epoch;
    std::uint32_t best_epoch;
    double best_val_loss;
};

std::ostream& operator<<(std::ostream& stream, const Case& c) {
    return stream << c.name;
}

class EarlyStoppingTest : public testing::TestWithParam<Case> {};

TEST_P(EarlyStoppingTest, FollowsKeras) {
    const Case& c = GetParam();
    EarlyStopping rule(c.patience, c.min_delta);
    int stop_epoch = kNever;
    for (std::size_t epoch = 0; epoch < c.val_losses.size() && stop_epoch == kNever; ++epoch) {
        rule.judge(c.val_losses[epoch]);
        if (rule.stops()) stop_epoch = static_cast<int>(epoch);
    }
    EXPECT_EQ(stop_epoch, c.stop_epoch);
    EXPECT_EQ(rule.best_epoch(), c.best_epoch);
    EXPECT_EQ(rule.best_val_loss(), c.best_val_loss);
}

INSTANTIATE_TEST_SUITE_P(
    Table, EarlyStoppingTest,
    testing::Values(
        Case{"improves_to_the_end", 0, 0, {3, 2, 1}, kNever, 2, 1}, Case{"patience_0", 0, 0, {3, 2, 2.5, 1}, 2, 1, 2},
        Case{"patience_0_spares_the_first_epoch", 0, 0, {5}, kNever, 0, 5},
        Case{"patience_0_equal_losses", 0, 0, {2, 2}, 1, 0, 2}, Case{"patience_1", 1, 0, {3, 2, 2.5, 1}, 2, 1, 2},
        Case{"patience_2", 2, 0, {3, 2, 2.5, 2.4, 1}, 3, 1, 2},
        Case{"better_than_the_last_is_not_best", 2, 0, {3, 2, 2.9, 2.1, 1}, 3, 1, 2},
        Case{"improvement_restarts_the_count", 2, 0, {3, 3.1, 2, 2.1, 1.9, 2, 2.2, 1}, 6, 4, 1.9},
        Case{"equal_losses_do_not_improve", 2, 0, {2, 2, 2, 1}, 2, 0, 2},
        Case{"patience_3", 3, 0, {1, 2, 3, 4, 5}, 3, 0, 1}, Case{"too_short_to_stop", 5, 0, {1, 2, 3}, kNever, 0, 1},
        Case{"no_patience_never_stops", kNone, 0, {1, 2, 3, 4, kNan, 0.5, 6}, kNever, 5, 0.5},
        Case{"exactly_min_delta_is_not_enough", 2, 0.5, {3, 2.5, 2.5, 1}, 2, 0, 3},
        Case{"more_than_min_delta", 2, 0.5, {3, 2.25, 1.75, 1.5, 1}, kNever, 3, 1.5},
        Case{"min_delta_is_to_the_best_epoch", 2, 0.5, {3, 2.75, 2.49, 2.25, 1}, kNever, 4, 1},
        Case{"small_improvements_add_up_too_slowly", 2, 0.5, {3, 2.75, 2.5, 2.25, 1}, 2, 0, 3},
        // 0.3 + 0.1 rounds to 0.4, while 0.4 - 0.3 is above 0.1: the side of the comparison matters.
        Case{"min_delta_is_added_as_keras_does", 1, 0.1, {0.4, 0.3}, 1, 0, 0.4},
        Case{"nan_counts_as_waited", 2, 0, {3, 2, kNan, 1, kNan, kNan, 0.5}, 5, 3, 1},
        Case{"patience_1_nan", 1, 0, {3, kNan, 1}, 1, 0, 3},
        Case{"nan_first_as_in_keras_2", 2, 0, {kNan, 2, 1, 1.5}, kNever, 2, 1}),
    [](const testing::TestParamInfo<Case>& tested) { return tested.param.name; });

TEST(EarlyStopping, SaysWhichEpochsImproved) {
    EarlyStopping rule(2, 0);
    EXPECT_TRUE(rule.judge(2));
    EXPECT_FALSE(rule.judge(3));
    EXPECT_TRUE(rule.judge(1));
    EXPECT_FALSE(rule.judge(1));
    EXPECT_FALSE(rule.judge(kNan));
}

TEST(EarlyStopping, GoesOnFromAState) {
    EarlyStopping rule(2, 0);
    EarlyStopping restored(2, 0);
    for (const double loss : {3.0, 2.0, 2.5, 1.0, 1.5, 1.25}) {
        EarlyStopping next(2, 0);
        next.restore(restored.state());
        restored = next;
        EXPECT_EQ(restored.judge(loss), rule.judge(loss));
        EXPECT_EQ(restored.stops(), rule.stops());
        EXPECT_EQ(restored.state(), rule.state());
    }
    EXPECT_TRUE(restored.stops());
}

TEST(EarlyStopping, NothingIsBestWithoutAFiniteLoss) {
    EarlyStopping rule(2, 0);
    rule.judge(kNan);
    EXPECT_EQ(rule.best_epoch(), 0u);
    EXPECT_EQ(rule.best_val_loss(), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace dropsweep::train
