// Forward passes over blocks of samples.
#include "dropsweep/train/evaluation.hpp"

#include <array>
#include <utility>

#include "dropsweep/comm/ordered_sum.hpp"
#include "dropsweep/data/batches.hpp"
#include "dropsweep/linalg/sparse_product.hpp"

namespace dropsweep::train {
namespace {

/// Makes a forward pass for each block whose number is in `chosen`.
/// @param visit  called after each with the rows of the block in `samples` and their labels
template <class Products, class Visit>
void for_each_block(nn::Mlp<Products>& mlp, typename nn::Mlp<Products>::Weights weights, const data::Samples& samples,
                    const data::Batches& blocks, linalg::Range chosen, Visit&& visit) {
    std::vector<std::uint8_t> labels(kEvaluationRows);
    for (std::size_t b = chosen.begin; b < chosen.end; ++b) {
        const std::span<const std::uint32_t> block = blocks[b];
        const std::span<std::uint8_t> block_labels = std::span(labels).first(block.size());
        data::gather(samples, block, mlp.inputs(block.size()), block_labels);
        mlp.forward(weights, std::array{block.size()}, {}, {});
        visit(linalg::Range{block.front(), block.front() + block.size()}, block_labels);
    }
}

Evaluation divide(const linalg::LossAndCorrect& total, std::size_t samples) {
    const auto count = static_cast<double>(samples);
    return {total.loss / count, static_cast<double>(total.correct) / count};
}

}  // namespace

template <class Products>
Evaluation evaluate(const comm::Communicator& group, nn::Mlp<Products>& mlp,
                    typename nn::Mlp<Products>::Weights weights, const data::Samples& samples,
                    std::span<std::uint8_t> predicted) {
    const std::vector<std::uint32_t> order = data::file_order(samples.size());
    const data::Batches blocks(order, kEvaluationRows);
    const auto ranks = static_cast<std::size_t>(group.size());
    const linalg::Range own = linalg::part_of(blocks.count(), ranks, static_cast<std::size_t>(group.rank()));
    std::vector<linalg::LossAndCorrect> losses;
    linalg::FloatBuffer probabilities(predicted.empty() ? 0 : kEvaluationRows * mlp.classes());
    for_each_block(mlp, weights, samples, blocks, own, [&](linalg::Range rows, std::span<const std::uint8_t> labels) {
        losses.push_back(mlp.evaluate(weights, labels));
        if (predicted.empty()) return;
        mlp.predict(weights, {probabilities.data(), rows.size(), mlp.classes()},
                    predicted.subspan(rows.begin, rows.size()));
    });
    if (!predicted.empty()) {
        std::vector<std::size_t> counts;
        for (std::size_t rank = 0; rank < ranks; ++rank) {
            const linalg::Range blocks_of_rank = linalg::part_of(blocks.count(), ranks, rank);
            counts.push_back(std::min(blocks_of_rank.end * kEvaluationRows, samples.size()) -
                             std::min(blocks_of_rank.begin * kEvaluationRows, samples.size()));
        }
        group.all_gather_in_place(predicted, counts);
    }
    return divide(comm::OrderedSum(group, blocks.count())(losses).sum, samples.size());
}

template Evaluation evaluate(const comm::Communicator&, nn::Mlp<linalg::SparseProducts>&, std::span<const float>,
                             const data::Samples&, std::span<std::uint8_t>);
template Evaluation evaluate(const comm::Communicator&, nn::Mlp<linalg::DenseProducts<float>>&, std::span<const float>,
                             const data::Samples&, std::span<std::uint8_t>);
template Evaluation evaluate(const comm::Communicator&, nn::Mlp<linalg::DenseProducts<linalg::BFloat16>>&,
                             std::span<const linalg::BFloat16>, const data::Samples&, std::span<std::uint8_t>);

namespace {

template <class Products>
Predictions predict_with(const nn::Architecture& architecture, nn::Loss loss, std::span<const float> dense,
                         const data::Samples& samples) {
    using Element = typename Products::Element;
    nn::Mlp<Products> mlp(architecture, kEvaluationRows, loss);
    linalg::FloatBuffer floats(mlp.layout().size());
    nn::copy_parameters(nn::ParameterLayout(architecture), dense, mlp.layout(), floats.span());
    linalg::remove_tiny(floats.span());
    linalg::AlignedBuffer<Element> elements(floats.size());
    linalg::narrow(std::as_const(floats).span(), elements.span());
    const std::span<const Element> weights = std::as_const(elements).span();
    Predictions predictions{.evaluation = {},
                            .predicted = std::vector<std::uint8_t>(samples.size()),
                            .probabilities = linalg::FloatBuffer(samples.size() * architecture.classes)};
    std::vector<linalg::LossAndCorrect> losses;
    const auto take = [&](linalg::Range rows, std::span<const std::uint8_t> labels) {
        const linalg::Matrix probabilities(predictions.probabilities.data() + rows.begin * architecture.classes,
                                           rows.size(), architecture.classes);
        losses.push_back(mlp.evaluate(weights, labels));
        mlp.predict(weights, probabilities, std::span(predictions.predicted).subspan(rows.begin, rows.size()));
    };
    const std::vector<std::uint32_t> order = data::file_order(samples.size());
    const data::Batches blocks(order, kEvaluationRows);
    for_each_block(mlp, weights, samples, blocks, {0, blocks.count()}, take);
    predictions.evaluation = divide(comm::ordered_sum(std::move(losses)), samples.size());
    return predictions;
}

}  // namespace

Predictions predict(const nn::Architecture& architecture, const linalg::GemmConfiguration& configuration, Rules rules,
                    std::span<const float> weights, const data::Samples& samples) {
    return linalg::with_products(configuration, [&](auto products) {
        return predict_with<typename decltype(products)::type>(architecture, loss_of(rules), weights, samples);
    });
}

}  // namespace dropsweep::train
