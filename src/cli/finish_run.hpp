// What rank 0 does after the training: the report of a complete run, or a message about an interrupted one. Local.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/data/dataset.hpp"

namespace dropsweep::cli {

/// Makes predictions.npz, metrics of the best model, statistics, plots and page from the files that the training has
/// written, then prints table and verdict.
/// @param reasons     see report::result_table
/// @param image_rows  of the test set; 1: no images
/// @param reports     --report; false: only predictions.npz, table and verdict
/// @return  whether no trial has diverged or failed
/// @throws Error  missing_input, bad_data: the files are damaged; io_error: a file, or after all files standard output,
///                cannot be written
bool finish_run(const std::filesystem::path& directory, const std::map<std::string, std::string>& reasons,
                const data::Samples& test, std::size_t image_rows, bool reports, const Warn& warn);

/// Makes predictions.npz of a run that is reported already, and prints that there is nothing left to do.
/// @return  whether no trial has diverged or failed
/// @throws Error  missing_input, bad_data, io_error
bool tell_of_complete_run(const std::filesystem::path& directory, const data::Samples& test);

/// "stopped by SIGTERM", "stopped before its time is up".
/// @param signal  that a rank has received; 0: none
std::string stopped_by(int signal);

/// Warns the user why the run stopped, how many trials have ended, and how to go on.
/// @param trials  of the run; none: their number depends on a decision
/// @param signal  that a rank has received; 0: the time was up
void tell_of_stop(const std::filesystem::path& directory, std::optional<std::size_t> trials, int signal,
                  const Warn& warn);

}  // namespace dropsweep::cli
