#include "dropsweep/stats/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace dropsweep::stats {
namespace {

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr double kPower = 0.8;

/// Of Student's t with so many degrees of freedom: exceeded in absolute value with probability kSignificance.
double critical_t(double degrees) {
    return quantile(complement(boost::math::students_t(degrees), kSignificance / 2));
}

/// The probability that the paired t-test rejects "no difference".
/// @param effect  the true mean difference over the standard deviation of the differences
double power(double effect, std::size_t pairs) {
    const auto n = static_cast<double>(pairs);
    const double critical = critical_t(n - 1);
    const boost::math::non_central_t statistic(n - 1, effect * std::sqrt(n));
    return cdf(complement(statistic, critical)) + cdf(statistic, -critical);
}

/// The logarithm of E after n pairs. @param t  of Student's test, also infinite
double log_evidence(double n, double t) {
    const double degrees = n - 1;
    const double squares = t * t / degrees;
    const double ratio = std::isinf(squares) ? std::log1p(n) : std::log1p(squares) - std::log1p(squares / (1 + n));
    return -0.5 * std::log1p(n) + 0.5 * n * ratio;
}

/// The t from which E is at least 1 / error after n pairs; infinite: none is.
double t_to_reject(double n, double error) {
    const double root = std::exp(2 / n * (0.5 * std::log1p(n) - std::log(error)));
    if (root >= 1 + n) return kInfinity;
    return std::sqrt((n - 1) * (root - 1) / (1 - root / (1 + n)));
}

}  // namespace

Summary summarize(std::span<const double> values) {
    Summary summary{values.size(), kNotANumber, kNotANumber, kNotANumber, kNotANumber};
    if (values.empty()) return summary;
    const auto n = static_cast<double>(values.size());
    // Distances from one of the values: equal values have exactly their mean, and no spread.
    const double origin = values.front();
    double sum = 0;
    for (const double value : values) sum += value - origin;
    summary.mean = origin + sum / n;
    if (values.size() < 2) return summary;
    double squares = 0;
    for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
    summary.sd = std::sqrt(squares / (n - 1));
    const double half_width = critical_t(n - 1) * summary.sd / std::sqrt(n);
    summary.low = summary.mean - half_width;
    summary.high = summary.mean + half_width;
    return summary;
}

Summary within(Summary summary, double least, double most) {
    summary.low = std::max(summary.low, least);
    summary.high = std::min(summary.high, most);
    return summary;
}

PairedDifference compare_paired(std::span<const double> a, std::span<const double> b) {
    std::vector<double> differences(a.begin(), a.end());
    for (std::size_t i = 0; i < differences.size(); ++i) differences[i] -= b[i];
    PairedDifference paired{summarize(differences), kNotANumber};
    const Summary& difference = paired.difference;
    if (std::isnan(difference.sd)) return paired;
    if (difference.sd == 0) {
        paired.p_value = difference.mean == 0 ? 1 : 0;
        return paired;
    }
    const auto n = static_cast<double>(difference.count);
    const double t = std::abs(difference.mean) / (difference.sd / std::sqrt(n));
    paired.p_value = 2 * cdf(complement(boost::math::students_t(n - 1), t));
    return paired;
}

AnytimeTest test_anytime(std::span<const double> differences, double error) {
    AnytimeTest test{.low = -kInfinity, .high = kInfinity};
    double mean = 0;
    double squares = 0;  // of the distances from the mean
    for (std::size_t i = 0; i < differences.size(); ++i) {
        const double n = static_cast<double>(i) + 1;
        const double step = differences[i] - mean;
        mean += step / n;
        squares += step * (differences[i] - mean);
        if (i == 0) continue;
        const double standard_error = std::sqrt(squares / (n - 1) / n);
        const double t = mean == 0 ? 0 : mean / standard_error;
        test.evidence = std::max(test.evidence, std::exp(log_evidence(n, t)));
        const double limit = t_to_reject(n, error);
        if (std::isinf(limit)) continue;
        test.low = std::max(test.low, mean - limit * standard_error);
        test.high = std::min(test.high, mean + limit * standard_error);
    }
    test.p_value = std::min(1.0, 1 / test.evidence);
    return test;
}

std::vector<double> holm(std::span<const double> p_values) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < p_values.size(); ++i) {
        if (!std::isnan(p_values[i])) order.push_back(i);
    }
    std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return p_values[i] < p_values[j]; });
    std::vector<double> corrected(p_values.size(), kNotANumber);
    double largest = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const auto not_rejected_yet = static_cast<double>(order.size() - rank);
        largest = std::max(largest, std::min(1.0, not_rejected_yet * p_values[order[rank]]));
        corrected[order[rank]] = largest;
    }
    return corrected;
}

std::size_t pairs_to_detect(double difference, double sd) {
    // Outside of these bounds the noncentral t distribution cannot be evaluated; at the upper one two pairs have a
    // power of 1 to sixteen digits.
    const double effect = std::clamp(difference / sd, 1e-6, 100.0);
    std::size_t enough = 2;
    while (power(effect, enough) < kPower) enough *= 2;
    std::size_t too_few = std::max<std::size_t>(1, enough / 2);
    while (enough - too_few > 1) {
        const std::size_t middle = too_few + (enough - too_few) / 2;
        (power(effect, middle) < kPower ? too_few : enough) = middle;
    }
    return enough;
}

}  // namespace dropsweep::stats
