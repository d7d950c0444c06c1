// The data set of rank 0 on all ranks, with one copy of the values per node.
#pragma once

#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/node_shared.hpp"
#include "dropsweep/data/dataset.hpp"

namespace dropsweep::train {

/// The values exist once per node, the labels once per rank. Move-only.
class SharedDataset {
  public:
    /// Collective over world.
    /// @param dataset  used on rank 0 of world only
    /// @throws Error  as comm::NodeSharedBytes
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
