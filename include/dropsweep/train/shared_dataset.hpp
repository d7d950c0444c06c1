#pragma once

#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/node_shared.hpp"
#include "dropsweep/data/dataset.hpp"

namespace dropsweep::train {

/// The data set of world rank 0 on every rank: the values once per node, the labels once per rank. Move-only; its
/// destruction is collective over the ranks of a node.
class SharedDataset {
  public:
    /// Collective over world.
    /// @param dataset  what to share, on rank 0; given up. Ignored elsewhere.
    SharedDataset(const comm::Communicator& world, data::Dataset dataset);

    data::Samples train_file() const { return train_.samples(); }
    data::Samples test_file() const { return test_.samples(); }

  private:
    struct Part {
        Part(const comm::Communicator& world, const comm::Communicator& node, data::LabelledSamples samples);
        data::Samples samples() const;

        std::size_t features;
        comm::NodeSharedBytes pixels;
        comm::NodeSharedBytes numbers;
        std::vector<std::uint8_t> labels;
    };

    comm::Communicator node_;
    Part train_;
    Part test_;
};

}  // namespace dropsweep::train
