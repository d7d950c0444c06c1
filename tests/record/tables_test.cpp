// Figures of history.csv and summary.csv that cannot be.

#include "dropsweep/record/tables.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::record {
namespace {

using testing::HasSubstr;

class ReadTrials : public testing::Test {
  protected:
    /// @param history, summary  one row each
    std::vector<TrialRecord> read(const std::string& history, const std::string& summary) const {
        system::write_file_atomically(
            directory_ / "history.csv",
            "trial,dropout,seed,epoch,loss,accuracy,val_loss,val_accuracy\n" + history + "\n");
        system::write_file_atomically(
            directory_ / "summary.csv",
            "trial,dropout,seed,status,epochs,best_epoch,best_val_loss,val_loss,val_accuracy,test_loss,test_accuracy,"
            "weights_sha256\n" +
                summary + "\n");
        return read_trials(directory_ / "history.csv", directory_ / "summary.csv");
    }
    std::string refusal(const std::string& history, const std::string& summary) const {
        return error_of(ExitCode::bad_data, [&] { read(history, summary); });
    }
    /// @param figures  of summary.csv, for a trial that ended with weights
    std::string refusal_of(const std::string& figures) const {
        return refusal("p0-s1,0,1,0,1,1,1,1", "p0-s1,0,1,completed," + figures + "," + std::string(64, 'a'));
    }
    TemporaryDirectory directory_;
};

TEST_F(ReadTrials, RefusesWhatNoEpochHas) {
    EXPECT_THAT(refusal("p1.5-s1,1.5,1,0,1,1,1,1", ""), HasSubstr("history.csv, line 2: dropout: 1.5 is not below 1"));
    EXPECT_THAT(refusal("p0-s1,0,1,0,-1,1,1,1", ""), HasSubstr("loss is -1"));
    EXPECT_THAT(refusal("p0-s1,0,1,0,1,1.5,1,1", ""), HasSubstr("accuracy is 1.5"));
}

TEST_F(ReadTrials, RefusesWhatNoTrialWithWeightsHas) {
    EXPECT_EQ(refusal_of("1,0,1,1,1,1,1"), "");
    EXPECT_THAT(refusal_of("1,1,1,1,1,1,1"), HasSubstr("summary.csv, line 2: best_epoch is 1 of 1 epochs"));
    EXPECT_THAT(refusal_of("1,0,nan,1,1,1,1"), HasSubstr("best_val_loss is nan"));
    EXPECT_THAT(refusal_of("1,0,-0.5,1,1,1,1"), HasSubstr("best_val_loss is -0.5"));
    EXPECT_THAT(refusal_of("1,0,1,nan,1,1,1"), HasSubstr("val_loss is nan"));
    EXPECT_THAT(refusal_of("1,0,1,1,2,1,1"), HasSubstr("val_accuracy is 2"));
    EXPECT_THAT(refusal_of("1,0,1,1,1,-1,1"), HasSubstr("test_loss is -1"));
    EXPECT_THAT(refusal_of("1,0,1,1,1,1,nan"), HasSubstr("test_accuracy is nan"));
    EXPECT_THAT(refusal_of("1,0,1,1,1,1,-0.1"), HasSubstr("test_accuracy is -0.1"));
}

TEST_F(ReadTrials, ADivergedTrialHasNoFigures) {
    const auto trials = read("p0-s1,0,1,0,nan,0.5,nan,nan", "p0-s1,0,1,diverged,1,0,nan,nan,nan,nan,nan,");
    EXPECT_EQ(trials.at(0).result->status, train::Status::diverged);
}

}  // namespace
}  // namespace dropsweep::record
