// Input: a command line, one argument a line; a NUL stands for a line break.

#include <algorithm>
#include <string_view>

#include "dropsweep/text/words.hpp"

#include "run_options.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dropsweep;
    for (const char* command : {"sweep", "train"}) {
        std::vector<std::string> arguments = {command};
        for (const std::string_view argument : text::split(fuzz::as_text(data, size), '\n')) {
            arguments.emplace_back(argument);
            std::ranges::replace(arguments.back(), '\0', '\n');
        }
        fuzz::parse_and_repeat(arguments, "");
    }
    return 0;
}
