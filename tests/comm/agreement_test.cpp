// Work of rank 0, or of all ranks, whose error all of them throw together.
#include "dropsweep/comm/agreement.hpp"

#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropsweep::comm {
namespace {

class AgreementTest : public testing::Test {
  protected:
    /// What this rank gets when rank 0 does `work`.
    template <class Work>
    std::optional<AgreedError> outcome(Work&& work) const {
        try {
            run_on_rank_zero(world_, work);
        } catch (const AgreedError& error) {
            return error;
        }
        return std::nullopt;
    }
    const Communicator world_ = Communicator::world();
};

TEST_F(AgreementTest, WorkIsDoneOnRankZeroAlone) {
    bool done = false;
    EXPECT_FALSE(outcome([&] { done = true; }).has_value());
    EXPECT_EQ(done, world_.rank() == 0);
}

TEST_F(AgreementTest, AllRanksThrowAndRankZeroSpeaks) {
    const auto error = outcome([] { throw Error(ExitCode::bad_data, "bad file; get a good one"); });
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code(), ExitCode::bad_data);
    EXPECT_EQ(error->reports(), world_.rank() == 0);
    if (world_.rank() == 0) {
        EXPECT_STREQ(error->what(), "bad file; get a good one");
    }
}

TEST_F(AgreementTest, UnexpectedExceptionIsAFailureToReport) {
    const auto error = outcome([] { throw std::out_of_range("index 7"); });
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code(), ExitCode::failure);
    EXPECT_EQ(error->reports(), world_.rank() == 0);
    if (world_.rank() == 0) {
        EXPECT_THAT(error->what(), testing::AllOf(testing::HasSubstr("index 7"), testing::HasSubstr("report it")));
    }
}

TEST_F(AgreementTest, LackOfMemoryHasARemedy) {
    const auto expect_remedy = [&](const std::function<void()>& fail, const char* remedy) {
        const auto error = outcome(fail);
        ASSERT_TRUE(error.has_value());
        EXPECT_EQ(error->code(), ExitCode::failure);
        if (world_.rank() == 0) {
            EXPECT_THAT(error->what(), testing::HasSubstr(remedy));
        }
    };
    expect_remedy([] { throw std::bad_alloc(); }, "out of memory; use a smaller model");
    // As std::thread says it.
    expect_remedy([] { throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again)); },
                  "no further thread can be started; give it more memory");
}

TEST_F(AgreementTest, NobodyIsLeftBehindAfterAnError) {
    EXPECT_TRUE(outcome([] { throw Error(ExitCode::usage, "wrong; right"); }).has_value());
    EXPECT_FALSE(outcome([] {}).has_value());
    EXPECT_EQ(world_.all_gather(world_.rank()), world_.world_ranks());
}

TEST_F(AgreementTest, TheFirstRankThatFailsSpeaksForAll) {
    const int failing = world_.size() - 1;
    std::optional<AgreedError> caught;
    try {
        run_on_all_ranks(world_, [&] {
            if (world_.rank() == failing) throw Error(ExitCode::io_error, "no room; make some");
        });
    } catch (const AgreedError& error) {
        caught = error;
    }
    ASSERT_TRUE(caught.has_value());
    EXPECT_EQ(caught->code(), ExitCode::io_error);
    EXPECT_EQ(caught->reports(), world_.rank() == failing);
    if (caught->reports()) {
        EXPECT_STREQ(caught->what(), "no room; make some");
    }
    EXPECT_NO_THROW(run_on_all_ranks(world_, [] {}));
}

}  // namespace
}  // namespace dropsweep::comm
