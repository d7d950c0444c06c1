// The exchange of gradients and weights: over shared memory within a node, by messages between nodes.
#include "dropsweep/comm/ordered_reduction.hpp"

#include <algorithm>
#include <type_traits>

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

template <class T>
MPI_Datatype type_of() {
    return std::is_same_v<T, float> ? MPI_FLOAT : MPI_BYTE;
}

/// Adds up what sum_of(into) and sum_of(from) give, [size] each, block by block.
template <class SumOf>
void add_in_blocks(std::size_t size, std::span<const linalg::Addition> additions, const SumOf& sum_of) {
    for (std::size_t begin = 0; begin < size; begin += kBlock) {
        const std::size_t count = std::min(kBlock, size - begin);
        for (const auto [into, from] : additions) {
            linalg::add_to(sum_of(into).subspan(begin, count), sum_of(from).subspan(begin, count));
        }
    }
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
      plan_(leaves, own_leaves_),
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
    for (std::size_t other = 0; other < ranks(); ++other) {
        if (firsts[other] == other) nodes_.emplace_back();
        node_of.push_back(firsts[other] == other ? nodes_.size() - 1 : node_of[firsts[other]]);
        nodes_[node_of.back()].push_back(other);
    }
    own_node_ = node_of[rank()];
    // The ranks elsewhere are dealt out in turns to those of a node.
    const auto handler = [&](std::size_t on, std::size_t of) {
        if (node_of[of] == on) return of;
        const auto on_node = std::ranges::count(std::span(node_of).first(of), on);
        return nodes_[on][(of - static_cast<std::size_t>(on_node)) % nodes_[on].size()];
    };
    for (std::size_t on = 0; on < nodes_.size(); ++on) own_handlers_.push_back(handler(on, rank()));
    for (std::size_t step = 1; step < ranks(); ++step) {
        // Each rank begins with the neighbours to its right, so that not all of them send to rank 0 first.
        const std::size_t other = (rank() + step) % ranks();
        if (node_of[other] != own_node_ && handler(own_node_, other) == rank()) handled_.push_back(other);
    }
}

void OrderedReduction::find_additions(std::size_t leaves) {
    std::vector<linalg::TreeNode> tree_nodes;  // of each piece
    for (std::size_t other = 0; other < ranks(); ++other) {
        const linalg::LocalReductionPlan plan(leaves, linalg::part_of(leaves, ranks(), other));
        most_sums_ = std::max(most_sums_, plan.nodes.size());
        for (std::size_t slot = 0; slot < plan.nodes.size(); ++slot) pieces_.push_back({other, slot});
        tree_nodes.insert(tree_nodes.end(), plan.nodes.begin(), plan.nodes.end());
    }
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
        linalg::TreeMerge merge(leaves);
        std::vector<linalg::Addition> additions;
        for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
            if (!std::ranges::binary_search(nodes_[node], pieces_[piece].rank)) continue;
            merge.push(tree_nodes[piece], piece, additions);
        }
        if (node == own_node_) node_additions_ = additions;
        for (const linalg::TreeMerge::Entry& entry : merge.pending()) {
            node_sums_.push_back({entry.slot, node});
            tree_nodes[entry.slot] = entry.node;
        }
    }
    std::ranges::sort(node_sums_, {}, &NodeSum::piece);
    linalg::TreeMerge merge(leaves);
    for (std::size_t sum = 0; sum < node_sums_.size(); ++sum) {
        merge.push(tree_nodes[node_sums_[sum].piece], sum, additions_);
    }
}

void OrderedReduction::make_room(const Communicator& node) {
    memory_.resize(ranks());
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
    for (std::size_t slot = 0; slot < plan_.nodes.size(); ++slot) {
        sums_.emplace_back(reinterpret_cast<float*>(memory_[rank()] + bytes_of(slot)), length_);
    }
    const auto own_sums = static_cast<std::size_t>(std::ranges::count(node_sums_, own_node_, &NodeSum::node));
    for (std::size_t part = 0; part < parts_.size(); ++part) {
        const linalg::Range slice = own_slice(part);
        received_[part] = linalg::FloatBuffer((node_sums_.size() - own_sums) * slice.size());
        std::span<float> room = received_[part].span();
        for (const NodeSum& sum : node_sums_) {
            const bool is_own = sum.node == own_node_;
            addends_[part].push_back(is_own ? sum_at(sum.piece, slice) : room.first(slice.size()));
            if (!is_own) room = room.subspan(slice.size());
        }
    }
}

std::span<float> OrderedReduction::sum_at(std::size_t piece, const linalg::Range& slice) const {
    std::byte* sum = memory_[pieces_[piece].rank] + bytes_of(pieces_[piece].slot);
    return {reinterpret_cast<float*>(sum) + slice.begin, slice.size()};
}

std::span<std::byte> OrderedReduction::weights_at(const linalg::Range& slice) const {
    return {weights_ + slice.begin * element_bytes_, slice.size() * element_bytes_};
}

linalg::Range OrderedReduction::slice_of(std::size_t part, std::size_t rank) const {
    const linalg::Range& all = parts_[part];
    const std::size_t first = all.begin / kLine;
    const linalg::Range lines = linalg::part_of(lines_before(all.end) - first, ranks(), rank);
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
        if (nodes_.size() > 1) group_->probe();  // any MPI call moves on what this rank has sent
    });
}

void OrderedReduction::start(std::size_t part) {
    ++starts_[part];
    announce(sums_are_there, part);
    receive_sums(part);
    relay_if_ready(part);
}

template <class T>
void OrderedReduction::send(std::span<T> message, std::size_t to, int tag, Requests& requests) const {
    check(MPI_Isend(message.data(), as_count(message.size()), type_of<T>(), static_cast<int>(to), tag, group_->handle(),
                    &requests.emplace_back()),
          "MPI_Isend");
}

template <class T>
void OrderedReduction::receive(std::span<T> message, std::size_t from, int tag, Requests& requests) const {
    check(MPI_Irecv(message.data(), as_count(message.size()), type_of<T>(), static_cast<int>(from), tag,
                    group_->handle(), &requests.emplace_back()),
          "MPI_Irecv");
}

/// Posted before anybody sends, if possible: long messages need no intermediate copy then.
void OrderedReduction::receive_sums(std::size_t part) {
    for (std::size_t sum = 0; sum < node_sums_.size(); ++sum) {
        const auto [piece, node] = node_sums_[sum];
        if (node == own_node_) continue;
        receive(addends_[part][sum], own_handlers_[node], sum_tag(part, piece), sum_requests_[part]);
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
            const std::span<float> message = sum_at(piece, slice);
            imbalance_ += message_checksum(std::as_bytes(message));
            send(message, owner, sum_tag(part, piece), sum_requests_[part]);
        }
    }
}

/// Only one rank of the node, its owner or handler, reads and changes a slice of the node's sums.
void OrderedReduction::add_on_node(const linalg::Range& slice) const {
    add_in_blocks(slice.size(), node_additions_, [&](std::size_t piece) { return sum_at(piece, slice); });
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
    add_on_node(own_slice(part));
    // What was sent from here may be overwritten as soon as the node has this rank's weights.
    wait_for_all(sum_requests_[part]);
    sum_requests_[part].clear();
    const std::vector<std::span<float>>& addends = addends_[part];
    for (std::size_t sum = 0; sum < node_sums_.size(); ++sum) {
        if (node_sums_[sum].node != own_node_) imbalance_ -= message_checksum(std::as_bytes(addends[sum]));
    }
    add_in_blocks(addends.front().size(), additions_, [&](std::size_t sum) { return addends[sum]; });
    return addends.front();
}

void OrderedReduction::start_gather(std::size_t part) {
    gathering_.push_back(part);
    announce(weights_are_there, part);
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
        if (node == own_node_) continue;
        send(weights_at(own_slice(part)), own_handlers_[node], weight_tag(part), weight_requests_);
    }
    for (const std::size_t owner : handled_) {
        receive(weights_at(slice_of(part, owner)), owner, weight_tag(part), weight_requests_);
    }
}

std::uint64_t OrderedReduction::message_checksum(std::span<const std::byte> message) const {
    return checks_messages_ ? system::checksum(message) : 0;
}

void OrderedReduction::finish_gathers() {
    wait_for_all(weight_requests_);
    weight_requests_.clear();
    if (nodes_.size() > 1) {
        for (const std::size_t part : gathering_) {
            imbalance_ += (nodes_.size() - 1) * message_checksum(weights_at(own_slice(part)));
            for (const std::size_t owner : handled_) {
                imbalance_ -= message_checksum(weights_at(slice_of(part, owner)));
            }
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
        for (std::size_t other = 0; other < ranks(); ++other) {
            counts.push_back(slice_of(part, other).size());
        }
        group_->all_gather_in_place(flat.subspan(parts_[part].begin, parts_[part].size()), counts);
    }
}

}  // namespace dropsweep::comm
