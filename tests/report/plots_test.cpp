#include "dropsweep/report/plots.hpp"

#include "dropsweep/report/palette.hpp"

#include "plots_fixture.hpp"

namespace dropsweep::report {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST_F(Plots, TheSetUnderItsNames) {
    ASSERT_TRUE(draw(small_run(), classification(3, 2)));
    EXPECT_EQ(files_in(plots()), pictures_of(all_plots("failure1")));
    EXPECT_EQ(png_size(plots() / "loss.png"), std::pair(960U, 640U));
    EXPECT_EQ(png_size(plots() / "confusion.png"), std::pair(960U, 860U));
    expect_scripts_stand_alone();
}

// p = 0: 0.4, 0.6, 0.5 have mean 0.5 and sd 0.1; then 0.2 and 0.3, of two seeds out of three. Training losses are twice
// as large here.
TEST_F(Plots, CurvesAreMeansAndSampleStandardDeviationsOverTheSeeds) {
    ASSERT_TRUE(draw(small_run()));
    EXPECT_THAT(values_in(plots() / "loss.svg"),
                testing::ElementsAre("p = 0, epoch 0: loss 1.0000 ± 0.2000 (3 seeds)",
                                     "p = 0, epoch 1: loss 0.5000 ± 0.1414 (2 seeds)",
                                     "p = 0, epoch 0: val_loss 0.5000 ± 0.1000 (3 seeds)",
                                     "p = 0, epoch 1: val_loss 0.2500 ± 0.0707 (2 seeds)"));
    const auto accuracies = values_in(plots() / "val_acc_dropout.svg");
    EXPECT_THAT(accuracies, Contains("p = 0, epoch 0: val_accuracy 75.00 ± 5.00 % (3 seeds)"));
    EXPECT_THAT(accuracies, Contains("p = 0.5, epoch 1: val_accuracy 80.00 ± 0.00 % (2 seeds)"));
}

// Of three seeds at p = 0.5 only one trains in epoch 2.
TEST_F(Plots, CurvesEndWhenFewerThanHalfOfTheSeedsTrain) {
    ASSERT_TRUE(draw(small_run()));
    EXPECT_THAT(values_in(plots() / "val_loss_dropout.svg"), Not(Contains(HasSubstr("epoch 2"))));
}

// Every line has a marker of its own, and no pentagon: at half size it is a circle.
TEST_F(Plots, LinesOfTheUsualSweepAreToldApartWithoutColor) {
    RunRecord record;
    for (const char* dropout : {"0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8"}) {
        record.trials.push_back(trial(dropout, 1, {{0.5, 0.5}, {0.4, 0.6}}));
    }
    ASSERT_TRUE(draw(record));
    const std::string script = core::read_file(plots() / "val_loss_dropout.gp");
    std::set<int> markers;
    for (int type = 4; type <= 15; ++type) {
        if (script.find(fmt::format(" pointtype {} pointsize 1.4", type)) != std::string::npos) markers.insert(type);
    }
    EXPECT_EQ(markers.size(), 9U);
    EXPECT_THAT(markers, Not(testing::AnyOf(Contains(14), Contains(15))));
}

// gnuplot's own outlines are 0.133 of a marker's radius: on a phone, less than half a pixel.
TEST_F(Plots, OpenMarkersOfAnSvgHaveAnOutlineThatIsSeen) {
    ASSERT_TRUE(draw(small_run()));
    const std::string svg = core::read_file(plots() / "test_accuracy.svg");
    EXPECT_THAT(svg, HasSubstr("<circle id='gpPt5' stroke-width='0.3'"));
    EXPECT_THAT(svg, Not(HasSubstr("stroke-width='0.133'")));
}

TEST_F(Plots, TestAccuracyShowsEverySeedAndTheChosenValue) {
    ASSERT_TRUE(draw(small_run()));
    const auto values = values_in(plots() / "test_accuracy.svg");
    EXPECT_THAT(values, Contains("p = 0, seed 2: test_accuracy 92.00 %"));
    // 93 -+ t(0.975, 2) sqrt(13 / 3), t = 4.3027: 84.04 and 101.96.
    EXPECT_THAT(values, Contains("p = 0: test_accuracy 93.00 %, 95 % confidence interval 84.04 to 100.00 % (3 seeds), "
                                 "chosen on validation"));
    EXPECT_EQ(values.size(), 8U);
}

TEST_F(Plots, TimelineShowsTrialsAndIdleTime) {
    RunRecord record;
    record.trials = {trial("0", 1, {{0.5, 0.5}}), trial("0.3", 1, {{0.5, 0.5}})};
    record.timing = {row(TimingRow::Event::trial, "p0-s1", 0, 2, 0, 6),
                     row(TimingRow::Event::trial, "p0.3-s1", 2, 1, 0, 10),
                     row(TimingRow::Event::sweep, "", 0, 3, 0, 10)};
    ASSERT_TRUE(draw(record));
    const auto values = values_in(plots() / "timeline.svg");
    EXPECT_THAT(values, Contains("p0-s1 on ranks 0 to 1: 6.00 s, from 0.00 s to 6.00 s"));
    EXPECT_THAT(values, Contains("p0.3-s1 on rank 2: 10.00 s, from 0.00 s to 10.00 s"));
    EXPECT_THAT(values, Contains("rank 1 idle for 4.00 s, from 6.00 s"));
    // 8 of 30 seconds.
    EXPECT_THAT(core::read_file(plots() / "timeline.svg"), HasSubstr("ranks idle for 26.7 % of the time"));
    expect_no_complaint();
}

TEST_F(Plots, ClassesAndMistakes) {
    ASSERT_TRUE(draw(small_run(), classification(3, 2)));
    // 10 of 12 right, both ways.
    EXPECT_THAT(values_in(plots() / "fscore.svg"), Contains("class 2: precision 83.33 %"));
    EXPECT_THAT(values_in(plots() / "fscore.svg"), Contains("class 2: recall 83.33 % of 12 images"));
    const auto cells = values_in(plots() / "confusion.svg");
    EXPECT_THAT(cells, Contains("true 1, read as 2: 2 images (16.7 % of the true 1)"));
    EXPECT_THAT(cells, Contains("true 1, read as 1: 10 images (83.3 % of the true 1)"));
    EXPECT_EQ(cells.size(), 6U);
    // Class 1 is the true one of two mistakes and the predicted one of two; what is not certain is never 100 %.
    const auto mistakes = values_in(plots() / "failure1.svg");
    EXPECT_EQ(mistakes.size(), 4U);
    EXPECT_THAT(mistakes, Contains("test image 0: true 0, read as 1 with probability 99.9 %"));
    EXPECT_THAT(mistakes, Contains("test image 1001: true 1, read as 2 with probability 98.9 %"));
    EXPECT_THAT(core::read_file(plots() / "failure1.svg"), HasSubstr("4 of 4"));
}

TEST_F(Plots, AtMost32Mistakes) {
    ASSERT_TRUE(draw(small_run(), classification(3, 30)));
    EXPECT_EQ(values_in(plots() / "failure1.svg").size(), 32U);
    EXPECT_THAT(core::read_file(plots() / "failure1.svg"), HasSubstr("32 of 60"));
}

TEST_F(Plots, NothingOfAnEarlierDrawStays) {
    ASSERT_TRUE(draw(small_run(), classification(3, 2), 2));
    core::write_file_atomically(plots() / "failure2.png.mine", "not ours");
    core::write_file_atomically(plots() / "notes.svg", "not ours");
    ASSERT_TRUE(draw(small_run(), classification(3, 2), 1));
    std::set<std::string> expected = pictures_of(all_plots("failure1"));
    expected.insert({"failure2.png.mine", "notes.svg"});
    EXPECT_EQ(files_in(plots()), expected);
    ASSERT_TRUE(draw(small_run()));
    expected = pictures_of(kOfTraining);
    expected.insert({"failure2.png.mine", "notes.svg"});
    EXPECT_EQ(files_in(plots()), expected);
}

TEST_F(Plots, ColorsAreThoseOfThePalette) {
    ASSERT_TRUE(draw(small_run(), classification(12, 300)));
    std::set<std::string> known = {"#000000"};
    for (const Color& color : palette()) known.insert(color.light);
    for (const std::string& name : files_in(plots())) {
        if (!name.ends_with(".svg")) continue;
        const std::string svg = core::read_file(plots() / name);
        EXPECT_THAT(svg, Not(HasSubstr("rgb("))) << name;
        std::set<std::string> used;
        for (std::size_t at = svg.find("'#"); at != std::string::npos; at = svg.find("'#", at + 1)) {
            if (svg.compare(at + 8, 1, "'") == 0 && svg.compare(at + 2, 2, "gp") != 0)
                used.insert(svg.substr(at + 1, 7));
        }
        EXPECT_THAT(used, testing::IsSubsetOf(known)) << name;
    }
}

}  // namespace
}  // namespace dropsweep::report
