#include "dropsweep/report/page.hpp"

#include <fstream>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/temporary_directory.hpp"

namespace dropsweep::report {
namespace {

const std::string kHostile = "<script>alert('x')</script>&\"'\xff";
const std::string kHarmless = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;&#39;\ufffd";

/// As a plain condition: a failure does not print the page.
bool has(const std::string& html, const std::string& text) {
    return html.find(text) != std::string::npos;
}

TrialRecord ended(const std::string& dropout, std::uint64_t seed, train::Status status, double test_accuracy) {
    TrialRecord record{{core::Decimal::parse(dropout), seed}, {}, train::TrialResult{}};
    record.result->status = status;
    record.result->epochs = 5;
    record.result->best_epoch = 2;
    record.result->best_val_loss = 0.0712;
    record.result->validation = {0.0801, 0.9812};
    record.result->test = {0.0902, test_accuracy};
    return record;
}

/// Two dropout values with two seeds, one of them diverged and one not ended.
struct Sweep {
    RunRecord record;
    Comparison comparison;

    Sweep() {
        record.directories = {"results/run"};
        record.config = {{"hidden", "512,512"}, {"leaf-rows", "32"}};
        record.manifests = {{
            {"program",
             {{"name", "dropsweep"}, {"version", "1.2.3"}, {"command", {"bin/dropsweep", "sweep", "--seeds", "2"}}}},
            {"started", "20261123T233401Z"},
            {"mpi", "Open MPI v4"},
            {"rules", "keras-2017"},
            {"class_weights", {0.625, 1.0 / 3}},
            {"blas_threads", 1},
            {"machines", {{{"host", "node1"}, {"cpu", "CPU X"}, {"products", "own avx2"}, {"ranks", {0, 1}}}}},
            {"plan",
             {{"ranks", 2},
              {"leaves", 4},
              {"trials", 4},
              {"groups", {{{"first_rank", 0}, {"ranks", 2}}}},
              {"unused_ranks", nlohmann::json::array()}}},
            {"data",
             {{"source", "data/mnist"},
              {"sha256", "06b0d1"},
              {"training_samples", 54000},
              {"validation_samples", 6000},
              {"test_samples", 10000},
              {"rows", 28},
              {"columns", 28},
              {"feature_names", {"width", "a<b"}},
              {"classes", 10}}},
        }};
        record.trials = {ended("0", 1, train::Status::completed, 0.97),
                         ended("0", 2, train::Status::early_stopped, 0.98),
                         ended("0.5", 1, train::Status::completed, 0.985),
                         ended("0.5", 2, train::Status::diverged, 0.1),
                         {{core::Decimal::parse("0.5"), 3}, {}, std::nullopt}};
        ValueStatistics zero, half;
        zero.trials = {&record.trials[0], &record.trials[1]};
        zero.test_accuracy.summary = {2, 0.975, 0.00707, 0.9701, 0.9799};
        half.dropout = core::Decimal::parse("0.5");
        half.trials = {&record.trials[2]};
        const double none = std::nan("");
        half.test_accuracy.summary = {1, 0.985, none, none, none};
        half.test_accuracy.against_zero = Contrast{{{2, -0.0123, 0.001, -0.02, 0.003}, 0.04}, 0.0832};
        comparison.values = {zero, half};
        comparison.left_out = {&record.trials[3], &record.trials[4]};
        comparison.chosen = 1;
        comparison.chosen_trial = &record.trials[2];
    }
    Sweep(const Sweep&) = delete;

    std::string page(const std::optional<Classification>& classification = std::nullopt,
                     const std::filesystem::path& plots = "there/is/none") const {
        return report::page(record, comparison, classification, plots);
    }
};

Classification two_classes() {
    Classification result;
    result.trial = "p0.5-s1";
    result.names = {"0", "1"};
    result.confusion = {7, 3, 1, 9};
    result.image_rows = 2;
    result.image_columns = 2;
    result.mistakes = {{4, 0, 1, 0.9F}, {5, 1, 0, 0.6F}, {8, 0, 1, 0.97F}, {9, 0, 1, 0.5F}};
    for (const std::size_t index : {4U, 5U, 8U}) result.images[index] = {0, 255, 128, 7};
    return result;
}

std::vector<std::string> all(const std::string& text, const std::string& pattern) {
    const std::regex regex(pattern);
    std::vector<std::string> found;
    for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it) found.push_back((*it)[1]);
    return found;
}

TEST(Page, PartsInTheirOrder) {
    const std::string html = Sweep().page(two_classes());
    EXPECT_TRUE(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    EXPECT_TRUE(html.ends_with("</html>\n"));
    EXPECT_THAT(all(html, "<section id=\"([a-z]+)\""),
                testing::ElementsAre("results", "plots", "test", "configuration", "provenance", "repeat"));
    EXPECT_LT(html.find("class=\"verdict\""), html.find("id=\"results\""));
}

TEST(Page, IsAFunctionOfItsArguments) {
    const Sweep sweep;
    EXPECT_EQ(sweep.page(two_classes()), sweep.page(two_classes()));
}

TEST(Page, SaysWhoseRulesAndHowManyLeavesOrShardsThereWere) {
    Sweep sweep;
    EXPECT_THAT(sweep.page(), testing::HasSubstr("<dt>Rules</dt><dd>keras-2017<"));
    EXPECT_THAT(sweep.page(), testing::HasSubstr("<dt>Class weights</dt><dd>0.625 for 0, 0.3333 for 1<"));
    EXPECT_THAT(sweep.page(), testing::HasSubstr("<dt>Features</dt><dd>width, a&lt;b<"));
    EXPECT_THAT(sweep.page(), testing::HasSubstr("<dt>Leaves per trial</dt><dd>4<"));
    EXPECT_THAT(sweep.page(), testing::Not(testing::HasSubstr("Shards per trial")));
    sweep.record.manifests[0]["plan"].erase("leaves");
    sweep.record.manifests[0]["plan"]["shards"] = 3;
    EXPECT_THAT(sweep.page(), testing::HasSubstr("<dt>Shards per trial</dt><dd>3<"));
    EXPECT_THAT(sweep.page(), testing::Not(testing::HasSubstr("Leaves per trial")));
}

TEST(Page, WhatComesFromOutsideIsEscaped) {
    Sweep sweep;
    sweep.record.directories = {kHostile};
    sweep.record.config = {{kHostile, kHostile}};
    auto& manifest = sweep.record.manifests[0];
    manifest["program"]["command"] = {kHostile, kHostile};
    for (const char* key : {"started", "mpi", "precision", "rules", "class_weights"}) manifest[key] = kHostile;
    for (const char* key : {"host", "cpu", "products", "ranks"}) manifest["machines"][0][key] = kHostile;
    for (const char* key : {"source", "note", "sha256", "rows", "training_samples"}) manifest["data"][key] = kHostile;
    for (const char* key : {"leaves", "shards", "trials"}) manifest["plan"][key] = kHostile;
    for (const char* key : {"name", "version"}) manifest["program"][key] = kHostile;
    auto classification = two_classes();
    classification.trial = kHostile;
    const std::string html = sweep.page(classification);
    EXPECT_EQ(all(html, "(<script)").size(), 1U) << "the page's own";
    EXPECT_FALSE(has(html, "alert('x')"));
    EXPECT_FALSE(has(html, "\xff"));
    // Title, header, plots command, config 2, provenance 13 (the command in shell quotes), --config command.
    EXPECT_GE(all(html, "(&lt;script&gt;alert)").size(), 19U);
    EXPECT_TRUE(has(html, "<dt>" + kHarmless + "</dt><dd><code>" + kHarmless + "</code></dd>"));
}

TEST(Page, AManifestOfAnyShapeIsRead) {
    Sweep sweep;
    for (const char* text :
         {"null", "[]", "7", "{}", R"({"program":7,"machines":{"a":1},"plan":[],"data":"x"})",
          R"({"program":{"command":"x"},"plan":{"ranks":"2","groups":[1,{"ranks":{}}],"unused_ranks":3},
                                 "machines":[1,{"ranks":[-1,"a",null]}]})"}) {
        sweep.record.manifests = {nlohmann::ordered_json::parse(text)};
        EXPECT_TRUE(has(sweep.page(), "id=\"provenance\"")) << text;
    }
    sweep.record.manifests.clear();
    EXPECT_TRUE(has(sweep.page(), "id=\"provenance\""));
}

TEST(Page, NothingIsLoaded) {
    const std::string html = Sweep().page(two_classes());
    EXPECT_TRUE(has(html, "content=\"default-src 'none'; img-src data:;"));
    for (const std::string& target : all(html, "(?:src|href)=\"([^\"]{0,22})")) {
        EXPECT_TRUE(target == "data:image/png;base64," || target.starts_with("#")) << target;
    }
    for (const char* loads : {"http:", "https:", "@import", "url(", "<link", "<iframe", "//cdn"}) {
        EXPECT_FALSE(has(html, loads));
    }
}

TEST(Page, TheTableMarksTheChosenValue) {
    const std::string html = Sweep().page();
    EXPECT_EQ(all(html, "(<tr class=\"is-chosen\">)").size(), 1U);
    EXPECT_TRUE(has(html,
                    "<tr class=\"is-chosen\"><th scope=\"row\" class=\"number\">0.5"
                    "<span class=\"chosen\">chosen</span></th>"));
    EXPECT_TRUE(has(html, ">97.50 <span class=\"interval\">[97.01, 97.99]</span></td>"));
    EXPECT_TRUE(has(html, ">98.50</td>")) << "one seed has no interval";
    EXPECT_TRUE(has(html,
                    ">\u22121.23 <span class=\"interval\">[\u22122.00, +0.30]</span></td>"
                    "<td class=\"number\">0.083</td>"));
    EXPECT_FALSE(has(html, ">nan"));
    EXPECT_FALSE(has(html, "nan]"));
}

TEST(Page, TrialsThatDoNotCountAreNamed) {
    const std::string html = Sweep().page();
    EXPECT_TRUE(has(html, "p0.5-s2 (diverged), p0.5-s3 (not ended)."));
    EXPECT_TRUE(has(html, "<summary>All 5 trials</summary>"));
}

TEST(Page, TheRunCanBeRepeated) {
    Sweep sweep;
    sweep.record.directories = {"my results/it's"};
    sweep.record.manifests[0]["program"]["command"] = {"bin/dropsweep", "sweep", "--data", "a b"};
    const std::string html = sweep.page();
    EXPECT_TRUE(has(html,
                    "<code>mpirun -n 2 bin/dropsweep sweep --config &#39;my results/it&#39;\\&#39;&#39;"
                    "s/config.ini&#39;\n</code>"));
    EXPECT_TRUE(has(html, "<code>mpirun -n 2 bin/dropsweep sweep --data &#39;a b&#39;\n</code>"));
    sweep.record.manifests[0]["plan"]["ranks"] = 1;
    EXPECT_TRUE(has(sweep.page(), "<code>bin/dropsweep sweep --data"));
}

TEST(Page, ProvenanceOfEveryPart) {
    Sweep sweep;
    const std::string one = sweep.page();
    EXPECT_TRUE(has(one, "<dt>Program</dt><dd>dropsweep 1.2.3</dd>"));
    EXPECT_TRUE(has(one, "<dt>Started</dt><dd>2026-11-23 23:34:01 UTC</dd>"));
    EXPECT_TRUE(has(one, "node1: CPU X, own avx2 <span class=\"muted\">(ranks 0\u20131)</span>"));
    EXPECT_TRUE(has(one, "<dt>Groups</dt><dd>ranks 0\u20131</dd>"));
    EXPECT_TRUE(has(one, "<dt>Data SHA-256</dt><dd><code>06b0d1</code></dd>"));
    EXPECT_TRUE(has(one, "54000 training, 6000 validation, 10000 test images of 28 \u00d7 28 pixels, 10 classes"));
    EXPECT_FALSE(has(one, "Part 1"));
    sweep.record.directories.push_back("results/other");
    sweep.record.manifests.push_back(sweep.record.manifests[0]);
    sweep.record.manifests[1]["mpi"] = "MPICH 4";
    const std::string two = sweep.page();
    EXPECT_TRUE(has(two, "<h3>Part 2: results/other</h3>"));
    EXPECT_TRUE(has(two, "MPICH 4"));
    EXPECT_TRUE(has(two, "--config results/run/config.ini\nmpirun -n 2 bin/dropsweep sweep --config results/other"));
}

TEST(Page, MisreadImagesOfEachClass) {
    const std::string html = Sweep().page(two_classes());
    EXPECT_TRUE(has(html, "16 of 20 test images correctly: 80.00 %"));
    EXPECT_TRUE(has(html, "<h4>0 <span>3 of 10 missed, the 2 most confident</span></h4>"));
    EXPECT_TRUE(has(html, "<h4>1 <span>1 of 10 missed</span></h4>"));
    EXPECT_THAT(all(html, "<img src=\"data:image/png;base64,[^\"]+\" alt=\"([^\"]+)\""),
                testing::ElementsAre("true 0, read as 1 (97 %), test image 8", "true 0, read as 1 (90 %), test image 4",
                                     "true 1, read as 0 (60 %), test image 5"));
    EXPECT_FALSE(has(Sweep().page(), "<img"));
}

TEST(Page, OnlyTheChosenModelIsCalledSo) {
    Classification classification = two_classes();
    EXPECT_TRUE(has(Sweep().page(classification), "<h2>The chosen model on the test set</h2>"));
    classification.trial = "p0-s1";
    const std::string html = Sweep().page(classification);
    EXPECT_FALSE(has(html, "chosen model"));
    EXPECT_TRUE(has(html, "<h2>The model of p0-s1 on the test set</h2>"));
}

TEST(Page, PlotsAreTakenFromTheirFiles) {
    const TemporaryDirectory plots;
    for (const char* name :
         {"loss.svg", "val_loss_dropout.svg", "extra.svg", "timeline.svg", "failure8.svg", "a b.svg"}) {
        std::ofstream(plots / name) << "<svg viewBox='0 0 9 9'><defs><rect id='a'/></defs><use href='#a'/></svg>";
    }
    std::ofstream(plots / "loss.png") << "not for the page";
    std::ofstream(plots / "foreign.svg") << "no SVG at all";
    const std::string html = Sweep().page(std::nullopt, plots.path());
    EXPECT_THAT(all(html, "<figure id=\"plot-([a-z_0-9]+)\""),
                testing::ElementsAre("val_loss_dropout", "loss", "timeline"));
    EXPECT_LT(html.find("id=\"timeline\""), html.find("id=\"plot-timeline\""));
    const auto ids = all(html, " id=\"([^\"]+)\"");
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
    EXPECT_FALSE(has(html, "dropsweep report"));
}

TEST(Page, WithoutPlotsItSaysHowToDrawThem) {
    Sweep sweep;
    sweep.record.directories = {"my run", "b"};
    EXPECT_TRUE(has(sweep.page(), "<code>dropsweep report &#39;my run&#39; b</code>"));
}

TEST(Page, TheTimeOfTheSweep) {
    Sweep sweep;
    using Event = TimingRow::Event;
    const auto row = [](Event event, int first_rank, int ranks, double seconds, const std::string& trial = {}) {
        TimingRow timing;
        timing.event = event;
        timing.trial = trial;
        timing.first_rank = first_rank;
        timing.ranks = ranks;
        timing.seconds = seconds;
        return timing;
    };
    sweep.record.timing = {row(Event::trial, 0, 1, 90, "a"), row(Event::trial, 1, 1, 80, "b"),
                           row(Event::idle, 0, 1, 10), row(Event::idle, 1, 1, 20), row(Event::sweep, 0, 2, 100)};
    EXPECT_TRUE(has(sweep.page(), "2 trials in 1 min 40 s on 2 ranks; ranks idle for 15.0 % of the time."));
    EXPECT_FALSE(has(sweep.page(), "Predicted"));
    sweep.record.timing.push_back(row(Event::prediction, 0, 2, 90, "a"));
    sweep.record.timing.push_back(row(Event::prediction, 0, 2, 95));
    EXPECT_TRUE(has(sweep.page(), "15.0 % of the time. Predicted at the start: 1 min 35 s."));
    sweep.record.timing.resize(5);
    // A trial that was continued has two rows.
    sweep.record.timing.push_back(row(Event::trial, 0, 1, 40, "b"));
    EXPECT_TRUE(has(sweep.page(), "2 trials in 1 min 40 s on 2 ranks; ranks idle for 15.0 % of the time."));
    sweep.record.timing.erase(sweep.record.timing.end() - 2);
    EXPECT_FALSE(has(sweep.page(), "ranks idle")) << "the sweep has not ended";
}

}  // namespace
}  // namespace dropsweep::report
