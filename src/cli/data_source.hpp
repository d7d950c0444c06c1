#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/cli/options.hpp"
#include "dropsweep/data/dataset.hpp"

namespace dropsweep::cli {

/// Where the data comes from and why.
struct DataSource {
    DataOptions where;  ///< absolute paths, or "synthetic"
    std::string note;   ///< a line for the user when it was not the user's choice; else empty
};

/// @param options  an empty path: $DROPSWEEP_DATA, else data/mnist
/// @return  none: no data set was named, and data/mnist is not there
/// @throws Error  usage: --test or --label of what is no table
std::optional<DataSource> find_data_source(const DataOptions& options);

/// The same for a training, which can do with synthetic digits.
DataSource choose_data_source(const DataOptions& options);

/// Reads or draws the data, and names all classes.
/// @param quiet  nothing tells how far it is, where it takes long
/// @throws Error  see data::Format::read and count_classes; usage: no test samples and no
///                --test-split, or both
data::Dataset load(const DataSource& source, const Warn& warn, bool quiet = false);

/// For data::ReadingProgress: a line on standard error.
void tell_reading(const std::filesystem::path& file, double share);

}  // namespace dropsweep::cli
