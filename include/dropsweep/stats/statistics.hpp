// Summaries, the anytime-valid t-test and confidence intervals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dropsweep::stats {

/// Of all tests; confidence intervals are at 95 %.
inline constexpr double kSignificance = 0.05;

/// The mean of a sample, and the confidence interval of its population's mean.
struct Summary {
    std::size_t count = 0;
    double mean = 0;  ///< not a number without values
    double sd = 0;    ///< sample standard deviation (count - 1); not a number below two values
    double low = 0;   ///< limits of the 95 % interval (Student's t); not a number below two values
    double high = 0;
};

/// A value that is not a number makes mean, sd, low and high not a number.
Summary summarize(std::span<const double> values);

/// With the interval cut to [least, most], what the values can be: for readers. Tables have it uncut.
Summary within(Summary summary, double least, double most);

/// The result of a paired t-test that may be looked at after each pair: without a difference the probability that its
/// evidence ever reaches 1 / error is at most `error`. For normal differences of unknown variance.
/// Source: Wang and Ramdas (2025), "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown
/// variance", Sequential Analysis 44, the e-process of a Gaussian prior with g = 1.
struct AnytimeTest {
    double mean = 0;      ///< of the differences so far
    double evidence = 0;  ///< against a mean difference of 0: the largest so far
    double p_value = 1;   ///< min(1, 1 / evidence)
    /// Limits of the mean differences that no look has rejected; infinite with few pairs. If all were rejected (then
    /// the differences are not normal): of those that the last look does not reject.
    double low = 0;
    double high = 0;
};

/// While all differences are equal, up to rounding, only `mean` changes.
/// @param differences  in the order in which they came
/// @param error  of the interval: at most this the probability that it ever misses the true mean difference
/// @return  the result after each of them
std::vector<AnytimeTest> test_anytime(std::span<const double> differences, double error);

/// The fewest pairs with which this test can reject.
std::size_t fewest_pairs(double error);

/// The fewest pairs with which this test rejects "no difference" with probability 0.8 at its last look.
/// Source: the power of a t-test from the noncentral t distribution; Cohen (1988), chapter 2.
/// @param difference  the true one, above 0;  @param sd  of the differences, at least 0
/// @return  at least fewest_pairs(error); a difference below 1e-6 sd counts as 1e-6 sd
std::size_t pairs_to_detect(double difference, double sd, double error);

struct Interval {
    double low = 0;
    double high = 0;
};

/// The confidence interval of the mean of a table whose rows and columns are both random, e.g. seeds and images, from
/// the interval over the rows alone: the mean squares of the two-way layout without replication give the variance that
/// the choice of the columns adds, whose limits have Student's t with columns - 1 degrees of freedom; the distances of
/// the limits from the mean are added as squares.
/// Sources: Searle, Casella and McCulloch (1992), Variance Components, chapter 4 (analysis-of-variance estimators,
/// 0 where negative); Zou and Donner (2008), Statistics in Medicine 27, 1693-1702 (limits from limits).
/// @param table      [rows, columns], at least two of each
/// @param over_rows  the interval over the rows, with the same error; may be infinite
/// @param error      1 - confidence level
Interval over_rows_and_columns(std::span<const std::int8_t> table, std::size_t rows, Interval over_rows, double error);

}  // namespace dropsweep::stats
