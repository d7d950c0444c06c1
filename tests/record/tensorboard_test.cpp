// Event files of TensorBoard, record by record.
#include "dropsweep/record/tensorboard.hpp"

#include <cstring>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::record {
namespace {

/// The contents of the records, whose checksums are right.
std::vector<std::string> records_in(const std::filesystem::path& path) {
    const std::string bytes = system::read_file(path);
    const auto is_sum_of = [&](std::size_t at, std::string_view content) {
        const std::uint32_t crc = crc32c(content);
        std::uint32_t sum = 0;
        std::memcpy(&sum, bytes.data() + at, sizeof sum);
        return sum == ((crc >> 15 | crc << 17) + 0xa282ead8U);
    };
    std::vector<std::string> records;
    for (std::size_t at = 0; at < bytes.size();) {
        std::uint64_t length = 0;
        std::memcpy(&length, bytes.data() + at, sizeof length);
        EXPECT_TRUE(is_sum_of(at + 8, bytes.substr(at, 8)));
        records.push_back(bytes.substr(at + 12, length));
        EXPECT_TRUE(is_sum_of(at + 12 + length, records.back()));
        at += 16 + length;
    }
    return records;
}

train::EpochRecord epoch(std::uint32_t number) {
    train::EpochRecord record;
    record.epoch = number;
    return record;
}

// RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRC algorithms.
TEST(Crc32c, KnownValues) {
    EXPECT_EQ(crc32c(""), 0U);
    EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
    EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
}

TEST(TensorBoard, ATrialThatGoesOnIsWrittenAnew) {
    const TemporaryDirectory run;
    const std::vector<sweep::Trial> trials = {{sweep::DropoutSetting::parse("0.3"), 2},
                                              {sweep::DropoutSetting::parse("0.3"), 3}};
    const std::filesystem::path file = run / "tensorboard/p0.3-s2/events.out.tfevents";
    {
        TensorBoard board(run.path(), trials, {{"batch-size", "31"}, {"hidden", "9,7"}});
        for (std::uint32_t e = 0; e < 3; ++e) board.on_epoch(0, epoch(e), {});
        // Live: what has happened is there.
        EXPECT_EQ(records_in(file).size(), 5U);
        EXPECT_THAT(records_in(file)[0], testing::HasSubstr("brain.Event:2"));
        for (const char* parameter : {"batch-size", "9,7", "dropout"}) {
            EXPECT_THAT(records_in(file)[1], testing::HasSubstr(parameter));
        }
        EXPECT_THAT(records_in(file)[2], testing::HasSubstr("val_accuracy"));
    }
    TensorBoard board(run.path(), trials, {});
    board.on_resume(0, {epoch(0), epoch(1)});
    board.on_resume(0, {epoch(0), epoch(1)});  // when its group grows
    board.on_epoch(0, epoch(2), {});
    sweep::TrialOutcome outcome;
    outcome.result.status = train::Status::diverged;
    board.on_outcome(0, outcome);
    EXPECT_EQ(records_in(file).size(), 6U) << "version, parameters, three epochs, the end";
    outcome.result.status = train::Status::completed;
    board.on_outcome(1, outcome);
    EXPECT_THAT(records_in(run / "tensorboard/p0.3-s3/events.out.tfevents")[2], testing::HasSubstr("test_accuracy"));
}

TEST(TensorBoard, AFileThatCannotBeWritten) {
    const TemporaryDirectory run;
    TensorBoard board(run.path(), {{sweep::DropoutSetting::parse("0"), 1}}, {});
    std::filesystem::create_directories(run / "tensorboard/p0-s1/events.out.tfevents");
    EXPECT_THAT(
        error_of(ExitCode::io_error, [&] { board.on_epoch(0, epoch(0), {}); }),
        testing::AllOf(testing::HasSubstr("p0-s1/events.out.tfevents"), testing::HasSubstr("leave out --tensorboard")));
}

}  // namespace
}  // namespace dropsweep::record
