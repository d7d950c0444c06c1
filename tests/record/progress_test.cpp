// The progress that is shown while a sweep goes on, as lines and as a live display.
#include "dropsweep/record/progress.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropsweep::record {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr auto kStart = std::chrono::steady_clock::time_point(std::chrono::hours(1));

/// A file to print to, whose content can be read at any time.
class Output {
  public:
    std::FILE* stream() const { return file_.get(); }
    std::string text() const {
        std::string all(static_cast<std::size_t>(std::ftell(stream())), '\0');
        std::rewind(stream());
        EXPECT_EQ(std::fread(all.data(), 1, all.size(), stream()), all.size());
        return all;
    }

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Close> file_{std::tmpfile()};
};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        EXPECT_NE(end, std::string::npos) << "an unfinished line: " << text.substr(begin);
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

/// What a terminal shows of a text with "up n lines to their beginning" and "erase from here".
struct Screen {
    std::vector<std::string> lines;
    std::size_t erased = 0;  ///< lines that were drawn over

    void show(std::string_view text) {
        while (!text.empty()) {
            if (text.front() != '\x1b') {
                const std::size_t end = text.find('\n');
                ASSERT_NE(end, std::string_view::npos);
                lines.emplace_back(text.substr(0, end));
                EXPECT_THAT(lines.back(), Not(HasSubstr("\x1b")));
                text.remove_prefix(end + 1);
                continue;
            }
            std::size_t up = 0;
            const char* number = text.data() + 2;
            const char* end = std::from_chars(number, text.data() + text.size(), up).ptr;
            ASSERT_EQ(std::string_view(end, 4), "F\x1b[J");
            ASSERT_LE(up, lines.size()) << "it goes up beyond its own lines";
            lines.resize(lines.size() - up);
            erased += up;
            text.remove_prefix(static_cast<std::size_t>(end + 4 - text.data()));
        }
    }
};

train::EpochRecord epoch_record(std::uint32_t epoch) {
    return {.epoch = epoch,
            .training = {0.25, 0.9},
            .validation = {0.125, 0.95},
            .training_seconds = 0.5,
            .validation_seconds = 0.1};
}

sweep::TrialOutcome outcome(train::Status status, std::uint32_t epochs, const std::string& message = "") {
    sweep::TrialOutcome ended;
    ended.result.status = status;
    ended.result.epochs = epochs;
    ended.result.test = {0.1, 0.9765};
    ended.message = message;
    return ended;
}

class ProgressTest : public testing::Test {
  protected:
    /// It began two seconds ago.
    Progress progress(std::optional<Terminal> terminal, const Output* output = nullptr) {
        now_ = kStart;
        Progress made(trials_, {.epochs = 20,
                                .stops_early = true,
                                .training_samples = 1000,
                                .groups = 2,
                                .terminal = terminal,
                                .stream = (output != nullptr ? *output : output_).stream(),
                                .clock = [this] { return now_; }});
        now_ += std::chrono::seconds(2);
        return made;
    }
    Screen screen() const {
        Screen shown;
        shown.show(output_.text());
        return shown;
    }

    std::vector<sweep::Trial> trials_ = sweep::make_trials(sweep::parse_dropout_list("0,0.25"), {1});
    Output output_;
    std::chrono::steady_clock::time_point now_ = kStart;
};

TEST_F(ProgressTest, SaysWhatWasPredictedOfASweepThatHasEnded) {
    const auto last_line = [this](std::size_t ended_before) {
        Output output;
        Progress plain(trials_, {.ended_before = ended_before,
                                 .predicted_seconds = 75,
                                 .terminal = std::nullopt,
                                 .stream = output.stream()});
        plain.on_outcome(0, outcome(train::Status::completed, 20));
        plain.on_end(90, 1, 0);
        return lines_of(output.text()).back();
    };
    EXPECT_EQ(last_line(1), "1 trial in 1 min 30 s (predicted: 1 min 15 s), ranks idle for 0 % of the time");
    EXPECT_EQ(last_line(0), "1 of 2 trials in 1 min 30 s, ranks idle for 0 % of the time");
}

TEST_F(ProgressTest, PlainLinesForEpochsAndTrialsOnly) {
    Progress plain = progress(std::nullopt);
    plain.on_step(0, {0, 0, 500});
    plain.on_idle();
    EXPECT_EQ(output_.text(), "");
    plain.on_epoch(0, epoch_record(0), {});
    plain.on_epoch(1, epoch_record(11), {});
    plain.on_outcome(0, outcome(train::Status::early_stopped, 1));
    plain.on_outcome(1, outcome(train::Status::failed, 12, "the weights differ"));
    plain.on_end(90, 2, 0.2);
    EXPECT_THAT(
        lines_of(output_.text()),
        ElementsAre("p0-s1     epoch  1/20  loss 0.2500  accuracy 90.00 %  val_loss 0.1250  val_accuracy 95.00 %  "
                    "2000 images/s",
                    "p0.25-s1  epoch 12/20  loss 0.2500  accuracy 90.00 %  val_loss 0.1250  val_accuracy 95.00 %  "
                    "2000 images/s",
                    "p0-s1     early_stopped after 1 epoch, test accuracy 97.65 %  [1/2 trials  6500 images/s  2 s "
                    "gone, about 0 s left]",
                    MatchesRegex("p0.25-s1  failed after 12 epochs: the weights differ  \\[2/2 trials  .*\\]"),
                    "2 trials in 1 min 30 s, ranks idle for 20 % of the time"));
}

TEST_F(ProgressTest, DivergedEpochHasNoFigures) {
    Progress plain = progress(std::nullopt);
    train::EpochRecord record = epoch_record(0);
    record.training.loss = std::nan("");
    plain.on_epoch(0, record, {});
    EXPECT_THAT(output_.text(), HasSubstr("diverged: the loss is not finite"));
    EXPECT_THAT(output_.text(), Not(HasSubstr("nan")));
}

TEST_F(ProgressTest, LiveDisplayIsDrawnOverAndLeavesTheTrials) {
    Progress live = progress(Terminal{120});
    live.on_step(0, {0, 0, 500});
    live.on_idle();
    EXPECT_THAT(screen().lines,
                ElementsAre(StartsWith("0/2 trials  "), StartsWith("p0-s1     epoch  0/20  [==========          ]")));
    live.on_epoch(0, epoch_record(0), {});
    live.on_step(1, {0, 0, 1000});
    live.on_outcome(0, outcome(train::Status::completed, 20));
    EXPECT_THAT(screen().lines,
                ElementsAre("p0-s1     completed after 20 epochs, test accuracy 97.65 %", StartsWith("1/2 trials  "),
                            StartsWith("p0.25-s1  epoch  0/20  [====================]")));
    live.on_outcome(1, outcome(train::Status::diverged, 1));
    live.on_end(7200, 2, 0);
    EXPECT_THAT(screen().lines, ElementsAre("p0-s1     completed after 20 epochs, test accuracy 97.65 %",
                                            "p0.25-s1  diverged after 1 epoch",
                                            "2 trials in 2 h 00 min, ranks idle for 0 % of the time"));
    EXPECT_EQ(screen().erased, 2u + 2u + 1u);
}

TEST_F(ProgressTest, EpochOfARunningTrialIsShownWithItsFigures) {
    Progress live = progress(Terminal{200});
    live.on_epoch(1, epoch_record(2), {});
    live.on_step(1, {3, 0, 250});
    live.on_idle();
    EXPECT_EQ(screen().lines.back(),
              "p0.25-s1  epoch  3/20  [=====               ]  loss 0.2500  accuracy 90.00 %  val_loss 0.1250  "
              "val_accuracy 95.00 %");
}

TEST_F(ProgressTest, LateStepOfAnEndedEpochChangesNothing) {
    Progress live = progress(Terminal{200});
    live.on_epoch(1, epoch_record(2), {});
    live.on_step(1, {2, 0, 1000});
    live.on_idle();
    EXPECT_THAT(screen().lines.back(), StartsWith("p0.25-s1  epoch  3/20  [                    ]"));
}

TEST_F(ProgressTest, RedrawsAtMostFiveTimesASecond) {
    Progress live = progress(Terminal{100});
    live.on_idle();
    now_ += std::chrono::milliseconds(199);
    live.on_idle();
    EXPECT_EQ(screen().erased, 0u);
    now_ += std::chrono::milliseconds(1);
    live.on_idle();
    EXPECT_EQ(screen().erased, 1u);
}

TEST_F(ProgressTest, NoLineIsWiderThanTheTerminal) {
    // A full line would make some terminals wrap, and the display would no longer know how many lines it has.
    for (const int columns : {20, 40, 79, 80}) {
        SCOPED_TRACE(columns);
        Output narrow;
        Progress live = progress(Terminal{columns}, &narrow);
        live.on_epoch(0, epoch_record(0), {});
        live.on_epoch(1, epoch_record(5), {});
        live.on_idle();
        const std::vector<std::string> lines = lines_of(narrow.text());
        ASSERT_EQ(lines.size(), 3u);
        for (const std::string& line : lines) EXPECT_LT(line.size(), static_cast<std::size_t>(columns)) << line;
    }
}

TEST_F(ProgressTest, ManyRunningTrialsDoNotFillTheScreen) {
    trials_ = sweep::make_trials(sweep::parse_dropout_list("0:0.9:0.1"), {1, 2});
    Progress live = progress(Terminal{100});
    for (std::size_t t = 0; t < trials_.size(); ++t) live.on_step(t, {0, 0, 10});
    live.on_idle();
    const std::vector<std::string> lines = screen().lines;
    ASSERT_EQ(lines.size(), 14u);
    EXPECT_EQ(lines.back(), "... and 8 more");
    live.on_end(1, 1, 0);
    EXPECT_EQ(screen().lines.size(), 1u);
}

TEST_F(ProgressTest, TimeLeftIsUnknownBeforeTheFirstFigures) {
    Progress live = progress(Terminal{100});
    live.on_idle();
    EXPECT_THAT(screen().lines, ElementsAre("0/2 trials  0 images/s  2 s gone, time left not known yet"));
}

}  // namespace
}  // namespace dropsweep::record
