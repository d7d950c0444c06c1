// Draws the progress of a sweep on standard error.
#include "dropsweep/record/progress.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "dropsweep/text/words.hpp"

namespace dropsweep::record {
namespace {

constexpr double kRedrawSeconds = 0.2;
constexpr std::size_t kMostRunningLines = 12;
constexpr std::size_t kBarWidth = 20;

std::string duration(double seconds) {
    const auto whole = static_cast<long>(seconds + 0.5);
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string bar(double share) {
    const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(kBarWidth));
    return fmt::format("[{:=<{}}{:<{}}]", "", filled, "", kBarWidth - filled);
}

std::string figures(const train::EpochRecord& record) {
    if (!std::isfinite(record.training.loss + record.validation.loss)) return "diverged: the loss is not finite";
    return fmt::format("loss {:.4f}  accuracy {:.2f} %  val_loss {:.4f}  val_accuracy {:.2f} %", record.training.loss,
                       100 * record.training.accuracy, record.validation.loss, 100 * record.validation.accuracy);
}

}  // namespace

Progress::Progress(const std::vector<sweep::Trial>& trials, const Settings& settings)
    : trials_(trials), settings_(settings) {
    for (const sweep::Trial& trial : trials_) name_width_ = std::max(name_width_, trial.id().size());
}

double Progress::images_done() const {
    std::size_t epochs = epochs_of_ended_;
    std::size_t samples = 0;
    for (const auto& [trial, running] : running_) {
        epochs += running.epochs_done() - running.epochs_before;
        samples += running.samples;
    }
    return static_cast<double>(epochs * settings_.training_samples + samples);
}

/// Estimated from the mean epochs of ended trials; while there is none, from half of the most epochs if trials may stop
/// early. Not by EpochForecast, which would be asked for each waiting trial after each one that has ended. None before
/// the first progress.
std::optional<double> Progress::seconds_left() const {
    const double done = images_done() / static_cast<double>(settings_.training_samples);
    if (done <= 0) return std::nullopt;
    double expected = settings_.stops_early ? settings_.epochs / 2.0 : settings_.epochs;
    if (ended_ > 0) expected = static_cast<double>(epochs_of_ended_) / static_cast<double>(ended_);
    const std::optional<double> trials = trials_left();
    if (!trials) return std::nullopt;
    double left = expected * std::max(*trials - static_cast<double>(running_.size()), 0.0);
    double longest = 0;  // epochs left of a running trial
    for (const auto& [trial, running] : running_) {
        const double own = static_cast<double>(running.epochs_done()) +
                           static_cast<double>(running.samples) / static_cast<double>(settings_.training_samples);
        const double rest = std::max(expected - own, 1.0);
        left += rest;
        longest = std::max(longest, rest);
    }
    const auto groups = static_cast<double>(std::max<std::size_t>(running_.size(), 1));
    const double epoch_seconds = groups * stopwatch_.seconds() / done;
    return epoch_seconds * std::max(left / static_cast<double>(settings_.groups), longest);
}

std::optional<double> Progress::trials_left() const {
    if (settings_.decides) return remaining_;
    return static_cast<double>(trials_.size() - settings_.ended_before - ended_);
}

std::string Progress::status_line() const {
    const auto left = seconds_left();
    const std::size_t ended = settings_.ended_before + ended_;
    std::string trials = fmt::format("{}/{} trials", ended, trials_.size());
    if (settings_.decides) {
        trials = fmt::format("{} trials{}", ended, remaining_ ? fmt::format(", about {:.0f} left", *remaining_) : "");
    }
    return fmt::format("{}  {:.0f} images/s  {} gone, {}", trials, images_done() / stopwatch_.seconds(),
                       duration(stopwatch_.seconds()),
                       left ? "about " + duration(*left) + " left" : std::string("time left not known yet"));
}

std::string Progress::running_line(std::size_t trial, const Running& running) const {
    const double share = static_cast<double>(running.samples) / static_cast<double>(settings_.training_samples);
    return fmt::format("{:<{}}  epoch {:>2}/{}  {}  {}", trials_[trial].id(), name_width_, running.epochs_done(),
                       settings_.epochs, bar(share), running.last ? figures(*running.last) : "");
}

void Progress::print(const std::string& lines) {
    std::string text;
    if (drawn_lines_ > 0) text = fmt::format("\x1b[{}F\x1b[J", drawn_lines_);
    drawn_lines_ = 0;
    text += lines;
    std::fputs(text.c_str(), settings_.stream);
    std::fflush(settings_.stream);
}

void Progress::draw() {
    const auto width = static_cast<std::size_t>(std::max(settings_.terminal->columns - 1, 1));
    std::string text = status_line().substr(0, width) + '\n';
    std::size_t lines = 1;
    for (const auto& [trial, running] : running_) {
        if (lines > kMostRunningLines) {
            text += fmt::format("... and {} more", running_.size() - kMostRunningLines).substr(0, width) + '\n';
            ++lines;
            break;
        }
        text += running_line(trial, running).substr(0, width) + '\n';
        ++lines;
    }
    print(text);
    drawn_lines_ = lines;
    last_drawn_ = stopwatch_.seconds();
}

void Progress::on_resume(std::size_t trial, const std::vector<train::EpochRecord>& history) {
    Running& running = running_[trial];
    if (!history.empty()) running.last = history.back();
    running.epochs_before = running.epochs_done();
    if (settings_.terminal) return;
    print(fmt::format("{:<{}}  goes on in epoch {}\n", trials_[trial].id(), name_width_, history.size() + 1));
}

void Progress::on_step(std::size_t trial, const train::StepProgress& progress) {
    Running& running = running_[trial];
    // A late report on a step of an ended epoch is ignored.
    running.samples = progress.epoch == running.epochs_done() ? progress.samples : 0;
}

void Progress::on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& /*span*/) {
    Running& running = running_[trial];
    running.last = record;
    running.samples = 0;
    if (settings_.terminal) return;
    const double speed = static_cast<double>(settings_.training_samples) / record.training_seconds;
    print(fmt::format("{:<{}}  epoch {:>2}/{}  {}  {:.0f} images/s\n", trials_[trial].id(), name_width_,
                      record.epoch + 1, settings_.epochs, figures(record), speed));
}

void Progress::on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) {
    const std::uint32_t before = running_[trial].epochs_before;
    epochs_of_ended_ += std::max(outcome.result.epochs, before) - before;
    running_.erase(trial);
    ++ended_;
    std::string line = fmt::format("{:<{}}  {} after {}", trials_[trial].id(), name_width_,
                                   to_string(outcome.result.status), text::counted(outcome.result.epochs, "epoch"));
    if (outcome.result.has_weights()) {
        line += fmt::format(", test accuracy {:.2f} %", 100 * outcome.result.test.accuracy);
    }
    if (!outcome.message.empty()) line += ": " + outcome.message;
    if (!settings_.terminal) line += "  [" + status_line() + "]";
    print(line + '\n');
    if (settings_.terminal) draw();
}

void Progress::on_idle() {
    const bool is_time = !last_drawn_ || stopwatch_.seconds() - *last_drawn_ >= kRedrawSeconds;
    if (settings_.terminal && is_time) draw();
}

void Progress::on_end(double sweep_seconds, int /*ranks*/, double idle_share) {
    const std::size_t left = settings_.decides ? 0 : trials_.size() - settings_.ended_before - ended_;
    std::string predicted;
    if (settings_.predicted_seconds && left == 0) {
        predicted = fmt::format(" (predicted: {})", duration(*settings_.predicted_seconds));
    }
    print(fmt::format("{}{} in {}{}, ranks idle for {:.0f} % of the time\n",
                      left > 0 ? fmt::format("{} of ", ended_) : "", text::counted(ended_ + left, "trial"),
                      duration(sweep_seconds), predicted, 100 * idle_share));
}

}  // namespace dropsweep::record
