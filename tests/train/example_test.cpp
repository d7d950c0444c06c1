// The layer train in use: all ranks train one trial, which one of them may watch.
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/train/train_trial.hpp"

#include "../support/lambda_observer.hpp"
#include "../support/small_experiment.hpp"

namespace dropsweep::train {
namespace {

TEST(TrainExample, ATrialOfAllRanks) {
    testing_support::SmallExperiment small;  // a data set, a network and options
    small.experiment.options.epochs = 4;
    small.experiment.options.leaf_rows = 3;
    std::vector<double> losses;
    testing_support::LambdaObserver observer;
    observer.epoch = [&](const EpochRecord& record) { losses.push_back(record.training.loss); };

    const auto model = train_trial(comm::Communicator::world(), small.experiment, 0.2, 1, observer);
    ASSERT_TRUE(model.has_value()) << "nobody stopped it";
    EXPECT_EQ(model->result.status, Status::completed);
    EXPECT_EQ(losses.size(), 4u);
    EXPECT_LT(losses.back(), losses.front());
    EXPECT_GT(model->result.test.accuracy, 0.25) << "of four classes";
    EXPECT_EQ(system::sha256(model->weights.span()), model->result.weights_sha256);
}

}  // namespace
}  // namespace dropsweep::train
