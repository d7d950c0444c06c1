// Reads IDX files, the format of MNIST.
#pragma once

#include <cstddef>
#include <filesystem>

#include "dropsweep/data/dataset.hpp"
#include "dropsweep/system/memory.hpp"

namespace dropsweep::data {

/// Reads a directory with the files of MNIST: {train,t10k}-{images-idx3,labels-idx1}-ubyte, each with `-idx` or `.idx`,
/// plain or with `.gz`; of several spellings the first in this order: -idx, -idx with .gz, .idx, .idx with .gz. Images
/// of any size; labels 0..255. Local: no communication.
/// @param memory  bytes that each file may take, with the copy that the ranks of a node share
/// @throws Error  missing_input: the directory or one of the files is not there or not readable;
///                bad_data: wrong magic number or dimensions, another length than the header announces, no samples,
///                damaged compression, unequal counts of images and labels, more than the memory; usage: a compressed
///                file, and this build has no zlib
Dataset read_idx_directory(const std::filesystem::path& directory, std::size_t memory = system::available_memory());

/// Reads one file of images, or the test images of such a directory, without labels. Errors as above.
LabelledSamples read_idx_images(const std::filesystem::path& file, std::size_t memory = system::available_memory());

}  // namespace dropsweep::data
