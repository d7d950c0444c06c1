#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/data/dataset.hpp"

namespace dropsweep::cli {

/// Where the data comes from and why.
struct DataSource {
    std::string name;  ///< an absolute path, or "synthetic"
    std::string note;  ///< a line for the user when it was not the user's choice; else empty
};

/// @param option  the value of --data; empty: $DROPSWEEP_DATA, else data/mnist
/// @return  none: no data set was named, and data/mnist is not there
std::optional<DataSource> find_data_source(const std::string& option);

/// The same for a training, which can do with synthetic digits.
DataSource choose_data_source(const std::string& option);

/// Reads or draws the data, and names all classes.
/// @throws Error  see data::read_idx_directory, data::read_npz and data::count_classes
data::Dataset load(const DataSource& source, const Warn& warn);

}  // namespace dropsweep::cli
