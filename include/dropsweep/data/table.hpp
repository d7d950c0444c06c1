// Reads samples from tables.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "dropsweep/data/dataset.hpp"
#include "dropsweep/system/memory.hpp"

namespace dropsweep::data {

/// Reads tables, also compressed by gzip, with one sample per record, whose syntax the names of the files tell
/// (src/data/records.hpp; CSV where they do not). One column is the label, text or number: each that occurs in `train`
/// is a class, in ascending order. All others are features, finite numbers, rounded to float32. Local: no
/// communication.
/// @param test      empty: there are no test samples
/// @param label     name of the column, or without header its number from 1; empty: the last one
/// @param memory    bytes that the samples may take
/// @param warnings  a line is added if feature columns are constant, and for each that counts the lines
/// @throws Error  missing_input: a file is not there or not readable; bad_data: anything else in a file, with line and
///                column; usage: there is no such column, or this build cannot read the syntax
Dataset read_tables(const std::filesystem::path& train, const std::filesystem::path& test, const std::string& label,
                    std::vector<std::string>& warnings, std::size_t memory = system::available_memory());

/// Reads such a table, which may have other columns than the features. Local: no communication.
/// @param features  names of the features, by which a table with a header is searched; empty: all columns but `id`
/// @param id        name or number of the column with the names of the samples; empty: none
/// @throws Error  as read_tables
NamedSamples read_table_samples(const std::filesystem::path& file, const std::vector<std::string>& features,
                                const std::string& id);

/// How the files of tables are called: "FILE.csv (or ...)", as src/data/records.cpp lists them.
std::string table_file_names();

}  // namespace dropsweep::data
