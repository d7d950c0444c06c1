// The plots: their data, and the pictures that gnuplot makes of them.
#include "dropsweep/report/plots.hpp"

#include "plots_fixture.hpp"

namespace dropsweep::report {
namespace {

using testing::HasSubstr;

TEST_F(Plots, TheSetUnderItsNames) {
    ASSERT_TRUE(draw(small_run(), classification(3, 2)));
    EXPECT_EQ(files_in(plots()), pictures_of(all_plots("failure1")));
    EXPECT_EQ(png_size(plots() / "loss.png"), std::pair(960U, 640U));
    EXPECT_EQ(png_size(plots() / "confusion.png"), std::pair(960U, 860U));
    expect_scripts_stand_alone();
}

TEST_F(Plots, CurvesAreThoseOfTheReport) {
    ASSERT_TRUE(draw(small_run()));
    const std::string loss = script("loss");
    EXPECT_THAT(loss, HasSubstr("$curves << EOD\n0\t1\t0.8\t1.2\n1\t0.5\t"));
    EXPECT_THAT(loss, HasSubstr("\n\n\n0\t0.5\t0.4\t0.6\n"));
    EXPECT_THAT(loss, HasSubstr("array names[2] = ['train', 'validation']"));
    EXPECT_THAT(script("val_acc_dropout"), HasSubstr("$curves << EOD\n0\t75\t70\t80\n"));
}

// For the sweep of nine values and for larger ones: 45 lines have a combination each, and no pentagon: at half size it
// is a circle.
TEST_F(Plots, LinesAreToldApartWithoutColor) {
    ASSERT_TRUE(draw(small_run()));
    std::string commands = script("val_loss_dropout");
    // Without its output, which would be drawn where the test runs.
    commands = commands.substr(0, commands.find("\nplot "))
                   .erase(commands.find("set output"), commands.find("unit =") - commands.find("set output"));
    commands += "\nset print '-'\ndo for [i = 0:44] { print marker(i), dash(i) }\n";
    const auto printed = system::run_process({"gnuplot", "-d"}, commands);
    std::set<std::string> looks;
    for (const std::string_view look : text::split(printed.value().output, '\n')) {
        EXPECT_FALSE(look.starts_with("14") || look.starts_with("15")) << look;
        looks.emplace(look);
    }
    looks.erase("");
    EXPECT_EQ(looks.size(), 45U) << printed.value().output;
}

TEST_F(Plots, TestAccuracyShowsEverySeedAndTheChosenValue) {
    ASSERT_TRUE(draw(small_run()));
    const std::string accuracy = script("test_accuracy");
    // 93 -+ t(0.975, 2) sqrt(13 / 3), t = 4.3027: 84.04 and 101.96, which is no share.
    EXPECT_THAT(accuracy, testing::ContainsRegex("\\$means << EOD\n0\t93\t84.04[0-9]*\t100\n0.5\t90\t90\t90\nEOD"));
    EXPECT_THAT(accuracy, HasSubstr("$chosen << EOD\n0\t93\nEOD"));
    EXPECT_THAT(accuracy, testing::ContainsRegex("\\$seeds << EOD\n0\t90\t[^\n]*\n0\t92\t"));
}

TEST_F(Plots, OptionsHaveTheirEffectsAndTheirPairs) {
    ASSERT_TRUE(draw(with_learning_rates(small_run())));
    const std::set<std::string> files = files_in(plots());
    for (const char* name : {"effects.png", "effects.svg", "pair-dropout-learning-rate.png"}) {
        EXPECT_THAT(files, testing::Contains(name));
    }
    const std::string effects = script("effects");
    EXPECT_THAT(effects, HasSubstr("array options[2] = ['dropout', 'learning-rate']"));
    EXPECT_THAT(effects, HasSubstr("$values << EOD\n0\t93\t"));
    // Column, row, loss: the mean of 0.2, 0.3 and 0.5, and that of 0.4, 0.5 and 0.7.
    EXPECT_THAT(script("pair-dropout-learning-rate"),
                testing::ContainsRegex("\\$cells << EOD\n0\t0\t0.43[^\t]*\t93.00 %\n1\t0\t0.33"));
    EXPECT_THAT(script("val_loss_dropout"), HasSubstr("Validation loss, learning-rate = 0.01"));
    // Of one option again, none is left.
    ASSERT_TRUE(draw(small_run()));
    EXPECT_THAT(files_in(plots()), testing::Not(testing::Contains("effects.png")));
    EXPECT_THAT(files_in(plots()), testing::Not(testing::Contains("pair-dropout-learning-rate.gp")));
}

TEST_F(Plots, TheRaceOfADecision) {
    record::RunRecord record;
    for (std::uint64_t seed = 1; seed <= 11; ++seed) {
        const double noise = seed % 2 == 0 ? 0.1 : -0.1;
        record.trials.push_back(trial("0", seed, {{0.2 + noise, 0.9}}, train::Status::early_stopped, 0.75));
        record.trials.push_back(
            trial("0.3", seed, {{0.2 - noise, 0.9}}, train::Status::early_stopped, 0.5 + noise / 8));
        if (seed <= 10) record.trials.push_back(trial("0.8", seed, {{2.5, 0.5}}));
    }
    record.config = {{"decide", "0.03"}, {"decide-by", "val_loss"}, {"error", "0.05"}, {"max-seeds", "11"}};
    ASSERT_TRUE(draw(record));
    const std::string race = script("race");
    EXPECT_THAT(race, HasSubstr("subtitle = 'undecided; a difference of 0.03 nats matters; 1 more was dropped after 10 "
                                "seeds'"));
    EXPECT_THAT(race, HasSubstr("array names[2] = ['0', '0.3']"));
    EXPECT_THAT(race, testing::ContainsRegex("\\$curves << EOD\n10\t0.2[0-9]*\n11\t0.19"));
    // Three pairs of settings cannot be told by fewer than six seeds.
    const std::string difference = script("difference");
    EXPECT_THAT(difference, HasSubstr("subtitle = 'dropout p = 0 minus others: "));
    EXPECT_THAT(difference, HasSubstr("array names[1] = ['0.3']"));
    EXPECT_THAT(difference, testing::ContainsRegex("\\$looks << EOD\n6\t25\t19.4[0-9]*\t30.5[0-9]*\n7\t25.1"));
}

TEST_F(Plots, TimelineShowsTrialsAndIdleTime) {
    record::RunRecord record;
    record.trials = {trial("0", 1, {{0.5, 0.5}}), trial("0.3", 1, {{0.5, 0.5}})};
    record.timing = {row(record::TimingRow::Event::trial, "p0-s1", 0, 2, 0, 6),
                     row(record::TimingRow::Event::trial, "p0.3-s1", 2, 1, 0, 10),
                     row(record::TimingRow::Event::sweep, "", 0, 3, 0, 10)};
    ASSERT_TRUE(draw(record));
    EXPECT_THAT(script("timeline"), HasSubstr("$bars << EOD\n0\t6\t0\t2\t0\tp0-s1\n0\t10\t2\t1\t1\tp0.3-s1\nEOD"));
    EXPECT_THAT(script("timeline"), HasSubstr("$gaps << EOD\n6\t10\t0\n6\t10\t1\nEOD"));
    // 8 of 30 seconds.
    EXPECT_THAT(system::read_file(plots() / "timeline.svg"), HasSubstr("ranks idle for 26.7 % of the time"));
    expect_no_complaint();
}

TEST_F(Plots, ClassesAndMistakes) {
    ASSERT_TRUE(draw(small_run(), classification(3, 2)));
    // 10 of 12 right, both ways.
    EXPECT_THAT(script("fscore"), testing::ContainsRegex("\n2\t83.33[0-9]*\t83.33[0-9]*\t83.33[0-9]*\nEOD"));
    EXPECT_THAT(script("confusion"),
                HasSubstr("$cells << EOD\n0\t0\t10\n1\t1\t10\n2\t2\t10\n\n\n1\t0\t2\n2\t1\t2\n0\t2\t2\nEOD"));
    EXPECT_THAT(script("confusion"), HasSubstr("array level[2] = [-1, 1]"));
    // Class 1 is the true one of two mistakes and the predicted one of two; what is not certain is never 100 %.
    EXPECT_THAT(script("failure1"), HasSubstr("$captions << EOD\n0\t0 read as 1\t99.9 %\n1\t1 read as 2\t99.9 %\n"));
    EXPECT_THAT(script("failure1"), HasSubstr("$images << EOD\n0\t255\n128\t0\n255\t64\n\n\n"));
    EXPECT_THAT(system::read_file(plots() / "failure1.svg"), HasSubstr("4 of 4"));
}

TEST_F(Plots, AtMost32Mistakes) {
    ASSERT_TRUE(draw(small_run(), classification(3, 30)));
    EXPECT_THAT(script("failure1"), HasSubstr("\n31\t"));
    EXPECT_THAT(script("failure1"), testing::Not(HasSubstr("\n32\t")));
    EXPECT_THAT(system::read_file(plots() / "failure1.svg"), HasSubstr("32 of 60"));
}

TEST_F(Plots, NothingOfAnEarlierDrawStays) {
    ASSERT_TRUE(draw(small_run(), classification(3, 2), 2));
    system::write_file_atomically(plots() / "failure2.png.mine", "not ours");
    system::write_file_atomically(plots() / "notes.svg", "not ours");
    ASSERT_TRUE(draw(small_run(), classification(3, 2), 1));
    std::set<std::string> expected = pictures_of(all_plots("failure1"));
    expected.insert({"failure2.png.mine", "notes.svg"});
    EXPECT_EQ(files_in(plots()), expected);
    ASSERT_TRUE(draw(small_run()));
    expected = pictures_of(kOfTraining);
    expected.insert({"failure2.png.mine", "notes.svg"});
    EXPECT_EQ(files_in(plots()), expected);
}

}  // namespace
}  // namespace dropsweep::report
