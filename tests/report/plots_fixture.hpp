// Small runs to be drawn, and the pictures of them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dropsweep/report/plots.hpp"
#include "dropsweep/report/report_json.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/system/process.hpp"
#include "dropsweep/text/words.hpp"

#include "../support/temporary_directory.hpp"

namespace dropsweep::report {

inline record::TrialRecord trial(const std::string& dropout, std::uint64_t seed,
                                 const std::vector<train::Evaluation>& validation,
                                 train::Status status = train::Status::early_stopped, double test_accuracy = 0.9) {
    record::TrialRecord record;
    record.trial = {sweep::DropoutSetting::parse(dropout), seed};
    train::TrialResult result;
    result.status = status;
    for (const train::Evaluation& at_epoch : validation) {
        train::EpochRecord epoch;
        epoch.epoch = static_cast<std::uint32_t>(record.epochs.size());
        epoch.training = {2 * at_epoch.loss, at_epoch.accuracy / 2};
        epoch.validation = at_epoch;
        record.epochs.push_back(epoch);
        result.validation = at_epoch;
    }
    result.epochs = static_cast<std::uint32_t>(validation.size());
    result.best_val_loss = validation.empty() ? train::kNotANumber : validation.back().loss;
    result.test = {0.5, test_accuracy};
    record.result = result;
    return record;
}

inline record::TimingRow row(record::TimingRow::Event event, const std::string& id, int first_rank, int ranks,
                             double start, double seconds) {
    record::TimingRow result;
    result.event = event;
    result.trial = id;
    result.first_rank = first_rank;
    result.ranks = ranks;
    result.start_seconds = start;
    result.seconds = seconds;
    return result;
}

/// The same with learning rates: the first value's trials as they are, and again with another one.
inline record::RunRecord with_learning_rates(record::RunRecord record) {
    const std::vector<record::TrialRecord> once = record.trials;
    for (record::TrialRecord& each : record.trials) each.trial.choices = {{"learning-rate", "0.01"}};
    for (record::TrialRecord each : once) {
        each.trial.choices = {{"learning-rate", "0.001"}};
        each.result->best_val_loss += 0.1;
        record.trials.push_back(each);
    }
    return record;
}

/// Two dropout values with three seeds each, on two ranks.
inline record::RunRecord small_run() {
    record::RunRecord record;
    record.trials = {trial("0", 1, {{0.4, 0.8}, {0.2, 0.9}}, train::Status::early_stopped, 0.90),
                     trial("0", 2, {{0.6, 0.7}, {0.3, 0.85}}, train::Status::early_stopped, 0.92),
                     trial("0", 3, {{0.5, 0.75}}, train::Status::completed, 0.97),
                     trial("0.5", 1, {{0.7, 0.7}, {0.5, 0.8}, {0.4, 0.85}}),
                     trial("0.5", 2, {{0.7, 0.7}, {0.5, 0.8}}),
                     trial("0.5", 3, {{0.7, 0.7}})};
    double start = 0;
    for (const record::TrialRecord& each : record.trials) {
        const double seconds = 2.0 * static_cast<double>(each.epochs.size());
        record.timing.push_back(
            row(record::TimingRow::Event::trial, each.trial.id(), each.trial.seed == 1 ? 1 : 0, 1, start, seconds));
        for (std::size_t e = 0; e < each.epochs.size(); ++e) {
            record.timing.push_back(row(record::TimingRow::Event::epoch, each.trial.id(), each.trial.seed == 1 ? 1 : 0,
                                        1, start + 2.0 * static_cast<double>(e), 2));
        }
        start += seconds;
    }
    record.timing.push_back(row(record::TimingRow::Event::sweep, "", 0, 2, 0, start + 1));
    return record;
}

/// Every class is mistaken for the next one `mistakes` times, and right ten times.
inline record::Classification classification(std::size_t classes, std::size_t mistakes) {
    record::Classification result;
    result.trial = "p0.5-s1";
    result.names = text::number_names(classes);
    result.confusion.assign(classes * classes, 0);
    result.image_rows = 3;
    result.image_columns = 2;
    for (std::size_t truth = 0; truth < classes; ++truth) {
        const std::size_t next = (truth + 1) % classes;
        result.confusion[truth * classes + truth] = 10;
        result.confusion[truth * classes + next] = mistakes;
        for (std::size_t i = 0; i < mistakes; ++i) {
            const std::size_t index = 1000 * truth + i;
            result.mistakes.push_back({index, truth, next, 0.9999F - 0.01F * static_cast<float>(i)});
            result.images[index] = {0, 255, 128, 0, 255, 64};
        }
    }
    return result;
}

inline std::set<std::string> files_in(const std::filesystem::path& directory) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) names.insert(entry.path().filename());
    return names;
}

inline std::set<std::string> pictures_of(const std::vector<std::string>& plots) {
    std::set<std::string> names;
    for (const std::string& plot : plots) {
        for (const char* extension : {".gp", ".png", ".svg"}) names.insert(plot + extension);
    }
    return names;
}

inline const std::vector<std::string> kOfTraining = {
    "loss", "train_loss_dropout", "val_loss_dropout", "val_acc_dropout", "test_accuracy", "timeline"};

inline std::vector<std::string> all_plots(const std::string& failure) {
    std::vector<std::string> names = kOfTraining;
    names.insert(names.end(), {"fscore", "confusion", failure});
    return names;
}

/// Width and height of a PNG, from its first chunk.
inline std::pair<unsigned, unsigned> png_size(const std::filesystem::path& path) {
    const std::string bytes = system::read_file(path);
    if (!bytes.starts_with("\x89PNG\r\n\x1a\n") || bytes.find("IEND") == std::string::npos) return {0, 0};
    const auto number = [&](std::size_t at) {
        unsigned value = 0;
        for (std::size_t i = 0; i < 4; ++i) value = 256 * value + static_cast<unsigned char>(bytes[at + i]);
        return value;
    };
    return {number(16), number(20)};
}

class Plots : public testing::Test {
  protected:
    void SetUp() override {
        if (!system::run_process({"gnuplot", "--version"}, "")) GTEST_SKIP() << "gnuplot is not installed";
    }

    bool draw(const record::RunRecord& record, const std::optional<record::Classification>& classified = std::nullopt,
              std::size_t digit = 1) const {
        return draw_plots(directory_.path(), report_json(record, compare(record), classified), digit);
    }

    /// gnuplot has nothing to say about the scripts when they are run by hand, and draws the same.
    void expect_scripts_stand_alone() const {
        const TemporaryDirectory copy;
        for (const std::string& name : files_in(plots())) {
            if (!name.ends_with(".gp")) continue;
            const std::string stem = name.substr(0, name.size() - 3);
            std::filesystem::copy(plots() / name, copy / name);
            const auto result = system::run_process({"env", "-C", copy.path(), "gnuplot", "-d", name}, "");
            ASSERT_TRUE(result);
            EXPECT_EQ(result->output, "") << name;
            EXPECT_TRUE(system::read_file(copy / (stem + ".png")) == system::read_file(plots() / (stem + ".png")))
                << stem;
            EXPECT_TRUE(system::read_file(copy / (stem + ".svg")) == system::read_file(plots() / (stem + ".svg")))
                << stem;
        }
    }

    /// gnuplot has nothing to say about the scripts, and an XML parser nothing about the pictures.
    void expect_no_complaint() const {
        const TemporaryDirectory copy;
        std::vector<std::string> command = {"env", "-C", copy.path(), "gnuplot", "-d"};
        std::vector<std::string> parser = {"python3", "-c",
                                           "import sys, xml.dom.minidom as dom\nfor p in sys.argv[1:]: dom.parse(p)\n"};
        for (const std::string& name : files_in(plots())) {
            if (name.ends_with(".gp")) command.push_back(plots() / name);
            if (name.ends_with(".svg")) parser.push_back(plots() / name);
        }
        EXPECT_EQ(system::run_process(parser, "").value().output, "");
        EXPECT_EQ(system::run_process(command, "").value().output, "");
    }

    std::filesystem::path plots() const { return directory_ / "plots"; }
    std::string script(const std::string& plot) const { return system::read_file(plots() / (plot + ".gp")); }

    TemporaryDirectory directory_;
};

}  // namespace dropsweep::report
