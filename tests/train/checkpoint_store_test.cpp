// The two checkpoints that are kept of a trial: which one is used, what is damaged, what a failed write leaves.
#include <fstream>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "dropsweep/system/files.hpp"

#include "../support/small_disk.hpp"
#include "../support/temporary_directory.hpp"
#include "checkpoint_fixture.hpp"

namespace dropsweep::train {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
namespace fs = std::filesystem;

void write(const fs::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

class Store : public testing::Test {
  protected:
    const TemporaryDirectory run_;
    const fs::path directory_ = run_ / "checkpoints";
    const fs::path first_ = directory_ / "p0.3-s1.0";
    const fs::path second_ = directory_ / "p0.3-s1.1";

    CheckpointStore store() const { return {directory_, kIdentity}; }
    CheckpointStore::Loaded load() const { return store().load(kTrial, kParameters); }
    /// The epoch of the generation in a file.
    static std::uint32_t epoch_in(const fs::path& file) {
        return decode(system::read_file(file), kIdentity, kTrial, kParameters).epoch;
    }
    void save_epochs(std::uint32_t count) const {
        CheckpointStore saving = store();
        for (std::uint32_t epoch = 1; epoch <= count; ++epoch) saving.save(kTrial, at(epoch));
    }
    std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(directory_), {}); }
    /// Of the first and of the second file.
    void expect_epochs(std::uint32_t first, std::uint32_t second) const {
        EXPECT_EQ(epoch_in(first_), first);
        EXPECT_EQ(epoch_in(second_), second);
    }
    static void damage(const fs::path& file) {
        std::string bytes = system::read_file(file);
        bytes[bytes.size() / 2] ^= 1;
        write(file, bytes);
    }
};

TEST_F(Store, NothingIsThereAtFirst) {
    const CheckpointStore::Loaded loaded = load();
    EXPECT_FALSE(loaded.checkpoint.has_value());
    EXPECT_THAT(loaded.warnings, IsEmpty());
    EXPECT_FALSE(fs::exists(directory_));
}

TEST_F(Store, GivesBackTheLast) {
    CheckpointStore saving = store();
    for (const auto& [epoch, step] : {std::pair{0u, 5u}, {1u, 0u}, {1u, 3u}, {1u, 12u}, {2u, 0u}}) {
        saving.save(kTrial, at(epoch, step));
        const CheckpointStore::Loaded loaded = load();
        ASSERT_TRUE(loaded.checkpoint.has_value());
        expect_same(*loaded.checkpoint, at(epoch, step));
        EXPECT_THAT(loaded.warnings, IsEmpty());
    }
}

TEST_F(Store, KeepsTwoGenerations) {
    CheckpointStore saving = store();
    saving.save(kTrial, at(1));
    EXPECT_EQ(epoch_in(first_), 1u);
    EXPECT_FALSE(fs::exists(second_));
    saving.save(kTrial, at(2));
    expect_epochs(1, 2);
    saving.save(kTrial, at(3));
    expect_epochs(3, 2);
    saving.save("p0.3-s2", at(1));
    EXPECT_EQ(files(), 3);
}

TEST_F(Store, AProcessThatGoesOnReplacesTheOlder) {
    for (const bool loads : {true, false}) {  // one that does not ask must not destroy either
        for (std::uint32_t epochs = 1; epochs <= 3; ++epochs) {
            fs::remove_all(directory_);
            save_epochs(epochs);
            CheckpointStore later = store();
            if (loads) later.load(kTrial, kParameters);
            later.save(kTrial, at(9));
            const std::pair<std::uint32_t, std::uint32_t> in_files = {epoch_in(first_), epoch_in(second_)};
            EXPECT_EQ(in_files, epochs % 2 == 0 ? std::pair(9u, epochs) : std::pair(epochs, 9u)) << epochs;
        }
    }
}

TEST_F(Store, OneThatIsDamagedIsNamedAndTheOtherUsed) {
    for (const bool newer : {true, false}) {
        fs::remove_all(directory_);
        save_epochs(4);
        const fs::path& damaged = newer ? second_ : first_;
        const fs::path& whole = newer ? first_ : second_;
        damage(damaged);
        CheckpointStore store_again = store();
        const CheckpointStore::Loaded loaded = store_again.load(kTrial, kParameters);
        ASSERT_TRUE(loaded.checkpoint.has_value());
        expect_same(*loaded.checkpoint, at(newer ? 3 : 4));
        EXPECT_THAT(loaded.warnings,
                    ElementsAre(damaged.string() + ": its SHA-256 does not match its content; going on from " +
                                whole.string()));
        store_again.save(kTrial, at(7));
        EXPECT_EQ(epoch_in(damaged), 7u);
        EXPECT_EQ(epoch_in(whole), newer ? 3u : 4u);
    }
}

TEST_F(Store, BothBadStartsOver) {
    save_epochs(2);
    damage(first_);
    fs::resize_file(second_, 10);
    CheckpointStore store_again = store();
    const CheckpointStore::Loaded loaded = store_again.load(kTrial, kParameters);
    EXPECT_FALSE(loaded.checkpoint.has_value());
    EXPECT_THAT(
        loaded.warnings,
        ElementsAre(first_.string() + ": its SHA-256 does not match its content; p0.3-s1 starts over",
                    second_.string() + ": it is not a checkpoint of this version of dropsweep; p0.3-s1 starts over"));
    store_again.save(kTrial, at(1));
    store_again.save(kTrial, at(2));
    EXPECT_EQ(load().checkpoint->epoch, 2u);
    EXPECT_THAT(load().warnings, IsEmpty());
}

TEST_F(Store, OfAnotherConfigurationIsNamed) {
    save_epochs(2);
    const CheckpointStore::Loaded loaded = CheckpointStore(directory_, kOtherIdentity).load(kTrial, kParameters);
    EXPECT_FALSE(loaded.checkpoint.has_value());
    const auto says = EndsWith(": it is of another configuration or other data; p0.3-s1 starts over");
    EXPECT_THAT(loaded.warnings, ElementsAre(says, says));
}

TEST_F(Store, WhatIsNoFileIsNamed) {
    save_epochs(1);
    ASSERT_EQ(::mkfifo(second_.c_str(), 0600), 0);
    EXPECT_THAT(load().warnings,
                ElementsAre(second_.string() + ": it is not a file; going on from " + first_.string()));
    fs::remove(second_);
    fs::create_directory(second_);
    EXPECT_THAT(load().warnings, ElementsAre(HasSubstr("it is not a file; going on")));
    EXPECT_EQ(load().checkpoint->epoch, 1u);
}

TEST_F(Store, WhatMayNotBeReadIsNamed) {
    run_.open_to_all();
    save_epochs(2);
    fs::permissions(second_, fs::perms::none);
    const WithoutRootRights ordinary_user;
    if (!ordinary_user.works()) GTEST_SKIP() << "root cannot become an ordinary user here";
    const CheckpointStore::Loaded loaded = load();
    EXPECT_EQ(loaded.checkpoint->epoch, 1u);
    EXPECT_THAT(loaded.warnings, ElementsAre(AllOf(StartsWith("cannot read " + second_.string()),
                                                   EndsWith("Permission denied; going on from " + first_.string()))));
}

TEST_F(Store, KilledInTheMiddleOfASaveLosesNothing) {
    const std::string next = encode(at(3), kIdentity, kTrial);
    for (std::size_t written = 0; written <= next.size(); written += 16) {
        fs::remove_all(directory_);
        save_epochs(2);
        write(directory_ / "p0.3-s1.0.tmp-4711", next.substr(0, written));
        const CheckpointStore::Loaded loaded = load();
        ASSERT_TRUE(loaded.checkpoint.has_value());
        ASSERT_EQ(loaded.checkpoint->epoch, 2u);
        ASSERT_THAT(loaded.warnings, IsEmpty());
    }
}

TEST_F(Store, AFailedSaveLeavesBothGenerations) {
    CheckpointStore saving = store();
    saving.save(kTrial, at(1));
    saving.save(kTrial, at(2));
    // What stands where the temporary file has to be written.
    const fs::path in_the_way = directory_ / ("p0.3-s1.0.tmp-" + std::to_string(::getpid()));
    fs::create_directory(in_the_way);
    for (int attempt = 0; attempt < 2; ++attempt) {
        EXPECT_THAT(error_of(ExitCode::io_error, [&] { saving.save(kTrial, at(3)); }), HasSubstr(first_.string()));
        expect_epochs(1, 2);
    }
    fs::remove(in_the_way);
    saving.save(kTrial, at(3));
    expect_epochs(3, 2);
}

TEST_F(Store, AFullDiskLeavesBothGenerations) {
    save_epochs(2);
    CheckpointStore saving = store();
    Checkpoint large = at(3);
    large.weights = linalg::FloatBuffer(100'000);
    {
        const SmallDisk disk(100'000);
        EXPECT_NE(error_of(ExitCode::io_error, [&] { saving.save(kTrial, large); }), "");
    }
    expect_epochs(1, 2);
    EXPECT_EQ(files(), 2);
}

TEST_F(Store, MakesItsDirectoryAgainButNotThatOfTheRun) {
    CheckpointStore saving = store();
    saving.save(kTrial, at(1));
    fs::remove_all(directory_);
    saving.save(kTrial, at(2));
    EXPECT_EQ(load().checkpoint->epoch, 2u);
    CheckpointStore elsewhere(run_ / "removed/checkpoints", kIdentity);
    EXPECT_THAT(error_of(ExitCode::io_error, [&] { elsewhere.save(kTrial, at(1)); }),
                HasSubstr("No such file or directory"));
}

TEST_F(Store, RemoveTakesAllOfTheTrialsAndNothingElse) {
    store().remove({kTrial});  // there is not even a directory
    CheckpointStore saving = store();
    for (const std::uint32_t epoch : {1u, 2u}) {
        saving.save(kTrial, at(epoch));
        saving.save("p0.3-s11", at(epoch));
        saving.save("p0.5-s1", at(epoch));
    }
    write(directory_ / "p0.3-s1.1.tmp-4711", "left by a process that was killed");
    saving.remove({kTrial, "p0.5-s1"});
    EXPECT_EQ(files(), 2);
    EXPECT_FALSE(load().checkpoint.has_value());
    EXPECT_EQ(store().load("p0.3-s11", kParameters).checkpoint->epoch, 2u);
    saving.save(kTrial, at(1));
    EXPECT_EQ(epoch_in(first_), 1u);
}

TEST_F(Store, AnotherThreadRemovesTrialsThatHaveEnded) {
    CheckpointStore saving = store();
    std::vector<std::string> ended;
    for (int trial = 0; trial < 10; ++trial) saving.save(ended.emplace_back(fmt::format("p0-s{}", trial)), at(1));
    const std::jthread remover([&] {
        for (const std::string& trial : ended) saving.remove({trial});
    });
    for (std::uint32_t epoch = 1; epoch <= 10; ++epoch) saving.save(kTrial, at(epoch));
    EXPECT_EQ(load().checkpoint->epoch, 10u);
}

}  // namespace
}  // namespace dropsweep::train
