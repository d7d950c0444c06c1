// The built-in data set: synthetic images of digits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dropsweep/data/dataset.hpp"

namespace dropsweep::data {

/// Images of 28 x 28 pixels drawn from stroke models of the ten digits with random slant, scale,
/// thickness, shift, elastic distortion and noise. Image i depends on the seed and on i alone; test images follow the
/// training images in the numbering.
/// @param train_count, test_count  60,000 and 10,000 in the built-in data set; tests may ask for fewer
/// Local: no communication.
Dataset synthetic_digits(std::uint64_t seed, std::size_t train_count, std::size_t test_count);

}  // namespace dropsweep::data
