// The layer linalg in use: parts of a range, random numbers by name, a product that leaves zeros out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/linalg/partition.hpp"
#include "dropsweep/linalg/philox.hpp"
#include "dropsweep/linalg/sparse_product.hpp"

#include "../support/padded_matrix.hpp"

namespace dropsweep::linalg {
namespace {

TEST(LinalgExample, TenRowsOnThreeRanks) {
    EXPECT_EQ(part_of(10, 3, 0), (Range{0, 4}));
    EXPECT_EQ(part_of(10, 3, 2), (Range{7, 10}));
}

TEST(LinalgExample, RandomNumbersHaveANameNotAPlaceInASequence) {
    PhiloxSequence of_sample_7({.seed = 1, .purpose = Purpose::shuffle}, 7), again({1, Purpose::shuffle}, 7);
    PhiloxSequence of_sample_8({1, Purpose::shuffle}, 8);
    const std::uint32_t number = of_sample_7.next();
    EXPECT_EQ(again.next(), number);
    EXPECT_NE(of_sample_8.next(), number);
}

TEST(LinalgExample, AProduct) {
    testing_support::PaddedMatrix a(1, 3, std::vector<float>{0, 2, 3}), b(3, 1, std::vector<float>{9, 5, 7}), c(1, 1);
    multiply(a.operand(), b.values(), c.values());
    EXPECT_THAT(c.dense(), testing::ElementsAre(2 * 5 + 3 * 7));
}

}  // namespace
}  // namespace dropsweep::linalg
