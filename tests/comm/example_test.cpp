// The layer comm in use: what all ranks do together, and what rank 0 does for all.
#include <gtest/gtest.h>

#include "dropsweep/comm/agreement.hpp"
#include "dropsweep/comm/communicator.hpp"

namespace dropsweep::comm {
namespace {

TEST(CommExample, EveryRankKnowsWhatAllHave) {
    const Communicator world = Communicator::world();
    const std::vector<int> squares = world.all_gather(world.rank() * world.rank());
    for (int rank = 0; rank < world.size(); ++rank) EXPECT_EQ(squares.at(static_cast<std::size_t>(rank)), rank * rank);
}

TEST(CommExample, RankZeroReadsForAllAndItsErrorIsThatOfAll) {
    const Communicator world = Communicator::world();
    std::string text;
    run_on_rank_zero(world, [&] { text = "what a file says"; });
    world.broadcast(text, 0);
    EXPECT_EQ(text, "what a file says");
    EXPECT_THROW(run_on_rank_zero(world, [] { throw Error(ExitCode::bad_data, "damaged; get another"); }), AgreedError);
}

TEST(CommExample, AGroupOfNeighbours) {
    const Communicator world = Communicator::world();
    const Communicator pair = world.split(world.rank() / 2, world.rank());
    EXPECT_EQ(pair.world_ranks().front(), world.rank() / 2 * 2);
}

}  // namespace
}  // namespace dropsweep::comm
