#include "dropsweep/linalg/partition.hpp"

#include <gtest/gtest.h>

namespace dropsweep::linalg {
namespace {

TEST(PartOf, CutsEqually) {
    EXPECT_EQ(part_of(12, 3, 0), (Range{0, 4}));
    EXPECT_EQ(part_of(12, 3, 1), (Range{4, 8}));
    EXPECT_EQ(part_of(12, 3, 2), (Range{8, 12}));
}

TEST(PartOf, GivesTheRemainderToTheFirst) {
    EXPECT_EQ(part_of(11, 4, 0), (Range{0, 3}));
    EXPECT_EQ(part_of(11, 4, 1), (Range{3, 6}));
    EXPECT_EQ(part_of(11, 4, 2), (Range{6, 9}));
    EXPECT_EQ(part_of(11, 4, 3), (Range{9, 11}));
}

TEST(PartOf, LeavesTheLastEmptyWhenItemsRunOut) {
    EXPECT_EQ(part_of(2, 4, 1), (Range{1, 2}));
    EXPECT_EQ(part_of(2, 4, 2), (Range{2, 2}));
    EXPECT_EQ(part_of(2, 4, 3), (Range{2, 2}));
    EXPECT_TRUE(part_of(0, 1, 0).empty());
}

TEST(PartOf, CoversEverythingOnceWithSizesThatDifferByOneAtMost) {
    for (std::size_t total = 0; total <= 40; ++total) {
        for (std::size_t parts = 1; parts <= 20; ++parts) {
            SCOPED_TRACE(testing::Message() << total << " in " << parts << " parts");
            std::size_t next = 0;
            for (std::size_t index = 0; index < parts; ++index) {
                const Range range = part_of(total, parts, index);
                EXPECT_EQ(range.begin, next);
                EXPECT_EQ(range.size(), total / parts + (index < total % parts ? 1 : 0));
                next = range.end;
            }
            EXPECT_EQ(next, total);
        }
    }
}

}  // namespace
}  // namespace dropsweep::linalg
