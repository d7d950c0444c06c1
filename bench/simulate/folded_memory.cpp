// Replaces operator new[] for large aligned buffers by memory that all simulated ranks share.
#include <cstdlib>
#include <new>
#include <set>

#include <smpi/smpi.h>

// Weights, gradients and messages have their full size, but their contents are never used. SMPI maps the large buffers
// of AlignedBuffer onto the same megabyte, so that 1,024 ranks fit into memory and messages are not copied.

namespace {

constexpr std::size_t kFolded = std::size_t{1} << 16;

std::set<void*>& folded() {
    static std::set<void*> blocks;
    return blocks;
}

}  // namespace

void* operator new[](std::size_t size, std::align_val_t alignment) {
    const auto line = static_cast<std::size_t>(alignment);
    if (size < kFolded) return std::aligned_alloc(line, (size + line - 1) / line * line);
    void* block = SMPI_SHARED_MALLOC(size);
    folded().insert(block);
    return block;
}

void operator delete[](void* block, std::align_val_t /*alignment*/) noexcept {
    if (folded().erase(block) > 0) {
        SMPI_SHARED_FREE(block);
    } else {
        std::free(block);
    }
}
