// The sum of losses over the leaves of a batch, added by the tree of the gradients.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/linalg/loss_and_correct.hpp"
#include "dropsweep/linalg/partition.hpp"
#include "dropsweep/linalg/reduction_tree.hpp"

namespace dropsweep::comm {

/// Equal on every rank of a group, whatever its size.
class OrderedSum {
  public:
    /// Local: no communication.
    /// @param group   must outlive this object
    /// @param leaves  at least one; rank r owns the leaves part_of(leaves, group.size(), r)
    OrderedSum(const Communicator& group, std::size_t leaves);

    /// What all ranks have then.
    struct Total {
        linalg::LossAndCorrect sum;
        bool flag;  ///< whether that of any rank with a leaf was set
    };
    /// Collective over the group.
    /// @param own        of the own leaves
    /// @param flag       of this rank
    /// @param imbalance  of OrderedReduction::take_imbalance
    /// @throws Error  failure: a message was altered on its way; on all ranks where the imbalances tell so
    Total operator()(std::span<const linalg::LossAndCorrect> own, bool flag = false, std::uint64_t imbalance = 0);

  private:
    struct Leaf {
        linalg::LossAndCorrect sum;
        std::uint64_t flag = 0;
        std::uint64_t imbalance = 0;
        std::uint64_t checksum = 0;  ///< of the others
    };
    const Communicator* group_;
    linalg::Range own_;
    std::vector<Leaf> leaves_;
    std::vector<int> byte_counts_;  ///< of each rank
    std::vector<int> byte_offsets_;
    std::vector<linalg::Addition> additions_;
};

/// The same sum by one process that holds all leaves. At least one leaf. Local: no communication.
linalg::LossAndCorrect ordered_sum(std::vector<linalg::LossAndCorrect> leaves);

}  // namespace dropsweep::comm
