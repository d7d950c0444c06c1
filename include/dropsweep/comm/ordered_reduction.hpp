#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/reduction_tree.hpp"
#include "dropsweep/core/matrix.hpp"
#include "dropsweep/core/partition.hpp"
#include "dropsweep/core/tally.hpp"

namespace dropsweep::comm {

/// The allreduce of a group's gradients as its two halves, so that the optimizer can work between them on one slice:
///
///     for each own shard:  gradient(shard_buffer());  add_shard();
///     reduce_scatter()  -> the full sum of this rank's slice, added in tree order
///     all_gather(weights)  <- every rank's slice of the weights
///
/// The sum's bits depend on the leaves (shards) and their number alone, not on the group's size. Each rank sends
/// (P - 1) / P of the gradient per partial sum, one partial sum when runs are aligned: the bytes of a plain allreduce.
class OrderedReduction {
  public:
    /// Local: no communication.
    /// @param group   1 <= group.size() <= shards; must outlive this object
    /// @param length  elements of the gradient
    OrderedReduction(const Communicator& group, std::size_t shards, std::size_t length);

    /// The shards this rank computes.
    core::Range own_shards() const { return own_shards_; }
    /// The elements of the flat buffer this rank updates.
    core::Range own_slice() const { return slice_of(static_cast<std::size_t>(group_->rank())); }

    /// Where the next own shard's gradient goes, [length]; ascending order of shards.
    std::span<float> shard_buffer();
    /// Takes in the gradient written to shard_buffer(). Local: no communication.
    void add_shard();

    /// Sums the slice over all shards. Collective over the group, after each rank's own shards were added.
    /// @return  the sum of own_slice(), valid until the next shard_buffer(), free to be changed
    std::span<float> reduce_scatter();

    /// Every rank's slice into everybody's flat buffer. Collective over the group.
    /// @param flat  [length]; in: own slice is new; out: all of it is
    void all_gather(std::span<float> flat) const;

  private:
    core::Range slice_of(std::size_t rank) const;
    void exchange();

    const Communicator* group_;
    std::size_t length_;
    core::Range own_shards_;
    std::size_t next_shard_;
    TreeMerge local_;  ///< own shards; a slot is a position in local_sums_
    std::vector<core::FloatBuffer> local_sums_;
    struct Piece {
        std::size_t rank;
        TreeNode node;
    };
    std::vector<Piece> pieces_;       ///< the partial sums of all ranks, in ascending order
    std::vector<float*> piece_data_;  ///< each piece's part of the own slice, in local_sums_ or received_
    core::FloatBuffer received_;
    struct Addition {
        std::size_t into;
        std::size_t from;
    };
    std::vector<Addition> additions_;  ///< of pieces, in tree order
};

/// The sum of tallies over numbered leaves by the same tree, equal on every rank of the group whatever its size.
/// At least one leaf. Rank r owns the leaves part_of(leaves, group.size(), r). Collective over the group.
/// @param flag  in: of this rank, which has a leaf; out: whether any rank's was set
core::Tally ordered_sum(const Communicator& group, std::span<const core::Tally> own, std::size_t leaves, bool& flag);
core::Tally ordered_sum(const Communicator& group, std::span<const core::Tally> own, std::size_t leaves);

/// The same sum by one process that holds all leaves. At least one leaf. Local: no communication.
core::Tally ordered_sum(std::vector<core::Tally> leaves);

}  // namespace dropsweep::comm
