// Statistics, with the t distributions of Boost.Math.
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

/// What the absolute value of Student's t with these degrees of freedom exceeds with probability `error`.
double critical_t(double degrees, double error) {
    return quantile(complement(boost::math::students_t(degrees), error / 2));
}

/// The logarithm of the evidence after n pairs. @param t  the statistic of Student's paired test
double log_evidence(double n, double t) {
    const double squares = t * t / (n - 1);
    return -0.5 * std::log1p(n) + 0.5 * n * (std::log1p(squares) - std::log1p(squares / (1 + n)));
}

/// The t from which on the evidence after n pairs is at least 1 / error; infinite: there is none.
double t_to_reject(double n, double error) {
    const double excess = std::expm1(2 / n * (0.5 * std::log1p(n) - std::log(error)));
    if (excess >= n) return kInfinity;
    return std::sqrt((n - 1) * excess / (1 - (1 + excess) / (1 + n)));
}

/// The probability that the look after `pairs` pairs rejects "no difference".
/// @param effect  the true mean difference over the standard deviation of the differences
double power(double effect, std::size_t pairs, double error) {
    const auto n = static_cast<double>(pairs);
    const double critical = t_to_reject(n, error);
    if (std::isinf(critical)) return 0;
    const boost::math::non_central_t statistic(n - 1, effect * std::sqrt(n));
    return cdf(complement(statistic, critical)) + cdf(statistic, -critical);
}

}  // namespace

Summary summarize(std::span<const double> values) {
    Summary summary{values.size(), kNotANumber, kNotANumber, kNotANumber, kNotANumber};
    if (values.empty()) return summary;
    const auto n = static_cast<double>(values.size());
    // Distances from one of the values, so that the mean of equal values is exact and their deviation 0.
    const double origin = values.front();
    double sum = 0;
    for (const double value : values) sum += value - origin;
    summary.mean = origin + sum / n;
    if (values.size() < 2) return summary;
    double squares = 0;
    for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
    summary.sd = std::sqrt(squares / (n - 1));
    const double half_width = critical_t(n - 1, kSignificance) * summary.sd / std::sqrt(n);
    summary.low = summary.mean - half_width;
    summary.high = summary.mean + half_width;
    return summary;
}

Summary within(Summary summary, double least, double most) {
    summary.low = std::max(summary.low, least);
    summary.high = std::min(summary.high, most);
    return summary;
}

std::vector<AnytimeTest> test_anytime(std::span<const double> differences, double error) {
    std::vector<AnytimeTest> looks;
    AnytimeTest test{.low = -kInfinity, .high = kInfinity};
    double mean = 0;
    double squares = 0;  // of the distances from the mean
    double largest = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
        const double n = static_cast<double>(i) + 1;
        largest = std::max(largest, std::abs(differences[i]));
        const double step = differences[i] - mean;
        mean += step / n;
        squares += step * (differences[i] - mean);
        // Equal differences, up to rounding, have no t.
        if (std::sqrt(squares) > 1e-12 * largest) {
            const double standard_error = std::sqrt(squares / (n - 1) / n);
            const double t = mean / standard_error;
            test.evidence = std::max(test.evidence, std::exp(log_evidence(n, t)));
            test.p_value = std::min(1.0, 1 / test.evidence);
            const double reach = t_to_reject(n, error) * standard_error;
            test.low = std::max(test.low, mean - reach);
            test.high = std::min(test.high, mean + reach);
            if (test.low > test.high) {
                test.low = mean - reach;
                test.high = mean + reach;
            }
        }
        test.mean = mean;
        looks.push_back(test);
    }
    return looks;
}

std::size_t fewest_pairs(double error) {
    std::size_t pairs = 2;
    while (std::isinf(t_to_reject(static_cast<double>(pairs), error))) ++pairs;
    return pairs;
}

std::size_t pairs_to_detect(double difference, double sd, double error) {
    // Outside of these bounds Boost cannot evaluate the noncentral t distribution.
    const double effect = std::clamp(difference / sd, 1e-6, 100.0);
    std::size_t too_few = fewest_pairs(error) - 1;
    std::size_t enough = too_few + 1;
    while (power(effect, enough, error) < kPower) {
        too_few = enough;
        enough *= 2;
    }
    while (enough - too_few > 1) {
        const std::size_t middle = too_few + (enough - too_few) / 2;
        (power(effect, middle, error) < kPower ? too_few : enough) = middle;
    }
    return enough;
}

Interval over_rows_and_columns(std::span<const std::int8_t> table, std::size_t rows, Interval over_rows, double error) {
    const std::size_t columns = table.size() / rows;
    const auto r = static_cast<double>(rows);
    const auto c = static_cast<double>(columns);
    // Sums of whole numbers are exact in double.
    double sum = 0;
    double squares = 0;
    double squared_row_sums = 0;
    std::vector<double> column_sums(columns);
    for (std::size_t row = 0; row < rows; ++row) {
        double row_sum = 0;
        for (std::size_t column = 0; column < columns; ++column) {
            const double value = table[row * columns + column];
            row_sum += value;
            squares += value * value;
            column_sums[column] += value;
        }
        sum += row_sum;
        squared_row_sums += row_sum * row_sum;
    }
    double squared_column_sums = 0;
    for (const double column_sum : column_sums) squared_column_sums += column_sum * column_sum;
    const double common = sum * sum / (r * c);
    const double of_rows = squared_row_sums / c - common;
    const double of_columns = squared_column_sums / r - common;
    const double rest = squares - common - of_rows - of_columns;
    const double variance =
        std::max(0.0, of_columns / (c - 1) - rest / ((r - 1) * (c - 1))) / (r * c);  // of the mean, by its columns
    const double mean = sum / (r * c);
    const double by_columns = critical_t(c - 1, error) * std::sqrt(variance);
    return {mean - std::hypot(std::max(0.0, mean - over_rows.low), by_columns),
            mean + std::hypot(std::max(0.0, over_rows.high - mean), by_columns)};
}

}  // namespace dropsweep::stats
