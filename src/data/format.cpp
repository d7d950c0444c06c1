// The list of the data formats.
#include "dropsweep/data/format.hpp"

#include <algorithm>

#include "dropsweep/data/idx.hpp"
#include "dropsweep/data/npz.hpp"
#include "dropsweep/data/table.hpp"

#include "records.hpp"

namespace dropsweep::data {
namespace {

using Path = const std::filesystem::path&;
using Names = const std::vector<std::string>&;
using Name = const std::string&;
using Warnings = std::vector<std::string>&;

const Format kFormats[] = {
    {true, is_table,
     [](Path train, Path test, Name label, Warnings warnings) { return read_tables(train, test, label, warnings); },
     read_table_samples},
    {false, [](Path file) { return file.extension() == ".npz"; },
     [](Path file, Path, Name, Warnings) { return read_npz(file); },
     [](Path file, Names, Name) {
         return NamedSamples{read_npz_samples(file), "", {}};
     }},
    {false, [](Path) { return true; },
     [](Path directory, Path, Name, Warnings) { return read_idx_directory(directory); },
     [](Path file, Names, Name) {
         return NamedSamples{read_idx_images(file), "", {}};
     }},
};

}  // namespace

const Format& format_of(const std::filesystem::path& path) {
    return *std::ranges::find_if(kFormats, [&](const Format& format) { return format.has_name(path); });
}

}  // namespace dropsweep::data
