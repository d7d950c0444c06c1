// The communicator: groups, messages, collectives, and errors of MPI.
#include "dropsweep/comm/communicator.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/error_of.hpp"

namespace dropsweep::comm {
namespace {

class CommunicatorTest : public testing::Test {
  protected:
    Communicator world_ = Communicator::world();
    int next_ = (world_.rank() + 1) % world_.size();
    int previous_ = (world_.rank() + world_.size() - 1) % world_.size();
};

static_assert(std::is_move_constructible_v<Communicator> && !std::is_copy_constructible_v<Communicator>);

TEST_F(CommunicatorTest, WorldIsADuplicate) {
    int relation = MPI_IDENT;
    MPI_Comm_compare(world_.handle(), MPI_COMM_WORLD, &relation);
    EXPECT_EQ(relation, MPI_CONGRUENT);
    int size = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    EXPECT_EQ(world_.size(), size);
    std::vector<int> everyone(static_cast<std::size_t>(size));
    std::iota(everyone.begin(), everyone.end(), 0);
    EXPECT_EQ(world_.world_ranks(), everyone);
}

TEST_F(CommunicatorTest, AGroupIsMadeByItsMembersAlone) {
    // One rank more each time, in descending order; the ranks that are not in it come late.
    std::vector<int> ranks;
    for (int last = world_.size() - 1; last >= 0; --last) {
        ranks.push_back(last);
        if (world_.rank() < last) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            continue;
        }
        const Communicator group = world_.create_group(ranks);
        EXPECT_EQ(group.world_ranks(), ranks);
        EXPECT_EQ(ranks[static_cast<std::size_t>(group.rank())], world_.rank());
        int value = world_.rank();
        group.broadcast(value, 0);
        EXPECT_EQ(value, world_.size() - 1);
        int invalid = -1;
        EXPECT_THROW(group.broadcast(value, invalid), Error) << "errors of a new group must be returned";
    }
}

TEST_F(CommunicatorTest, SendsValuesWhoseNumberIsKnown) {
    const std::vector<int> sent = {3, 1, 4, 1, 5};
    Outbox outbox(world_);
    outbox.send_values(std::span(sent), next_, 7);
    std::vector<int> received(sent.size());
    world_.receive_values(std::span(received), {previous_, 7});
    EXPECT_EQ(received, sent);
    outbox.flush();
    EXPECT_TRUE(outbox.is_empty());
}

TEST_F(CommunicatorTest, ListsTellHowLongTheyAre) {
    Outbox outbox(world_);
    for (const std::vector<int>& sent : {std::vector<int>(), {3}, {3, 1, 4}}) {
        outbox.send_list(2.5, std::span(sent), world_.rank(), 7);
        EXPECT_EQ((world_.receive_list<double, int>({world_.rank(), 7})), (std::pair{2.5, sent}));
    }
}

TEST_F(CommunicatorTest, MessagesOfAnotherLengthAreRefused) {
    Outbox outbox(world_);
    const auto send = [&] { outbox.send(std::array<char, 5>(), world_.rank(), 7); };
    send();
    EXPECT_THROW(world_.receive<int>({world_.rank(), 7}), Error);
    send();
    EXPECT_THROW(world_.receive<double>({world_.rank(), 7}), Error);
    send();
    EXPECT_THROW((world_.receive_list<int, short>({world_.rank(), 7})), Error);
    send();
    EXPECT_THROW((world_.receive_list<double, char>({world_.rank(), 7})), Error);
    send();
    EXPECT_EQ((world_.receive_list<int, char>({world_.rank(), 7}).second.size()), 1u);
}

TEST_F(CommunicatorTest, SendingWaitsForNobody) {
    // More than any MPI sends before the receiver is there, even to itself.
    const std::vector<std::uint64_t> sent(1 << 17, 42);
    Outbox outbox(world_);
    for (int tag = 0; tag < 3; ++tag) outbox.send_values(std::span(sent), next_, tag);
    EXPECT_FALSE(outbox.is_empty());
    for (int tag = 0; tag < 3; ++tag) {
        std::vector<std::uint64_t> received(sent.size());
        world_.receive_values(std::span(received), {previous_, tag});
        EXPECT_EQ(received, sent);
    }
    outbox.flush();
}

TEST_F(CommunicatorTest, BroadcastsFromAnyRoot) {
    for (int root = 0; root < world_.size(); ++root) {
        double value = world_.rank() == root ? 0.1 + root : -1;
        world_.broadcast(value, root);
        EXPECT_EQ(value, 0.1 + root);
    }
}

TEST_F(CommunicatorTest, BroadcastsVectorsOfUnequalSize) {
    const int root = world_.size() - 1;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}}) {
        // The others start shorter, longer or empty.
        std::vector<std::uint16_t> values(static_cast<std::size_t>(world_.rank()) * 700, 9);
        std::vector<std::uint16_t> expected(size);
        std::iota(expected.begin(), expected.end(), std::uint16_t{5});
        if (world_.rank() == root) values = expected;
        world_.broadcast(values, root);
        EXPECT_EQ(values, expected);
    }
}

TEST_F(CommunicatorTest, BroadcastsText) {
    std::string text = world_.rank() == 0 ? "results/sweep" : "something else, and longer";
    world_.broadcast(text, 0);
    EXPECT_EQ(text, "results/sweep");
}

TEST_F(CommunicatorTest, GathersOneValueOfEachRank) {
    struct Pair {
        int rank;
        double value;
    };
    const std::vector<Pair> all = world_.all_gather(Pair{world_.rank(), world_.rank() / 3.0});
    ASSERT_EQ(all.size(), static_cast<std::size_t>(world_.size()));
    for (int rank = 0; rank < world_.size(); ++rank) {
        EXPECT_EQ(all[static_cast<std::size_t>(rank)].rank, rank);
        EXPECT_EQ(all[static_cast<std::size_t>(rank)].value, rank / 3.0);
    }
}

TEST_F(CommunicatorTest, GathersUnevenAndEmptyRunsInPlace) {
    // Runs of 2, 0, 5, 1 ... elements; then all of them empty but the last rank's.
    constexpr std::array<std::size_t, 4> kLengths = {2, 0, 5, 1};
    std::vector<std::size_t> uneven;
    std::vector<std::size_t> only_last;
    for (int rank = 0; rank < world_.size(); ++rank) {
        uneven.push_back(kLengths[static_cast<std::size_t>(rank) % kLengths.size()]);
        only_last.push_back(rank + 1 == world_.size() ? 3 : 0);
    }
    for (const std::vector<std::size_t>& counts : {uneven, only_last}) {
        std::vector<int> expected;
        std::vector<int> all;
        for (std::size_t rank = 0; rank < counts.size(); ++rank) {
            for (std::size_t i = 0; i < counts[rank]; ++i) {
                expected.push_back(static_cast<int>(100 * rank + i));
                all.push_back(rank == static_cast<std::size_t>(world_.rank()) ? expected.back() : -1);
            }
        }
        world_.all_gather_in_place(std::span<int>(all), counts);
        EXPECT_EQ(all, expected);
    }
}

TEST_F(CommunicatorTest, SplitsByColorInTheOrderOfTheKeys) {
    // Even and odd ranks, each in reverse order.
    const Communicator half = world_.split(world_.rank() % 2, -world_.rank());
    std::vector<int> members;
    for (int rank = world_.size() - 1; rank >= 0; --rank) {
        if (rank % 2 == world_.rank() % 2) members.push_back(rank);
    }
    EXPECT_EQ(half.world_ranks(), members);
    EXPECT_EQ(half.size(), static_cast<int>(members.size()));
    EXPECT_EQ(members[static_cast<std::size_t>(half.rank())], world_.rank());
    EXPECT_EQ(half.all_gather(world_.rank()), members);
}

TEST_F(CommunicatorTest, RanksOfThisTestShareANode) {
    EXPECT_EQ(world_.split_by_node().world_ranks(), world_.world_ranks());
    EXPECT_EQ(world_.nodes(), std::vector<int>(static_cast<std::size_t>(world_.size()), 0));
}

TEST_F(CommunicatorTest, MoveLeavesNothingBehind) {
    Communicator source = Communicator::world();
    const MPI_Comm handle = source.handle();
    Communicator moved(std::move(source));
    EXPECT_EQ(source.handle(), MPI_COMM_NULL);  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(moved.handle(), handle);

    Communicator target = moved.split(moved.rank(), 0);
    EXPECT_EQ(target.size(), 1);
    target = std::move(moved);
    EXPECT_EQ(target.handle(), handle);
    EXPECT_EQ(moved.handle(), MPI_COMM_NULL);  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(target.all_gather(target.rank()), target.world_ranks());
}

TEST_F(CommunicatorTest, ProbeSeesWhatArrivedAndFromWhom) {
    EXPECT_FALSE(world_.probe().has_value());
    world_.barrier();
    Outbox outbox(world_);
    outbox.send(1000 + world_.rank(), next_, 7);
    std::optional<Communicator::Arrival> arrival;
    while (!arrival) arrival = world_.probe();
    EXPECT_EQ(arrival->source, previous_);
    EXPECT_EQ(arrival->tag, 7);
    EXPECT_EQ(world_.receive<int>(*arrival), 1000 + previous_);
    EXPECT_FALSE(world_.probe().has_value());
    outbox.flush();
}

TEST_F(CommunicatorTest, DuplicateHearsNothingOfTheOriginal) {
    const Communicator other = world_.duplicate();
    Outbox outbox(world_);
    outbox.send(3, world_.rank(), 1);
    EXPECT_FALSE(other.probe().has_value());
    EXPECT_EQ(world_.receive<int>({world_.rank(), 1}), 3);
}

TEST_F(CommunicatorTest, WaitsPatientlyForTheMessageOfThatSourceAndTag) {
    if (world_.rank() != 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        Outbox outbox(world_);
        outbox.send(world_.rank(), 0, 2);
        outbox.send(-world_.rank(), 0, 1);
        outbox.flush();
        return;
    }
    for (int source = world_.size() - 1; source > 0; --source) {
        world_.wait_sleeping({source, 1});
        EXPECT_EQ(world_.receive<int>({source, 1}), -source);
        EXPECT_EQ(world_.receive<int>({source, 2}), source);
    }
}

TEST_F(CommunicatorTest, MpiErrorBecomesError) {
    const auto expect_failure = [](auto&& call, const std::string& name) {
        EXPECT_THAT(error_of(ExitCode::failure, [&] { call(); }), testing::StartsWith(name + " failed: "))
            << name << " did not fail";
    };
    int value = 0;
    expect_failure([&] { world_.broadcast(value, world_.size()); }, "MPI_Ibcast");
    expect_failure([&] { Outbox(world_).send(value, world_.size(), 0); }, "MPI_Isend");
    // Split communicators inherit the error handler.
    const Communicator half = world_.split(world_.rank() % 2, 0);
    expect_failure([&] { half.broadcast(value, half.size()); }, "MPI_Ibcast");
}

}  // namespace
}  // namespace dropsweep::comm
