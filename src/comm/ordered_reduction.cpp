#include "dropsweep/comm/ordered_reduction.hpp"

#include <algorithm>

#include "dropsweep/core/add.hpp"

#include "check.hpp"

namespace dropsweep::comm {
namespace {

/// Elements of a cache line. Slices are cut between lines, so that no two ranks write to one.
constexpr std::size_t kLine = 16;

std::size_t lines_before(std::size_t elements) {
    return (elements + kLine - 1) / kLine;
}

std::size_t as_size(int value) {
    return static_cast<std::size_t>(value);
}

/// The additions that leave the sum of all leaves in the first one.
std::vector<core::RunMerge::Addition> additions_over(std::size_t leaves) {
    assert(leaves > 0);
    std::vector<core::RunMerge::Addition> additions;
    core::TreeMerge merge(leaves);
    for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
        merge.push({0, leaf}, leaf, [&additions](std::size_t into, std::size_t from) {
            additions.push_back({into, from});
        });
    }
    return additions;
}

}  // namespace

Exchange exchange_within(const Communicator& group) {
    return group.split_by_node().size() == group.size() ? Exchange::shared_memory : Exchange::messages;
}

OrderedReduction::OrderedReduction(const Communicator& group, std::size_t shards, std::vector<core::Range> parts,
                                   std::size_t element_bytes, Exchange exchange)
    : group_(&group),
      parts_(std::move(parts)),
      length_(parts_.back().end),
      padded_length_(lines_before(length_) * kLine),
      element_bytes_(element_bytes),
      own_shards_(core::part_of(shards, as_size(group.size()), as_size(group.rank()))),
      merge_(shards, own_shards_),
      starts_(parts_.size()),
      received_(parts_.size()),
      sum_requests_(parts_.size()),
      gather_counts_(parts_.size()),
      gather_offsets_(parts_.size()) {
    core::TreeMerge merge(shards);
    for (std::size_t rank = 0; rank < as_size(group.size()); ++rank) {
        const core::RunMerge run(shards, core::part_of(shards, as_size(group.size()), rank));
        most_sums_ = std::max(most_sums_, run.nodes.size());
        for (std::size_t slot = 0; slot < run.nodes.size(); ++slot) {
            merge.push(run.nodes[slot], pieces_.size(), [this](std::size_t into, std::size_t from) {
                additions_.push_back({into, from});
            });
            pieces_.push_back({rank, slot});
        }
    }
    // A rank's memory: its sums, then its weights.
    const std::size_t bytes = weight_offset(most_sums_) + padded_length_ * element_bytes_;
    std::byte* own = nullptr;
    if (group.size() > 1 && exchange == Exchange::shared_memory) {
        shared_memory_ = std::make_unique<GroupMemory>(group, bytes, 2 * parts_.size());
        own = shared_memory_->of(group.rank());
    } else {
        own_memory_ = core::AlignedBuffer<std::byte>(bytes);
        own = own_memory_.data();
        for (std::size_t part = 0; part < parts_.size(); ++part) {
            received_[part] = core::FloatBuffer((pieces_.size() - merge_.nodes.size()) * own_slice(part).size());
            for (std::size_t other = 0; other < as_size(group.size()); ++other) {
                gather_counts_[part].push_back(as_count(slice_of(part, other).size()));
                gather_offsets_[part].push_back(as_count(slice_of(part, other).begin));
            }
        }
    }
    for (std::size_t slot = 0; slot < merge_.nodes.size(); ++slot) {
        sums_.emplace_back(reinterpret_cast<float*>(own + weight_offset(slot)), length_);
    }
    weights_ = own + weight_offset(most_sums_);
    find_addends();
}

void OrderedReduction::find_addends() {
    for (std::size_t part = 0; part < parts_.size(); ++part) {
        const core::Range slice = own_slice(part);
        std::vector<float*>& addends = addends_.emplace_back();
        float* received = received_[part].data();
        for (const Piece& piece : pieces_) {
            if (shared_memory_) {
                std::byte* memory = shared_memory_->of(static_cast<int>(piece.rank));
                // Only this rank reads and changes this slice of the others' sums.
                addends.push_back(reinterpret_cast<float*>(memory + weight_offset(piece.slot)) + slice.begin);
            } else if (piece.rank == rank()) {
                addends.push_back(sums_[piece.slot].data() + slice.begin);
            } else {
                addends.push_back(received);
                received += slice.size();
            }
        }
    }
}

core::Range OrderedReduction::slice_of(std::size_t part, std::size_t rank) const {
    const core::Range& all = parts_[part];
    const std::size_t first = all.begin / kLine;
    const core::Range lines = core::part_of(lines_before(all.end) - first, as_size(group_->size()), rank);
    return {std::clamp((first + lines.begin) * kLine, all.begin, all.end),
            std::clamp((first + lines.end) * kLine, all.begin, all.end)};
}

void OrderedReduction::start(std::size_t part) {
    ++starts_[part];
    if (shared_memory_) {
        shared_memory_->announce(sum_event(part), starts_[part]);
    } else {
        send_and_receive(part);
    }
}

void OrderedReduction::send_and_receive(std::size_t part) {
    const core::Range slice = own_slice(part);
    std::vector<MPI_Request>& requests = sum_requests_[part];
    // The tag names the part and the piece; a receiver posts first, so that long messages need no intermediate copy.
    const auto tag = [&](std::size_t piece) { return static_cast<int>(part * pieces_.size() + piece); };
    std::size_t received = 0;
    for (std::size_t p = 0; p < pieces_.size(); ++p) {
        if (pieces_[p].rank == rank()) continue;
        check(MPI_Irecv(received_[part].data() + received, as_count(slice.size()), MPI_FLOAT,
                        static_cast<int>(pieces_[p].rank), tag(p), group_->handle(), &requests.emplace_back()),
              "MPI_Irecv");
        received += slice.size();
    }
    for (std::size_t p = 0; p < pieces_.size(); ++p) {
        if (pieces_[p].rank != rank()) continue;
        for (std::size_t step = 1; step < as_size(group_->size()); ++step) {
            // Each rank starts with its right-hand neighbour, so that not all of them send to rank 0 first.
            const std::size_t destination = (rank() + step) % as_size(group_->size());
            const core::Range theirs = slice_of(part, destination);
            check(MPI_Isend(sums_[pieces_[p].slot].data() + theirs.begin, as_count(theirs.size()), MPI_FLOAT,
                            static_cast<int>(destination), tag(p), group_->handle(), &requests.emplace_back()),
                  "MPI_Isend");
        }
    }
}

void OrderedReduction::progress() {
    if (shared_memory_) return;
    for (std::vector<MPI_Request>& requests : sum_requests_) {
        int done = 0;
        check(MPI_Testall(static_cast<int>(requests.size()), requests.data(), &done, MPI_STATUSES_IGNORE),
              "MPI_Testall");
    }
}

std::span<float> OrderedReduction::finish(std::size_t part) {
    if (shared_memory_) {
        for (int other = 0; other < group_->size(); ++other) {
            shared_memory_->wait_for(other, sum_event(part), starts_[part]);
        }
    } else {
        std::vector<MPI_Request>& requests = sum_requests_[part];
        check(MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
        requests.clear();
    }
    const std::vector<float*>& addends = addends_[part];
    const std::size_t size = own_slice(part).size();
    // In blocks that stay in the first-level cache while all pieces of them are added.
    constexpr std::size_t kBlock = 2048;
    for (std::size_t begin = 0; begin < size; begin += kBlock) {
        const std::size_t count = std::min(kBlock, size - begin);
        for (const auto [into, from] : additions_) {
            core::add_to({addends[into] + begin, count}, {addends[from] + begin, count});
        }
    }
    return {addends.front(), size};
}

void OrderedReduction::start_gather(std::size_t part) {
    gathering_.push_back(part);
    if (shared_memory_) {
        shared_memory_->announce(weight_event(part), starts_[part]);
    } else if (group_->size() > 1) {
        std::vector<int>& counts = gather_counts_[part];
        std::vector<int>& offsets = gather_offsets_[part];
        check(MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, weights_, counts.data(), offsets.data(),
                              element_bytes_ == sizeof(float) ? MPI_FLOAT : MPI_UINT16_T, group_->handle(),
                              &weight_requests_.emplace_back()),
              "MPI_Iallgatherv");
    }
}

void OrderedReduction::finish_gathers() {
    if (shared_memory_) {
        for (const std::size_t part : gathering_) {
            for (int other = 0; other < group_->size(); ++other) {
                if (other == group_->rank()) continue;
                shared_memory_->wait_for(other, weight_event(part), starts_[part]);
                const core::Range slice = slice_of(part, as_size(other));
                const std::byte* theirs = shared_memory_->of(other) + weight_offset(most_sums_);
                std::copy(theirs + slice.begin * element_bytes_, theirs + slice.end * element_bytes_,
                          weights_ + slice.begin * element_bytes_);
            }
        }
    } else {
        check(MPI_Waitall(static_cast<int>(weight_requests_.size()), weight_requests_.data(), MPI_STATUSES_IGNORE),
              "MPI_Waitall");
        weight_requests_.clear();
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
      own_(core::part_of(leaves, as_size(group.size()), as_size(group.rank()))),
      leaves_(leaves),
      additions_(additions_over(leaves)) {
    for (std::size_t rank = 0; rank < as_size(group.size()); ++rank) {
        const core::Range run = core::part_of(leaves, as_size(group.size()), rank);
        byte_counts_.push_back(as_count(run.size() * sizeof(Leaf)));
        byte_offsets_.push_back(as_count(run.begin * sizeof(Leaf)));
    }
}

core::Tally OrderedSum::operator()(std::span<const core::Tally> own, bool& flag) {
    assert(own.size() == own_.size());
    for (std::size_t i = 0; i < own.size(); ++i) leaves_[own_.begin + i] = {own[i], flag ? 1 : 0};
    check(MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, leaves_.data(), byte_counts_.data(), byte_offsets_.data(),
                         MPI_BYTE, group_->handle()),
          "MPI_Allgatherv");
    for (const Leaf& leaf : leaves_) flag = flag || leaf.flag != 0;
    for (const auto [into, from] : additions_) leaves_[into].tally += leaves_[from].tally;
    return leaves_.front().tally;
}

core::Tally OrderedSum::operator()(std::span<const core::Tally> own) {
    bool no_flag = false;
    return (*this)(own, no_flag);
}

core::Tally ordered_sum(std::vector<core::Tally> leaves) {
    for (const auto [into, from] : additions_over(leaves.size())) leaves[into] += leaves[from];
    return leaves.front();
}

}  // namespace dropsweep::comm
