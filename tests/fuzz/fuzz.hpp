// What the fuzz targets share: a file of the bytes that are tried.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "dropsweep/text/error.hpp"

#include "../support/temporary_directory.hpp"

/// What each target defines and libFuzzer, or replay.cpp, calls. A target ends the process when something is wrong: a
/// failed `require`, an exception that leaves it, a sanitizer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace dropsweep::fuzz {

/// What must hold whatever the input is.
inline void require(bool holds, std::string_view what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}

/// An input is refused with this code, in one line with a remedy.
inline void require_refusal(const Error& error, ExitCode code) {
    const std::string_view message = error.what();
    require(error.code() == code, message);
    require(message.find("; ") != std::string_view::npos && message.find('\n') == std::string_view::npos, message);
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// A file of that name with that content, in a directory of this process; the name is replaced the next time.
inline std::filesystem::path file(const std::string& name, std::string_view content) {
    static const TemporaryDirectory directory;
    std::ofstream stream(directory / name, std::ios::binary | std::ios::trunc);
    stream << content << std::flush;
    require(stream.good(), "the temporary directory can be written to");
    return directory / name;
}

}  // namespace dropsweep::fuzz
