// What stands in for the arithmetic of a simulated rank: its measured costs, and the losses of a recorded sweep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dropsweep::simulate {

/// Seconds that the arithmetic takes one core, measured on real ranks (bench/simulate/calibration.py).
struct Costs {
    /// Forward and backward pass of one row, by dropout rate; linear between the rates.
    std::map<double, double> row;
    double update = 0;  ///< what a step takes whatever its rows, mostly RMSprop; per parameter that the rank updates
    double shared_byte = 0;     ///< reading a byte that another rank of the node has written
    double evaluation_row = 0;  ///< forward pass of a row of an evaluation
    double hash_byte = 0;       ///< SHA-256
    double initial_weight = 0;  ///< Glorot-uniform, per parameter

    double row_at(double dropout) const;
};

/// @param path  CSV with the columns dropout, what and seconds: a row for each member of Costs, for `row` one per rate
/// @throws Error  missing_input or bad_data
Costs read_costs(const std::string& path);

/// The validation losses of a recorded sweep, so that early stopping ends each trial at the epoch that it did there.
class RecordedLosses {
  public:
    RecordedLosses() = default;
    /// @param path  history.csv @throws Error  missing_input or bad_data
    explicit RecordedLosses(const std::string& path);

    /// @param threshold  nn::Dropout::threshold(), which stands for the rate
    double at(std::uint32_t threshold, std::uint64_t seed, std::uint32_t epoch) const;
    /// Epochs of a trial.
    std::size_t epochs(double dropout, std::uint64_t seed) const;

  private:
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::vector<double>> losses_;  ///< [epoch]
};

/// What stands in for the arithmetic. Set before the ranks start; they are actors of this process.
struct Arithmetic {
    Costs costs;
    /// Real steps that a simulated one stands for: with factor c an epoch has 1 / c of the steps, and the arithmetic
    /// and the messages of a step take c times as long.
    double coarsening = 1;
    RecordedLosses losses;
};
extern Arithmetic arithmetic;

/// The calling rank computes for so many seconds, and those that it owes.
void compute(double seconds);
/// Adds seconds to the next compute() of the calling rank.
void defer(double seconds);
/// The seconds that all ranks together have computed so far.
double computed_seconds();

}  // namespace dropsweep::simulate
