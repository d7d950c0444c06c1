#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "dropsweep/nn/model_file.hpp"
#include "dropsweep/report/classification.hpp"
#include "dropsweep/report/comparison.hpp"

// What a run and the report on one share.
namespace dropsweep::cli {

/// Whether a directory holds the tables or the description of a run, or of one that has begun.
bool holds_run(const std::filesystem::path& directory);

/// Where the model of a trial is in the directory of its run.
std::filesystem::path model_path(const std::filesystem::path& directory, const std::string& trial);

/// How the model of a trial classifies the test set; see report::classify.
report::Classification classify_trial(const std::string& trial, const nn::Model& model, const data::Samples& test,
                                      std::size_t image_rows);

/// Prints table, verdict and directory to standard output.
/// @param reasons  see report::result_table
/// @param instead  see print_to_stdout
/// @throws Error  io_error
void print_results(const report::Comparison& comparison, const std::map<std::string, std::string>& reasons,
                   const std::filesystem::path& directory, const std::string& instead);

}  // namespace dropsweep::cli
