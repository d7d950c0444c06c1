// Plots of strange runs, and where gnuplot fails or is missing.
#include <algorithm>
#include <fstream>

#include "dropsweep/report/report.hpp"

#include "../support/environment_variable.hpp"
#include "../support/error_of.hpp"
#include "plots_fixture.hpp"

namespace dropsweep::report {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing_support::EnvironmentVariable;

TEST_F(Plots, WhatDoesNotCountIsLeftOut) {
    record::RunRecord record = small_run();
    record.trials.push_back(trial("0.8", 1, {{0.5, 0.5}, {train::kNotANumber, 0}}, train::Status::diverged));
    record.trials.push_back(trial("0.8", 2, {{0.5, 0.5}}));
    record.trials.back().result.reset();
    ASSERT_TRUE(draw(record));
    EXPECT_THAT(script("val_loss_dropout"), HasSubstr("array names[2] = ['0', '0.5']"));
    expect_no_complaint();
}

TEST_F(Plots, OneTrialOfOneEpoch) {
    record::RunRecord record;
    record.trials = {trial("0.3", 1, {{0.25, 1.0}}, train::Status::completed, 1.0)};
    record.timing = {row(record::TimingRow::Event::trial, "p0.3-s1", 0, 1, 0, 0.01)};
    ASSERT_TRUE(draw(record));
    EXPECT_EQ(files_in(plots()), pictures_of(kOfTraining));
    EXPECT_THAT(script("loss"), HasSubstr("$curves << EOD\n0\t0.5\t0.5\t0.5\n\n\n0\t0.25\t0.25\t0.25\nEOD"));
    EXPECT_THAT(script("test_accuracy"), HasSubstr("$means << EOD\n0.3\t100\tnan\tnan\nEOD"));
    expect_no_complaint();
}

TEST_F(Plots, NoTrialThatCountsLeavesNothingToDraw) {
    record::RunRecord record;
    record.trials = {trial("0", 1, {{train::kNotANumber, train::kNotANumber}}, train::Status::diverged),
                     trial("0.5", 1, {}, train::Status::failed)};
    ASSERT_TRUE(draw(record));
    EXPECT_EQ(files_in(plots()), std::set<std::string>());
}

TEST_F(Plots, ManyRanksTrialsValuesAndClasses) {
    record::RunRecord record;
    for (int value = 0; value < 60; ++value) {
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            record.trials.push_back(trial(fmt::format("0.{:02}", value), seed,
                                          {{1.0 - 0.01 * value, 0.9}, {0.9 - 0.01 * value, 0.9}, {0.3, 0.9}}));
            const int index = 8 * value + static_cast<int>(seed) - 1;
            record.timing.push_back(row(record::TimingRow::Event::trial, record.trials.back().trial.id(), index % 64, 1,
                                        2.0 * (index / 64), 1.5 + 0.01 * (index % 50)));
        }
    }
    record.timing.push_back(row(record::TimingRow::Event::sweep, "", 0, 64, 0, 16));
    ASSERT_TRUE(draw(record, classification(256, 1), 255));
    EXPECT_EQ(files_in(plots()), pictures_of(all_plots("failure255")));
    expect_no_complaint();
    ASSERT_TRUE(draw(record, classification(26, 1234), 25));
    expect_no_complaint();
}

TEST_F(Plots, TwoClassesWithoutAMistakeHaveNoFailures) {
    ASSERT_TRUE(draw(small_run(), classification(2, 0)));
    EXPECT_THAT(files_in(plots()), Not(Contains("failure1.png")));
    EXPECT_THAT(files_in(plots()), Contains("confusion.png"));
    expect_no_complaint();
}

// Names come from files that anybody may have written.
TEST_F(Plots, NamesAreOnlyText) {
    const std::string nasty =
        "it's `touch HACK` $(touch HACK) \\n \\x {/:Bold b} <b>&amp; ]]> %s @x #1 ')\" onmouseout=\"x";
    record::RunRecord record = small_run();
    record.timing[0].trial = nasty + "\nset output 'HACK'\tEOD\xff";
    record::Classification classified = classification(3, 2);
    classified.trial = nasty + "\nEOD\n";
    ASSERT_TRUE(draw(record, classified));
    EXPECT_EQ(files_in(plots()), pictures_of(all_plots("failure1")));
    EXPECT_THAT(script("timeline"), HasSubstr("?set output 'HACK'?EOD\xef\xbf\xbd\n"));
    EXPECT_THAT(system::read_file(plots() / "fscore.svg"), HasSubstr(R"(\n \x {/:Bold b} &lt;b>)"));
    expect_no_complaint();
}

TEST_F(Plots, OddDirectories) {
    const std::filesystem::path odd = directory_ / "it's \"odd\" `touch HACK`\n";
    std::filesystem::create_directory(odd);
    const record::RunRecord record = small_run();
    ASSERT_TRUE(draw_plots(odd, report_json(record, compare(record), std::nullopt), 8));
    EXPECT_EQ(files_in(odd / "plots"), pictures_of(kOfTraining));
}

TEST_F(Plots, WithoutGnuplotTheScriptsAreThereAndNoOldPicture) {
    const TemporaryDirectory empty;
    ASSERT_TRUE(draw(small_run()));
    record::RunRecord other = small_run();
    other.trials.back().result->test.accuracy = 0.25;
    const EnvironmentVariable path("PATH", empty.path().string());
    EXPECT_FALSE(draw(other));
    std::set<std::string> names;
    for (const std::string& plot : kOfTraining) names.insert(plot + ".gp");
    // Those whose data have not changed are still right.
    for (const std::string& plot : kOfTraining) {
        if (plot != "test_accuracy") names.insert({plot + ".png", plot + ".svg"});
    }
    EXPECT_EQ(files_in(plots()), names);
}

TEST_F(Plots, AFailingGnuplotIsAnErrorWithItsComplaint) {
    const TemporaryDirectory programs;
    const auto install = [&](const std::string& commands) {
        std::ofstream(programs / "gnuplot") << "#!/bin/sh\n" << commands;
        std::filesystem::permissions(programs / "gnuplot", std::filesystem::perms::owner_all);
    };
    const auto message = [&] {
        const EnvironmentVariable path("PATH", programs.path().string());
        return error_of(ExitCode::failure, [&] { draw(small_run()); });
    };
    install(
        "echo 'set terminal pngcairo' >&2\necho '             ^' >&2\necho '     line 5: unknown terminal' >&2\nexit "
        "1\n");
    EXPECT_THAT(message(), testing::StartsWith("gnuplot: line 5: unknown terminal; "));
    install("echo 'something broke' >&2\necho >&2\nexit 1\n");
    EXPECT_THAT(message(), testing::StartsWith("gnuplot: something broke; "));
    install("exit 3\n");
    EXPECT_THAT(message(), testing::StartsWith("gnuplot: it ended with status 3; "));
    install("exit 0\n");
    EXPECT_THAT(message(), testing::StartsWith("gnuplot: it has not drawn loss.png; "));
}

TEST_F(Plots, WithoutPicturesTheRestOfTheReportIsThere) {
    const TemporaryDirectory empty;
    const EnvironmentVariable path("PATH", empty.path().string());
    const record::RunRecord record = small_run();
    const std::filesystem::path odd = directory_ / "it's odd";
    std::filesystem::create_directory(odd);
    const std::vector<std::string> notes = write_report(odd, record, compare(record), std::nullopt, 8);
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_THAT(notes[0], HasSubstr("gnuplot is not installed"));
    // A command to be copied into a shell.
    EXPECT_THAT(notes[0], HasSubstr("dropsweep report '" + directory_.path().string() + "/it'\\''s odd'"));
    EXPECT_THAT(files_in(odd), Contains("report.html"));
}

TEST_F(Plots, ADirectoryThatCannotBeWritten) {
    system::write_file_atomically(plots(), "a file");
    EXPECT_THAT(error_of(ExitCode::io_error, [&] { draw(small_run()); }), HasSubstr("plots"));
}

}  // namespace
}  // namespace dropsweep::report
