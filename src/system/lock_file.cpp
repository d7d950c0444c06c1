// The file run.lock: the kernel's lock on it, and time stamps, for Lustre has no locks without the mount option flock,
// and with localflock one for each host.
#include "lock_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <ctime>
#include <random>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dropsweep/text/words.hpp"

namespace dropsweep::system {
namespace {

using std::chrono::milliseconds;

constexpr const char* kName = "run.lock";
// Attempts while the lock passes from one holder to the next, which takes some milliseconds.
constexpr milliseconds kPause{25};
constexpr int kAttempts = 40;

std::string content(const Descriptor& file) {
    std::array<char, 4096> start{};
    const ssize_t size = file.is_open() ? ::pread(file.number(), start.data(), start.size(), 0) : 0;
    return {start.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

}  // namespace

std::string LockHolder::to_text() const {
    return fmt::format("host: {}\nprocess: {}\nsince: {}\ntoken: {}\n", host, process, since, token);
}

std::optional<LockHolder> LockHolder::parse(std::string_view text) {
    constexpr std::size_t kLongest = 255;
    LockHolder holder;
    for (const std::string_view line : text::split(text, '\n')) {
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = line.substr(colon + 2);
        const bool printable = std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
        if (!printable || value.size() > kLongest) return std::nullopt;
        if (name == "host") holder.host = value;
        if (name == "since") holder.since = value;
        if (name == "token") holder.token = value;
        if (name == "process") std::from_chars(value.data(), value.data() + value.size(), holder.process);
    }
    if (holder.host.empty() || holder.since.empty() || holder.process <= 0) return std::nullopt;
    return holder;
}

std::optional<LockHolder> LockHolder::read(const std::filesystem::path& directory) {
    // O_NONBLOCK: a FIFO of that name would block.
    return parse(content(Descriptor(::open((directory / kName).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))));
}

LockFile::LockFile(std::filesystem::path directory, const std::string& host, milliseconds stale_after)
    : path_(std::move(directory)),
      self_{.host = host,
            .process = ::getpid(),
            .since = fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::time(nullptr))),
            .token = {}},
      stale_after_(stale_after),
      directory_(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (!directory_.is_open()) fail(errno);
    std::random_device random;
    self_.token = fmt::format("{:08x}{:08x}", random(), random());
    name_ = fmt::format("{}.tmp-{}", kName, self_.token);
    file_ = Descriptor(::openat(directory_.number(), name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file_.is_open()) fail(errno);
}

LockFile::~LockFile() {
    if (is_in_place()) ::unlinkat(directory_.number(), name_.c_str(), 0);
}

void LockFile::take() {
    if (!file_.write(self_.to_text())) fail(errno);
    // Locked before it is moved into place, so that nobody sees it there without its lock.
    try_lock(file_);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        if (attempt > 0) std::this_thread::sleep_for(kPause);
        if (try_to_take()) return;
    }
    refuse(LockHolder::parse(content(open_current())), std::nullopt);
}

bool LockFile::give_sign_of_life() {
    return is_in_place() && (::futimens(file_.number(), nullptr) == 0 || errno != ESTALE);
}

Error LockFile::loss() const {
    struct stat ignored {};
    if (::fstatat(directory_.number(), kName, &ignored, AT_SYMLINK_NOFOLLOW) != 0) {
        return {ExitCode::io_error, fmt::format("cannot go on in {}: it was removed, or run.lock in it; run the same "
                                                "command again",
                                                path_.string())};
    }
    return {ExitCode::failure,
            fmt::format("{}: another process has taken over the run directory; let it go on", path_.string())};
}

/// @return  false: the lock is passing from one process to another, try again
bool LockFile::try_to_take() {
    const Descriptor current = open_current();
    if (!current.is_open()) return put_in_empty_place();
    const KernelLock kernel = try_lock(current);
    // It may have been replaced between opening and locking.
    if (!is_at(current, kName)) return false;

    const std::optional<LockHolder> holder = LockHolder::parse(content(current));
    const milliseconds silence = silence_of(current);
    const bool dead = looks_dead(holder, silence);
    if (kernel == KernelLock::anothers) {
        // A holder that looks dead but has the kernel's lock is stopped, or another process is just taking over.
        if (dead) return false;
        refuse(holder, std::nullopt);
    }
    const bool kernel_decides = kernel == KernelLock::ours && (!holder || holder->host == self_.host);
    if (!kernel_decides && !dead) refuse(holder, stale_after_ - silence);

    rename_into_place();
    if (!kernel_decides) {
        // Others may have decided the same: the last one to rename its file has the lock.
        std::this_thread::sleep_for(4 * kPause);
        if (!is_in_place()) refuse(LockHolder::parse(content(open_current())), std::nullopt);
    }
    return true;
}

/// Takes the lock where there is no lock file. @return  false: another process was faster, the hard link failed
bool LockFile::put_in_empty_place() {
    if (::linkat(directory_.number(), name_.c_str(), directory_.number(), kName, 0) == 0) {
        ::unlinkat(directory_.number(), name_.c_str(), 0);
        name_ = kName;
        return true;
    }
    if (errno == EEXIST) return false;
    if (errno != EPERM && errno != EOPNOTSUPP) fail(errno);
    rename_into_place();  // this file system has no hard links
    return true;
}

void LockFile::rename_into_place() {
    if (::renameat(directory_.number(), name_.c_str(), directory_.number(), kName) != 0) fail(errno);
    name_ = kName;
}

/// The file in place; not open: there is none.
Descriptor LockFile::open_current() const {
    // O_NONBLOCK: a FIFO of that name would block.
    Descriptor current(::openat(directory_.number(), kName, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!current.is_open() && errno == ENOENT) return current;
    const char* reason = current.is_open() ? "it is not a file" : std::strerror(errno);
    struct stat status {};
    if (current.is_open() && ::fstat(current.number(), &status) == 0 && S_ISREG(status.st_mode)) return current;
    throw Error(ExitCode::io_error, fmt::format("cannot use {}: {}; remove it, or name another --output",
                                                (path_ / kName).string(), reason));
}

LockFile::KernelLock LockFile::try_lock(const Descriptor& file) const {
    // Such a lock belongs to the open file, not to the process: closing another descriptor of the file keeps it.
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(file.number(), F_OFD_SETLK, &whole) == 0) return KernelLock::ours;
    switch (errno) {
        case EAGAIN:
        case EACCES:
            return KernelLock::anothers;
        case ENOLCK:
        case ENOSYS:
        case EOPNOTSUPP:
        case EINVAL:
            return KernelLock::unsupported;
        default:
            fail(errno);
    }
}

/// How long ago the file was touched, by the file system's clock.
milliseconds LockFile::silence_of(const Descriptor& current) const {
    struct stat then {};
    struct stat now {};
    if (::futimens(file_.number(), nullptr) != 0 || ::fstat(file_.number(), &now) != 0 ||
        ::fstat(current.number(), &then) != 0) {
        fail(errno);
    }
    const std::chrono::seconds seconds(now.st_mtim.tv_sec - then.st_mtim.tv_sec);
    const std::chrono::nanoseconds nanoseconds(now.st_mtim.tv_nsec - then.st_mtim.tv_nsec);
    return seconds + std::chrono::duration_cast<milliseconds>(nanoseconds);
}

bool LockFile::looks_dead(const std::optional<LockHolder>& holder, milliseconds silence) const {
    // A time far in the future is no sign of life.
    if (!holder || silence >= stale_after_ || silence <= -stale_after_) return true;
    if (holder->host != self_.host) return false;
    // The holder with our own number was in a former container: the first process of each gets the same one.
    return holder->process == self_.process || (::kill(holder->process, 0) != 0 && errno == ESRCH);
}

/// Whether the directory's entry `name` is this file. It is opened because only that makes NFS ask its server.
bool LockFile::is_at(const Descriptor& file, const char* name) const {
    const Descriptor found(::openat(directory_.number(), name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    // Any other reason, such as too many open files, says nothing about the entry.
    if (!found.is_open()) return errno != ENOENT && errno != ELOOP;
    struct stat theirs {};
    struct stat ours {};
    if (::fstat(found.number(), &theirs) != 0 || ::fstat(file.number(), &ours) != 0) return errno != ESTALE;
    return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

void LockFile::fail(int reason) const {
    throw Error(ExitCode::io_error,
                fmt::format("cannot lock {}: {}; check its permissions and the free space, or name another --output",
                            path_.string(), std::strerror(reason)));
}

void LockFile::refuse(const std::optional<LockHolder>& holder, std::optional<milliseconds> until_stale) const {
    const std::string who =
        holder ? fmt::format("dropsweep on {}, process {}, since {}", holder->host, holder->process, holder->since)
               : "another process, which run.lock does not name";
    const std::string wait = until_stale ? fmt::format("; without a sign of life its lock counts as stale in {} s: ",
                                                       std::chrono::ceil<std::chrono::seconds>(*until_stale).count())
                                         : "; ";
    throw Error(ExitCode::usage,
                fmt::format("{}: in use by {}{}wait for it, or name another --output", path_.string(), who, wait));
}

}  // namespace dropsweep::system
