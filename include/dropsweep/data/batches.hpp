// The order of an epoch's samples, its batches, and their rows as operands of products.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "dropsweep/data/dataset.hpp"
#include "dropsweep/linalg/bitmap.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/partition.hpp"

namespace dropsweep::data {

/// The order in which one epoch visits the training samples: a uniform permutation of 0..count-1 that depends on
/// (seed, epoch) alone. count below 2^32.
/// Source: Durstenfeld (1964), Algorithm 235.
std::vector<std::uint32_t> shuffled_order(std::size_t count, std::uint64_t seed, std::uint32_t epoch);

/// 0, 1 ... count - 1.
std::vector<std::uint32_t> file_order(std::size_t count);

/// An order of samples, cut into batches; the last one may be short. A view of the order.
class Batches {
  public:
    Batches(std::span<const std::uint32_t> order, std::size_t batch_size) : order_(order), batch_size_(batch_size) {}

    std::size_t count() const { return (order_.size() + batch_size_ - 1) / batch_size_; }
    /// The samples of batch `index`.
    std::span<const std::uint32_t> operator[](std::size_t index) const {
        const std::size_t begin = index * batch_size_;
        return order_.subspan(begin, std::min(batch_size_, order_.size() - begin));
    }

  private:
    std::span<const std::uint32_t> order_;
    std::size_t batch_size_;
};

/// The rows of a batch that belong to a range of leaves: leaf l is rows [l * leaf_rows, (l + 1) * leaf_rows) of every
/// batch, as far as the batch has them.
inline linalg::Range rows_of_leaves(const linalg::Range& leaves, std::size_t leaf_rows, std::size_t batch_rows) {
    return {std::min(leaves.begin * leaf_rows, batch_rows), std::min(leaves.end * leaf_rows, batch_rows)};
}

/// Copies samples to the left operand of a product: pixels divided by 255, numbers as they are but 0 where they are
/// below 2^-40 in magnitude, and the bitmap of the non-zeros. T is float or linalg::BFloat16. Local: no communication.
/// @param chosen  indices in `samples`
/// @param x       out: [chosen.size(), features], padded (linalg/sparse_product.hpp)
/// @param labels  out: [chosen.size()]
template <class T>
void gather(const Samples& samples, std::span<const std::uint32_t> chosen, const linalg::SparseMatrix<T>& x,
            std::span<std::uint8_t> labels);

}  // namespace dropsweep::data
