// Input: an archive of arrays, and an array of one that is otherwise sound.

#include "dropsweep/data/npz.hpp"

#include <zip.h>

#include "fuzz.hpp"

namespace {

using namespace dropsweep;

constexpr std::size_t kMemory = std::size_t{1} << 26;

void read(const std::filesystem::path& path) {
    try {
        const data::Dataset dataset = data::read_npz(path, kMemory);
        for (const data::LabelledSamples* samples : {&dataset.train, &dataset.test}) {
            // An archive may be without those for the test.
            if (samples == &dataset.test && samples->count == 0) continue;
            fuzz::require(samples->count > 0 && samples->features() > 0, "there are samples");
            fuzz::require(samples->labels.size() == samples->count, "each has a label");
            fuzz::require(samples->pixels.size() + samples->numbers.size() == samples->count * samples->features(),
                          "each value is there");
        }
    } catch (const Error& error) {
        fuzz::require_refusal(error, ExitCode::bad_data);
    }
}

std::string npy(std::string_view header, std::string_view values) {
    std::string text = "\x93NUMPY\x01";
    text += '\0';
    text += static_cast<char>(header.size());
    text += '\0';
    return text.append(header).append(values);
}

void read_as_array(std::string_view input, const std::string& name) {
    const std::string x = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }\n", "abcdef");
    const std::string y = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", "ab");
    const std::filesystem::path path = fuzz::file("array.npz", "");
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const std::string member : {"x_train", "y_train", "x_test", "y_test"}) {
        const std::string_view content = member == name ? input : member.starts_with('x') ? x : y;
        zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
        zip_file_add(archive, (member + ".npy").c_str(), source, 0);
    }
    fuzz::require(zip_close(archive) == 0, "the archive is written");
    read(path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::as_text(data, size);
    read(fuzz::file("archive.npz", input));
    read_as_array(input, "x_train");
    read_as_array(input, "y_test");
    return 0;
}
