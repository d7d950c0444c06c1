// The manifest: program, plan, machines and data of a run.
#include "dropsweep/record/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/system/files.hpp"

#include "../support/temporary_directory.hpp"

namespace dropsweep::record {
namespace {

using nlohmann::json;

const RankMachine kOld{"old", "CPU A", "BLAS 1"};
const RankMachine kNew{"new", "CPU B", "BLAS 2"};

json written(const DataProvenance& data) {
    const TemporaryDirectory directory;
    const auto trials = sweep::make_trials(sweep::parse_dropout_list("0,0.5"), {1});
    const sweep::Plan plan = sweep::make_plan(trials, 4, {});
    const Session session{
        {"dropsweep", "sweep", "--dropout", "0,0.5"}, plan, {kOld, kNew, kOld, kNew}, train::TrainingOptions(), 1};
    write_manifest(directory.path() / "manifest.json", session, data);
    return json::parse(system::read_file(directory.path() / "manifest.json"));
}

TEST(Manifest, MachinesOfAllRanksInOrder) {
    const comm::Communicator world = comm::Communicator::world();
    const std::vector<RankMachine> machines = gather_machines(world, {});
    ASSERT_EQ(machines.size(), static_cast<std::size_t>(world.size()));
    for (const RankMachine& machine : machines) {
        EXPECT_EQ(machine.host, comm::host_name());
        EXPECT_THAT(machine.products, testing::StartsWith("own "));
        EXPECT_FALSE(machine.cpu.empty());
    }
}

TEST(Manifest, HoldsPlanMachinesAndData) {
    DataProvenance data{.source = "synthetic",
                        .note = "",
                        .sha256 = "ab12",
                        .initial_weights_sha256 = "cd34",
                        .training_samples = 90,
                        .validation_samples = 10,
                        .test_samples = 20,
                        .rows = 4,
                        .columns = 5,
                        .classes = 3};
    const json manifest = written(data);
    EXPECT_EQ(manifest["program"]["name"], "dropsweep");
    EXPECT_EQ(manifest["program"]["version"], version());
    EXPECT_EQ(manifest["program"]["command"], json({"dropsweep", "sweep", "--dropout", "0,0.5"}));
    EXPECT_EQ(manifest["precision"], "fp32");
    EXPECT_EQ(manifest["gemm"], "auto");
    EXPECT_EQ(manifest["rules"], "keras");
    EXPECT_EQ(manifest["initial_weights_sha256"], "cd34");
    EXPECT_EQ(manifest["blas_threads"], 1);
    EXPECT_EQ(manifest["machines"],
              json::parse(R"([{"host": "old", "cpu": "CPU A", "products": "BLAS 1", "ranks": [0, 2]},
                              {"host": "new", "cpu": "CPU B", "products": "BLAS 2", "ranks": [1, 3]}])"));
    EXPECT_EQ(manifest["plan"], json::parse(R"({"ranks": 4, "elastic": true, "leaves": 1, "trials": 2,
                              "unused_ranks": [2, 3], "groups": [{"first_rank": 0, "ranks": 1}, {"first_rank": 1, "ranks": 1}]})"));
    EXPECT_EQ(manifest["data"], json::parse(R"({"source": "synthetic", "sha256": "ab12", "training_samples": 90,
                                                "validation_samples": 10, "test_samples": 20, "rows": 4, "columns": 5,
                                                "classes": 3})"));
    data.class_names = {"0", "1", "2"};
    EXPECT_EQ(written(data)["data"], manifest["data"]);
    data.class_names = {"cat", "dog", "2"};
    EXPECT_EQ(written(data)["data"]["class_names"], json({"cat", "dog", "2"}));
    EXPECT_FALSE(manifest.contains("class_weights"));
    data.class_weights = {0.5f, 2, 1};
    EXPECT_EQ(written(data)["class_weights"], json({0.5, 2, 1}));
    data.feature_names = {"width", "height"};
    EXPECT_EQ(written(data)["data"]["feature_names"], json({"width", "height"}));
    data.note = "no MNIST here";
    EXPECT_EQ(written(data)["data"]["note"], "no MNIST here");
}

TEST(Manifest, PathThatIsNotUtf8IsStillWritten) {
    DataProvenance data;
    data.source = "/data/\xff\xfe";
    EXPECT_EQ(written(data)["data"]["source"], "/data/\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Manifest, TimeIsUtcInIsoForm) {
    EXPECT_THAT(utc_time(), testing::MatchesRegex("20[0-9]{6}T[0-9]{6}Z"));
}

TEST(Manifest, GrowsWithEachStart) {
    const TemporaryDirectory directory;
    const std::filesystem::path path = directory.path() / "manifest.json";
    const auto trials = sweep::make_trials(sweep::parse_dropout_list("0,0.5"), {1});
    write_manifest(path, {{"first"}, sweep::make_plan(trials, 2, {}), {kOld, kOld}, train::TrainingOptions(), 1}, {});
    const json first = json::parse(system::read_file(path));
    for (const char* command : {"second", "third"}) {
        write_continued_manifest(
            path, nlohmann::ordered_json::parse(system::read_file(path)),
            {{command}, sweep::make_plan(trials, 1, {}, {0}), {kNew}, train::TrainingOptions(), 1});
    }
    json grown = json::parse(system::read_file(path));
    ASSERT_EQ(grown["continued"].size(), 2u);
    EXPECT_EQ(grown["continued"][0]["program"]["command"], json({"second"}));
    EXPECT_EQ(grown["continued"][1]["program"]["command"], json({"third"}));
    EXPECT_EQ(grown["continued"][1]["plan"]["trials"], 1);
    EXPECT_EQ(grown["continued"][1]["machines"][0]["host"], "new");
    grown.erase("continued");
    EXPECT_EQ(grown, first);
}

}  // namespace
}  // namespace dropsweep::record
