// The costs that are measured where ranks lie on several nodes.
#include <gtest/gtest.h>
#include <mpi.h>

#include "dropsweep/sweep/cost_model.hpp"

#include "../support/mpi_stand_in.hpp"
#include "../support/small_experiment.hpp"

namespace dropsweep::sweep {
namespace {

/// @param on_a_node  so many ranks in a row seem to be on one node
/// @param leaf_rows  of batches of 13
CostModel measure(int on_a_node, std::size_t leaf_rows) {
    const testing_support::SplitTypeStandIn nodes(
        [on_a_node](MPI_Comm comm, int /*type*/, int key, MPI_Info /*info*/, MPI_Comm* part) {
            int rank = 0;
            PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
            return PMPI_Comm_split(comm, rank / on_a_node, key, part);
        });
    testing_support::SmallExperiment small;
    small.experiment.options.leaf_rows = leaf_rows;
    return measure_costs(comm::Communicator::world(), small.experiment, {0.5});
}

TEST(NodeCosts, ARankOnEachNode) {
    const comm::Communicator world = comm::Communicator::world();
    const CostModel costs = measure(1, 4);
    EXPECT_EQ(costs.exchanges.size(), 0u) << "no node has a group";
    EXPECT_EQ(costs.nodes.back(), world.size() - 1);
    ASSERT_EQ(costs.interconnect.has_value(), world.size() > 1);
    if (world.size() == 1) return;
    EXPECT_EQ(costs.interconnect->ranks_on_a_link, 1);
    EXPECT_EQ(costs.interconnect->exchange.layers, 3u);
    for (const double other : world.all_gather(costs.interconnect->network.bytes_per_second)) {
        EXPECT_EQ(costs.interconnect->network.bytes_per_second, other);
    }
}

TEST(NodeCosts, TwoRanksOnEachNode) {
    const comm::Communicator world = comm::Communicator::world();
    const CostModel costs = measure(2, 4);
    EXPECT_EQ(costs.exchanges.contains(2), world.size() > 1) << "also where the second node has but one rank";
    EXPECT_FALSE(costs.exchanges.contains(4)) << "it would lie on two nodes";
    ASSERT_EQ(costs.interconnect.has_value(), world.size() > 2);
    if (world.size() == 3) {
        EXPECT_EQ(costs.interconnect->ranks_on_a_link, 1) << "the other has no partner";
    } else if (world.size() == 4) {
        EXPECT_EQ(costs.interconnect->ranks_on_a_link, 2);
    }
}

TEST(NodeCosts, WithOneLeafThereIsNothingToExchange) {
    EXPECT_FALSE(measure(1, 13).interconnect.has_value());
}

}  // namespace
}  // namespace dropsweep::sweep
