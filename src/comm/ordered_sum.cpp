// The sum of losses over the leaves of a batch, added by the tree of the gradients.
#include "dropsweep/comm/ordered_sum.hpp"

#include <cassert>

#include "dropsweep/system/checksum.hpp"

#include "check.hpp"
#include "waiting.hpp"

namespace dropsweep::comm {
namespace {

/// They leave the sum of all leaves in the first one.
std::vector<linalg::Addition> additions_over(std::size_t leaves) {
    assert(leaves > 0);
    std::vector<linalg::Addition> additions;
    linalg::TreeMerge merge(leaves);
    for (std::size_t leaf = 0; leaf < leaves; ++leaf) merge.push({0, leaf}, leaf, additions);
    return additions;
}

}  // namespace

OrderedSum::OrderedSum(const Communicator& group, std::size_t leaves)
    : group_(&group), leaves_(leaves), additions_(additions_over(leaves)) {
    const auto ranks = static_cast<std::size_t>(group.size());
    own_ = linalg::part_of(leaves, ranks, static_cast<std::size_t>(group.rank()));
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        const linalg::Range run = linalg::part_of(leaves, ranks, rank);
        byte_counts_.push_back(as_count(run.size() * sizeof(Leaf)));
        byte_offsets_.push_back(as_count(run.begin * sizeof(Leaf)));
    }
}

OrderedSum::Total OrderedSum::operator()(std::span<const linalg::LossAndCorrect> own, bool flag,
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
    bool any_flag = false;
    std::uint64_t balance = 0;
    for (const Leaf& leaf : leaves_) {
        require_unaltered(leaf.checksum == checksum_of(leaf));
        any_flag |= leaf.flag != 0;
        balance += leaf.imbalance;
    }
    require_unaltered(balance == 0);
    for (const auto [into, from] : additions_) leaves_[into].sum += leaves_[from].sum;
    return {leaves_.front().sum, any_flag};
}

linalg::LossAndCorrect ordered_sum(std::vector<linalg::LossAndCorrect> leaves) {
    for (const auto [into, from] : additions_over(leaves.size())) leaves[into] += leaves[from];
    return leaves.front();
}

}  // namespace dropsweep::comm
