// Writes event files in the TFRecord format.
#include "dropsweep/record/tensorboard.hpp"

#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"

#include "record/tensorboard.pb.h"

namespace dropsweep::record {
namespace {

using tensorboard::Event;
using tensorboard::HyperParameters;

double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// A number if the text is one, so that TensorBoard can use it as an axis.
google::protobuf::Value value_of(const std::string& text) {
    google::protobuf::Value value;
    double number = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status == std::errc() && end == text.data() + text.size()) {
        value.set_number_value(number);
    } else {
        value.set_string_value(text);
    }
    return value;
}

Event event_with(const std::string& tag, const HyperParameters& parameters) {
    Event event;
    event.set_wall_time(now());
    auto& value = *event.mutable_summary()->add_value();
    value.set_tag(tag);
    value.mutable_tensor()->set_dtype(1);
    value.mutable_tensor()->mutable_tensor_shape();
    auto& plugin = *value.mutable_metadata()->mutable_plugin_data();
    plugin.set_plugin_name("hparams");
    plugin.set_content(parameters.SerializeAsString());
    return event;
}

Event event_with(std::uint32_t step, std::initializer_list<std::pair<const char*, double>> scalars) {
    Event event;
    event.set_wall_time(now());
    event.set_step(step);
    for (const auto& [tag, number] : scalars) {
        auto& value = *event.mutable_summary()->add_value();
        value.set_tag(tag);
        value.set_simple_value(static_cast<float>(number));
    }
    return event;
}

/// Appends a TFRecord: length, masked CRC of the length, event, masked CRC of the event.
template <class File>
void append(File& file, const Event& event) {
    static_assert(std::endian::native == std::endian::little, "the file is little-endian");
    const auto bytes_of = [](const auto& number) {
        return std::string(reinterpret_cast<const char*>(&number), sizeof number);
    };
    const auto checksum = [&](std::string_view bytes) {
        return bytes_of(std::rotr(crc32c(bytes), 15) + std::uint32_t{0xa282ead8});
    };
    const std::string content = event.SerializeAsString();
    const std::string length = bytes_of(std::uint64_t{content.size()});
    errno = 0;
    file.stream << length << checksum(length) << content << checksum(content) << std::flush;
    if (file.stream.good()) return;
    throw Error(ExitCode::io_error,
                fmt::format("cannot write {}: {}; free space or check its permissions, or leave out "
                            "--tensorboard",
                            file.path.string(), std::strerror(errno)));
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
    static constexpr std::array kTable = [] {
        std::array<std::uint32_t, 256> table{};
        for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
            std::uint32_t rest = byte;
            for (int bit = 0; bit < 8; ++bit) rest = rest % 2 == 1 ? rest >> 1 ^ 0x82f63b78U : rest >> 1;
            table[byte] = rest;
        }
        return table;
    }();
    std::uint32_t crc = ~0U;
    for (const char byte : bytes) crc = kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xff] ^ crc >> 8;
    return ~crc;
}

TensorBoard::TensorBoard(const std::filesystem::path& directory, std::vector<sweep::Trial> trials,
                         std::map<std::string, std::string> settings)
    : directory_(directory / "tensorboard"), trials_(std::move(trials)), settings_(std::move(settings)) {
    system::make_directory(directory_);
}

TensorBoard::File& TensorBoard::file_of(std::size_t trial) {
    const auto [found, is_new] = files_.try_emplace(trial);
    File& file = found->second;
    if (!is_new) return file;
    const sweep::Trial& its = trials_[trial];
    system::make_directory(directory_ / its.id());
    file.path = directory_ / its.id() / "events.out.tfevents";
    file.stream.open(file.path, std::ios::binary | std::ios::trunc);
    Event version;
    version.set_wall_time(now());
    version.set_file_version("brain.Event:2");
    append(file, version);
    HyperParameters parameters;
    HyperParameters::Start& start = *parameters.mutable_session_start_info();
    for (const auto& [name, text] : settings_) (*start.mutable_hparams())[name] = value_of(text);
    (*start.mutable_hparams())["dropout"] = value_of(its.dropout.text());
    for (const sweep::Choice& choice : its.choices) (*start.mutable_hparams())[choice.option] = value_of(choice.value);
    // TensorBoard averages over the trials of a group and takes their parameters to be equal, so that the seed is no
    // parameter.
    start.set_group_name(its.name());
    start.set_start_time_secs(now());
    append(file, event_with("_hparams_/session_start_info", parameters));
    return file;
}

void TensorBoard::add(File& file, const train::EpochRecord& record) {
    if (record.epoch < file.epochs) return;
    file.epochs = record.epoch + 1;
    append(file, event_with(record.epoch, {{"loss", record.training.loss},
                                           {"accuracy", record.training.accuracy},
                                           {"val_loss", record.validation.loss},
                                           {"val_accuracy", record.validation.accuracy}}));
}

void TensorBoard::on_resume(std::size_t trial, const std::vector<train::EpochRecord>& history) {
    File& file = file_of(trial);
    for (const train::EpochRecord& record : history) add(file, record);
}

void TensorBoard::on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& /*span*/) {
    add(file_of(trial), record);
}

void TensorBoard::on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) {
    File& file = file_of(trial);
    const train::TrialResult& result = outcome.result;
    if (result.has_weights()) {
        append(file, event_with(result.epochs, {{"best_val_loss", result.best_val_loss},
                                                {"test_loss", result.test.loss},
                                                {"test_accuracy", result.test.accuracy}}));
    }
    HyperParameters parameters;
    parameters.mutable_session_end_info()->set_status(result.has_weights() ? HyperParameters::End::SUCCESS
                                                                           : HyperParameters::End::FAILURE);
    parameters.mutable_session_end_info()->set_end_time_secs(now());
    append(file, event_with("_hparams_/session_end_info", parameters));
    files_.erase(trial);
}

}  // namespace dropsweep::record
