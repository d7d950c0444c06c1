// Memory that ranks share is refused where there is no room for it.
#include <cerrno>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dropsweep/comm/group_memory.hpp"
#include "dropsweep/comm/node_shared.hpp"

#include "../support/error_of.hpp"

namespace {

bool there_is_room = true;

}  // namespace

/// Stands in for the C library's; without room as on a machine without free memory.
extern "C" int posix_fallocate(int file, off_t begin, off_t size) {
    if (!there_is_room) return ENOSPC;
    return ::syscall(SYS_fallocate, file, 0, begin, size) == 0 ? 0 : errno;
}

namespace dropsweep::comm {
namespace {

template <class Share>
void expect_refusal(Share&& share) {
    EXPECT_THAT(error_of(ExitCode::failure, [&] { share(); }),
                testing::MatchesRegex("no room for 2 MB of memory that the ranks of a node share: .*; .*"));
}

/// Reserved before it is touched: a page that is not there would end the process by SIGBUS.
TEST(SharedMemory, IsRefusedWhereThereIsNoRoom) {
    const Communicator world = Communicator::world();
    constexpr std::size_t kBytes = 3 << 19;
    there_is_room = false;
    expect_refusal([&] { GroupMemory(world, kBytes, 3); });
    expect_refusal([&] { SharedMemory(world, kBytes); });
    there_is_room = true;
}

}  // namespace
}  // namespace dropsweep::comm
