// The data formats, each known by the names of its files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dropsweep/data/dataset.hpp"

namespace dropsweep::data {

/// Local: no communication.
struct Format {
    bool is_table;  ///< a file has columns: one of them the label, another may have names of the samples
    bool (*has_name)(const std::filesystem::path& file);
    /// @param test, label  of a table: see read_tables; else empty
    /// @throws Error  see read_idx_directory, read_npz, read_tables
    Dataset (*read)(const std::filesystem::path& path, const std::filesystem::path& test, const std::string& label,
                    std::vector<std::string>& warnings);
    /// @param features, id  of a table: see read_table_samples; else empty
    /// @throws Error  see read_idx_images, read_npz_samples, read_table_samples
    NamedSamples (*read_samples)(const std::filesystem::path& file, const std::vector<std::string>& features,
                                 const std::string& id);
};

/// Of a file or directory, by its name alone: a table, .npz, or else IDX.
const Format& format_of(const std::filesystem::path& path);

}  // namespace dropsweep::data
