#include "dropsweep/train/checkpoint.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"

#include "../support/small_disk.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::train {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
namespace fs = std::filesystem;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr system::Digest kIdentity = {1, 2, 3};
constexpr system::Digest kOtherIdentity = {1, 2, 4};
constexpr std::size_t kParameters = 5;
const std::string kTrial = "p0.3-s1";

linalg::FloatBuffer floats(std::size_t size, float first) {
    linalg::FloatBuffer buffer(size);
    for (std::size_t i = 0; i < size; ++i) buffer.data()[i] = first + static_cast<float>(i) / 3;
    return buffer;
}

/// A checkpoint that says where it is: no two of its numbers are equal.
Checkpoint at(std::uint32_t epoch, std::uint64_t step = 0, std::size_t best = kParameters) {
    Checkpoint checkpoint;
    checkpoint.epoch = epoch;
    checkpoint.step = step;
    checkpoint.total = {.loss = 1.1 + epoch, .correct = 12'345'678'901};
    checkpoint.training_seconds = 2.2;
    for (std::uint32_t i = 0; i < epoch; ++i) {
        const double x = i;
        checkpoint.history.push_back({.epoch = i,
                                      .training = {.loss = 0.1 + x, .accuracy = 0.2 + x},
                                      .validation = {.loss = 0.3 + x, .accuracy = 0.4 + x},
                                      .training_seconds = 0.5 + x,
                                      .validation_seconds = 0.6 + x});
    }
    checkpoint.early_stopping = {.epoch = epoch, .waited = 7, .best_epoch = 8, .best_val_loss = 0.7};
    checkpoint.weights = floats(kParameters, 10);
    checkpoint.moments = floats(kParameters, 20);
    checkpoint.best_weights = floats(best, 30);
    return checkpoint;
}

bool same_bits(const linalg::FloatBuffer& a, const linalg::FloatBuffer& b) {
    return a.size() == b.size() && (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}
bool same_bits(double a, double b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

void expect_same(const Checkpoint& a, const Checkpoint& b) {
    EXPECT_EQ(a.epoch, b.epoch);
    EXPECT_EQ(a.step, b.step);
    EXPECT_EQ(a.total, b.total);
    EXPECT_EQ(a.training_seconds, b.training_seconds);
    ASSERT_EQ(a.history.size(), b.history.size());
    for (std::size_t i = 0; i < a.history.size(); ++i) {
        const EpochRecord& x = a.history[i];
        const EpochRecord& y = b.history[i];
        EXPECT_EQ(x.epoch, y.epoch);
        EXPECT_TRUE(same_bits(x.training.loss, y.training.loss) && same_bits(x.training.accuracy, y.training.accuracy));
        EXPECT_TRUE(same_bits(x.validation.loss, y.validation.loss) &&
                    same_bits(x.validation.accuracy, y.validation.accuracy));
        EXPECT_TRUE(same_bits(x.training_seconds, y.training_seconds) &&
                    same_bits(x.validation_seconds, y.validation_seconds));
    }
    EXPECT_EQ(a.early_stopping, b.early_stopping);
    EXPECT_TRUE(same_bits(a.weights, b.weights));
    EXPECT_TRUE(same_bits(a.moments, b.moments));
    EXPECT_TRUE(same_bits(a.best_weights, b.best_weights));
}

/// What decode says about the bytes; empty when it takes them.
std::string fault(std::string_view bytes, const system::Digest& identity = kIdentity, const std::string& trial = kTrial,
                  std::size_t parameters = kParameters) {
    try {
        decode(bytes, identity, trial, parameters);
        return "";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::bad_data);
        return error.what();
    }
}

/// Whole to the eye of SHA-256.
std::string sealed(std::string bytes) {
    const std::size_t end = bytes.size() - sizeof(system::Digest);
    const system::Digest digest = system::sha256(std::span<const char>(bytes).first(end));
    std::memcpy(bytes.data() + end, digest.data(), digest.size());
    return bytes;
}

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
    static void damage(const fs::path& file) {
        std::string bytes = system::read_file(file);
        bytes[bytes.size() / 2] ^= 1;
        write(file, bytes);
    }
};

TEST(Checkpoint, RoundTrip) {
    const Checkpoint checkpoint = at(3, 421);
    expect_same(decode(encode(checkpoint, kIdentity, kTrial), kIdentity, kTrial, kParameters), checkpoint);
}

TEST(Checkpoint, RoundTripOfTheBeginning) {
    Checkpoint checkpoint = at(0, 0, 0);
    checkpoint.early_stopping = {};
    ASSERT_EQ(checkpoint.early_stopping.best_val_loss, kInfinity);
    expect_same(decode(encode(checkpoint, kIdentity, kTrial), kIdentity, kTrial, kParameters), checkpoint);
}

TEST(Checkpoint, RoundTripOfNumbersThatAreNotFinite) {
    Checkpoint checkpoint = at(2);
    checkpoint.history[0].validation = {.loss = kNotANumber, .accuracy = -kInfinity};
    checkpoint.history[1].training.loss = kInfinity;
    checkpoint.weights.data()[1] = std::numeric_limits<float>::quiet_NaN();
    checkpoint.moments.data()[2] = -std::numeric_limits<float>::infinity();
    checkpoint.best_weights.data()[0] = -0.0f;
    expect_same(decode(encode(checkpoint, kIdentity, kTrial), kIdentity, kTrial, kParameters), checkpoint);
}

TEST(Checkpoint, EveryTruncationIsRecognised) {
    const std::string bytes = encode(at(2, 9), kIdentity, kTrial);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_NE(fault(bytes.substr(0, size)), "") << size;
        // And when the truncated file has a digest that fits.
        if (size >= sizeof(system::Digest)) {
            EXPECT_NE(fault(sealed(bytes.substr(0, size))), "") << size;
        }
    }
    EXPECT_NE(fault(bytes + '\0'), "");
    for (std::size_t more = 1; more < 70; ++more) EXPECT_NE(fault(sealed(bytes + std::string(more, '\0'))), "");
}

TEST(Checkpoint, EveryChangeOfAByteIsRecognised) {
    const std::string bytes = encode(at(2, 9), kIdentity, kTrial);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (int value = 0; value < 256; ++value) {
            std::string altered = bytes;
            altered[i] = static_cast<char>(value);
            if (altered == bytes) continue;
            EXPECT_NE(fault(altered), "") << "byte " << i << ": " << value;
        }
    }
}

TEST(Checkpoint, NoLengthMakesItReadOrAllocateBeyondTheFile) {
    const std::string bytes = encode(at(2, 9), kIdentity, kTrial);
    // Whichever eight bytes are a length: as if by somebody who can compute the digest.
    for (std::size_t i = 0; i + 8 <= bytes.size() - sizeof(system::Digest); ++i) {
        for (const std::uint64_t value : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 62,
                                          std::uint64_t{1} << 63, std::uint64_t{0xffffffff}}) {
            std::string altered = bytes;
            std::memcpy(altered.data() + i, &value, sizeof value);
            fault(sealed(altered));
        }
    }
    // As many epochs as the history would have.
    const std::size_t epoch = std::string_view("dropsweep checkpoint 1\n").size() + sizeof(system::Digest) + 8 + 7;
    const std::size_t history = epoch + 4 + 8 + 8 + 8 + 8 + 12 + 8;
    std::string many = bytes;
    const std::uint64_t count = 0xffffffff;
    std::memcpy(many.data() + epoch, &count, 4);
    std::memcpy(many.data() + history, &count, 8);
    EXPECT_EQ(fault(sealed(many)), "it ends too early");
}

TEST(Checkpoint, SaysWhatIsWrong) {
    const std::string bytes = encode(at(2, 9), kIdentity, kTrial);
    EXPECT_EQ(fault(bytes), "");
    EXPECT_EQ(fault(""), "it is not a checkpoint of this version of dropsweep");
    EXPECT_EQ(fault(bytes.substr(0, 40)), "it ends too early");
    EXPECT_EQ(fault(bytes.substr(0, 80)), "its SHA-256 does not match its content");
    EXPECT_EQ(fault(bytes, kOtherIdentity), "it is of another configuration or other data");
    EXPECT_EQ(fault(bytes, kIdentity, "p0.3-s2"), "it is of another trial");
    EXPECT_EQ(fault(bytes, kIdentity, "p0.3-s11"), "it is of another trial");
    EXPECT_EQ(fault(bytes, kIdentity, kTrial, 6), "it is of another network: 5, 5 and 5 numbers instead of 6 and 6");
    EXPECT_EQ(fault(encode(at(1, 0, 4), kIdentity, kTrial)),
              "it is of another network: 5, 5 and 4 numbers instead of 5 and 5");
    Checkpoint checkpoint = at(1);
    checkpoint.weights = linalg::FloatBuffer(4);
    EXPECT_EQ(fault(encode(checkpoint, kIdentity, kTrial)),
              "it is of another network: 4, 5 and 5 numbers instead of 5 and 5");
    checkpoint = at(2);
    checkpoint.epoch = 3;
    EXPECT_EQ(fault(encode(checkpoint, kIdentity, kTrial)), "it has a history of 2 epochs before epoch 3");
    checkpoint = at(2);
    checkpoint.history[1].epoch = 5;
    EXPECT_EQ(fault(encode(checkpoint, kIdentity, kTrial)), "its history has epoch 5 in place of 1");
}

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
    EXPECT_EQ(epoch_in(first_), 1u);
    EXPECT_EQ(epoch_in(second_), 2u);
    saving.save(kTrial, at(3));
    EXPECT_EQ(epoch_in(first_), 3u);
    EXPECT_EQ(epoch_in(second_), 2u);
    saving.save("p0.3-s2", at(1));
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 3);
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
    EXPECT_THAT(loaded.warnings, testing::SizeIs(2));
    EXPECT_THAT(loaded.warnings,
                testing::Each(EndsWith(": it is of another configuration or other data; p0.3-s1 starts over")));
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
        try {
            saving.save(kTrial, at(3));
            ADD_FAILURE() << "saved";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ExitCode::io_error);
            EXPECT_THAT(error.what(), HasSubstr(first_.string()));
        }
        EXPECT_EQ(epoch_in(first_), 1u);
        EXPECT_EQ(epoch_in(second_), 2u);
    }
    fs::remove(in_the_way);
    saving.save(kTrial, at(3));
    EXPECT_EQ(epoch_in(first_), 3u);
    EXPECT_EQ(epoch_in(second_), 2u);
}

TEST_F(Store, AFullDiskLeavesBothGenerations) {
    save_epochs(2);
    CheckpointStore saving = store();
    Checkpoint large = at(3);
    large.weights = linalg::FloatBuffer(100'000);
    {
        const SmallDisk disk(100'000);
        try {
            saving.save(kTrial, large);
            ADD_FAILURE() << "saved";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ExitCode::io_error);
        }
    }
    EXPECT_EQ(epoch_in(first_), 1u);
    EXPECT_EQ(epoch_in(second_), 2u);
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 2);
}

TEST_F(Store, MakesItsDirectoryAgainButNotThatOfTheRun) {
    CheckpointStore saving = store();
    saving.save(kTrial, at(1));
    fs::remove_all(directory_);
    saving.save(kTrial, at(2));
    EXPECT_EQ(load().checkpoint->epoch, 2u);
    CheckpointStore elsewhere(run_ / "removed/checkpoints", kIdentity);
    try {
        elsewhere.save(kTrial, at(1));
        ADD_FAILURE() << "saved";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::io_error);
        EXPECT_THAT(error.what(), HasSubstr("No such file or directory"));
    }
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
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 2);
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
