#include "dropsweep/report/run_files.hpp"

#include <fmt/format.h>

#include "dropsweep/core/files.hpp"
#include "dropsweep/core/hex.hpp"
#include "dropsweep/report/csv.hpp"

namespace dropsweep::report {
namespace {

std::vector<std::string> trial_fields(const sweep::Trial& trial) {
    return {trial.id(), trial.dropout.text(), fmt::to_string(trial.seed)};
}

void append(std::vector<std::string>& fields, std::initializer_list<std::string> more) {
    fields.insert(fields.end(), more);
}

std::string seconds(double value) {
    return fmt::format("{:.6f}", value);
}

}  // namespace

RunFiles::RunFiles(std::filesystem::path directory, const std::vector<sweep::Trial>& trials,
                   std::size_t training_samples)
    : directory_(std::move(directory)),
      trials_(trials),
      training_samples_(training_samples),
      epochs_(trials.size()),
      outcomes_(trials.size()) {}

void RunFiles::on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& span) {
    epochs_[trial].push_back({record, span});
    epochs_changed_ = true;
}

void RunFiles::on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) {
    outcomes_[trial] = outcome;
    outcomes_changed_ = true;
}

void RunFiles::on_calm() {
    if (Clock::now() >= next_write_) write();
}

void RunFiles::write() {
    const Clock::time_point start = Clock::now();
    if (epochs_changed_) core::write_file_atomically(directory_ / "history.csv", history());
    if (outcomes_changed_) core::write_file_atomically(directory_ / "summary.csv", summary());
    if (epochs_changed_ || outcomes_changed_) core::write_file_atomically(directory_ / "timing.csv", timing());
    epochs_changed_ = outcomes_changed_ = false;
    // A sweep of thousands of trials must not spend its time on rewriting them.
    constexpr int kMostShare = 20;
    next_write_ = Clock::now() + kMostShare * (Clock::now() - start);
}

void RunFiles::on_end(double sweep_seconds, const std::vector<double>& idle_seconds) {
    sweep_seconds_ = sweep_seconds;
    idle_seconds_ = idle_seconds;
    outcomes_changed_ = true;
    write();
}

std::string RunFiles::history() const {
    std::string text = csv_line({"trial", "dropout", "seed", "epoch", "loss", "accuracy", "val_loss", "val_accuracy"});
    for (std::size_t t = 0; t < trials_.size(); ++t) {
        for (const Epoch& epoch : epochs_[t]) {
            std::vector<std::string> fields = trial_fields(trials_[t]);
            append(fields, {fmt::to_string(epoch.record.epoch), csv_number(epoch.record.training.loss),
                            csv_number(epoch.record.training.accuracy), csv_number(epoch.record.validation.loss),
                            csv_number(epoch.record.validation.accuracy)});
            text += csv_line(fields);
        }
    }
    return text;
}

std::string RunFiles::summary() const {
    std::string text = csv_line({"trial", "dropout", "seed", "status", "epochs", "best_epoch", "best_val_loss",
                                 "val_loss", "val_accuracy", "test_loss", "test_accuracy", "weights_sha256"});
    for (std::size_t t = 0; t < trials_.size(); ++t) {
        if (!outcomes_[t]) continue;
        const train::TrialResult& result = outcomes_[t]->result;
        std::vector<std::string> fields = trial_fields(trials_[t]);
        append(fields,
               {std::string(to_string(result.status)), fmt::to_string(result.epochs), fmt::to_string(result.best_epoch),
                csv_number(result.best_val_loss), csv_number(result.validation.loss),
                csv_number(result.validation.accuracy), csv_number(result.test.loss), csv_number(result.test.accuracy),
                result.has_weights() ? core::to_hex(result.weights_sha256) : ""});
        text += csv_line(fields);
    }
    return text;
}

std::string RunFiles::timing() const {
    std::string text = csv_line({"event", "trial", "epoch", "first_rank", "ranks", "start_seconds", "seconds",
                                 "training_seconds", "images_per_second"});
    const auto place = [](const sweep::Span& span) -> std::vector<std::string> {
        return {fmt::to_string(span.group.first_rank), fmt::to_string(span.group.ranks), seconds(span.start_seconds),
                seconds(span.seconds)};
    };
    const auto line = [&](std::vector<std::string> fields, const std::vector<std::string>& more) {
        fields.insert(fields.end(), more.begin(), more.end());
        fields.resize(9);
        text += csv_line(fields);
    };
    for (std::size_t t = 0; t < trials_.size(); ++t) {
        for (const Epoch& epoch : epochs_[t]) {
            std::vector<std::string> rest = place(epoch.span);
            const double training_seconds = epoch.record.training_seconds;
            append(rest, {seconds(training_seconds),
                          fmt::format("{:.1f}", static_cast<double>(training_samples_) / training_seconds)});
            line({"epoch", trials_[t].id(), fmt::to_string(epoch.record.epoch)}, rest);
        }
        if (outcomes_[t]) line({"trial", trials_[t].id(), ""}, place(outcomes_[t]->span));
    }
    for (std::size_t rank = 0; rank < idle_seconds_.size(); ++rank) {
        line({"idle", "", ""}, {fmt::to_string(rank), "1", "", seconds(idle_seconds_[rank])});
    }
    if (!idle_seconds_.empty()) {
        line({"sweep", "", ""}, {"0", fmt::to_string(idle_seconds_.size()), seconds(0), seconds(sweep_seconds_)});
    }
    return text;
}

}  // namespace dropsweep::report
