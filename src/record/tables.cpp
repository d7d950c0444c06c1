// Reads and writes history.csv, summary.csv, timing.csv and settings.csv.
#include "dropsweep/record/tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "dropsweep/record/csv.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/hex.hpp"

namespace dropsweep::record {
namespace {

const std::vector<std::string> kHistoryColumns = {"trial", "dropout",  "seed",     "epoch",
                                                  "loss",  "accuracy", "val_loss", "val_accuracy"};
const std::vector<std::string> kSummaryColumns = {"trial",        "dropout",    "seed",          "status",
                                                  "epochs",       "best_epoch", "best_val_loss", "val_loss",
                                                  "val_accuracy", "test_loss",  "test_accuracy", "weights_sha256"};
const std::vector<std::string> kTimingColumns = {"event",
                                                 "trial",
                                                 "epoch",
                                                 "first_rank",
                                                 "ranks",
                                                 "start_seconds",
                                                 "seconds",
                                                 "training_seconds",
                                                 "images_per_second"};

using Event = TimingRow::Event;
constexpr std::array<std::string_view, 5> kEvents = {"epoch", "trial", "idle", "sweep", "prediction"};
constexpr std::array kStatuses = {train::Status::completed, train::Status::early_stopped, train::Status::diverged,
                                  train::Status::failed};

/// The columns of choices follow this one.
constexpr const char* kBeforeChoices = "dropout";

std::vector<std::string> with_choices(std::vector<std::string> columns, const sweep::Choices& choices) {
    auto place = std::ranges::find(columns, kBeforeChoices);
    for (const sweep::Choice& choice : choices) place = columns.insert(place + 1, choice.option);
    return columns;
}

std::vector<std::string> setting_fields(const sweep::Setting& setting) {
    std::vector<std::string> fields = {setting.dropout.text()};
    for (const sweep::Choice& choice : setting.choices) fields.push_back(choice.value);
    return fields;
}

std::vector<std::string> trial_fields(const sweep::Trial& trial) {
    std::vector<std::string> fields = setting_fields(trial);
    fields.insert(fields.begin(), trial.id());
    fields.push_back(fmt::to_string(trial.seed));
    return fields;
}

void append(std::vector<std::string>& fields, std::initializer_list<std::string> more) {
    fields.insert(fields.end(), more);
}

std::string seconds_text(double value) {
    return fmt::format("{:.6f}", value);
}

sweep::Setting read_setting(const CsvReader& row) {
    sweep::Setting setting;
    try {
        setting.dropout = sweep::DropoutSetting::parse(row.text("dropout"));
    } catch (const Error& error) {
        row.refuse(fmt::format("dropout: {}", error.what()));
    }
    for (const std::string& option : row.further_columns()) {
        if (sweep::find_axis(option) == nullptr) row.refuse(fmt::format("there is no option {}", option));
        setting.choices.push_back({option, row.text(option)});
    }
    return setting;
}

/// The record of the row's trial, made if it is new.
TrialRecord& record_of(const CsvReader& row, std::map<sweep::Trial, TrialRecord>& records) {
    const sweep::Trial trial{read_setting(row), row.count("seed")};
    if (trial.id() != row.text("trial")) {
        row.refuse(fmt::format("trial '{}' does not belong to this setting and seed", row.text("trial")));
    }
    TrialRecord& record = records[trial];
    record.trial = trial;
    return record;
}

std::uint32_t count_of_epochs(const CsvReader& row, std::string_view column) {
    return static_cast<std::uint32_t>(row.count(column, std::numeric_limits<std::uint32_t>::max()));
}

int count_of_ranks(const CsvReader& row, std::string_view column) {
    constexpr std::uint64_t kMostRanks = 1 << 24;
    return static_cast<int>(row.count(column, kMostRanks));
}

/// Loss and accuracy within their bounds, or NaN.
train::Evaluation read_evaluation(const CsvReader& row, std::string_view loss, std::string_view accuracy) {
    const train::Evaluation evaluation{row.number(loss), row.number(accuracy)};
    if (evaluation.loss < 0) row.refuse(fmt::format("{} is {}", loss, evaluation.loss));
    if (evaluation.accuracy < 0 || evaluation.accuracy > 1) {
        row.refuse(fmt::format("{} is {}, no share", accuracy, evaluation.accuracy));
    }
    return evaluation;
}

train::EpochRecord read_epoch(const CsvReader& row) {
    train::EpochRecord epoch;
    epoch.epoch = count_of_epochs(row, "epoch");
    epoch.training = read_evaluation(row, "loss", "accuracy");
    epoch.validation = read_evaluation(row, "val_loss", "val_accuracy");
    return epoch;
}

train::TrialResult read_result(const CsvReader& row) {
    train::TrialResult result;
    const auto* status = std::ranges::find_if(
        kStatuses, [&](train::Status candidate) { return to_string(candidate) == row.text("status"); });
    if (status == kStatuses.end()) row.refuse(fmt::format("status is '{}'", row.text("status")));
    result.status = *status;
    result.epochs = count_of_epochs(row, "epochs");
    result.best_epoch = count_of_epochs(row, "best_epoch");
    result.best_val_loss = row.number("best_val_loss");
    if (result.best_val_loss < 0) row.refuse(fmt::format("best_val_loss is {}", result.best_val_loss));
    result.validation = read_evaluation(row, "val_loss", "val_accuracy");
    result.test = read_evaluation(row, "test_loss", "test_accuracy");
    if (result.has_weights()) {
        if (result.best_epoch >= result.epochs) {
            row.refuse(fmt::format("best_epoch is {} of {} epochs", result.best_epoch, result.epochs));
        }
        // test_loss may be nan: it may have overflowed, and nothing is decided by it.
        for (const char* column : {"best_val_loss", "val_loss", "val_accuracy", "test_accuracy"}) {
            if (std::isnan(row.number(column))) row.refuse(fmt::format("{} is nan in a trial with weights", column));
        }
        const auto hash = text::from_hex(row.text("weights_sha256"));
        if (!hash || hash->size() != result.weights_sha256.size()) row.refuse("weights_sha256 is not a SHA-256");
        std::ranges::copy(*hash, result.weights_sha256.begin());
    }
    return result;
}

}  // namespace

const sweep::Choices& choices_of(const std::vector<TrialRecord>& trials) {
    static const sweep::Choices kNone;
    return trials.empty() ? kNone : trials.front().trial.choices;
}

std::string history_csv(const std::vector<TrialRecord>& trials) {
    std::string text = csv_line(with_choices(kHistoryColumns, choices_of(trials)));
    for (const TrialRecord& record : trials) {
        for (const train::EpochRecord& epoch : record.epochs) {
            std::vector<std::string> fields = trial_fields(record.trial);
            append(fields,
                   {fmt::to_string(epoch.epoch), csv_number(epoch.training.loss), csv_number(epoch.training.accuracy),
                    csv_number(epoch.validation.loss), csv_number(epoch.validation.accuracy)});
            text += csv_line(fields);
        }
    }
    return text;
}

std::string summary_csv(const std::vector<TrialRecord>& trials) {
    std::string text = csv_line(with_choices(kSummaryColumns, choices_of(trials)));
    for (const TrialRecord& record : trials) {
        if (!record.result) continue;
        const train::TrialResult& result = *record.result;
        std::vector<std::string> fields = trial_fields(record.trial);
        append(fields,
               {std::string(to_string(result.status)), fmt::to_string(result.epochs), fmt::to_string(result.best_epoch),
                csv_number(result.best_val_loss), csv_number(result.validation.loss),
                csv_number(result.validation.accuracy), csv_number(result.test.loss), csv_number(result.test.accuracy),
                result.has_weights() ? text::to_hex(result.weights_sha256) : ""});
        text += csv_line(fields);
    }
    return text;
}

std::string timing_csv(const std::vector<TimingRow>& rows) {
    std::string text = csv_line(kTimingColumns);
    for (const TimingRow& row : rows) {
        const bool is_epoch = row.event == Event::epoch;
        text += csv_line({std::string(kEvents[static_cast<std::size_t>(row.event)]), row.trial,
                          row.epoch ? fmt::to_string(*row.epoch) : "", fmt::to_string(row.first_rank),
                          fmt::to_string(row.ranks), row.event == Event::idle ? "" : seconds_text(row.start_seconds),
                          seconds_text(row.seconds), is_epoch ? seconds_text(row.training_seconds) : "",
                          is_epoch ? fmt::format("{:.1f}", row.images_per_second) : ""});
    }
    return text;
}

std::string settings_csv(const std::vector<sweep::Setting>& settings) {
    std::string text = csv_line(with_choices({kBeforeChoices}, settings.front().choices));
    for (const sweep::Setting& setting : settings) text += csv_line(setting_fields(setting));
    return text;
}

std::vector<sweep::Setting> read_settings(const std::filesystem::path& settings) {
    std::vector<sweep::Setting> values;
    for (CsvReader row(settings, {kBeforeChoices}, kBeforeChoices); row.next();) values.push_back(read_setting(row));
    return values;
}

std::vector<TrialRecord> read_trials(const std::filesystem::path& history, const std::filesystem::path& summary) {
    std::map<sweep::Trial, TrialRecord> records;
    for (CsvReader row(history, kHistoryColumns, kBeforeChoices); row.next();) {
        std::vector<train::EpochRecord>& epochs = record_of(row, records).epochs;
        epochs.push_back(read_epoch(row));
        if (epochs.back().epoch + 1 != epochs.size()) {
            row.refuse(fmt::format("epoch {} where {} comes next", epochs.back().epoch, epochs.size() - 1));
        }
    }
    for (CsvReader row(summary, kSummaryColumns, kBeforeChoices); row.next();) {
        TrialRecord& record = record_of(row, records);
        if (record.result) row.refuse(fmt::format("trial {} is there twice", record.trial.id()));
        record.result = read_result(row);
        if (record.result->status != train::Status::failed && record.result->epochs != record.epochs.size()) {
            row.refuse(
                fmt::format("{} epochs, but {} rows in history.csv", record.result->epochs, record.epochs.size()));
        }
    }
    std::vector<TrialRecord> trials;
    for (auto& [trial, record] : records) trials.push_back(std::move(record));
    return trials;
}

std::vector<TimingRow> read_timing(const std::filesystem::path& timing) {
    std::vector<TimingRow> rows;
    for (CsvReader row(timing, kTimingColumns); row.next();) {
        const auto* event = std::ranges::find(kEvents, row.text("event"));
        if (event == kEvents.end()) row.refuse(fmt::format("event is '{}'", row.text("event")));
        TimingRow& values = rows.emplace_back();
        values.event = static_cast<Event>(event - kEvents.begin());
        values.trial = row.text("trial");
        values.first_rank = count_of_ranks(row, "first_rank");
        values.ranks = count_of_ranks(row, "ranks");
        values.seconds = row.number("seconds");
        if (values.event != Event::idle) values.start_seconds = row.number("start_seconds");
        if (values.event == Event::epoch) {
            values.epoch = count_of_epochs(row, "epoch");
            values.training_seconds = row.number("training_seconds");
            values.images_per_second = row.number("images_per_second");
        }
    }
    return rows;
}

}  // namespace dropsweep::record
