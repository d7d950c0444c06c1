// Reads samples from NumPy archives.
#pragma once

#include <cstddef>
#include <filesystem>

#include "dropsweep/data/dataset.hpp"
#include "dropsweep/system/memory.hpp"

namespace dropsweep::data {

/// Reads the arrays x_train and y_train, and x_test and y_test if they are there, as numpy.savez and savez_compressed
/// write them. Local: no communication.
/// x: [samples, rows, columns] are images, other shapes [samples, ...] are flattened in C order; uint8 are pixels,
/// other numbers and booleans are rounded to float32.
/// y: integers, [samples] or [samples, 1]: each that occurs in y_train is a class, in ascending order; or
/// [samples, classes], with a single 1 in each row.
/// @param memory  bytes that the samples may take
/// @throws Error  missing_input: the file is not there or not readable; bad_data: no such archive, damaged, an array
///                missing or of another shape or type, a value that is not finite, more than 256 classes, more data
///                than `memory`; usage: this build has no libzip
Dataset read_npz(const std::filesystem::path& file, std::size_t memory = system::available_memory());

/// Reads samples without labels: the array x, or else x_test.
/// @throws Error  as read_npz
LabelledSamples read_npz_samples(const std::filesystem::path& file);

}  // namespace dropsweep::data
