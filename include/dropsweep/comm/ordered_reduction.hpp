#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/group_memory.hpp"
#include "dropsweep/linalg/loss_and_correct.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/partition.hpp"
#include "dropsweep/linalg/reduction_tree.hpp"

namespace dropsweep::comm {

/// The allreduce of a group's gradients as its two halves, so that the optimizer can work between them on one slice,
/// and part by part (one for each layer), so that a part is on its way while the next one is computed:
///
///     into sums(), as merge() says: the gradients of the own leaves
///     for each part, as soon as it is there:  start(part)
///     for each part:  finish(part)  -> the full sum of this rank's slice, added in tree order
///                     start_gather(part)  <- this rank's slice of the weights is new
///     finish_gathers()  -> every slice is
///
/// All ranks take the parts in the same order. The sum's bits depend on the leaves and their number alone, not
/// on the group's size.
///
/// The ranks of a node see each other's sums in shared memory, where they have one buffer of weights. What goes to
/// another node is first added up on its own, and arrives there once, at one rank, which shows it to the others; the
/// ranks of a node share this work:
///
///     node 0: ranks 0 1           node 1: ranks 2 3
///         0 adds 0 + 1 in the slice of 2 ------> 2 adds 2 + 3 and what has come
///         1 adds 0 + 1 in the slice of 3 ------> 3 likewise
///         0 and 1 update their slices       <---- 2's slice of the weights, to rank 0
///         of the weights of the node        <---- 3's to rank 1                          ... and the other way round
///
/// Between nodes there are the messages of one rank per node, however many a node has; with one partial sum for each
/// node, as when runs are aligned, these are the bytes of a plain allreduce. sweep::step_traffic counts them.
class OrderedReduction {
  public:
    /// Collective over the group.
    /// @param group   1 <= group.size() <= leaves; must outlive this object
    /// @param node    those of the group that share memory with this rank; not used later
    /// @param parts   contiguous ranges that cover [0, length), none empty
    /// @param element_bytes  of a weight, as it is gathered: 4 or 2
    /// @param checks_messages  whether take_imbalance() is wanted: a step between nodes takes some percent longer
    /// @throws Error  failure: no room in shared memory
    OrderedReduction(const Communicator& group, const Communicator& node, std::size_t leaves,
                     std::vector<linalg::Range> parts, std::size_t element_bytes, bool checks_messages = false);

    /// The leaves this rank computes, and how their gradients are added up.
    const linalg::Range& own_leaves() const { return own_leaves_; }
    const linalg::LocalReductionPlan& merge() const { return merge_; }
    /// Where those sums go, one flat buffer [length] for each node of merge().
    std::span<const std::span<float>> sums() const { return sums_; }

    /// The elements of the flat buffer this rank updates.
    linalg::Range own_slice(std::size_t part) const { return slice_of(part, rank()); }

    /// The weights, [length] of `element_bytes` each, zero at first: one buffer for all ranks of the group on this
    /// node. Between finish(part) and start_gather(part) a rank may change its slice of the part; from start(part) to
    /// finish_gathers() nobody else may read the part.
    template <class T>
    std::span<T> weights() const {
        return {reinterpret_cast<T*>(weights_), length_};
    }
    /// Calls write() on one rank of each node, for weights that do not come from slices. Nobody reads them meanwhile.
    /// Collective over the group.
    template <class Write>
    void set_weights(Write&& write) const {
        group_->barrier();
        if (members_.front() == rank()) write();
        group_->barrier();
    }

    /// Begins to exchange a part of sums(). Does not block.
    void start(std::size_t part);
    /// Moves messages on; called now and then while there is something to compute. Does not block.
    void progress();
    /// Waits for the others. @return  the sum of own_slice(part), valid and free to be changed until start_gather(part)
    std::span<float> finish(std::size_t part);
    /// The own slice of weights() is new; begins to send it to other nodes. Does not block.
    void start_gather(std::size_t part);
    /// Waits until everybody's slices of the parts that were started are new.
    void finish_gathers();

    /// The checksums of what this rank has sent to other nodes less those of what it has received, since the last call:
    /// of all finished parts and gathers. Over the group they sum up to 0, unless a message was altered on its way.
    std::uint64_t take_imbalance() { return std::exchange(imbalance_, 0); }

    /// Every rank's slices of another flat buffer, at rest. Collective over the group.
    /// @param flat  [length]; in: own slices are right; out: all of it is
    void all_gather(std::span<float> flat) const;

  private:
    /// A partial sum of one rank.
    struct Piece {
        std::size_t rank;
        std::size_t slot;  ///< among the sums of that rank
    };
    /// A partial sum of a node: what its additions leave, in the place of a piece.
    struct NodeSum {
        std::size_t piece;
        std::size_t node;
    };
    /// What a rank announces to its node, of each part; the last one where there are other nodes.
    enum Event : std::size_t { sums_are_there, weights_are_there, weights_of_others_are_there };

    std::size_t rank() const { return static_cast<std::size_t>(group_->rank()); }
    linalg::Range slice_of(std::size_t part, std::size_t rank) const;
    std::size_t bytes_of(std::size_t sums) const { return sums * padded_length_ * sizeof(float); }
    float* sum_at(std::size_t piece, const linalg::Range& slice) const;
    int sum_tag(std::size_t part, std::size_t piece) const { return static_cast<int>(part * pieces_.size() + piece); }
    int weight_tag(std::size_t part) const { return static_cast<int>(parts_.size() * pieces_.size() + part); }

    void find_nodes(const Communicator& node);
    void find_additions(std::size_t leaves);
    void make_room(const Communicator& node);
    std::size_t events() const { return nodes_.size() > 1 ? 3 : 2; }
    std::size_t number_of(Event event, std::size_t part) const { return event * parts_.size() + part; }
    void announce(Event event, std::size_t part) const;
    bool has_announced(std::size_t local_rank, Event event, std::size_t part) const;
    void wait_for(std::size_t local_rank, Event event, std::size_t part) const;
    void receive_sums(std::size_t part);
    void relay_if_ready(std::size_t part);
    void relay(std::size_t part);
    void add_on_node(const linalg::Range& slice) const;
    void send_and_receive_weights(std::size_t part);
    /// 0 where they are not checked.
    std::uint64_t message_checksum(std::span<const std::byte> message) const;
    std::uint64_t weights_checksum(const linalg::Range& slice) const;

    const Communicator* group_;
    std::vector<linalg::Range> parts_;
    std::size_t length_;
    std::size_t padded_length_;  ///< whole cache lines
    std::size_t element_bytes_;
    bool checks_messages_;
    linalg::Range own_leaves_;
    linalg::LocalReductionPlan merge_;

    std::vector<std::vector<std::size_t>> nodes_;  ///< ranks of each node
    std::size_t own_node_ = 0;
    std::vector<std::size_t> members_;       ///< ranks of the own node, in the order of its communicator
    std::vector<std::size_t> handlers_;      ///< of each rank's slices on the own node; of a rank there, itself
    std::vector<std::size_t> handled_;       ///< ranks of other nodes whose slices this rank handles
    std::vector<std::size_t> own_handlers_;  ///< on each node, of this rank's slices

    std::vector<Piece> pieces_;                                         ///< of all ranks, in ascending order
    std::size_t most_sums_ = 0;                                         ///< of any rank
    std::vector<linalg::LocalReductionPlan::Addition> node_additions_;  ///< of the own node's pieces, in tree order
    std::vector<NodeSum> node_sums_;                                    ///< of all nodes, in ascending order
    std::vector<linalg::LocalReductionPlan::Addition> additions_;       ///< of node sums, in tree order

    linalg::AlignedBuffer<std::byte> own_memory_;  ///< of a rank that is alone on its node
    std::unique_ptr<GroupMemory> shared_memory_;   ///< otherwise
    std::vector<std::byte*> memory_;               ///< of each rank of the own node: its sums
    std::byte* weights_ = nullptr;                 ///< of the node, behind the sums of its first rank
    std::vector<std::span<float>> sums_;
    std::vector<linalg::FloatBuffer> received_;  ///< of each part: the own slice of the sums of other nodes
    std::vector<std::vector<float*>> addends_;   ///< of each part: the own slice of each node sum

    std::vector<std::uint64_t> starts_;                   ///< of each part, so far
    std::vector<std::uint64_t> relays_;                   ///< of each part, so far
    std::vector<std::vector<MPI_Request>> sum_requests_;  ///< of each part
    std::vector<MPI_Request> weight_requests_;
    std::vector<std::size_t> gathering_;  ///< parts
    std::uint64_t imbalance_ = 0;
};

/// The sum of losses over numbered leaves by the same tree, equal on every rank of the group whatever its size.
class OrderedSum {
  public:
    /// Local: no communication.
    /// @param group   must outlive this object
    /// @param leaves  at least one; rank r owns the leaves part_of(leaves, group.size(), r)
    OrderedSum(const Communicator& group, std::size_t leaves);

    /// Collective over the group.
    /// @param own        of the own leaves
    /// @param flag       in: of this rank, which has a leaf; out: whether any rank's was set
    /// @param imbalance  of OrderedReduction::take_imbalance
    /// @throws Error  failure: a message was altered on its way; on all ranks where the imbalances tell so
    linalg::LossAndCorrect operator()(std::span<const linalg::LossAndCorrect> own, bool& flag,
                                      std::uint64_t imbalance = 0);
    linalg::LossAndCorrect operator()(std::span<const linalg::LossAndCorrect> own);

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
    std::vector<linalg::LocalReductionPlan::Addition> additions_;
};

/// The same sum by one process that holds all leaves. At least one leaf. Local: no communication.
linalg::LossAndCorrect ordered_sum(std::vector<linalg::LossAndCorrect> leaves);

}  // namespace dropsweep::comm
