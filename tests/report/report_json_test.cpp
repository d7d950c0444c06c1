// The facts of a run in report.json, and the page around them.
#include "dropsweep/report/report_json.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "dropsweep/report/page.hpp"

#include "plots_fixture.hpp"

namespace dropsweep::report {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;

Json json_of(const record::RunRecord& record, const std::optional<record::Classification>& classified = std::nullopt) {
    return report_json(record, compare(record), classified);
}

record::RunRecord run_with_manifest() {
    record::RunRecord record = small_run();
    record.directories = {"my results/it's"};
    record.config = {{"hidden", "512,512"}};
    record.manifests = {Json::parse(R"({"program": {"command": ["bin/dropsweep", "sweep", "--data", "a b"]},
                                        "started": "20261123T233401Z", "plan": {"ranks": 2}})")};
    return record;
}

TEST(ReportJson, SettingsAreMeansOverTheSeeds) {
    const Json report = json_of(small_run());
    EXPECT_EQ(report["axes"], Json::parse(R"([{"option": "dropout", "values": ["0", "0.5"]}])"));
    const Json& zero = report["settings"][0];
    EXPECT_EQ(zero["values"]["dropout"], "0");
    EXPECT_EQ(zero["test_accuracy"]["count"], 3);
    // 93 -+ t(0.975, 2) sqrt(13 / 3), t = 4.3027.
    EXPECT_NEAR(zero["test_accuracy"]["mean"].get<double>(), 0.93, 1e-12);
    EXPECT_NEAR(zero["test_accuracy"]["low"].get<double>(), 0.84043, 1e-5);
    EXPECT_NEAR(zero["test_accuracy"]["high"].get<double>(), 1.01957, 1e-5);
    EXPECT_TRUE(zero["test_accuracy"]["against_zero"].is_null());
    EXPECT_EQ(report["settings"][1]["test_accuracy"]["against_zero"]["count"], 3);
    EXPECT_EQ(report["verdict"]["setting"], 0);
    EXPECT_EQ(report["verdict"]["trial"], "p0-s1");
    EXPECT_EQ(report["verdict"]["text"], verdict(compare(small_run())));
    EXPECT_THAT(report["verdict"]["neighbours"], ElementsAre(1));
    EXPECT_THAT(report["verdict"]["untold"], ElementsAre(1));
    EXPECT_THAT(report["verdict"]["told"], ElementsAre());
}

// p = 0: 0.4, 0.6, 0.5 have mean 0.5 and sd 0.1; then 0.2 and 0.3, of two seeds out of three. Training losses are twice
// as large here. Of three seeds at p = 0.5 only one trains in epoch 2.
TEST(ReportJson, CurvesEndWhenFewerThanHalfOfTheSeedsTrain) {
    const Json report = json_of(small_run());
    const Json& curves = report["settings"][0]["curves"];
    EXPECT_THAT(curves["val_loss"]["seeds"], ElementsAre(3, 2));
    EXPECT_THAT(curves["val_loss"]["mean"].get<std::vector<double>>(),
                ElementsAre(testing::DoubleEq(0.5), testing::DoubleEq(0.25)));
    EXPECT_NEAR(curves["val_loss"]["sd"][0].get<double>(), 0.1, 1e-12);
    EXPECT_NEAR(curves["val_loss"]["sd"][1].get<double>(), std::sqrt(0.005), 1e-12);
    EXPECT_DOUBLE_EQ(curves["loss"]["mean"][0].get<double>(), 1.0);
    EXPECT_DOUBLE_EQ(curves["val_accuracy"]["mean"][0].get<double>(), 0.75);
    EXPECT_EQ(report["settings"][1]["curves"]["val_loss"]["mean"].size(), 2U);
}

TEST(ReportJson, SettingsOfSeveralOptions) {
    const Json report = json_of(with_learning_rates(small_run()));
    EXPECT_EQ(report["axes"], Json::parse(R"([{"option": "dropout", "values": ["0", "0.5"]},
                                              {"option": "learning-rate", "values": ["0.001", "0.01"]}])"));
    EXPECT_EQ(report["settings"].size(), 4U);
    EXPECT_EQ(report["settings"][1]["values"], Json::parse(R"({"dropout": "0", "learning-rate": "0.01"})"));
    EXPECT_EQ(report["verdict"]["setting"], 1);
    EXPECT_TRUE(report["settings"][3]["test_accuracy"]["against_zero"].is_null());
    EXPECT_EQ(report["trials"][0]["setting"], 1);
    EXPECT_EQ(report["effects"][1]["option"], "learning-rate");
    EXPECT_EQ(report["effects"][1]["values"][0]["difference"]["count"], 3);
    EXPECT_TRUE(report["effects"][1]["values"][1]["difference"].is_null());
    EXPECT_EQ(report["pairs"][0]["best_val_loss"].size(), 2U);
    record::RunRecord one_rate = with_learning_rates(small_run());
    std::erase_if(one_rate.trials,
                  [](const record::TrialRecord& each) { return each.trial.dropout != sweep::DropoutSetting(); });
    EXPECT_EQ(json_of(one_rate)["axes"].size(), 1U) << "what does not vary is no axis";
    EXPECT_EQ(json_of(one_rate)["axes"][0]["option"], "learning-rate");
}

/// 0.5 is dropped after ten seeds.
record::RunRecord run_of_a_decision() {
    record::RunRecord record;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const double noise = seed % 2 == 0 ? 0.01 : -0.01;
        record.trials.push_back(trial("0", seed, {{0.2 + noise, 0.9}}));
    }
    for (std::uint64_t seed = 1; seed <= 10; ++seed) record.trials.push_back(trial("0.5", seed, {{0.4, 0.8}}));
    record.config = {{"decide", "0.05"}, {"decide-by", "val_loss"}, {"error", "0.05"}, {"max-seeds", "200"}};
    return record;
}

TEST(ReportJson, Decision) {
    const record::RunRecord record = run_of_a_decision();
    const Json decision = json_of(record)["decision"];
    EXPECT_EQ(decision["state"], "decided");
    EXPECT_THAT(decision["survivors"], ElementsAre(0));
    ASSERT_EQ(decision["rounds"].size(), 1U);
    EXPECT_NEAR(decision["rounds"][0]["means"][0].get<double>(), 0.2, 1e-12);
    EXPECT_EQ(decision["rounds"][0]["dropped"][0]["setting"], 1);
    EXPECT_EQ(decision["rounds"][0]["dropped"][0]["better"], 0);
    EXPECT_NEAR(decision["rounds"][0]["dropped"][0]["distance"].get<double>(), 0.2, 1e-12);
    EXPECT_EQ(verdict(compare(record)),
              "Decided with 20 trials: best is p = 0; with a probability of at least 95 % no other is better by 0.05 "
              "nats of best_val_loss or more. Its test accuracy is 90.00 % with every seed. The last to be dropped was "
              "p = 0.5, after 10 seeds.");
    EXPECT_TRUE(json_of(small_run())["decision"].is_null());
}

TEST(ReportJson, ADecisionThatIsNotMade) {
    record::RunRecord record = run_of_a_decision();
    record.config["decide"] = "0.00001";
    record.config["max-seeds"] = "10";
    for (record::TrialRecord& each : record.trials) {
        // As good in the mean, and never alike.
        if (each.trial.seed % 2 == 1 && each.trial.dropout != sweep::DropoutSetting()) each.result->best_val_loss = 0;
    }
    EXPECT_EQ(verdict(compare(record)),
              "Undecided between p = 0 and 0.5 after 10 seeds, where 1e-05 nats of best_val_loss matter; a larger "
              "--decide or more --max-seeds would end it. Of them p = 0 is the best so far; its test accuracy is 90.00 "
              "% with every seed.");
    record.config["max-seeds"] = "20";
    EXPECT_TRUE(verdict(compare(record)).starts_with("Not decided yet between p = 0 and 0.5; "))
        << verdict(compare(record));
}

TEST(ReportJson, WhatIsNoNumberIsNull) {
    record::RunRecord record;
    record.trials = {trial("0.3", 1, {{0.25, 1.0}}, train::Status::completed, 1.0),
                     trial("0.8", 1, {{0.5, 0.5}, {train::kNotANumber, 0}}, train::Status::diverged),
                     {{sweep::DropoutSetting::parse("0.8"), 2}, {}, std::nullopt}};
    const Json report = json_of(record);
    EXPECT_EQ(report, Json::parse(report.dump())) << "nothing is lost on the way through a file";
    EXPECT_TRUE(report["settings"][0]["test_accuracy"]["sd"].is_null());
    EXPECT_TRUE(report["settings"][0]["curves"]["loss"]["sd"][0].is_null());
    EXPECT_TRUE(report["settings"][1]["best_val_loss"]["mean"].is_null());
    EXPECT_EQ(report["settings"][1]["curves"]["loss"]["mean"].size(), 0U);
    EXPECT_EQ(report["trials"][1]["status"], "diverged");
    EXPECT_FALSE(report["trials"][1].contains("weights_sha256"));
    EXPECT_EQ(report["trials"][2]["status"], "not ended");
    EXPECT_EQ(report["trials"][2]["setting"], 1);
}

TEST(ReportJson, Timeline) {
    using Event = record::TimingRow::Event;
    record::RunRecord record;
    record.trials = {trial("0", 1, {{0.5, 0.5}}), trial("0.3", 1, {{0.5, 0.5}})};
    record.timing = {row(Event::trial, "p0-s1", 0, 2, 0, 6),    row(Event::epoch, "p0-s1", 0, 2, 0, 2),
                     row(Event::epoch, "p0-s1", 0, 2, 2, 2),    row(Event::epoch, "p0-s1", 0, 2, 4, 2),
                     row(Event::trial, "p0.3-s1", 2, 1, 0, 10), row(Event::prediction, "p0-s1", 0, 3, 0, 4),
                     row(Event::prediction, "", 0, 3, 0, 9)};
    Json timeline = json_of(record)["timeline"];
    EXPECT_EQ(timeline["ranks"], 3);
    EXPECT_EQ(timeline["predicted_seconds"], 9);
    EXPECT_EQ(timeline["has_ended"], false);
    // 8 of 30 seconds.
    EXPECT_NEAR(timeline["idle_share"].get<double>(), 8.0 / 30, 1e-12);
    EXPECT_EQ(timeline["spans"][0], Json::parse(R"({"trial": "p0-s1", "first_rank": 0, "ranks": 2, "start": 0.0,
                                                    "seconds": 6.0, "epoch_ends": [2.0, 4.0]})"));
    EXPECT_EQ(timeline["gaps"], Json::parse(R"([{"rank": 0, "start": 6.0, "end": 10.0},
                                                {"rank": 1, "start": 6.0, "end": 10.0}])"));
    record.timing.push_back(row(Event::sweep, "", 0, 3, 0, 10));
    EXPECT_EQ(json_of(record)["timeline"]["has_ended"], true);
}

TEST(ReportJson, Classes) {
    const Json classes = json_of(small_run(), classification(3, 2))["classification"];
    EXPECT_THAT(classes["confusion"][1], ElementsAre(0, 10, 2));
    EXPECT_NEAR(classes["scores"][2]["recall"].get<double>(), 10.0 / 12, 1e-12);
    EXPECT_EQ(classes["mistakes"].size(), 6U);
    EXPECT_EQ(classes["mistakes"][0]["pixels"], "00ff8000ff40");
    EXPECT_EQ(classes["image"], Json::parse(R"({"rows": 3, "columns": 2})"));
}

TEST(ReportJson, CommandsAreQuotedForAShell) {
    record::RunRecord record = run_with_manifest();
    const Json part = json_of(record)["parts"][0];
    EXPECT_EQ(part["command"], "mpirun -n 2 bin/dropsweep sweep --data 'a b'");
    EXPECT_EQ(part["repeat"], R"(mpirun -n 2 bin/dropsweep sweep --config 'my results/it'\''s/config.ini')");
    record.manifests[0]["plan"]["ranks"] = 1;
    EXPECT_EQ(json_of(record)["parts"][0]["command"], "bin/dropsweep sweep --data 'a b'");
    record.manifests = {"null", {{"program", 7}}, {{"program", {{"command", "x"}}}, {"plan", {{"ranks", "2"}}}}};
    EXPECT_EQ(json_of(record)["parts"][2]["command"], "x") << "a manifest is a file, and may hold anything";
}

TEST(Page, HoldsTheReportAndNothingThatEndsIt) {
    record::RunRecord record = run_with_manifest();
    record.config = {{"<!--<script>", "</script><script>alert('x')</script>"}};
    record.manifests[0]["mpi"] = "a\xff{{REPORT}}<b>";
    const Json report = json_of(record, classification(3, 2));
    const std::string replaced = report.dump(-1, ' ', false, Json::error_handler_t::replace);
    const std::string html = page(replaced);
    EXPECT_EQ(html, page(replaced));
    EXPECT_TRUE(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    EXPECT_TRUE(html.ends_with("</html>\n"));
    const std::string start = "<script type=\"application/json\" id=\"report\">";
    const std::size_t at = html.find(start) + start.size();
    const std::string inside = html.substr(at, html.find("</script>", at) - at);
    EXPECT_EQ(inside.find('<'), std::string::npos);
    EXPECT_EQ(Json::parse(inside), Json::parse(replaced));
    // Nothing is loaded from anywhere.
    const std::string around = html.substr(0, at) + html.substr(html.find("</script>", at));
    for (const char* loads : {"https:", "@import", "url(", "<link", "<iframe", "src=", "innerHTML"}) {
        EXPECT_EQ(around.find(loads), std::string::npos) << loads;
    }
}

}  // namespace
}  // namespace dropsweep::report
