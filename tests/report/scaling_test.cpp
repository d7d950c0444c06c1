// The table and the picture of a plan for many numbers of ranks.
#include "dropsweep/report/scaling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/system/files.hpp"

#include "../support/temporary_directory.hpp"

namespace dropsweep::report {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

std::vector<sweep::ScalingPoint> points() {
    const std::vector<sweep::Trial> trials = sweep::make_trials(sweep::parse_dropout_list("0,0.5,0.8"), {1});
    const sweep::PlanRequest request{.leaves = 4, .ranks_per_trial = {}};
    return {{sweep::make_plan(trials, 1, request), 90, 1},
            {sweep::make_plan(trials, 4, request), 30, 3},
            {sweep::make_plan(trials, 8, request), 29, 90.0 / 29}};
}

TEST(Scaling, Table) {
    EXPECT_EQ(scaling_table(points()),
              " ranks  groups x ranks      makespan  speed-up  efficiency\n"
              "     1  1 x 1                 90.0 s      1.00       100 %\n"
              "     4  1 x 2 + 2 x 1         30.0 s      3.00        75 %\n"
              "     8  1 x 4 + 2 x 2         29.0 s      3.10        39 %\n"
              "More than 4 ranks do not help: no larger number here is more than 5 % faster.\n");
    std::vector<sweep::ScalingPoint> two = points();
    two.pop_back();
    EXPECT_THAT(scaling_table(two), EndsWith("More ranks help up to 4, the last that was asked for.\n"));
}

TEST(Scaling, Csv) {
    std::vector<sweep::ScalingPoint> two = points();
    two.pop_back();
    EXPECT_EQ(scaling_csv(two),
              "ranks,groups,seconds,speedup,efficiency\n"
              "1,1 x 1,90,1,1\n"
              "4,1 x 2 + 2 x 1,30,3,0.75\n");
}

TEST(Scaling, Picture) {
    TemporaryDirectory directory;
    ASSERT_TRUE(draw_scaling(directory.path(), points(), "3 trials on up to 8 ranks"));
    for (const char* name : {"plan.gp", "plan.png", "plan.svg"}) {
        EXPECT_TRUE(std::filesystem::exists(directory / name)) << name;
    }
    const std::string svg = system::read_file(directory / "plan.svg");
    EXPECT_THAT(svg, HasSubstr("3 trials on up to 8 ranks"));
    EXPECT_THAT(system::read_file(directory / "plan.gp"), HasSubstr("\n4\t3\n"));
}

TEST(Scaling, PictureOfOneNumberOfRanks) {
    TemporaryDirectory directory;
    std::vector<sweep::ScalingPoint> one = points();
    one.resize(1);
    EXPECT_TRUE(draw_scaling(directory.path(), one, "3 trials on 1 rank"));
    EXPECT_TRUE(std::filesystem::exists(directory / "plan.png"));
}

}  // namespace
}  // namespace dropsweep::report
