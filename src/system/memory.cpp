// Free memory as /proc/meminfo and control groups (version 2) tell it.
#include "dropsweep/system/memory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

namespace dropsweep::system {
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

/// nullopt: there is no such file, or a word such as "max" in it.
std::optional<std::size_t> number_in(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::size_t number = 0;
    if (file >> number) return number;
    return std::nullopt;
}

/// The value of `name` in a file of lines "name value"; 0 without.
std::size_t value_in(const std::filesystem::path& path, const std::string& wanted) {
    std::ifstream file(path);
    std::string name;
    for (std::size_t value = 0; file >> name >> value;) {
        if (name == wanted) return value;
    }
    return 0;
}

}  // namespace

std::size_t memory_of_control_group(const std::filesystem::path& root, const std::filesystem::path& membership) {
    std::ifstream file(membership);
    std::size_t least = kNoLimit;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("0::/")) continue;
        for (std::filesystem::path group = root / line.substr(4);; group = group.parent_path()) {
            const std::optional<std::size_t> limit = number_in(group / "memory.max");
            // The page cache counts as used, but is given back on demand.
            const std::size_t copies =
                value_in(group / "memory.stat", "inactive_file") + value_in(group / "memory.stat", "active_file");
            const std::size_t taken = number_in(group / "memory.current").value_or(0);
            const std::size_t used = taken - std::min(taken, copies);
            if (limit) least = std::min(least, *limit - std::min(*limit, used));
            if (group == root || !group.has_relative_path()) break;
        }
    }
    return least;
}

std::size_t available_memory() {
    return std::min(free_on_machine(), memory_of_control_group("/sys/fs/cgroup", "/proc/self/cgroup"));
}

}  // namespace dropsweep::system
