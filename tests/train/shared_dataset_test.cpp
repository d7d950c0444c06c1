// The data set that the ranks of a node share.
#include "dropsweep/train/shared_dataset.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include "../support/small_experiment.hpp"

namespace dropsweep::train {
namespace {

using testing_support::random_images;

static_assert(std::is_move_constructible_v<SharedDataset> && !std::is_copy_constructible_v<SharedDataset>);

void expect_equal(const data::Samples& samples, const data::LabelledSamples& images) {
    EXPECT_EQ(samples.features, images.features());
    EXPECT_TRUE(std::ranges::equal(samples.pixels, images.pixels));
    EXPECT_TRUE(std::ranges::equal(samples.numbers, images.numbers));
    EXPECT_TRUE(std::ranges::equal(samples.labels, images.labels));
}

TEST(SharedDataset, IsOnEveryRankWhatRankZeroGave) {
    const comm::Communicator world = comm::Communicator::world();
    data::Dataset dataset{random_images(1, 50), random_images(2, 7)};
    dataset.test.numbers.assign(dataset.test.pixels.begin(), dataset.test.pixels.end());
    dataset.test.pixels.clear();
    SharedDataset shared(world, world.rank() == 0 ? dataset : data::Dataset());
    expect_equal(shared.train_file(), dataset.train);
    expect_equal(shared.test_file(), dataset.test);
    const SharedDataset moved(std::move(shared));
    expect_equal(moved.train_file(), dataset.train);
    expect_equal(moved.test_file(), dataset.test);
}

TEST(SharedDataset, PixelsExistOnceOnTheNode) {
    const comm::Communicator world = comm::Communicator::world();
    const SharedDataset shared(
        world, world.rank() == 0 ? data::Dataset{random_images(1, 50), random_images(2, 7)} : data::Dataset());
    for (const data::Samples& samples : {shared.train_file(), shared.test_file()}) {
        // What the last rank writes, all of them read.
        if (world.rank() == world.size() - 1) const_cast<std::uint8_t&>(samples.pixels.back()) ^= 0xff;
        world.barrier();
        const std::vector<std::uint8_t> seen = world.all_gather(samples.pixels.back());
        EXPECT_EQ(std::ranges::count(seen, seen.front()), world.size());
    }
    EXPECT_NE(shared.train_file().pixels.back(), random_images(1, 50).pixels.back());
}

}  // namespace
}  // namespace dropsweep::train
