#include "dropsweep/comm/ordered_reduction.hpp"

#include <algorithm>

#include "dropsweep/linalg/add.hpp"
#include "dropsweep/system/checksum.hpp"

#include "check.hpp"
#include "waiting.hpp"

namespace dropsweep::comm {
namespace {

/// Elements of a cache line. Slices are cut between lines, so that no two ranks write to one.
constexpr std::size_t kLine = 16;
/// Elements that stay in the first-level cache while all addends of them are added.
constexpr std::size_t kBlock = 2048;

std::size_t lines_before(std::size_t elements) {
    return (elements + kLine - 1) / kLine;
}

std::size_t as_size(int value) {
    return static_cast<std::size_t>(value);
}

/// The additions that leave the sum of all leaves in the first one.
std::vector<linalg::LocalReductionPlan::Addition> additions_over(std::size_t leaves) {
    assert(leaves > 0);
    std::vector<linalg::LocalReductionPlan::Addition> additions;
    linalg::TreeMerge merge(leaves);
    for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
        merge.push({0, leaf}, leaf, [&additions](std::size_t into, std::size_t from) {
            additions.push_back({into, from});
        });
    }
    return additions;
}

}  // namespace

OrderedReduction::OrderedReduction(const Communicator& group, const Communicator& node, std::size_t leaves,
                                   std::vector<linalg::Range> parts, std::size_t element_bytes, bool checks_messages)
    : group_(&group),
      parts_(std::move(parts)),
      length_(parts_.back().end),
      padded_length_(lines_before(length_) * kLine),
      element_bytes_(element_bytes),
      checks_messages_(checks_messages),
      own_leaves_(linalg::part_of(leaves, as_size(group.size()), as_size(group.rank()))),
      merge_(leaves, own_leaves_),
      received_(parts_.size()),
      addends_(parts_.size()),
      starts_(parts_.size()),
      relays_(parts_.size()),
      sum_requests_(parts_.size()) {
    find_nodes(node);
    find_additions(leaves);
    make_room(node);
}

void OrderedReduction::find_nodes(const Communicator& node) {
    members_ = node.all_gather(rank());
    const std::vector<std::size_t> firsts = group_->all_gather(std::ranges::min(members_));
    std::vector<std::size_t> node_of;
    for (std::size_t other = 0; other < firsts.size(); ++other) {
        if (firsts[other] == other) nodes_.emplace_back();
        node_of.push_back(firsts[other] == other ? nodes_.size() - 1 : node_of[firsts[other]]);
        nodes_[node_of.back()].push_back(other);
    }
    own_node_ = node_of[rank()];
    // The ranks of a node take turns with the ranks elsewhere.
    const auto handler = [&](std::size_t on, std::size_t of) {
        if (node_of[of] == on) return of;
        const auto others = std::count_if(node_of.begin(), node_of.begin() + static_cast<std::ptrdiff_t>(of),
                                          [on](std::size_t each) { return each != on; });
        return nodes_[on][static_cast<std::size_t>(others) % nodes_[on].size()];
    };
    for (std::size_t on = 0; on < nodes_.size(); ++on) own_handlers_.push_back(handler(on, rank()));
    for (std::size_t other = 0; other < node_of.size(); ++other) handlers_.push_back(handler(own_node_, other));
    for (std::size_t step = 1; step < node_of.size(); ++step) {
        // Each rank begins with the neighbours to its right, so that not all of them send to rank 0 first.
        const std::size_t other = (rank() + step) % node_of.size();
        if (node_of[other] != own_node_ && handlers_[other] == rank()) handled_.push_back(other);
    }
}

void OrderedReduction::find_additions(std::size_t leaves) {
    std::vector<linalg::TreeNode> tree_nodes;
    for (std::size_t other = 0; other < as_size(group_->size()); ++other) {
        const linalg::LocalReductionPlan run(leaves, linalg::part_of(leaves, as_size(group_->size()), other));
        most_sums_ = std::max(most_sums_, run.nodes.size());
        for (std::size_t slot = 0; slot < run.nodes.size(); ++slot) {
            pieces_.push_back({other, slot});
            tree_nodes.push_back(run.nodes[slot]);
        }
    }
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
        linalg::TreeMerge merge(leaves);
        for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
            if (!std::ranges::binary_search(nodes_[node], pieces_[piece].rank)) continue;
            merge.push(tree_nodes[piece], piece, [&](std::size_t into, std::size_t from) {
                if (node == own_node_) node_additions_.push_back({into, from});
            });
        }
        for (const linalg::TreeMerge::Entry& entry : merge.pending()) {
            node_sums_.push_back({entry.slot, node});
            tree_nodes[entry.slot] = entry.node;
        }
    }
    std::ranges::sort(node_sums_, {}, &NodeSum::piece);
    linalg::TreeMerge merge(leaves);
    for (std::size_t sum = 0; sum < node_sums_.size(); ++sum) {
        merge.push(tree_nodes[node_sums_[sum].piece], sum, [this](std::size_t into, std::size_t from) {
            additions_.push_back({into, from});
        });
    }
}

void OrderedReduction::make_room(const Communicator& node) {
    memory_.resize(as_size(group_->size()));
    const bool leads_node = members_.front() == rank();
    const std::size_t bytes = bytes_of(most_sums_) + (leads_node ? padded_length_ * element_bytes_ : 0);
    if (members_.size() > 1) {
        shared_memory_ = std::make_unique<GroupMemory>(node, bytes, events() * parts_.size());
        for (int local = 0; local < node.size(); ++local) {
            memory_[members_[as_size(local)]] = shared_memory_->of(local);
        }
    } else {
        own_memory_ = linalg::AlignedBuffer<std::byte>(bytes);
        memory_[rank()] = own_memory_.data();
    }
    weights_ = memory_[members_.front()] + bytes_of(most_sums_);
    for (std::size_t slot = 0; slot < merge_.nodes.size(); ++slot) {
        sums_.emplace_back(reinterpret_cast<float*>(memory_[rank()] + bytes_of(slot)), length_);
    }
    const auto is_elsewhere = [this](const NodeSum& sum) { return sum.node != own_node_; };
    const auto elsewhere = static_cast<std::size_t>(std::ranges::count_if(node_sums_, is_elsewhere));
    for (std::size_t part = 0; part < parts_.size(); ++part) {
        const linalg::Range slice = own_slice(part);
        received_[part] = linalg::FloatBuffer(elsewhere * slice.size());
        float* received = received_[part].data();
        for (const NodeSum& sum : node_sums_) {
            addends_[part].push_back(is_elsewhere(sum) ? received : sum_at(sum.piece, slice));
            if (is_elsewhere(sum)) received += slice.size();
        }
    }
}

float* OrderedReduction::sum_at(std::size_t piece, const linalg::Range& slice) const {
    std::byte* memory = memory_[pieces_[piece].rank];
    return reinterpret_cast<float*>(memory + bytes_of(pieces_[piece].slot)) + slice.begin;
}

linalg::Range OrderedReduction::slice_of(std::size_t part, std::size_t rank) const {
    const linalg::Range& all = parts_[part];
    const std::size_t first = all.begin / kLine;
    const linalg::Range lines = linalg::part_of(lines_before(all.end) - first, as_size(group_->size()), rank);
    return {std::clamp((first + lines.begin) * kLine, all.begin, all.end),
            std::clamp((first + lines.end) * kLine, all.begin, all.end)};
}

void OrderedReduction::announce(Event event, std::size_t part) const {
    if (shared_memory_) shared_memory_->announce(number_of(event, part), starts_[part]);
}

bool OrderedReduction::has_announced(std::size_t local_rank, Event event, std::size_t part) const {
    return !shared_memory_ ||
           shared_memory_->has_announced(static_cast<int>(local_rank), number_of(event, part), starts_[part]);
}

void OrderedReduction::wait_for(std::size_t local_rank, Event event, std::size_t part) const {
    if (!shared_memory_) return;
    shared_memory_->wait_for(static_cast<int>(local_rank), number_of(event, part), starts_[part], [this] {
        // What this rank has sent must go on.
        int waits = 0;
        if (nodes_.size() == 1) return;
        check(MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, group_->handle(), &waits, MPI_STATUS_IGNORE), "MPI_Iprobe");
    });
}

void OrderedReduction::start(std::size_t part) {
    ++starts_[part];
    announce(sums_are_there, part);
    receive_sums(part);
    relay_if_ready(part);
}

/// Posted before anybody sends, if possible: long messages need no intermediate copy then.
void OrderedReduction::receive_sums(std::size_t part) {
    const std::size_t size = own_slice(part).size();
    for (std::size_t sum = 0; sum < node_sums_.size(); ++sum) {
        const auto [piece, node] = node_sums_[sum];
        if (node == own_node_) continue;
        check(MPI_Irecv(addends_[part][sum], as_count(size), MPI_FLOAT, static_cast<int>(own_handlers_[node]),
                        sum_tag(part, piece), group_->handle(), &sum_requests_[part].emplace_back()),
              "MPI_Irecv");
    }
}

void OrderedReduction::relay_if_ready(std::size_t part) {
    if (relays_[part] == starts_[part]) return;
    for (std::size_t local = 0; local < members_.size(); ++local) {
        if (!has_announced(local, sums_are_there, part)) return;
    }
    relay(part);
}

/// Once all ranks of the node have announced their sums: adds up and sends the slices of ranks elsewhere.
void OrderedReduction::relay(std::size_t part) {
    relays_[part] = starts_[part];
    for (const std::size_t owner : handled_) {
        const linalg::Range slice = slice_of(part, owner);
        add_on_node(slice);
        for (const auto [piece, node] : node_sums_) {
            if (node != own_node_) continue;
            imbalance_ += message_checksum(std::as_bytes(std::span(sum_at(piece, slice), slice.size())));
            check(MPI_Isend(sum_at(piece, slice), as_count(slice.size()), MPI_FLOAT, static_cast<int>(owner),
                            sum_tag(part, piece), group_->handle(), &sum_requests_[part].emplace_back()),
                  "MPI_Isend");
        }
    }
}

/// Only one rank of the node, its owner or handler, reads and changes a slice of the node's sums.
void OrderedReduction::add_on_node(const linalg::Range& slice) const {
    for (std::size_t begin = slice.begin; begin < slice.end; begin += kBlock) {
        const linalg::Range block{begin, std::min(begin + kBlock, slice.end)};
        for (const auto [into, from] : node_additions_) {
            linalg::add_to({sum_at(into, block), block.size()}, {sum_at(from, block), block.size()});
        }
    }
}

void OrderedReduction::progress() {
    if (nodes_.size() == 1) return;
    for (std::size_t part = 0; part < parts_.size(); ++part) {
        relay_if_ready(part);
        int done = 0;
        check(MPI_Testall(static_cast<int>(sum_requests_[part].size()), sum_requests_[part].data(), &done,
                          MPI_STATUSES_IGNORE),
              "MPI_Testall");
    }
}

std::span<float> OrderedReduction::finish(std::size_t part) {
    for (std::size_t local = 0; local < members_.size(); ++local) wait_for(local, sums_are_there, part);
    relay_if_ready(part);
    const linalg::Range slice = own_slice(part);
    add_on_node(slice);
    // What was sent from here may be overwritten as soon as the node has this rank's weights.
    wait_for_all(sum_requests_[part]);
    sum_requests_[part].clear();
    const std::vector<float*>& addends = addends_[part];
    for (std::size_t sum = 0; sum < node_sums_.size(); ++sum) {
        if (node_sums_[sum].node == own_node_) continue;
        imbalance_ -= message_checksum(std::as_bytes(std::span(addends[sum], slice.size())));
    }
    for (std::size_t begin = 0; begin < slice.size(); begin += kBlock) {
        const std::size_t count = std::min(kBlock, slice.size() - begin);
        for (const auto [into, from] : additions_) {
            linalg::add_to({addends[into] + begin, count}, {addends[from] + begin, count});
        }
    }
    return {addends.front(), slice.size()};
}

void OrderedReduction::start_gather(std::size_t part) {
    gathering_.push_back(part);
    announce(weights_are_there, part);
    if (nodes_.size() > 1) send_and_receive_weights(part);
}

void OrderedReduction::send_and_receive_weights(std::size_t part) {
    const auto count_of = [this](const linalg::Range& slice) { return as_count(slice.size() * element_bytes_); };
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
        if (node == own_node_) continue;
        const linalg::Range slice = own_slice(part);
        check(MPI_Isend(weights_ + slice.begin * element_bytes_, count_of(slice), MPI_BYTE,
                        static_cast<int>(own_handlers_[node]), weight_tag(part), group_->handle(),
                        &weight_requests_.emplace_back()),
              "MPI_Isend");
    }
    for (const std::size_t owner : handled_) {
        const linalg::Range slice = slice_of(part, owner);
        check(MPI_Irecv(weights_ + slice.begin * element_bytes_, count_of(slice), MPI_BYTE, static_cast<int>(owner),
                        weight_tag(part), group_->handle(), &weight_requests_.emplace_back()),
              "MPI_Irecv");
    }
}

std::uint64_t OrderedReduction::message_checksum(std::span<const std::byte> message) const {
    return checks_messages_ ? system::checksum(message) : 0;
}

std::uint64_t OrderedReduction::weights_checksum(const linalg::Range& slice) const {
    return message_checksum({weights_ + slice.begin * element_bytes_, slice.size() * element_bytes_});
}

void OrderedReduction::finish_gathers() {
    wait_for_all(weight_requests_);
    weight_requests_.clear();
    if (nodes_.size() > 1) {
        for (const std::size_t part : gathering_) {
            imbalance_ += (nodes_.size() - 1) * weights_checksum(own_slice(part));
            for (const std::size_t owner : handled_) imbalance_ -= weights_checksum(slice_of(part, owner));
            announce(weights_of_others_are_there, part);
        }
    }
    for (const std::size_t part : gathering_) {
        for (std::size_t local = 0; local < members_.size(); ++local) {
            if (members_[local] == rank()) continue;
            wait_for(local, weights_are_there, part);
            if (nodes_.size() > 1) wait_for(local, weights_of_others_are_there, part);
        }
    }
    gathering_.clear();
}

void OrderedReduction::all_gather(std::span<float> flat) const {
    for (std::size_t part = 0; part < parts_.size(); ++part) {
        std::vector<std::size_t> counts;
        for (std::size_t other = 0; other < as_size(group_->size()); ++other) {
            counts.push_back(slice_of(part, other).size());
        }
        group_->all_gather_in_place(flat.subspan(parts_[part].begin, parts_[part].size()), counts);
    }
}

OrderedSum::OrderedSum(const Communicator& group, std::size_t leaves)
    : group_(&group),
      own_(linalg::part_of(leaves, as_size(group.size()), as_size(group.rank()))),
      leaves_(leaves),
      additions_(additions_over(leaves)) {
    for (std::size_t rank = 0; rank < as_size(group.size()); ++rank) {
        const linalg::Range run = linalg::part_of(leaves, as_size(group.size()), rank);
        byte_counts_.push_back(as_count(run.size() * sizeof(Leaf)));
        byte_offsets_.push_back(as_count(run.begin * sizeof(Leaf)));
    }
}

linalg::LossAndCorrect OrderedSum::operator()(std::span<const linalg::LossAndCorrect> own, bool& flag,
                                              std::uint64_t imbalance) {
    assert(own.size() == own_.size());
    const auto checksum_of = [](Leaf leaf) {
        leaf.checksum = 0;
        return system::checksum(std::as_bytes(std::span(&leaf, 1)));
    };
    for (std::size_t i = 0; i < own.size(); ++i) {
        Leaf& leaf = leaves_[own_.begin + i];
        leaf = {own[i], flag ? std::uint64_t{1} : 0, i == 0 ? imbalance : 0};
        leaf.checksum = checksum_of(leaf);
    }
    complete(
        [&](MPI_Request* request) {
            return MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, leaves_.data(), byte_counts_.data(),
                                   byte_offsets_.data(), MPI_BYTE, group_->handle(), request);
        },
        "MPI_Iallgatherv");
    std::uint64_t balance = 0;
    for (const Leaf& leaf : leaves_) {
        require_unaltered(leaf.checksum == checksum_of(leaf));
        flag = flag || leaf.flag != 0;
        balance += leaf.imbalance;
    }
    require_unaltered(balance == 0);
    for (const auto [into, from] : additions_) leaves_[into].sum += leaves_[from].sum;
    return leaves_.front().sum;
}

linalg::LossAndCorrect OrderedSum::operator()(std::span<const linalg::LossAndCorrect> own) {
    bool no_flag = false;
    return (*this)(own, no_flag);
}

linalg::LossAndCorrect ordered_sum(std::vector<linalg::LossAndCorrect> leaves) {
    for (const auto [into, from] : additions_over(leaves.size())) leaves[into] += leaves[from];
    return leaves.front();
}

}  // namespace dropsweep::comm
