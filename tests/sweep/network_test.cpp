// Networks by their names, and the bytes that a step sends over one.
#include "dropsweep/sweep/network.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/error_of.hpp"

namespace dropsweep::sweep {
namespace {

using testing::HasSubstr;

Traffic traffic_of(const StepExchange& exchange, const std::vector<int>& ranks_on_nodes) {
    return step_traffic(exchange, ranks_on_nodes);
}

TEST(Network, NamesAndNumbers) {
    EXPECT_EQ(parse_network("10GbE"), (Network{30e-6, 1.25e9}));
    EXPECT_EQ(parse_network("25GbE"), (Network{20e-6, 3.125e9}));
    EXPECT_EQ(parse_network("IB"), (Network{2e-6, 12.5e9}));
    EXPECT_EQ(parse_network("0.5:8"), (Network{0.5e-6, 1e9}));
    EXPECT_EQ(parse_network("0:8"), (Network{0, 1e9}));
}

TEST(Network, RefusesWhatIsNone) {
    for (const char* text : {"", "10gbe", "10", "1:2:3", "a:1", "1:0", "-1:1", "1:inf"}) {
        SCOPED_TRACE(text);
        EXPECT_THAT(error_of(ExitCode::usage, [&] { parse_network(text); }), HasSubstr("'"));
    }
}

TEST(StepTraffic, TwoNodesWithOneRankEach) {
    // Half of the gradient and half of the weights in either direction; gradient and weights of three layers, the sum
    // of the losses.
    EXPECT_EQ(traffic_of({1000, 3, 2, 4}, {1, 1}), (Traffic{500 * 4 + 500 * 4, 3 * 2 + 1}));
    EXPECT_EQ(traffic_of({1000, 3, 2, 2}, {1, 1}), (Traffic{500 * 4 + 500 * 2, 3 * 2 + 1}));
}

TEST(StepTraffic, MoreRanksOnANodeDoNotAddToItsLink) {
    EXPECT_EQ(traffic_of({1000, 1, 4, 4}, {2, 2}), (Traffic{500 * 4 + 500 * 4, 1 + 1 + 2}));
    EXPECT_EQ(traffic_of({1000, 1, 8, 4}, {4, 4}), (Traffic{500 * 4 + 500 * 4, 1 + 1 + 3}));
    EXPECT_EQ(traffic_of({1000, 1, 4, 4}, {1, 1, 1, 1}), (Traffic{750 * 4 + 750 * 4, 3 * 2 + 2}));
}

TEST(StepTraffic, TheBusierDirectionCounts) {
    // One node has leaves 0 1 2, two sums; the other leaf 3. Three quarters of one sum come into the first node, which
    // sends a quarter of two; of the weights the first sends three quarters. It is the second that handles three
    // slices.
    EXPECT_EQ(traffic_of({1000, 1, 4, 4}, {3, 1}), (Traffic{750 * 4 + 750 * 4, 3 + 1 + 2}));
}

TEST(StepTraffic, RunsThatAreNotAlignedSendMorePartialSums) {
    // With 6 leaves each rank owns one node of the tree: 0-1 | 2-3 | 4-5. With 7 each owns two: 0-1, 2 | 3, 4 | 5, 6.
    EXPECT_EQ(traffic_of({900, 1, 6, 4}, {1, 1, 1}), (Traffic{600 * 4 + 600 * 4, 2 * 2 + 2}));
    EXPECT_EQ(traffic_of({900, 1, 7, 4}, {1, 1, 1}), (Traffic{2 * 600 * 4 + 600 * 4, 2 * 3 + 2}));
}

TEST(StepTraffic, NoneInsideANode) {
    EXPECT_EQ(traffic_of({1000, 3, 4, 4}, {4}), (Traffic{0, 0}));
}

TEST(StepTraffic, TakesItsTime) {
    EXPECT_DOUBLE_EQ(seconds({1e-3, 100}, {50, 7}), 0.5 + 0.007);
}

}  // namespace
}  // namespace dropsweep::sweep
