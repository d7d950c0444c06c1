// Input: a configuration file.

#include "run_options.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dropsweep;
    const std::string config(fuzz::as_text(data, size));
    fuzz::parse_and_repeat({"sweep"}, config);
    fuzz::parse_and_repeat({"train"}, config);
    return 0;
}
