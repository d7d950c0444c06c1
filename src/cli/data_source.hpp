// Finds, reads and checks the data set.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/cli/options.hpp"
#include "dropsweep/data/dataset.hpp"

namespace dropsweep::cli {

/// Where the data comes from.
struct DataSource {
    DataOptions where;  ///< absolute paths, or "synthetic"
    std::string note;   ///< a line that tells why, where the user did not choose it; else empty
};

/// @param options  an empty path: $DROPSWEEP_DATA, else data/mnist
/// @return  none: no data set was named, and data/mnist is not there
/// @throws Error  usage: --test or --label of what is no table
std::optional<DataSource> find_data_source(const DataOptions& options);

/// The same, and the synthetic digits instead of none.
DataSource choose_data_source(const DataOptions& options);

/// Reads or generates the data, holds out the test set, and names all classes. Local: no communication.
/// @param warn   told of oddities of the data
/// @param quiet  no progress on standard error
/// @throws Error  see data::Format::read and count_classes; usage: no test samples and no
///                --test-split, or both
data::Dataset load(const DataSource& source, const Warn& warn, bool quiet = false);

/// A system::ReadingProgress::Callback: prints a line of progress on standard error.
void tell_reading(const std::filesystem::path& file, double share);

}  // namespace dropsweep::cli
