// Encodes and validates checkpoints, and alternates between the two files of each trial.
#include "dropsweep/train/checkpoint.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/system/fence.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::train {
namespace {

namespace fs = std::filesystem;
static_assert(std::endian::native == std::endian::little, "the file is little-endian");

constexpr std::string_view kMagic = "dropsweep checkpoint 1\n";
constexpr std::array kGenerations = {0, 1};

template <class T>
std::string_view bytes_of(std::span<const T> values) {
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

template <class T>
concept Number = std::is_arithmetic_v<T>;

/// Appends the bytes of numbers in memory.
class Writer {
  public:
    template <Number... T>
    void write(const T&... values) {
        (text_.append(reinterpret_cast<const char*>(&values), sizeof(T)), ...);
    }
    void write(std::string_view bytes) { text_.append(bytes); }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

[[noreturn]] void bad(const std::string& what) {
    throw Error(ExitCode::bad_data, what);
}

/// Reads from the front of `bytes`; fails at their end.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    template <Number... T>
    void read(T&... values) {
        (std::memcpy(&values, take(sizeof(T)).data(), sizeof(T)), ...);
    }
    std::string_view take(std::size_t size) {
        if (size > bytes_.size()) bad("it ends too early");
        const std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return taken;
    }
    std::size_t left() const { return bytes_.size(); }

  private:
    std::string_view bytes_;
};

/// Fields in the order of the file, for Writer::write and Reader::read.
template <class Record>
auto fields(Record& record) {
    return std::tie(record.epoch, record.training.loss, record.training.accuracy, record.validation.loss,
                    record.validation.accuracy, record.training_seconds, record.validation_seconds);
}
template <class Check>
auto position(Check& checkpoint) {
    auto& judged = checkpoint.early_stopping;
    return std::tie(checkpoint.epoch, checkpoint.step, checkpoint.total.loss, checkpoint.total.correct,
                    checkpoint.training_seconds, judged.epoch, judged.waited, judged.best_epoch, judged.best_val_loss);
}
constexpr std::size_t kRecordBytes = sizeof(std::uint32_t) + 6 * sizeof(double);

/// A checkpoint file as views of its parts; those of the large buffers are not copies.
///
///     magic | identity | trial | position | history | sizes of the buffers | buffers | SHA-256
///
/// trial and history begin with their number of elements. All sizes have 64 bits.
class Pieces {
  public:
    Pieces(const Checkpoint& checkpoint, const system::Digest& identity, std::string_view trial) {
        const auto write = [this](const auto&... values) { head_.write(values...); };
        head_.write(kMagic);
        head_.write(bytes_of(std::span<const std::uint8_t>(identity)));
        head_.write(std::uint64_t{trial.size()});
        head_.write(trial);
        std::apply(write, position(checkpoint));
        head_.write(std::uint64_t{checkpoint.history.size()});
        for (const EpochRecord& record : checkpoint.history) std::apply(write, fields(record));
        const std::array buffers = {&checkpoint.weights, &checkpoint.moments, &checkpoint.best_weights};
        for (const linalg::FloatBuffer* buffer : buffers) head_.write(std::uint64_t{buffer->size()});

        pieces_[0] = head_.text();
        for (std::size_t i = 0; i < buffers.size(); ++i) pieces_[i + 1] = bytes_of(buffers[i]->span());
        system::Sha256 hash;
        for (const std::string_view piece : pieces_) hash.update(std::as_bytes(std::span(piece)));
        digest_ = hash.finish();
        pieces_.back() = bytes_of(std::span<const std::uint8_t>(digest_));
    }
    Pieces(const Pieces&) = delete;

    std::span<const std::string_view> get() const { return pieces_; }

  private:
    Writer head_;
    system::Digest digest_;
    std::array<std::string_view, 5> pieces_;
};

/// Checks magic and SHA-256. @return  the bytes before the SHA-256
std::string_view checked(std::string_view bytes) {
    if (!bytes.starts_with(kMagic)) bad("it is not a checkpoint of this version of dropsweep");
    system::Digest digest;
    if (bytes.size() < kMagic.size() + digest.size()) bad("it ends too early");
    const std::string_view content = bytes.substr(0, bytes.size() - digest.size());
    std::memcpy(digest.data(), bytes.data() + content.size(), digest.size());
    if (system::sha256(std::span<const char>(content)) != digest) bad("its SHA-256 does not match its content");
    return content;
}

std::vector<EpochRecord> read_history(Reader& reader, std::uint32_t epochs) {
    std::uint64_t size = 0;
    reader.read(size);
    if (size != epochs) bad(fmt::format("it has a history of {} epochs before epoch {}", size, epochs));
    if (size > reader.left() / kRecordBytes) bad("it ends too early");
    std::vector<EpochRecord> history(size);
    for (std::size_t i = 0; i < size; ++i) {
        std::apply([&](auto&... values) { reader.read(values...); }, fields(history[i]));
        if (history[i].epoch != i) bad(fmt::format("its history has epoch {} in place of {}", history[i].epoch, i));
    }
    return history;
}

}  // namespace

std::string encode(const Checkpoint& checkpoint, const system::Digest& identity, std::string_view trial) {
    const Pieces pieces(checkpoint, identity, trial);
    std::string bytes;
    for (const std::string_view piece : pieces.get()) bytes.append(piece);
    return bytes;
}

Checkpoint decode(std::string_view bytes, const system::Digest& identity, std::string_view trial,
                  std::size_t parameters, std::size_t moments) {
    Reader reader(checked(bytes));
    reader.take(kMagic.size());
    if (reader.take(identity.size()) != bytes_of(std::span<const std::uint8_t>(identity))) {
        bad("it is of another configuration or other data");
    }
    std::uint64_t length = 0;
    reader.read(length);
    if (reader.take(length) != trial) bad("it is of another trial");

    Checkpoint checkpoint;
    std::apply([&](auto&... values) { reader.read(values...); }, position(checkpoint));
    checkpoint.history = read_history(reader, checkpoint.epoch);
    std::array<std::uint64_t, 3> sizes{};
    reader.read(sizes[0], sizes[1], sizes[2]);
    const bool as_expected =
        sizes[0] == parameters && sizes[1] == moments * parameters && (sizes[2] == parameters || sizes[2] == 0);
    if (!as_expected) {
        bad(fmt::format("it is of another network: {}, {} and {} numbers instead of {} and {}", sizes[0], sizes[1],
                        sizes[2], parameters, moments * parameters));
    }
    const std::uint64_t floats = sizes[0] + sizes[1] + sizes[2];
    if (reader.left() != floats * sizeof(float)) {
        bad(fmt::format("it holds {} bytes of numbers instead of {} numbers", reader.left(), floats));
    }
    const std::array buffers = {&checkpoint.weights, &checkpoint.moments, &checkpoint.best_weights};
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (sizes[i] == 0) continue;
        *buffers[i] = linalg::FloatBuffer(sizes[i]);
        const std::string_view numbers = reader.take(sizes[i] * sizeof(float));
        std::memcpy(buffers[i]->data(), numbers.data(), numbers.size());
    }
    return checkpoint;
}

CheckpointStore::CheckpointStore(fs::path directory, const system::Digest& identity)
    : directory_(std::move(directory)), identity_(identity) {}

fs::path CheckpointStore::file_of(const std::string& trial, int generation) const {
    return directory_ / fmt::format("{}.{}", trial, generation);
}

CheckpointStore::Loaded CheckpointStore::load(const std::string& trial, std::size_t parameters, std::size_t moments) {
    Loaded loaded;
    std::optional<int> used;
    std::vector<std::string> faults;
    for (const int generation : kGenerations) {
        const fs::path path = file_of(trial, generation);
        std::error_code ignored;
        if (!fs::exists(fs::symlink_status(path, ignored))) continue;
        try {
            // Opening a named pipe could block for ever.
            if (!fs::is_regular_file(path, ignored)) bad("it is not a file");
            Checkpoint checkpoint = decode(system::read_file(path), identity_, trial, parameters, moments);
            const auto progress = [](const Checkpoint& c) { return std::pair(c.epoch, c.step); };
            if (loaded.checkpoint && progress(*loaded.checkpoint) >= progress(checkpoint)) continue;
            loaded.checkpoint = std::move(checkpoint);
            used = generation;
        } catch (const Error& error) {
            const std::string_view what = error.what();
            faults.push_back(error.code() == ExitCode::bad_data ? fmt::format("{}: {}", path.string(), what)
                                                                : std::string(what.substr(0, what.rfind("; "))));
        }
    }
    const std::string follows =
        used ? fmt::format("going on from {}", file_of(trial, *used).string()) : fmt::format("{} starts over", trial);
    for (const std::string& fault : faults) loaded.warnings.push_back(fmt::format("{}; {}", fault, follows));
    next_generation_[trial] = used ? 1 - *used : 0;
    return loaded;
}

void CheckpointStore::save(const std::string& trial, const Checkpoint& checkpoint) {
    // Finds out which generation is valid, perhaps of an earlier process, so that it is not overwritten.
    if (!next_generation_.contains(trial))
        load(trial, checkpoint.weights.size(), checkpoint.moments.size() / checkpoint.weights.size());
    system::make_directory(directory_);
    int& generation = next_generation_[trial];
    system::write_file_atomically(file_of(trial, generation), Pieces(checkpoint, identity_, trial).get());
    generation = 1 - generation;
}

void CheckpointStore::remove(const std::set<std::string>& trials) const {
    system::check_fence(directory_);
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_, error)) {
        fs::path name = entry.path().filename();
        // Also removes temporary files that a killed process has left.
        if (name.extension().string().starts_with(".tmp-")) name = name.stem();
        if (trials.contains(name.stem())) fs::remove(entry.path(), error);
        if (error) break;
    }
    if (error && error != std::errc::no_such_file_or_directory) {
        throw Error(ExitCode::io_error, fmt::format("cannot remove checkpoints in {}: {}; check its permissions",
                                                    directory_.string(), error.message()));
    }
}

}  // namespace dropsweep::train
