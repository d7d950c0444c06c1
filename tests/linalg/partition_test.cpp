// Equal runs of n things.
#include "dropsweep/linalg/partition.hpp"

#include <gtest/gtest.h>

namespace dropsweep::linalg {
namespace {

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
