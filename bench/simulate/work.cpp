// Costs, recorded losses, and the simulated time that the ranks compute.
#include "work.hpp"

#include <cmath>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <simgrid/s4u.hpp>

#include "dropsweep/nn/activation.hpp"
#include "dropsweep/text/decimal.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::simulate {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<std::string> fields_of(const std::string& line) {
    std::vector<std::string> fields(1);
    for (const char c : line) {
        if (c == ',') {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    return fields;
}

/// The rows of a CSV file without quotes, each by the names of the columns.
std::vector<Row> read_rows(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) {
        throw Error(ExitCode::missing_input, fmt::format("{} cannot be read; check the path", path));
    }
    const std::vector<std::string> names = fields_of(line);
    std::vector<Row> rows;
    while (std::getline(file, line)) {
        const std::vector<std::string> fields = fields_of(line);
        if (fields.size() != names.size()) {
            throw Error(ExitCode::bad_data, fmt::format("{} has {} columns but row {} has {}; make the file again",
                                                        path, names.size(), rows.size() + 1, fields.size()));
        }
        Row& row = rows.emplace_back();
        for (std::size_t i = 0; i < names.size(); ++i) row[names[i]] = fields[i];
    }
    return rows;
}

std::uint32_t threshold_of(double dropout) {
    return nn::Dropout(dropout, 0, 0, 0).threshold();
}

double computed = 0;
std::map<aid_t, double> deferred;  // seconds, of each rank

}  // namespace

Arithmetic arithmetic;

double Costs::row_at(double dropout) const {
    const auto above = row.lower_bound(dropout);
    if (above == row.begin()) return above->second;
    const auto& [rate, seconds] = *std::prev(above);
    if (above == row.end()) return seconds;
    return std::lerp(seconds, above->second, (dropout - rate) / (above->first - rate));
}

Costs read_costs(const std::string& path) {
    std::map<std::string, std::map<double, double>> seconds;
    for (Row& row : read_rows(path)) seconds[row["what"]][std::stod(row["dropout"])] = std::stod(row["seconds"]);
    const auto take = [&](const char* what) {
        const auto found = seconds.find(what);
        if (found != seconds.end()) return found->second;
        throw Error(ExitCode::bad_data, fmt::format("{} does not say {}; measure it with bench/simulate", path, what));
    };
    const auto take_one = [&](const char* what) { return take(what).begin()->second; };
    return {.row = take("row"),
            .update = take_one("update"),
            .shared_byte = take_one("shared_byte"),
            .evaluation_row = take_one("evaluation_row"),
            .hash_byte = take_one("hash_byte"),
            .initial_weight = take_one("initial_weight")};
}

RecordedLosses::RecordedLosses(const std::string& path) {
    for (Row& row : read_rows(path)) {
        losses_[{threshold_of(std::stod(row["dropout"])), std::stoull(row["seed"])}].push_back(
            std::stod(row["val_loss"]));
    }
}

double RecordedLosses::at(std::uint32_t threshold, std::uint64_t seed, std::uint32_t epoch) const {
    return losses_.at({threshold, seed}).at(epoch);
}

std::size_t RecordedLosses::epochs(double dropout, std::uint64_t seed) const {
    return losses_.at({threshold_of(dropout), seed}).size();
}

void compute(double seconds) {
    seconds += std::exchange(deferred[simgrid::s4u::this_actor::get_pid()], 0);
    computed += seconds;
    simgrid::s4u::this_actor::sleep_for(seconds);
}

void defer(double seconds) {
    deferred[simgrid::s4u::this_actor::get_pid()] += seconds;
}

double computed_seconds() {
    return computed;
}

}  // namespace dropsweep::simulate
