// Input: an IDX file, read as images and as labels.

#include "dropsweep/data/idx.hpp"

#include "fuzz.hpp"

namespace {

using namespace dropsweep;

constexpr std::string_view kTwoImages{"\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x01\x07\x09", 18};
constexpr std::string_view kTwoLabels{"\0\0\x08\x01\0\0\0\x02\x01\0", 10};

void read_as_images(std::string_view input) {
    try {
        const data::LabelledSamples images = data::read_idx_images(fuzz::file("images", input));
        fuzz::require(images.count > 0 && images.rows > 0 && images.columns > 0, "there are images");
        fuzz::require(images.pixels.size() == images.count * images.rows * images.columns, "each pixel is there");
        fuzz::require(images.labels.empty(), "there are no labels");
    } catch (const Error& error) {
        fuzz::require_refusal(error, ExitCode::bad_data);
    }
}

void read_as_labels(std::string_view input) {
    fuzz::file("train-images-idx3-ubyte", kTwoImages);
    fuzz::file("t10k-images-idx3-ubyte", kTwoImages);
    fuzz::file("t10k-labels-idx1-ubyte", kTwoLabels);
    try {
        const std::filesystem::path labels = fuzz::file("train-labels-idx1-ubyte", input);
        const data::Dataset dataset = data::read_idx_directory(labels.parent_path());
        fuzz::require(dataset.train.labels.size() == dataset.train.count, "each image has a label");
    } catch (const Error& error) {
        fuzz::require_refusal(error, ExitCode::bad_data);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::as_text(data, size);
    read_as_images(input);
    read_as_labels(input);
    return 0;
}
