// The naive twin of a trial, to the last bit: docs/arithmetic.md in scalar loops.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <Random123/philox.h>

#include "dropsweep/linalg/philox.hpp"
#include "dropsweep/train/train_trial.hpp"

// docs/arithmetic.md in scalar loops: the specification of train_trial for --gemm auto with --precision fp32. One row
// after the other, nothing left out, nothing shared with the program but its configuration and PhiloxSequence.

namespace dropsweep::train::naive {

inline float without_tiny(float value, float least) {
    return std::abs(value) < least ? 0.0f : value;
}

inline float horner(std::initializer_list<float> coefficients, float x) {
    float sum = *coefficients.begin();
    for (auto c = coefficients.begin() + 1; c != coefficients.end(); ++c) sum = std::fma(sum, x, *c);
    return sum;
}

inline float value_of(const data::Samples& samples, std::size_t at) {
    return samples.numbers.empty() ? static_cast<float>(samples.pixels[at]) / 255 : samples.numbers[at];
}

/// @param training  whose means and deviations are taken
/// @return  [samples, features]
inline std::vector<float> standardized(const data::Samples& training, const data::Samples& samples) {
    std::vector<float> result(samples.size() * samples.features);
    for (std::size_t j = 0; j < samples.features; ++j) {
        const auto mean_of = [&](auto&& term) {
            double sum = 0;
            for (std::size_t i = 0; i < training.size(); ++i)
                sum += term(value_of(training, i * training.features + j));
            return sum / static_cast<double>(training.size());
        };
        const double mean = mean_of([](double x) { return x; });
        const auto deviation =
            static_cast<float>(std::sqrt(mean_of([&](double x) { return (x - mean) * (x - mean); })));
        const bool is_constant = mean_of([&](float x) { return x != value_of(training, j); }) == 0;
        for (std::size_t at = j; at < result.size(); at += samples.features) {
            const bool is_zero = is_constant || deviation == 0;
            result[at] = is_zero ? 0 : (value_of(samples, at) - static_cast<float>(mean)) / deviation;
        }
    }
    return result;
}

/// x <= 0
inline float exp(float x) {
    if (x < -80) return 0;
    const float n = std::fma(x, 1.44269504088896341f, 12582912.0f) - 12582912.0f;
    const float r = std::fma(n, 2.12194440e-4f, std::fma(n, -0.693359375f, x));
    const float e_to_r = horner({1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f,
                                 1.6666665459e-1f, 5.0000001201e-1f, 1.0f, 1.0f},
                                r);
    return std::ldexp(e_to_r, static_cast<int>(n));
}

/// x normal
inline float log(float x) {
    int exponent = 0;
    float m = std::frexp(x, &exponent);  // at least 1/2
    if (m < std::bit_cast<float>(0x3f3504f3u)) m *= 2, --exponent;
    const auto n = static_cast<float>(exponent);
    const float f = m - 1;
    const float q = horner({7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f,
                            -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f},
                           f);
    const float y = std::fma(f * f, -0.5f, std::fma(n, -2.12194440e-4f, (q * f) * (f * f)));
    return std::fma(n, 0.693359375f, f + y);
}

inline std::uint32_t random_word(std::uint64_t seed, std::uint32_t purpose, std::size_t layer, std::uint32_t epoch,
                                 std::size_t item, std::size_t word) {
    const auto narrow = [](auto number) { return static_cast<std::uint32_t>(number); };
    return r123::Philox4x32()({{narrow(word / 4), narrow(item), epoch, (purpose << 24) + narrow(layer)}},
                              {{narrow(seed), narrow(seed >> 32)}})[word % 4];
}

/// What is summed over rows, leaves or blocks, and batches.
struct Sums {
    double loss = 0;
    std::int64_t correct = 0;
    std::vector<float> gradient;  ///< laid out as the weights; empty where it is not wanted

    void operator+=(const Sums& other) {
        loss += other.loss;
        correct += other.correct;
        for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += other.gradient[i];
    }
};

inline Sums sum_by_tree(std::vector<Sums> level) {
    for (; level.size() > 1; level.resize((level.size() + 1) / 2)) {
        for (std::size_t i = 0; 2 * i < level.size(); ++i) {
            if (i > 0) level[i] = level[2 * i];
            if (2 * i + 1 < level.size()) level[i] += level[2 * i + 1];
        }
    }
    return level.front();
}

/// One row in all layers.
struct Row {
    std::vector<std::vector<float>> a;  ///< the input of each layer
    std::vector<float> dz;              ///< of the last layer
    float loss = 0;
    bool correct = false;
};

/// Of dropout: units whose 16 bits are below t go, the others are scaled.
struct Mask {
    explicit Mask(double rate) : t(static_cast<std::uint32_t>(std::min(std::round(65536 * rate), 65535.0))) {}
    std::uint32_t t;
    float scale = 65536.0f / static_cast<float>(65536 - t);
};

class Training {
  public:
    Training(const Experiment& experiment, const DropoutRates& dropout, std::uint64_t seed)
        : e_(experiment),
          seed_(seed),
          masks_{Mask(experiment.options.input_dropout)},
          weights(experiment.initial_weights.begin(), experiment.initial_weights.end()) {
        for (std::size_t l = 0; l + 1 < layers(); ++l) masks_.emplace_back(dropout.of_layer(l));
        if (weights.empty()) initialize();
        for (float& w : weights) w = without_tiny(w, 0x1p-40f);
        mean_square_.resize(weights.size());
    }

    /// @return  what history.csv tells of it
    std::pair<Evaluation, Evaluation> train_epoch(std::uint32_t epoch) {
        const std::size_t count = e_.data.train.size(), batch_size = std::min(e_.options.batch_size, count);
        std::vector<std::uint32_t> order(count);
        std::iota(order.begin(), order.end(), 0u);
        linalg::PhiloxSequence random({seed_, linalg::Purpose::shuffle, 0, epoch}, 0);
        for (std::size_t i = count - 1; e_.options.shuffle && i > 0; --i) {
            std::swap(order[i], order[random.below(static_cast<std::uint32_t>(i + 1))]);
        }
        Sums total;
        for (std::size_t begin = 0; begin < count; begin += batch_size) {
            const std::size_t end = std::min(begin + batch_size, count), leaf_rows = e_.options.leaf_rows;
            std::vector<Sums> leaves((batch_size + leaf_rows - 1) / leaf_rows,
                                     {0, 0, std::vector<float>(weights.size())});
            for (std::size_t i = begin; i < end; ++i) add_gradient(order[i], epoch, leaves[(i - begin) / leaf_rows]);
            const Sums batch = sum_by_tree(std::move(leaves));
            update(batch.gradient, 1.0f / static_cast<float>(end - begin));
            total += batch;
        }
        return {mean(total, count), evaluate(e_.data.validation)};
    }

    Evaluation evaluate(const data::Samples& samples) const {
        std::vector<Sums> blocks((samples.size() + 255) / 256);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const Row row = forward(samples, i, std::nullopt);
            blocks[i / 256] += {row.loss, row.correct, {}};
        }
        return mean(sum_by_tree(std::move(blocks)), samples.size());
    }

  private:
    static Evaluation mean(const Sums& sums, std::size_t count) {
        const auto samples = static_cast<double>(count);
        return {sums.loss / samples, static_cast<double>(sums.correct) / samples};
    }

    std::size_t layers() const { return e_.architecture.hidden.size() + 1; }
    std::size_t in(std::size_t l) const { return l == 0 ? e_.architecture.inputs : e_.architecture.hidden[l - 1]; }
    std::size_t out(std::size_t l) const { return l + 1 < layers() ? in(l + 1) : e_.architecture.classes; }
    /// Layer by layer the kernel [in, out], row by row, and the bias, as if it were the next row.
    std::size_t at(std::size_t l, std::size_t row, std::size_t j) const {
        return (l == 0 ? 0 : at(l - 1, in(l - 1) + 1, 0)) + row * out(l) + j;
    }

    void initialize() {
        weights.resize(at(layers(), 0, 0));
        for (std::size_t l = 0; l < layers(); ++l) {
            const float limit = std::sqrt(6.0f / static_cast<float>(in(l) + out(l)));
            for (std::size_t k = 0; k < in(l); ++k) {
                for (std::size_t j = 0; j < out(l); ++j) {
                    const float u = static_cast<float>(random_word(seed_, 1, l, 0, k, j) >> 8) * 0x1p-24f;
                    weights[at(l, k, j)] = (2 * u - 1) * limit;
                }
            }
        }
    }

    /// @param epoch  of the dropout; none: without
    Row forward(const data::Samples& samples, std::size_t sample, std::optional<std::uint32_t> epoch) const {
        Row row;
        row.a.emplace_back();
        for (std::size_t k = 0; k < samples.features; ++k) {
            const float x = without_tiny(value_of(samples, sample * samples.features + k), 0x1p-40f);
            const std::uint32_t word = random_word(seed_, 10, 0, epoch.value_or(0), sample, k / 2);
            const bool kept = (word >> 16 * (k % 2) & 0xffff) >= masks_[0].t;
            row.a[0].push_back(!epoch ? x : kept ? x * masks_[0].scale : 0);
        }
        for (std::size_t l = 0; l < layers(); ++l) {
            std::vector<float> z(out(l));
            for (std::size_t j = 0; j < out(l); ++j) {
                float s = 0;
                for (std::size_t k = 0; k < in(l); ++k) s = std::fma(row.a[l][k], weights[at(l, k, j)], s);
                z[j] = s + weights[at(l, in(l), j)];
                if (l + 1 == layers()) continue;
                const std::uint32_t word = random_word(seed_, 3, l, epoch.value_or(0), sample, j / 2);
                const Mask& mask = masks_[l + 1];
                const bool kept = !epoch || (word >> 16 * (j % 2) & 0xffff) >= mask.t;
                z[j] = kept && !(z[j] <= 0) ? without_tiny(z[j] * (epoch ? mask.scale : 1), 0x1p-40f) : 0;
            }
            row.a.push_back(std::move(z));
        }
        std::vector<float> z = std::move(row.a.back());
        row.a.pop_back();
        const std::size_t y = samples.labels[sample];
        const auto largest = std::ranges::max_element(z);
        row.correct = largest - z.begin() == static_cast<std::ptrdiff_t>(y);
        float sum = 0;
        for (const float logit : z) sum += exp(logit - *largest);
        for (const float logit : z) row.dz.push_back(exp(logit - *largest) / sum);
        const bool from_logits = e_.options.rules == Rules::torch;
        const float clipped = std::clamp(row.dz[y], 1e-7f, static_cast<float>(1 - 1e-7));
        row.loss = from_logits ? log(sum) - (z[y] - *largest) : -log(clipped);
        const bool no_gradient = !from_logits && clipped != row.dz[y];
        row.dz[y] -= 1;
        const float weight = epoch && !e_.class_weights.empty() ? e_.class_weights[y] : 1;
        row.loss *= weight;
        for (float& dz : row.dz) dz = no_gradient ? 0 : without_tiny(weight * dz, 0x1p-40f);
        return row;
    }

    void add_gradient(std::uint32_t sample, std::uint32_t epoch, Sums& leaf) const {
        Row row = forward(e_.data.train, sample, epoch);
        leaf.loss += row.loss;
        leaf.correct += row.correct;
        std::vector<float> dz = std::move(row.dz);
        for (std::size_t l = layers(); l-- > 0;) {
            std::vector<float> below(in(l));
            for (std::size_t k = 0; k < in(l); ++k) {
                float da = 0;
                for (std::size_t j = 0; j < out(l); ++j) {
                    float& sum = leaf.gradient[at(l, k, j)];
                    sum = std::fma(row.a[l][k], dz[j], sum);
                    da = std::fma(dz[j], weights[at(l, k, j)], da);
                }
                below[k] = row.a[l][k] != 0 ? without_tiny(da * masks_[l].scale, 0x1p-40f) : 0;
            }
            for (std::size_t j = 0; j < out(l); ++j) leaf.gradient[at(l, in(l), j)] += dz[j];
            dz = std::move(below);
        }
    }

    void update(const std::vector<float>& gradient, float gradient_scale) {
        const optim::Settings& settings = e_.options.optimizer;
        const auto rate = static_cast<float>(settings.learning_rate), rho = static_cast<float>(settings.rho);
        const auto rest = settings.rho > 1 - 0x1p-25 ? 0 : static_cast<float>(1 - settings.rho);
        const auto epsilon = static_cast<float>(settings.epsilon);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const float g = gradient[i] * gradient_scale;
            const float square = g * g;
            const bool counts = !(square < 0x1p-100f);
            float& v = mean_square_[i];
            v = without_tiny(counts ? std::fma(rho, v, rest * square) : rho * v, 0x1p-100f);
            const float d = e_.options.rules == Rules::keras ? std::sqrt(v + epsilon) : std::sqrt(v) + epsilon;
            if (counts && v != 0) weights[i] = without_tiny(weights[i] - (rate * g) / d, 0x1p-40f);
        }
    }

    const Experiment& e_;
    std::uint64_t seed_;
    std::vector<Mask> masks_;  ///< of the inputs and of each hidden layer
    std::vector<float> mean_square_;

  public:
    std::vector<float> weights;
};

}  // namespace dropsweep::train::naive
