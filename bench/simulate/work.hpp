#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dropsweep::simulate {

/// Seconds of one core for the arithmetic that is left out, measured on real ranks (bench/simulate/calibration.py).
struct Costs {
    /// Forward and backward pass of a row of a training step: at some dropout rates, linear between them.
    std::map<double, double> row;
    double update = 0;          ///< of a step whatever its rows, RMSprop above all; per parameter that the rank updates
    double shared_byte = 0;     ///< reading a byte that another rank of the node has written
    double evaluation_row = 0;  ///< forward pass of a row of an evaluation
    double hash_byte = 0;       ///< SHA-256
    double initial_weight = 0;  ///< Glorot-uniform, per parameter

    double row_at(double dropout) const;
};

/// @param path  CSV with the columns dropout, what and seconds; a row for each member, of `row` for each rate
/// @throws Error  missing_input or bad_data
Costs read_costs(const std::string& path);

/// The validation losses of a recorded sweep, so that early stopping judges as it did there.
class RecordedLosses {
  public:
    RecordedLosses() = default;
    /// @param path  history.csv @throws Error  missing_input or bad_data
    explicit RecordedLosses(const std::string& path);

    /// @param threshold  of nn::Dropout, which knows the rate by it
    double at(std::uint32_t threshold, std::uint64_t seed, std::uint32_t epoch) const;
    /// Epochs of a trial.
    std::size_t epochs(double dropout, std::uint64_t seed) const;

  private:
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::vector<double>> losses_;  ///< [epoch]
};

/// What stands in for the arithmetic. Set before the ranks start; they are actors of this process.
struct Arithmetic {
    Costs costs;
    /// Real steps that a simulated one stands for: an epoch has so many fewer of them, its arithmetic takes so many
    /// times as long, and the network is so many times slower.
    double coarsening = 1;
    RecordedLosses losses;
};
extern Arithmetic arithmetic;

/// The calling rank computes for so long, and for what it owes.
void compute(double seconds);
/// The same at its next compute().
void owe(double seconds);
/// What all ranks together have computed so far.
double computed_seconds();

}  // namespace dropsweep::simulate
