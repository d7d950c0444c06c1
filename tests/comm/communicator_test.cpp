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

#include "dropsweep/text/error.hpp"

namespace dropsweep::comm {
namespace {

static_assert(std::is_move_constructible_v<Communicator> && !std::is_copy_constructible_v<Communicator>);

TEST(Communicator, WorldIsADuplicate) {
    const Communicator world = Communicator::world();
    int relation = MPI_IDENT;
    MPI_Comm_compare(world.handle(), MPI_COMM_WORLD, &relation);
    EXPECT_EQ(relation, MPI_CONGRUENT);
    int size = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    EXPECT_EQ(world.size(), size);
    std::vector<int> everyone(static_cast<std::size_t>(size));
    std::iota(everyone.begin(), everyone.end(), 0);
    EXPECT_EQ(world.world_ranks(), everyone);
}

TEST(Communicator, AGroupIsMadeByItsMembersAlone) {
    const Communicator world = Communicator::world();
    // One rank more each time, in descending order; the ranks that are not in it come late.
    std::vector<int> ranks;
    for (int last = world.size() - 1; last >= 0; --last) {
        ranks.push_back(last);
        if (world.rank() < last) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            continue;
        }
        const Communicator group = world.create_group(ranks);
        EXPECT_EQ(group.world_ranks(), ranks);
        EXPECT_EQ(ranks[static_cast<std::size_t>(group.rank())], world.rank());
        int value = world.rank();
        group.broadcast(value, 0);
        EXPECT_EQ(value, world.size() - 1);
        int invalid = -1;
        EXPECT_THROW(group.broadcast(value, invalid), Error) << "errors of a new group must be returned";
    }
}

TEST(Communicator, SendsValuesWhoseNumberIsKnown) {
    const Communicator world = Communicator::world();
    const std::vector<int> sent = {3, 1, 4, 1, 5};
    const int next = (world.rank() + 1) % world.size();
    Outbox outbox(world);
    outbox.send_values(std::span(sent), next, 7);
    std::vector<int> received(sent.size());
    world.receive_values(std::span(received), {(world.rank() + world.size() - 1) % world.size(), 7});
    EXPECT_EQ(received, sent);
    outbox.flush();
    EXPECT_TRUE(outbox.is_empty());
}

TEST(Communicator, ListsTellHowLongTheyAre) {
    const Communicator world = Communicator::world();
    Outbox outbox(world);
    for (const std::vector<int>& sent : {std::vector<int>(), {3}, {3, 1, 4}}) {
        outbox.send_list(2.5, std::span(sent), world.rank(), 7);
        EXPECT_EQ((world.receive_list<double, int>({world.rank(), 7})), (std::pair{2.5, sent}));
    }
}

TEST(Communicator, MessagesOfAnotherLengthAreRefused) {
    const Communicator world = Communicator::world();
    Outbox outbox(world);
    const auto send = [&] { outbox.send(std::array<char, 5>(), world.rank(), 7); };
    send();
    EXPECT_THROW(world.receive<int>({world.rank(), 7}), Error);
    send();
    EXPECT_THROW(world.receive<double>({world.rank(), 7}), Error);
    send();
    EXPECT_THROW((world.receive_list<int, short>({world.rank(), 7})), Error);
    send();
    EXPECT_THROW((world.receive_list<double, char>({world.rank(), 7})), Error);
    send();
    EXPECT_EQ((world.receive_list<int, char>({world.rank(), 7}).second.size()), 1u);
}

TEST(Communicator, SendingWaitsForNobody) {
    const Communicator world = Communicator::world();
    // More than any MPI sends before the receiver is there, even to itself.
    const std::vector<std::uint64_t> sent(1 << 17, 42);
    const int next = (world.rank() + 1) % world.size();
    Outbox outbox(world);
    for (int tag = 0; tag < 3; ++tag) outbox.send_values(std::span(sent), next, tag);
    EXPECT_FALSE(outbox.is_empty());
    for (int tag = 0; tag < 3; ++tag) {
        std::vector<std::uint64_t> received(sent.size());
        world.receive_values(std::span(received), {(world.rank() + world.size() - 1) % world.size(), tag});
        EXPECT_EQ(received, sent);
    }
    outbox.flush();
}

TEST(Communicator, BroadcastsFromAnyRoot) {
    const Communicator world = Communicator::world();
    for (int root = 0; root < world.size(); ++root) {
        double value = world.rank() == root ? 0.1 + root : -1;
        world.broadcast(value, root);
        EXPECT_EQ(value, 0.1 + root);
    }
}

TEST(Communicator, BroadcastsVectorsOfUnequalSize) {
    const Communicator world = Communicator::world();
    const int root = world.size() - 1;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}}) {
        // The others start shorter, longer or empty.
        std::vector<std::uint16_t> values(static_cast<std::size_t>(world.rank()) * 700, 9);
        std::vector<std::uint16_t> expected(size);
        std::iota(expected.begin(), expected.end(), std::uint16_t{5});
        if (world.rank() == root) values = expected;
        world.broadcast(values, root);
        EXPECT_EQ(values, expected);
    }
}

TEST(Communicator, BroadcastsText) {
    const Communicator world = Communicator::world();
    std::string text = world.rank() == 0 ? "results/sweep" : "something else, and longer";
    world.broadcast(text, 0);
    EXPECT_EQ(text, "results/sweep");
}

TEST(Communicator, GathersOneValueOfEachRank) {
    const Communicator world = Communicator::world();
    struct Pair {
        int rank;
        double value;
    };
    const std::vector<Pair> all = world.all_gather(Pair{world.rank(), world.rank() / 3.0});
    ASSERT_EQ(all.size(), static_cast<std::size_t>(world.size()));
    for (int rank = 0; rank < world.size(); ++rank) {
        EXPECT_EQ(all[static_cast<std::size_t>(rank)].rank, rank);
        EXPECT_EQ(all[static_cast<std::size_t>(rank)].value, rank / 3.0);
    }
}

TEST(Communicator, GathersUnevenAndEmptyRunsInPlace) {
    const Communicator world = Communicator::world();
    // Runs of 2, 0, 5, 1 ... elements; then all of them empty but the last rank's.
    constexpr std::array<std::size_t, 4> kLengths = {2, 0, 5, 1};
    std::vector<std::size_t> uneven;
    std::vector<std::size_t> only_last;
    for (int rank = 0; rank < world.size(); ++rank) {
        uneven.push_back(kLengths[static_cast<std::size_t>(rank) % kLengths.size()]);
        only_last.push_back(rank + 1 == world.size() ? 3 : 0);
    }
    for (const std::vector<std::size_t>& counts : {uneven, only_last}) {
        std::vector<int> expected;
        std::vector<int> all;
        for (std::size_t rank = 0; rank < counts.size(); ++rank) {
            for (std::size_t i = 0; i < counts[rank]; ++i) {
                expected.push_back(static_cast<int>(100 * rank + i));
                all.push_back(rank == static_cast<std::size_t>(world.rank()) ? expected.back() : -1);
            }
        }
        world.all_gather_in_place(std::span<int>(all), counts);
        EXPECT_EQ(all, expected);
    }
}

TEST(Communicator, SplitsByColorInTheOrderOfTheKeys) {
    const Communicator world = Communicator::world();
    // Even and odd ranks, each in reverse order.
    const Communicator half = world.split(world.rank() % 2, -world.rank());
    std::vector<int> members;
    for (int rank = world.size() - 1; rank >= 0; --rank) {
        if (rank % 2 == world.rank() % 2) members.push_back(rank);
    }
    EXPECT_EQ(half.world_ranks(), members);
    EXPECT_EQ(half.size(), static_cast<int>(members.size()));
    EXPECT_EQ(members[static_cast<std::size_t>(half.rank())], world.rank());
    EXPECT_EQ(half.all_gather(world.rank()), members);
}

TEST(Communicator, RanksOfThisTestShareANode) {
    const Communicator world = Communicator::world();
    EXPECT_EQ(world.split_by_node().world_ranks(), world.world_ranks());
    EXPECT_EQ(world.nodes(), std::vector<int>(static_cast<std::size_t>(world.size()), 0));
}

TEST(Communicator, MoveLeavesNothingBehind) {
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

TEST(Communicator, ProbeSeesWhatArrivedAndFromWhom) {
    const Communicator world = Communicator::world();
    EXPECT_FALSE(world.probe().has_value());
    world.barrier();
    const int right = (world.rank() + 1) % world.size();
    const int left = (world.rank() + world.size() - 1) % world.size();
    Outbox outbox(world);
    outbox.send(1000 + world.rank(), right, 7);
    std::optional<Communicator::Arrival> arrival;
    while (!arrival) arrival = world.probe();
    EXPECT_EQ(arrival->source, left);
    EXPECT_EQ(arrival->tag, 7);
    EXPECT_EQ(world.receive<int>(*arrival), 1000 + left);
    EXPECT_FALSE(world.probe().has_value());
    outbox.flush();
}

TEST(Communicator, DuplicateHearsNothingOfTheOriginal) {
    const Communicator world = Communicator::world();
    const Communicator other = world.duplicate();
    Outbox outbox(world);
    outbox.send(3, world.rank(), 1);
    EXPECT_FALSE(other.probe().has_value());
    EXPECT_EQ(world.receive<int>({world.rank(), 1}), 3);
}

TEST(Communicator, WaitsPatientlyForTheMessageOfThatSourceAndTag) {
    const Communicator world = Communicator::world();
    if (world.rank() != 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        Outbox outbox(world);
        outbox.send(world.rank(), 0, 2);
        outbox.send(-world.rank(), 0, 1);
        outbox.flush();
        return;
    }
    for (int source = world.size() - 1; source > 0; --source) {
        world.wait_patiently({source, 1});
        EXPECT_EQ(world.receive<int>({source, 1}), -source);
        EXPECT_EQ(world.receive<int>({source, 2}), source);
    }
}

TEST(Communicator, MpiErrorBecomesError) {
    const Communicator world = Communicator::world();
    const auto expect_failure = [](auto&& call, const std::string& name) {
        try {
            call();
            ADD_FAILURE() << name << " did not fail";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ExitCode::failure);
            EXPECT_THAT(error.what(), testing::StartsWith(name + " failed: "));
        }
    };
    int value = 0;
    expect_failure([&] { world.broadcast(value, world.size()); }, "MPI_Ibcast");
    expect_failure([&] { Outbox(world).send(value, world.size(), 0); }, "MPI_Isend");
    // Split communicators inherit the error handler.
    const Communicator half = world.split(world.rank() % 2, 0);
    expect_failure([&] { half.broadcast(value, half.size()); }, "MPI_Ibcast");
}

}  // namespace
}  // namespace dropsweep::comm
