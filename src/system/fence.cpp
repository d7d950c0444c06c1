// The fence: compares its token with that in run.lock.
#include "dropsweep/system/fence.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"

#include "lock_file.hpp"

namespace dropsweep::system {
namespace {

struct Fence {
    std::filesystem::path directory;
    std::string token;
};

std::mutex mutex;
std::shared_ptr<const Fence> fence;

std::shared_ptr<const Fence> current_fence() {
    const std::lock_guard lock(mutex);
    return fence;
}

bool is_below(const std::filesystem::path& path, const std::filesystem::path& directory) {
    return std::ranges::mismatch(directory, path).in1 == directory.end();
}

}  // namespace

void set_fence(const std::filesystem::path& directory, const std::string& token) {
    const std::lock_guard lock(mutex);
    fence = token.empty() ? nullptr : std::make_shared<const Fence>(Fence{directory, token});
}

void check_fence(const std::filesystem::path& path) {
    const std::shared_ptr<const Fence> own = current_fence();
    if (!own || !is_below(path, own->directory)) return;
    const std::optional<LockHolder> holder = LockHolder::read(own->directory);
    if (!holder) {
        throw Error(ExitCode::io_error,
                    fmt::format("cannot write {}: the run directory was moved or removed, or run.lock "
                                "in it; run the same command again",
                                path.string()));
    }
    if (holder->token == own->token) return;
    throw Error(
        ExitCode::failure,
        fmt::format("{}: another process has taken over the run directory, dropsweep on {}, process {}; let it go on",
                    own->directory.string(), holder->host, holder->process));
}

}  // namespace dropsweep::system
