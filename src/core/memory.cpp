#include "dropsweep/core/memory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

namespace dropsweep::core {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

std::size_t free_on_machine() {
    std::ifstream file("/proc/meminfo");
    std::string name;
    for (std::string line; file >> name; std::getline(file, line)) {
        std::size_t kilobytes = 0;
        if (name == "MemAvailable:" && file >> kilobytes) return kilobytes << 10;
    }
    return kNoLimit;
}

/// A number, or a word such as "max": none.
std::optional<std::size_t> number_in(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::size_t number = 0;
    if (file >> number) return number;
    return std::nullopt;
}

/// Of the control group, version 2, and those above it.
std::size_t free_in_group() {
    const std::filesystem::path root = "/sys/fs/cgroup";
    std::ifstream file("/proc/self/cgroup");
    std::size_t least = kNoLimit;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("0::/")) continue;
        for (std::filesystem::path group = root / line.substr(4);; group = group.parent_path()) {
            const std::optional<std::size_t> limit = number_in(group / "memory.max");
            const std::size_t used = number_in(group / "memory.current").value_or(0);
            if (limit) least = std::min(least, *limit - std::min(*limit, used));
            if (group == root || !group.has_relative_path()) break;
        }
    }
    return least;
}

}  // namespace

std::size_t available_memory() {
    return std::min(free_on_machine(), free_in_group());
}

}  // namespace dropsweep::core
