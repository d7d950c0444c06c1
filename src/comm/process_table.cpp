// Gathers hosts and process numbers, and tests a process with kill(pid, 0).
#include "dropsweep/comm/process_table.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "dropsweep/comm/environment.hpp"

namespace dropsweep::comm {

ProcessTable::ProcessTable(const Communicator& world) {
    using Field = std::array<char, 128>;
    struct Message {
        Field host;
        Field ids;  ///< the PID namespace: a container may have its own
        int id;
    };
    const auto to_field = [](const std::string& text) {
        Field field{};
        std::copy_n(text.begin(), std::min(text.size(), field.size() - 1), field.begin());
        return field;
    };
    std::error_code unknown;
    const Message own{to_field(host_name()), to_field(std::filesystem::read_symlink("/proc/self/ns/pid", unknown)),
                      static_cast<int>(::getpid())};
    for (const Message& message : world.all_gather(own)) {
        processes_.push_back(
            {message.host.data(), message.id, message.host == own.host && message.ids == own.ids && !unknown});
    }
}

std::string ProcessTable::name_of(int rank) const {
    const Process& process = processes_[static_cast<std::size_t>(rank)];
    return fmt::format("rank {} on {} (process {})", rank, process.host, process.id);
}

bool ProcessTable::is_gone(int rank) const {
    const Process& process = processes_[static_cast<std::size_t>(rank)];
    return process.is_visible && ::kill(process.id, 0) != 0 && errno == ESRCH;
}

}  // namespace dropsweep::comm
