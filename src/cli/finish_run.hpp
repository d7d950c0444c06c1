#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/data/dataset.hpp"

// What follows the training, on rank 0; nothing here communicates.
namespace dropsweep::cli {

/// Makes predictions.npz, metrics of the best model, statistics, plots and page from the files that the training has
/// left, then prints table and verdict.
/// @param reasons     see report::result_table
/// @param image_rows  of the test set's images
/// @param reports     whether there are to be more than predictions, table and verdict
/// @throws Error  missing_input, bad_data: the files are damaged; io_error, after all files are written where it is
///                standard output that cannot be
void finish_run(const std::filesystem::path& directory, const std::map<std::string, std::string>& reasons,
                const data::Samples& test, std::size_t image_rows, bool reports, const Warn& warn);

/// "stopped by SIGTERM", "stopped before its time is up".
/// @param signal  that a rank got; 0: none
std::string stopped_by(int signal);

/// Says why the run stopped, how far it is and what goes on with it.
/// @param trials  their number; none: it depends on what comes
/// @param signal  that a rank got; 0: the time was up
void tell_of_stop(const std::filesystem::path& directory, std::optional<std::size_t> trials, int signal,
                  const Warn& warn);

}  // namespace dropsweep::cli
