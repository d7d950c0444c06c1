#include "dropsweep/train/shared_dataset.hpp"

#include <utility>

namespace dropsweep::train {
namespace {

std::size_t on_all_ranks(const comm::Communicator& world, std::size_t value) {
    world.broadcast(value, 0);
    return value;
}

}  // namespace

SharedDataset::Part::Part(const comm::Communicator& world, const comm::Communicator& node, data::LabelledImages images)
    : features(on_all_ranks(world, images.features())),
      pixels(world, node, images.pixels),
      labels(std::move(images.labels)) {
    world.broadcast(labels, 0);
}

SharedDataset::SharedDataset(const comm::Communicator& world, data::Dataset dataset)
    : node_(world.split_by_node()),
      train_(world, node_, std::move(dataset.train)),
      test_(world, node_, std::move(dataset.test)) {}

}  // namespace dropsweep::train
