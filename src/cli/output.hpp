// What several commands do with their results: directories, paths of models, classification, the printed table.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "dropsweep/nn/model_file.hpp"
#include "dropsweep/record/classification.hpp"
#include "dropsweep/report/comparison.hpp"

namespace dropsweep::cli {

/// Makes the directory of a report or a plan, if it is not there yet.
/// @throws Error  usage: it holds a run, if only one that has begun; io_error
void make_output_directory(const std::filesystem::path& directory);

/// Where the model of a trial is in the directory of its run.
std::filesystem::path model_path(const std::filesystem::path& directory, const std::string& trial);

/// record::classify with the predictions of a trial's model; images that are kept are of the values before
/// standardization.
/// @param test  standardized as the model wants it
record::Classification classify_trial(const std::string& trial, const nn::Model& model, const data::Samples& test,
                                      std::size_t image_rows);

/// Prints table, verdict and directory to standard output.
/// @param reasons  see report::result_table
/// @param instead  see print_to_stdout
/// @throws Error  io_error
void print_results(const report::Comparison& comparison, const std::map<std::string, std::string>& reasons,
                   const std::filesystem::path& directory, const std::string& instead);

}  // namespace dropsweep::cli
