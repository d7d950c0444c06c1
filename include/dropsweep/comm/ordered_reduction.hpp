// The exchange of a group's gradients, which are summed over the leaves of a batch by one tree, and of the new weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/group_memory.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/partition.hpp"
#include "dropsweep/linalg/reduction_tree.hpp"

namespace dropsweep::comm {

/// The allreduce of a group's gradients as reduce-scatter and allgather, between which the optimizer updates one slice
/// per rank; and part by part (a part is a layer), so that a part is exchanged while the next one is computed:
///
///     add the gradients of own_leaves() into sums(), as plan() says
///     for each part, once its gradients are in sums():  start(part)
///     for each part:  finish(part)        -> the sum over all leaves of own_slice(part), added in tree order
///                     update own_slice(part) of weights()
///                     start_gather(part)
///     finish_gathers()  -> all slices of weights() are updated
///
/// All ranks take the parts in the same order. The bits of the sum depend on the leaves and their number only.
///
/// The ranks of a node have their sums and one buffer of weights in shared memory. Sums for another node are first
/// added up on the node, and sent once, by one of its ranks; weights from another node are received once, by one rank.
/// The ranks of a node share this work:
///
///     node 0: ranks 0 1           node 1: ranks 2 3
///         0 adds 0 + 1 in the slice of 2 ------> 2 adds 2 + 3 and the sum received
///         1 adds 0 + 1 in the slice of 3 ------> 3 likewise
///         0 receives 2's slice of the weights <-- 2 updates its slice
///         1 receives 3's                      <-- 3 updates its slice                    ... and the other way round
///
/// A node sends as many bytes as a single rank would, however many ranks it has; if the leaves of each node are one
/// subtree, as many as a plain allreduce over the nodes. sweep::step_traffic counts them.
class OrderedReduction {
  public:
    /// Collective over the group.
    /// @param group   1 <= group.size() <= leaves; must outlive this object
    /// @param node    the ranks of the group on this rank's node; not used after construction
    /// @param leaves  rank r owns the leaves part_of(leaves, group.size(), r)
    /// @param parts   contiguous ranges that cover [0, length), none empty
    /// @param element_bytes    of a weight in weights(): 4 or 2
    /// @param checks_messages  whether messages have checksums, see take_imbalance(): a step between nodes takes some
    ///                         percent longer
    /// @throws Error  as SharedMemory
    OrderedReduction(const Communicator& group, const Communicator& node, std::size_t leaves,
                     std::vector<linalg::Range> parts, std::size_t element_bytes, bool checks_messages = false);

    /// The leaves of this rank, and the plan by which it adds up their gradients.
    const linalg::Range& own_leaves() const { return own_leaves_; }
    const linalg::LocalReductionPlan& plan() const { return plan_; }
    /// Where those sums go, one flat buffer [length] for each node of plan().
    std::span<const std::span<float>> sums() const { return sums_; }

    /// The elements of a part that this rank updates.
    linalg::Range own_slice(std::size_t part) const { return slice_of(part, rank()); }

    /// The weights, [length] of `element_bytes` each, zero at first: one buffer for all ranks of the group on this
    /// node. Between finish(part) and start_gather(part) a rank may change its slice of the part; from start(part) to
    /// finish_gathers() it may read no other slice of the part.
    template <class T>
    std::span<T> weights() const {
        return {reinterpret_cast<T*>(weights_), length_};
    }
    /// Sets weights() as a whole: calls write() on one rank of each node, between two barriers. Collective over the
    /// group.
    template <class Write>
    void set_weights(Write&& write) const {
        group_->barrier();
        if (members_.front() == rank()) write();
        group_->barrier();
    }

    /// Starts the exchange of a part of sums(). Does not block.
    void start(std::size_t part);
    /// Lets messages progress; to be called now and then while the rank computes. Does not block.
    void progress();
    /// Waits until the part is exchanged.
    /// @return  [own_slice(part).size()] the sum over all leaves; valid until start_gather(part), may be changed
    std::span<float> finish(std::size_t part);
    /// Says that own_slice(part) of weights() is updated, and starts to send it to other nodes. Does not block.
    void start_gather(std::size_t part);
    /// Waits until the slices of all ranks are updated, in all parts given to start_gather since the last call.
    void finish_gathers();

    /// The checksums of the messages this rank has sent to other nodes minus those it has received since the last call,
    /// modulo 2^64, of all finished parts and gathers. The sum over the group is 0 unless a message was altered. 0 if
    /// messages are not checked.
    std::uint64_t take_imbalance() { return std::exchange(imbalance_, 0); }

    /// Gathers the slices of another flat buffer, such as a moment of the optimizer. Collective over the group.
    /// @param flat  [length]; in: this rank's slices; out: the slices of all ranks
    void all_gather(std::span<float> flat) const;

  private:
    /// A partial sum of one rank over the leaves of a subtree.
    struct Piece {
        std::size_t rank;
        std::size_t slot;  ///< index in that rank's sums()
    };
    /// A partial sum of a node, which its additions leave in one of its pieces.
    struct NodeSum {
        std::size_t piece;  ///< index in pieces_
        std::size_t node;
    };
    /// What a rank announces to the ranks of its node for each part; the last one only if there are other nodes.
    enum Event : std::size_t { sums_are_there, weights_are_there, weights_of_others_are_there };

    using Requests = std::vector<MPI_Request>;

    std::size_t rank() const { return static_cast<std::size_t>(group_->rank()); }
    std::size_t ranks() const { return static_cast<std::size_t>(group_->size()); }
    linalg::Range slice_of(std::size_t part, std::size_t rank) const;
    std::size_t bytes_of(std::size_t sums) const { return sums * padded_length_ * sizeof(float); }
    std::span<float> sum_at(std::size_t piece, const linalg::Range& slice) const;
    std::span<std::byte> weights_at(const linalg::Range& slice) const;
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
    /// @tparam T  float or std::byte
    template <class T>
    void send(std::span<T> message, std::size_t to, int tag, Requests& requests) const;
    template <class T>
    void receive(std::span<T> message, std::size_t from, int tag, Requests& requests) const;
    void receive_sums(std::size_t part);
    void relay_if_ready(std::size_t part);
    void relay(std::size_t part);
    void add_on_node(const linalg::Range& slice) const;
    /// 0 where they are not checked.
    std::uint64_t message_checksum(std::span<const std::byte> message) const;

    const Communicator* group_;
    std::vector<linalg::Range> parts_;
    std::size_t length_;
    std::size_t padded_length_;  ///< whole cache lines
    std::size_t element_bytes_;
    bool checks_messages_;
    linalg::Range own_leaves_;
    linalg::LocalReductionPlan plan_;

    std::vector<std::vector<std::size_t>> nodes_;  ///< ranks of each node
    std::size_t own_node_ = 0;
    std::vector<std::size_t> members_;       ///< ranks of the own node, in the order of its communicator
    std::vector<std::size_t> handled_;       ///< ranks of other nodes whose slices this rank handles
    std::vector<std::size_t> own_handlers_;  ///< on each node, of this rank's slices; on the own one, this rank

    std::vector<Piece> pieces_;                     ///< of all ranks, in ascending order
    std::size_t most_sums_ = 0;                     ///< of any rank
    std::vector<linalg::Addition> node_additions_;  ///< of the own node's pieces, in tree order
    std::vector<NodeSum> node_sums_;                ///< of all nodes, in ascending order
    std::vector<linalg::Addition> additions_;       ///< of node sums, in tree order

    linalg::AlignedBuffer<std::byte> own_memory_;  ///< of a rank that is alone on its node
    std::unique_ptr<GroupMemory> shared_memory_;   ///< otherwise
    std::vector<std::byte*> memory_;               ///< for each rank of this node: its sums
    std::byte* weights_ = nullptr;                 ///< behind the sums of the node's first rank
    std::vector<std::span<float>> sums_;
    std::vector<linalg::FloatBuffer> received_;           ///< of each part: the own slice of the sums of other nodes
    std::vector<std::vector<std::span<float>>> addends_;  ///< of each part: the own slice of each node sum

    std::vector<std::uint64_t> starts_;   ///< of each part, so far
    std::vector<std::uint64_t> relays_;   ///< of each part, so far
    std::vector<Requests> sum_requests_;  ///< of each part
    Requests weight_requests_;
    std::vector<std::size_t> gathering_;  ///< parts
    std::uint64_t imbalance_ = 0;
};

}  // namespace dropsweep::comm
