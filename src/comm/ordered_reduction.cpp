#include "dropsweep/comm/ordered_reduction.hpp"

#include <algorithm>

#include "dropsweep/core/simd.hpp"

#include "check.hpp"

namespace dropsweep::comm {
namespace {

DROPSWEEP_SIMD void add_to(float* __restrict into, const float* __restrict from, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) into[i] += from[i];
}

}  // namespace

OrderedReduction::OrderedReduction(const Communicator& group, std::size_t shards, std::size_t length)
    : group_(&group),
      length_(length),
      own_shards_(
          core::part_of(shards, static_cast<std::size_t>(group.size()), static_cast<std::size_t>(group.rank()))),
      next_shard_(own_shards_.begin),
      local_(shards) {
    const auto ranks = static_cast<std::size_t>(group.size());
    std::size_t own_pieces = 0;
    TreeMerge merge(shards);
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        for (const TreeNode& node : nodes_of_run(shards, core::part_of(shards, ranks, rank))) {
            merge.push(node, pieces_.size(), [this](std::size_t into, std::size_t from) {
                additions_.push_back({into, from});
            });
            pieces_.push_back({rank, node});
            if (rank == static_cast<std::size_t>(group.rank())) ++own_pieces;
        }
    }
    piece_data_.resize(pieces_.size());
    received_ = core::FloatBuffer((pieces_.size() - own_pieces) * own_slice().size());
}

core::Range OrderedReduction::slice_of(std::size_t rank) const {
    // Whole cache lines, so that no two ranks' slices share one.
    constexpr std::size_t kLine = 16;
    const core::Range lines =
        core::part_of((length_ + kLine - 1) / kLine, static_cast<std::size_t>(group_->size()), rank);
    return {std::min(lines.begin * kLine, length_), std::min(lines.end * kLine, length_)};
}

std::span<float> OrderedReduction::shard_buffer() {
    const std::size_t slot = local_.pending().size();
    if (slot == local_sums_.size()) local_sums_.emplace_back(length_);
    return local_sums_[slot].span();
}

void OrderedReduction::add_shard() {
    // A merge always joins the last two pending sums, so that a sum's slot is its position in the row of pending ones.
    const std::size_t slot = local_.pending().size();
    local_.push({0, next_shard_++}, slot, [this](std::size_t into, std::size_t from) {
        add_to(local_sums_[into].data(), local_sums_[from].data(), length_);
    });
}

void OrderedReduction::exchange() {
    const core::Range slice = own_slice();
    const int own_rank = group_->rank();
    std::vector<MPI_Request> requests;
    std::size_t received = 0;
    std::size_t own_piece = 0;
    // The tag is the number of the piece; a receiver posts first, so that long messages need no intermediate copy.
    for (std::size_t p = 0; p < pieces_.size(); ++p) {
        if (static_cast<int>(pieces_[p].rank) == own_rank) {
            piece_data_[p] = local_sums_[own_piece++].data() + slice.begin;
            continue;
        }
        piece_data_[p] = received_.data() + received;
        received += slice.size();
        check(MPI_Irecv(piece_data_[p], as_count(slice.size()), MPI_FLOAT, static_cast<int>(pieces_[p].rank),
                        static_cast<int>(p), group_->handle(), &requests.emplace_back()),
              "MPI_Irecv");
    }
    own_piece = 0;
    for (std::size_t p = 0; p < pieces_.size(); ++p) {
        if (static_cast<int>(pieces_[p].rank) != own_rank) continue;
        for (int step = 1; step < group_->size(); ++step) {
            // Each rank starts with its right-hand neighbour, so that not all of them send to rank 0 first.
            const int destination = (own_rank + step) % group_->size();
            const core::Range part = slice_of(static_cast<std::size_t>(destination));
            check(MPI_Isend(local_sums_[own_piece].data() + part.begin, as_count(part.size()), MPI_FLOAT, destination,
                            static_cast<int>(p), group_->handle(), &requests.emplace_back()),
                  "MPI_Isend");
        }
        ++own_piece;
    }
    check(MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
}

std::span<float> OrderedReduction::reduce_scatter() {
    exchange();
    // In blocks that stay in the first-level cache while all pieces of them are added.
    constexpr std::size_t kBlock = 2048;
    const std::size_t size = own_slice().size();
    for (std::size_t begin = 0; begin < size; begin += kBlock) {
        const std::size_t count = std::min(kBlock, size - begin);
        for (const Addition& addition : additions_) {
            add_to(piece_data_[addition.into] + begin, piece_data_[addition.from] + begin, count);
        }
    }
    local_.clear();
    next_shard_ = own_shards_.begin;
    return {piece_data_.front(), size};
}

void OrderedReduction::all_gather(std::span<float> flat) const {
    std::vector<std::size_t> counts;
    for (int rank = 0; rank < group_->size(); ++rank) counts.push_back(slice_of(static_cast<std::size_t>(rank)).size());
    group_->all_gather_in_place(flat, counts);
}

core::Tally ordered_sum(std::vector<core::Tally> leaves) {
    TreeMerge merge(leaves.size());
    for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf) {
        merge.push({0, leaf}, leaf, [&leaves](std::size_t into, std::size_t from) { leaves[into] += leaves[from]; });
    }
    return leaves.front();
}

core::Tally ordered_sum(const Communicator& group, std::span<const core::Tally> own, std::size_t leaves, bool& flag) {
    assert(leaves > 0);
    struct Leaf {
        core::Tally tally;
        std::int64_t flag = 0;
    };
    std::vector<Leaf> all(leaves);
    std::vector<std::size_t> counts;
    for (int rank = 0; rank < group.size(); ++rank) {
        const core::Range run =
            core::part_of(leaves, static_cast<std::size_t>(group.size()), static_cast<std::size_t>(rank));
        counts.push_back(run.size());
        if (rank != group.rank()) continue;
        for (std::size_t i = 0; i < own.size(); ++i) all[run.begin + i] = {own[i], flag ? 1 : 0};
    }
    group.all_gather_in_place(std::span<Leaf>(all), counts);
    std::vector<core::Tally> tallies;
    for (const Leaf& leaf : all) {
        tallies.push_back(leaf.tally);
        flag = flag || leaf.flag != 0;
    }
    return ordered_sum(std::move(tallies));
}

core::Tally ordered_sum(const Communicator& group, std::span<const core::Tally> own, std::size_t leaves) {
    bool no_flag = false;
    return ordered_sum(group, own, leaves, no_flag);
}

}  // namespace dropsweep::comm
