// Broadcasts sizes and labels, and puts values into NodeSharedBytes.
#include "dropsweep/train/shared_dataset.hpp"

#include <span>
#include <type_traits>
#include <utility>

namespace dropsweep::train {
namespace {

std::size_t on_all_ranks(const comm::Communicator& world, std::size_t value) {
    world.broadcast(value, 0);
    return value;
}

}  // namespace

SharedDataset::Part::Part(const comm::Communicator& world, const comm::Communicator& node,
                          data::LabelledSamples samples)
    : features(on_all_ranks(world, samples.features())),
      pixels(world, node, std::as_bytes(std::span(samples.pixels))),
      numbers(world, node, std::as_bytes(std::span(samples.numbers))),
      labels(std::move(samples.labels)) {
    world.broadcast(labels, 0);
}

data::Samples SharedDataset::Part::samples() const {
    const auto as = [](auto type, const comm::NodeSharedBytes& shared) {
        using Value = typename decltype(type)::type;
        return std::span(reinterpret_cast<const Value*>(shared.bytes().data()), shared.bytes().size() / sizeof(Value));
    };
    return {as(std::type_identity<std::uint8_t>(), pixels), labels, features, as(std::type_identity<float>(), numbers)};
}

SharedDataset::SharedDataset(const comm::Communicator& world, data::Dataset dataset)
    : node_(world.split_by_node()),
      train_(world, node_, std::move(dataset.train)),
      test_(world, node_, std::move(dataset.test)) {}

}  // namespace dropsweep::train
