// Memory by memfd_create, opened by the other ranks through /proc/PID/fd.
#include "dropsweep/comm/shared_memory.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <new>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dropsweep/system/descriptor.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::comm {
namespace {

/// What another process needs to open a block.
struct Address {
    int process = 0;
    int file = 0;
    std::size_t bytes = 0;
};

system::Descriptor reserve(std::size_t bytes) {
    system::Descriptor file(::memfd_create("dropsweep", MFD_CLOEXEC));
    int reason = file.is_open() ? 0 : errno;
    // Without it, memory that is not there would show as SIGBUS on the first access to a page.
    if (reason == 0 && bytes > 0) reason = ::posix_fallocate(file.number(), 0, static_cast<off_t>(bytes));
    if (reason == 0) return file;
    throw Error(ExitCode::failure,
                fmt::format("no room for {} MB of memory that the ranks of a node share: {}; use fewer "
                            "ranks on a node, a smaller model, or a machine with more memory",
                            (bytes >> 20) + 1, std::strerror(reason)));
}

std::span<std::byte> map(const Address& address) {
    if (address.bytes == 0) return {};
    const system::Descriptor file(
        ::open(fmt::format("/proc/{}/fd/{}", address.process, address.file).c_str(), O_RDWR | O_CLOEXEC));
    void* memory = file.is_open() ? ::mmap(nullptr, address.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.number(), 0)
                                  : MAP_FAILED;
    if (memory == MAP_FAILED) {
        if (errno == ENOMEM) throw std::bad_alloc();
        throw Error(ExitCode::failure,
                    fmt::format("cannot see the memory of process {} of this node: {}; let the ranks of "
                                "a node run in one container and for one user",
                                address.process, std::strerror(errno)));
    }
    return {static_cast<std::byte*>(memory), address.bytes};
}

}  // namespace

SharedMemory::SharedMemory(const Communicator& node, std::size_t bytes) {
    const system::Descriptor own = reserve(bytes);
    const std::vector<Address> addresses = node.all_gather(Address{::getpid(), own.number(), bytes});
    std::exception_ptr failure;
    try {
        for (const Address& address : addresses) blocks_.push_back(map(address));
    } catch (...) {
        failure = std::current_exception();
    }
    node.barrier();  // `own` must stay open until all ranks have mapped it
    if (failure) std::rethrow_exception(failure);
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept : blocks_(std::exchange(other.blocks_, {})) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
    std::swap(blocks_, other.blocks_);
    return *this;
}

SharedMemory::~SharedMemory() {
    for (const std::span<std::byte> block : blocks_) {
        if (!block.empty()) ::munmap(block.data(), block.size());
    }
}

}  // namespace dropsweep::comm
