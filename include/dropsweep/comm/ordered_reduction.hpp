#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/group_memory.hpp"
#include "dropsweep/core/matrix.hpp"
#include "dropsweep/core/partition.hpp"
#include "dropsweep/core/reduction_tree.hpp"
#include "dropsweep/core/tally.hpp"

namespace dropsweep::comm {

/// How the ranks of a group see each other's gradients.
enum class Exchange { shared_memory, messages };

/// Shared memory where all ranks of the group are on one node. Collective over the group; equal on all of its ranks.
Exchange exchange_within(const Communicator& group);

/// The allreduce of a group's gradients as its two halves, so that the optimizer can work between them on one slice,
/// and part by part (one for each layer), so that a part is on its way while the next one is computed:
///
///     into sums(), as merge() says: the gradients of the own shards
///     for each part, as soon as it is there:  start(part)
///     for each part:  finish(part)  -> the full sum of this rank's slice, added in tree order
///                     start_gather(part)  <- this rank's slice of the weights is new
///     finish_gathers()  -> every slice is
///
/// All ranks take the parts in the same order. The sum's bits depend on the leaves (shards) and their number alone, not
/// on the group's size. Each rank sends or shows (P - 1) / P of the gradient per partial sum, one partial sum when runs
/// are aligned: the bytes of a plain allreduce.
class OrderedReduction {
  public:
    /// Collective over the group.
    /// @param group   1 <= group.size() <= shards; must outlive this object
    /// @param parts   contiguous ranges that cover [0, length), none empty
    /// @param element_bytes  of a weight, as it is gathered: 4 or 2
    /// @throws Error  failure: no room in shared memory
    OrderedReduction(const Communicator& group, std::size_t shards, std::vector<core::Range> parts,
                     std::size_t element_bytes, Exchange exchange);

    /// The shards this rank computes, and how their gradients are added up.
    const core::Range& own_shards() const { return own_shards_; }
    const core::RunMerge& merge() const { return merge_; }
    /// Where those sums go, one flat buffer [length] for each node of merge().
    std::span<const std::span<float>> sums() const { return sums_; }

    /// The elements of the flat buffer this rank updates.
    core::Range own_slice(std::size_t part) const { return slice_of(part, rank()); }

    /// The weights of this rank, [length] of `element_bytes` each, zero at first: where start_gather and finish_gathers
    /// find and put slices.
    template <class T>
    std::span<T> weights() const {
        return {reinterpret_cast<T*>(weights_), length_};
    }

    /// Begins to exchange a part of sums(). Does not block.
    void start(std::size_t part);
    /// Moves messages on; called now and then while there is something to compute. Does not block.
    void progress();
    /// Waits for the others. @return  the sum of own_slice(part), valid and free to be changed until start_gather(part)
    std::span<float> finish(std::size_t part);
    /// Begins to send the own slice of weights(). Does not block.
    void start_gather(std::size_t part);
    /// Waits for everybody's slices of the parts that were started.
    void finish_gathers();

    /// Every rank's slices of another flat buffer, at rest. Collective over the group.
    /// @param flat  [length]; in: own slices are right; out: all of it is
    void all_gather(std::span<float> flat) const;

  private:
    std::size_t rank() const { return static_cast<std::size_t>(group_->rank()); }
    core::Range slice_of(std::size_t part, std::size_t rank) const;
    std::size_t sum_event(std::size_t part) const { return part; }
    std::size_t weight_event(std::size_t part) const { return parts_.size() + part; }
    std::size_t weight_offset(std::size_t sums) const { return sums * padded_length_ * sizeof(float); }
    void find_addends();
    void send_and_receive(std::size_t part);

    const Communicator* group_;
    std::vector<core::Range> parts_;
    std::size_t length_;
    std::size_t padded_length_;  ///< whole cache lines
    std::size_t element_bytes_;
    core::Range own_shards_;
    core::RunMerge merge_;

    struct Piece {
        std::size_t rank;
        std::size_t slot;  ///< among the sums of that rank
    };
    std::vector<Piece> pieces_;                        ///< the partial sums of all ranks, in ascending order
    std::size_t most_sums_ = 0;                        ///< of any rank
    std::vector<core::RunMerge::Addition> additions_;  ///< of pieces, in tree order
    std::vector<std::vector<float*>> addends_;         ///< of each part: its own slice of each piece

    core::AlignedBuffer<std::byte> own_memory_;   ///< with messages, and in a group of one
    std::unique_ptr<GroupMemory> shared_memory_;  ///< otherwise
    std::vector<std::span<float>> sums_;
    std::byte* weights_ = nullptr;
    std::vector<std::uint64_t> starts_;  ///< of each part, so far

    std::vector<core::FloatBuffer> received_;             ///< of each part: the pieces of others
    std::vector<std::vector<MPI_Request>> sum_requests_;  ///< of each part
    std::vector<MPI_Request> weight_requests_;
    std::vector<std::vector<int>> gather_counts_;   ///< of each part, each rank's slice
    std::vector<std::vector<int>> gather_offsets_;  ///< in weights()
    std::vector<std::size_t> gathering_;            ///< parts
};

/// The sum of tallies over numbered leaves by the same tree, equal on every rank of the group whatever its size.
class OrderedSum {
  public:
    /// Local: no communication.
    /// @param group   must outlive this object
    /// @param leaves  at least one; rank r owns the leaves part_of(leaves, group.size(), r)
    OrderedSum(const Communicator& group, std::size_t leaves);

    /// Collective over the group.
    /// @param own   of the own leaves
    /// @param flag  in: of this rank, which has a leaf; out: whether any rank's was set
    core::Tally operator()(std::span<const core::Tally> own, bool& flag);
    core::Tally operator()(std::span<const core::Tally> own);

  private:
    struct Leaf {
        core::Tally tally;
        std::int64_t flag = 0;
    };
    const Communicator* group_;
    core::Range own_;
    std::vector<Leaf> leaves_;
    std::vector<int> byte_counts_;  ///< of each rank
    std::vector<int> byte_offsets_;
    std::vector<core::RunMerge::Addition> additions_;
};

/// The same sum by one process that holds all leaves. At least one leaf. Local: no communication.
core::Tally ordered_sum(std::vector<core::Tally> leaves);

}  // namespace dropsweep::comm
