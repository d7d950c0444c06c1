#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "dropsweep/nn/model_file.hpp"
#include "dropsweep/record/classification.hpp"
#include "dropsweep/report/comparison.hpp"

// What a run, the report on one and a plan share.
namespace dropsweep::cli {

/// Makes a directory for what is not a run, if it is not there yet.
/// @throws Error  usage: it holds a run already, or one that has begun; io_error
void make_output_directory(const std::filesystem::path& directory);

/// Where the model of a trial is in the directory of its run.
std::filesystem::path model_path(const std::filesystem::path& directory, const std::string& trial);

/// How the model of a trial classifies the test set; see report::classify.
record::Classification classify_trial(const std::string& trial, const nn::Model& model, const data::Samples& test,
                                      std::size_t image_rows);

/// Prints table, verdict and directory to standard output.
/// @param reasons  see report::result_table
/// @param instead  see print_to_stdout
/// @throws Error  io_error
void print_results(const report::Comparison& comparison, const std::map<std::string, std::string>& reasons,
                   const std::filesystem::path& directory, const std::string& instead);

}  // namespace dropsweep::cli
