#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "dropsweep/data/dataset.hpp"
#include "dropsweep/system/memory.hpp"

namespace dropsweep::data {

/// Reads tables of samples: CSV files (RFC 4180; separated by commas, semicolons or tabs; also .gz), a sample a line.
/// The first line is a header if no field of it is a number, or if they count the columns. One column is the label,
/// text or number: each that occurs in `train` is a class, in ascending order. Every other one is a feature, finite
/// numbers, rounded to float32. Local: no communication.
/// @param test      empty: there are no test samples
/// @param label     name of the column, or without header its number from 1; empty: the last one
/// @param memory    bytes that the samples may take
/// @param warnings  a line is added where columns never change, and for each that counts the lines
/// @throws Error  missing_input: a file is not there or not readable; bad_data: anything else in a file, with line and
///                column; usage: there is no such column
Dataset read_tables(const std::filesystem::path& train, const std::filesystem::path& test, const std::string& label,
                    std::vector<std::string>& warnings, std::size_t memory = system::available_memory());

/// Reads such a table, of any columns that hold the features. Local: no communication.
/// @param features  their names, by which they are found where there is a header; empty: all columns but `id` are
/// @param id        name or number of the column with what the samples are called; empty: none
/// @throws Error  as read_tables
NamedSamples read_table_samples(const std::filesystem::path& file, const std::vector<std::string>& features,
                                const std::string& id);

}  // namespace dropsweep::data
