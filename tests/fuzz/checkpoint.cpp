// Input: a byte, then a checkpoint of the trial below. An odd byte: its digest is made right, for no fuzzer finds one.

#include "dropsweep/train/checkpoint.hpp"

#include <algorithm>

#include "dropsweep/system/sha256.hpp"

#include "fuzz.hpp"

namespace {

using namespace dropsweep;

constexpr system::Digest kIdentity{};
constexpr std::string_view kTrial = "p0.3-s1";
constexpr std::size_t kParameters = 6;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string bytes(fuzz::as_text(data + 1, size - 1));
    if (data[0] % 2 == 1 && bytes.size() >= system::Digest().size()) {
        const std::size_t end = bytes.size() - system::Digest().size();
        const system::Digest digest = system::sha256(std::span<const char>(bytes.data(), end));
        std::ranges::copy(digest, bytes.begin() + static_cast<std::ptrdiff_t>(end));
    }
    try {
        const train::Checkpoint checkpoint = train::decode(bytes, kIdentity, kTrial, kParameters);
        fuzz::require(checkpoint.weights.size() == kParameters && checkpoint.moments.size() == kParameters,
                      "each parameter is there");
        fuzz::require(checkpoint.best_weights.size() == kParameters || checkpoint.best_weights.size() == 0,
                      "the best weights are all there, or none");
        fuzz::require(train::encode(checkpoint, kIdentity, kTrial) == bytes, "what is accepted is what we write");
    } catch (const Error& error) {
        fuzz::require(error.code() == ExitCode::bad_data, error.what());
    }
    return 0;
}
