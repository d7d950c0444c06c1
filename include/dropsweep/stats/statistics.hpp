#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dropsweep::stats {

/// Of the tests; the confidence intervals have the complement, 95 %.
inline constexpr double kSignificance = 0.05;

/// A sample and what it says about the mean of its population.
struct Summary {
    std::size_t count = 0;
    double mean = 0;  ///< not a number without values
    double sd = 0;    ///< sample standard deviation (count - 1); not a number below two values
    double low = 0;   ///< of the 95 % confidence interval of the mean (Student t); not a number below two values
    double high = 0;
};

/// A value that is not a number makes mean, sd, low and high not a number.
Summary summarize(std::span<const double> values);

/// The same for people, its interval no wider than what the values can be. The tables keep what Student's t gives.
Summary within(Summary summary, double least, double most);

/// Differences a[i] - b[i] of paired observations, with Student's paired t-test of "the mean difference is 0".
struct PairedDifference {
    Summary difference;
    /// Two-sided; not a number below two pairs. When all differences are the same, 1 if they are 0, otherwise 0.
    double p_value = 0;
};

/// @param a, b  of equal length
PairedDifference compare_paired(std::span<const double> a, std::span<const double> b);

/// A paired t-test that may be looked at after each pair, for ever: under no difference the probability that its
/// evidence ever reaches 1 / error is at most `error`. For normal differences of any variance.
/// Source: Wang and Ramdas (2025), "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown
/// variance", Sequential Analysis 44, the e-process of a Gaussian prior with g = 1.
struct AnytimeTest {
    double evidence = 0;  ///< against a mean difference of 0: the largest so far
    double p_value = 1;   ///< min(1, 1 / evidence)
    double low = 0;       ///< of the differences that were never rejected: infinite below about five pairs
    double high = 0;
};

/// @param differences  in the order in which they came
/// @param error  of the interval
AnytimeTest test_anytime(std::span<const double> differences, double error = kSignificance);

/// Holm's step-down correction of p-values for their number; those that are not a number are not counted and stay so.
/// Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
std::vector<double> holm(std::span<const double> p_values);

/// The fewest pairs with which the paired t-test (two-sided, 5 %) finds a true mean difference with probability 0.8.
/// Source: the power of the t-test from the noncentral t distribution; Cohen (1988), chapter 2.
/// @param difference  above 0;  @param sd  of the differences, at least 0
/// @return  at least 2; a difference below 1e-6 sd counts as 1e-6 sd
std::size_t pairs_to_detect(double difference, double sd);

}  // namespace dropsweep::stats
