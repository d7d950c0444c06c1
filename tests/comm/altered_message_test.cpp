// One bit of a message between ranks turns over: each one is noticed.
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/ordered_reduction.hpp"
#include "dropsweep/comm/ordered_sum.hpp"
#include "dropsweep/text/error.hpp"

// One bit of one message turns over between its ranks, by MPI's profiling interface: a function MPI_X that a program
// has itself is called in place of the library's, which is PMPI_X.

namespace {

bool are_watched = false;   ///< messages, in the tests below alone
std::uint64_t flip_at = 0;  ///< bit of all that rank 0 sends or, in a collective call, receives; 0: none
std::uint64_t bits = 0;     ///< that were on their way
bool counts_collectives = true;

/// The bytes are on their way now.
void travel(void* bytes, int size) {
    const std::uint64_t before = bits;
    bits += 8 * static_cast<std::uint64_t>(size);
    if (flip_at <= before || flip_at > bits) return;
    const std::uint64_t bit = flip_at - before - 1;
    static_cast<unsigned char*>(bytes)[bit / 8] ^= static_cast<unsigned char>(1 << bit % 8);
}

/// As rank 0 has it after a collective call.
void has_travelled(void* bytes, int size) {
    if (counts_collectives) travel(bytes, size);
}

/// Alone a rank sends nothing.
bool is_first_of_several(MPI_Comm communicator) {
    if (!are_watched) return false;
    int rank = 0;
    int size = 0;
    PMPI_Comm_rank(communicator, &rank);
    PMPI_Comm_size(communicator, &size);
    return rank == 0 && size > 1;
}

int bytes_of(int count, MPI_Datatype type) {
    int size = 0;
    PMPI_Type_size(type, &size);
    return count * size;
}

/// Of what has been sent the bytes must stay: they may be anything's.
std::vector<std::vector<unsigned char>> sent;
const void* as_sent(const void* bytes, int size) {
    const auto* first = static_cast<const unsigned char*>(bytes);
    sent.emplace_back(first, first + size);
    travel(sent.back().data(), size);
    return sent.back().data();
}

}  // namespace

extern "C" {

int MPI_Isend(const void* bytes, int count, MPI_Datatype type, int to, int tag, MPI_Comm on, MPI_Request* request) {
    const void* message = is_first_of_several(on) ? as_sent(bytes, bytes_of(count, type)) : bytes;
    return PMPI_Isend(message, count, type, to, tag, on, request);
}

// The collective ones block: then the bytes are there.

int MPI_Ibcast(void* bytes, int count, MPI_Datatype type, int root, MPI_Comm on, MPI_Request* request) {
    *request = MPI_REQUEST_NULL;
    const int status = PMPI_Bcast(bytes, count, type, root, on);
    if (is_first_of_several(on) && root != 0) has_travelled(bytes, bytes_of(count, type));
    return status;
}

/// What comes from the last rank.
int MPI_Iallgather(const void* out, int out_count, MPI_Datatype out_type, void* all, int count, MPI_Datatype type,
                   MPI_Comm on, MPI_Request* request) {
    *request = MPI_REQUEST_NULL;
    const int status = PMPI_Allgather(out, out_count, out_type, all, count, type, on);
    int size = 0;
    PMPI_Comm_size(on, &size);
    const int bytes = bytes_of(count, type);
    if (is_first_of_several(on)) has_travelled(static_cast<char*>(all) + (size - 1) * bytes, bytes);
    return status;
}

int MPI_Iallgatherv(const void* out, int out_count, MPI_Datatype out_type, void* all, const int* counts,
                    const int* offsets, MPI_Datatype type, MPI_Comm on, MPI_Request* request) {
    *request = MPI_REQUEST_NULL;
    const int status = PMPI_Allgatherv(out, out_count, out_type, all, counts, offsets, type, on);
    int size = 0;
    PMPI_Comm_size(on, &size);
    if (is_first_of_several(on)) {
        has_travelled(static_cast<char*>(all) + bytes_of(offsets[size - 1], type), bytes_of(counts[size - 1], type));
    }
    return status;
}

}  // extern "C"

namespace dropsweep::comm {
namespace {

class AlteredMessageTest : public testing::Test {
  protected:
    void SetUp() override {
        if (world_.size() == 1) GTEST_SKIP() << "a rank alone sends no message";
        are_watched = true;
    }
    void TearDown() override { are_watched = false; }

    /// Whether the bit is noticed by any rank.
    bool notices(std::uint64_t bit, const std::function<void()>& exchange) {
        flip_at = bit;
        bits = 0;
        int notices = 0;
        try {
            exchange();
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), testing::HasSubstr("was altered on its way"));
            notices = 1;
        }
        flip_at = 0;
        PMPI_Allreduce(MPI_IN_PLACE, &notices, 1, MPI_INT, MPI_MAX, world_.handle());
        sent.clear();
        return notices != 0;
    }

    /// Every `step`th bit, with none altered first.
    void check(const std::function<void()>& exchange, std::uint64_t step = 1) {
        EXPECT_FALSE(notices(0, exchange));
        std::uint64_t all = bits;
        world_.broadcast(all, 0);
        ASSERT_GT(all, 0u);
        std::uint64_t tried = 0;
        for (std::uint64_t bit = 1; bit <= all; bit += step, ++tried) EXPECT_TRUE(notices(bit, exchange)) << bit;
        if (world_.rank() == 0) fmt::print("{} of {} bits altered, all noticed\n", tried, all);
    }

    Communicator world_ = Communicator::world();
};

TEST_F(AlteredMessageTest, Values) {
    Outbox outbox(world_);
    const std::vector<int> values = {3, 1, 4};
    check([&] {
        const int next = (world_.rank() + 1) % world_.size();
        const int previous = (world_.rank() + world_.size() - 1) % world_.size();
        outbox.send_values(std::span<const int>(values), next, 7);
        std::vector<int> received(values.size());
        world_.receive_values(std::span(received), {previous, 7});
        outbox.flush();
    });
}

TEST_F(AlteredMessageTest, Shift) {
    check([&] {
        const int next = (world_.rank() + 1) % world_.size();
        const int previous = (world_.rank() + world_.size() - 1) % world_.size();
        std::vector<int> received(3);
        world_.shift(std::span<const int>(std::vector{3, 1, 4}), next, std::span(received), previous);
    });
}

TEST_F(AlteredMessageTest, Broadcast) {
    check([&] {
        std::vector<int> values = {3, 1, 4};
        world_.broadcast(std::span(values), world_.size() - 1);
    });
}

TEST_F(AlteredMessageTest, AllGather) {
    check([&] { world_.all_gather(world_.rank()); });
}

/// Steps of a group each of whose ranks is on a node of its own; the weights of one are checked in the next.
TEST_F(AlteredMessageTest, Reduction) {
    counts_collectives = false;  // after which other ranks wait for the one that has noticed
    const auto leaves = static_cast<std::size_t>(world_.size());
    const std::vector<linalg::Range> parts = {{0, 40}, {40, 70}};
    check(
        [&] {
            const Communicator node = world_.split(world_.rank(), 0);
            OrderedReduction reduction(world_, node, leaves, parts, sizeof(float), true);
            OrderedSum sum(world_, leaves);
            for (int step = 0; step < 2; ++step) {
                std::ranges::fill(reduction.sums().front(), 1.0f);
                for (const std::size_t part : {0u, 1u}) reduction.start(part);
                for (const std::size_t part : {0u, 1u}) {
                    reduction.finish(part);
                    reduction.start_gather(part);
                }
                const std::uint64_t imbalance = reduction.take_imbalance();
                reduction.finish_gathers();
                sum(std::vector<linalg::LossAndCorrect>(1), false, imbalance);
                if (step == 0) continue;
                sum(std::vector<linalg::LossAndCorrect>(1), false, reduction.take_imbalance());
            }
        },
        7);
    counts_collectives = true;
}

}  // namespace
}  // namespace dropsweep::comm
