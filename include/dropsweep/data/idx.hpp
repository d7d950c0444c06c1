#pragma once

#include <cstddef>
#include <filesystem>

#include "dropsweep/data/dataset.hpp"
#include "dropsweep/system/memory.hpp"

namespace dropsweep::data {

/// Reads a directory of IDX files in the layout of MNIST: {train,t10k}-{images-idx3,labels-idx1}-ubyte, each plain or
/// with `.gz`, with `-idx` or `.idx`. A plain file is preferred to a compressed one.
/// Any image size; labels 0..255. Local: no communication.
/// @param memory  bytes that each file may take, with the copy that the ranks of a node share
/// @throws Error  missing_input: the directory or one of the files is not there or not readable;
///                bad_data: wrong magic number or dimensions, a length that differs from the header's by a byte or
///                more, no samples, damaged compression, unequal counts of images and labels, more than the memory
Dataset read_idx_directory(const std::filesystem::path& directory, std::size_t memory = system::available_memory());

/// Reads one image file, or that of the test images of such a directory, with the checks above; the labels stay empty.
LabelledSamples read_idx_images(const std::filesystem::path& file, std::size_t memory = system::available_memory());

}  // namespace dropsweep::data
