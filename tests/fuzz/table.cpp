// Input: a table, read as training and test samples, and as samples without labels.

#include "dropsweep/data/table.hpp"

#include <cmath>

#include "fuzz.hpp"

namespace {

using namespace dropsweep;

void check(const data::LabelledSamples& samples) {
    fuzz::require(samples.count > 0, "there are samples");
    fuzz::require(samples.numbers.size() == samples.count * samples.features(), "each value is there");
    for (const float value : samples.numbers) fuzz::require(std::isfinite(value), "each value is finite");
}

void read_as_data(const std::filesystem::path& path) {
    try {
        std::vector<std::string> warnings;
        const data::Dataset dataset = data::read_tables(path, path, "", warnings);
        check(dataset.train);
        fuzz::require(data::content_hash(dataset) == data::content_hash(data::read_tables(path, path, "", warnings)),
                      "it is read the same way twice");
        fuzz::require(dataset.train.labels == dataset.test.labels, "labels have the same numbers in both files");
        for (const std::uint8_t label : dataset.train.labels) {
            fuzz::require(label < dataset.class_names.size(), "each label has a name");
        }
    } catch (const Error& error) {
        fuzz::require_refusal(error, ExitCode::bad_data);
    }
}

void read_as_samples(const std::filesystem::path& path) {
    try {
        check(data::read_table_samples(path, {}, "").samples);
    } catch (const Error& error) {
        fuzz::require_refusal(error, ExitCode::bad_data);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::filesystem::path path = fuzz::file("table.csv", fuzz::as_text(data, size));
    read_as_data(path);
    read_as_samples(path);
    return 0;
}
