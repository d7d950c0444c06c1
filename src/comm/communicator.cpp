// MPI calls with checked return codes, and checksums of all messages.
#include "dropsweep/comm/communicator.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/system/checksum.hpp"
#include "dropsweep/text/error.hpp"

#include "check.hpp"
#include "waiting.hpp"

namespace dropsweep::comm {
namespace {

/// The checksum at the end of each message of an Outbox.
constexpr std::size_t kChecksumBytes = sizeof(std::uint64_t);

std::vector<std::byte> with_checksum(std::span<const std::byte> head, std::span<const std::byte> values) {
    std::vector<std::byte> message(head.size() + values.size() + kChecksumBytes);
    std::ranges::copy(values, std::ranges::copy(head, message.begin()).out);
    const std::uint64_t checksum = system::checksum(std::span(message).first(message.size() - kChecksumBytes));
    std::ranges::copy(std::as_bytes(std::span(&checksum, 1)), message.end() - kChecksumBytes);
    return message;
}

}  // namespace

Communicator::Communicator(MPI_Comm handle) : handle_(handle) {
    check(MPI_Comm_rank(handle_, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(handle_, &size_), "MPI_Comm_size");
}

Communicator::Communicator(Communicator&& other) noexcept
    : handle_(std::exchange(other.handle_, MPI_COMM_NULL)), rank_(other.rank_), size_(other.size_) {}

Communicator& Communicator::operator=(Communicator&& other) noexcept {
    if (this != &other) {
        release();
        handle_ = std::exchange(other.handle_, MPI_COMM_NULL);
        rank_ = other.rank_;
        size_ = other.size_;
    }
    return *this;
}

Communicator::~Communicator() {
    release();
}

void Communicator::release() noexcept {
    if (handle_ != MPI_COMM_NULL) MPI_Comm_free(&handle_);
}

Communicator Communicator::world() {
    const Waiting waiting;
    MPI_Comm handle = MPI_COMM_NULL;
    check(MPI_Comm_dup(MPI_COMM_WORLD, &handle), "MPI_Comm_dup");
    return Communicator(handle);
}

std::vector<int> Communicator::world_ranks() const {
    MPI_Group own = MPI_GROUP_NULL;
    MPI_Group world = MPI_GROUP_NULL;
    check(MPI_Comm_group(handle_, &own), "MPI_Comm_group");
    check(MPI_Comm_group(MPI_COMM_WORLD, &world), "MPI_Comm_group");
    std::vector<int> members(static_cast<std::size_t>(size_));
    std::iota(members.begin(), members.end(), 0);
    std::vector<int> ranks(members.size());
    check(MPI_Group_translate_ranks(own, size_, members.data(), world, ranks.data()), "MPI_Group_translate_ranks");
    MPI_Group_free(&own);
    MPI_Group_free(&world);
    return ranks;
}

Communicator Communicator::duplicate() const {
    const Waiting waiting;
    MPI_Comm handle = MPI_COMM_NULL;
    check(MPI_Comm_dup(handle_, &handle), "MPI_Comm_dup");
    return Communicator(handle);
}

Communicator Communicator::split(int color, int key) const {
    const Waiting waiting;
    MPI_Comm handle = MPI_COMM_NULL;
    check(MPI_Comm_split(handle_, color, key, &handle), "MPI_Comm_split");
    return Communicator(handle);
}

Communicator Communicator::split_by_node() const {
    const Waiting waiting;
    MPI_Comm handle = MPI_COMM_NULL;
    check(MPI_Comm_split_type(handle_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &handle), "MPI_Comm_split_type");
    return Communicator(handle);
}

std::vector<int> Communicator::nodes() const {
    int first = rank_;
    split_by_node().broadcast(first, 0);
    return all_gather(first);
}

Communicator Communicator::create_group(std::span<const int> ranks) const {
    const Waiting waiting;
    MPI_Group own = MPI_GROUP_NULL;
    MPI_Group group = MPI_GROUP_NULL;
    MPI_Comm handle = MPI_COMM_NULL;
    check(MPI_Comm_group(handle_, &own), "MPI_Comm_group");
    check(MPI_Group_incl(own, as_count(ranks.size()), ranks.data(), &group), "MPI_Group_incl");
    check(MPI_Comm_create_group(handle_, group, 0, &handle), "MPI_Comm_create_group");
    MPI_Group_free(&group);
    MPI_Group_free(&own);
    return Communicator(handle);
}

void Communicator::barrier() const {
    complete([&](MPI_Request* request) { return MPI_Ibarrier(handle_, request); }, "MPI_Ibarrier");
}

void Communicator::broadcast_bytes(std::span<std::byte> bytes, int root) const {
    const auto broadcast = [&](void* piece, std::size_t size) {
        complete(
            [&](MPI_Request* request) { return MPI_Ibcast(piece, as_count(size), MPI_BYTE, root, handle_, request); },
            "MPI_Ibcast");
    };
    // In pieces: MPI counts are int, and a data set may be larger than 2 GiB.
    constexpr std::size_t kPiece = std::size_t{1} << 28;
    std::span<std::byte> rest = bytes;
    do {
        const std::size_t size = std::min(rest.size(), kPiece);
        broadcast(rest.data(), size);
        rest = rest.subspan(size);
    } while (!rest.empty());
    const std::uint64_t own = system::checksum(bytes);
    std::uint64_t checksum = own;
    broadcast(&checksum, kChecksumBytes);
    require_unaltered(checksum == own);
}

void Communicator::all_gather_bytes(std::span<std::byte> all, std::span<const std::size_t> counts,
                                    std::size_t element) const {
    std::vector<int> byte_counts;
    std::vector<int> offsets;
    std::size_t offset = 0;
    for (const std::size_t count : counts) {
        byte_counts.push_back(as_count(count * element));
        offsets.push_back(as_count(offset));
        offset += count * element;
    }
    complete(
        [&](MPI_Request* request) {
            return MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all.data(), byte_counts.data(), offsets.data(),
                                   MPI_BYTE, handle_, request);
        },
        "MPI_Iallgatherv");
    std::vector<std::uint64_t> own(counts.size());
    for (std::size_t rank = 0; rank < own.size(); ++rank) {
        own[rank] = system::checksum(all.subspan(static_cast<std::size_t>(offsets[rank]), counts[rank] * element));
    }
    std::vector<std::uint64_t> checksums = own;
    complete(
        [&](MPI_Request* request) {
            return MPI_Iallgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, checksums.data(), kChecksumBytes, MPI_BYTE,
                                  handle_, request);
        },
        "MPI_Iallgather");
    require_unaltered(checksums == own);
}

void Communicator::shift_bytes(std::span<const std::byte> bytes, int destination, std::span<std::byte> received,
                               int source) const {
    const auto exchange = [&](std::span<const std::byte> out, std::span<std::byte> in) {
        std::array<MPI_Request, 2> requests{};
        check(MPI_Isend(out.data(), as_count(out.size()), MPI_BYTE, destination, 0, handle_, &requests[0]),
              "MPI_Isend");
        check(MPI_Irecv(in.data(), as_count(in.size()), MPI_BYTE, source, 0, handle_, &requests[1]), "MPI_Irecv");
        wait_for_all(requests);
    };
    exchange(bytes, received);
    const std::uint64_t sent = system::checksum(bytes);
    std::uint64_t checksum = 0;
    exchange(std::as_bytes(std::span(&sent, 1)), std::as_writable_bytes(std::span(&checksum, 1)));
    require_unaltered(checksum == system::checksum(received));
}

std::vector<std::byte> Communicator::receive_bytes(const Arrival& arrival) const {
    const Waiting waiting;
    std::vector<std::byte> message = take_message(handle_, arrival.source, arrival.tag);
    require_length(message.size(), kChecksumBytes, 1);
    std::uint64_t checksum = 0;
    std::memcpy(&checksum, message.data() + message.size() - kChecksumBytes, kChecksumBytes);
    message.resize(message.size() - kChecksumBytes);
    require_unaltered(checksum == system::checksum(message));
    return message;
}

void Communicator::require_length(std::size_t bytes, std::size_t head, std::size_t element) {
    if (bytes == head || (bytes > head && element > 0 && (bytes - head) % element == 0)) return;
    throw Error(ExitCode::failure, fmt::format("a rank sent a message of {} bytes that has to be of {}{}; run the same "
                                               "program on all ranks",
                                               bytes, head, element > 0 ? " or more" : ""));
}

bool Communicator::probe(int source, int tag) const {
    int arrived = 0;
    check(MPI_Iprobe(source, tag, handle_, &arrived, MPI_STATUS_IGNORE), "MPI_Iprobe");
    return arrived != 0;
}

std::optional<Communicator::Arrival> Communicator::probe() const {
    int arrived = 0;
    MPI_Status status;
    check(MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, handle_, &arrived, &status), "MPI_Iprobe");
    if (arrived == 0) return std::nullopt;
    return Arrival{status.MPI_SOURCE, status.MPI_TAG};
}

void Outbox::send_bytes(std::span<const std::byte> head, std::span<const std::byte> values, int destination, int tag) {
    is_empty();
    Parcel& parcel = parcels_.emplace_back();
    parcel.bytes = std::make_unique<std::vector<std::byte>>(with_checksum(head, values));
    if (std::exchange(flips_next_, false)) parcel.bytes->front() ^= std::byte{1};
    check(MPI_Isend(parcel.bytes->data(), as_count(parcel.bytes->size()), MPI_BYTE, destination, tag,
                    communicator_->handle(), &parcel.request),
          "MPI_Isend");
}

bool Outbox::is_empty() {
    while (!parcels_.empty()) {
        int sent = 0;
        check(MPI_Test(&parcels_.front().request, &sent, MPI_STATUS_IGNORE), "MPI_Test");
        if (sent == 0) return false;
        parcels_.pop_front();
    }
    return true;
}

void Outbox::flush() {
    for (; !parcels_.empty(); parcels_.pop_front()) wait_for_all({&parcels_.front().request, 1});
}

Outbox::~Outbox() {
    for (Parcel& parcel : parcels_) {
        int sent = 0;
        MPI_Test(&parcel.request, &sent, MPI_STATUS_IGNORE);
        if (sent != 0) continue;
        MPI_Request_free(&parcel.request);
        static_cast<void>(parcel.bytes.release());  // leaked: MPI may still read it
    }
}

}  // namespace dropsweep::comm
