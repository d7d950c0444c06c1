// Preloaded into a program (LD_PRELOAD), writes down what it does to the files below a directory, with the bytes.
//
// RECORDER_ROOT names the directory, canonically, RECORDER_LOG the file to append to. All threads and processes that
// share a log take turns: the order of its records is the order in which things happened. A record is six numbers of 64
// bits (kind, inode, offset, and the lengths of what follows), a path, a second path, and data; paths are relative to
// the root. The kinds:
//
//     c  a file was created: inode, path          m  a directory was made: inode, path
//     w  data was written: inode, offset, data    t  a file was cut or grown to a length: inode, offset
//     l  a hard link was made: inode, path        r  an entry was renamed: path, second path
//     u  an entry was removed: path               s  a file or directory was synced: inode
//
// What the C library writes by itself, such as fwrite, does not pass here. Each function makes its system call: there
// is no need to look up those that it stands in for.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char* root;
static int log_file = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void start(void) {
    root = getenv("RECORDER_ROOT");
    const char* log = getenv("RECORDER_LOG");
    if (!root || !log) return;
    log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (log_file < 0) abort();
}

/// What comes after the root in a path; NULL: it is neither the root nor below it.
static const char* below_root(const char* path) {
    const size_t length = strlen(root);
    if (strncmp(path, root, length) != 0) return NULL;
    if (path[length] == '\0') return path + length;
    return path[length] == '/' ? path + length + 1 : NULL;
}

/// The entry that a system call names, relative to the root. False: it is not below the root.
static bool find_entry(int directory, const char* path, char entry[PATH_MAX]) {
    if (log_file < 0) return false;
    char start[64] = "";
    if (path[0] != '/') {
        snprintf(start, sizeof start, directory == AT_FDCWD ? "./" : "/proc/self/fd/%d/", directory);
    }
    char parent[PATH_MAX];
    if (snprintf(parent, sizeof parent, "%s%s", start, path) >= PATH_MAX) return false;
    // The last component may be missing, or a symbolic link that is not to be followed.
    char* const slash = strrchr(parent, '/');
    const char* const name = slash + 1;
    char resolved[PATH_MAX];
    *slash = '\0';
    if (!realpath(slash == parent ? "/" : parent, resolved)) return false;
    char whole[2 * PATH_MAX];
    snprintf(whole, sizeof whole, "%s/%s", resolved, name);
    const char* const found = below_root(whole);
    if (!found) return false;
    return snprintf(entry, PATH_MAX, "%s", found) < PATH_MAX;
}

static bool is_recorded(int file) {
    if (log_file < 0) return false;
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return false;
    path[length] = '\0';
    return below_root(path) != NULL;
}

static void begin(void) {
    pthread_mutex_lock(&mutex);
    while (flock(log_file, LOCK_EX) != 0) {
        if (errno != EINTR) abort();
    }
}

/// Passes a system call's result on, with its errno.
static long end(long result) {
    const int reason = errno;
    flock(log_file, LOCK_UN);
    pthread_mutex_unlock(&mutex);
    errno = reason;
    return result;
}

static void record(char kind, uint64_t inode, uint64_t offset, const char* path, const char* second, const void* data,
                   size_t size) {
    const uint64_t head[] = {(uint64_t)kind, inode, offset, strlen(path), strlen(second), size};
    const struct iovec parts[] = {
        {(void*)head, sizeof head}, {(void*)path, strlen(path)}, {(void*)second, strlen(second)}, {(void*)data, size}};
    const size_t whole = sizeof head + strlen(path) + strlen(second) + size;
    if (syscall(SYS_writev, log_file, parts, 4) != (long)whole) abort();
}

static uint64_t inode_of(int file) {
    struct stat status;
    if (fstat(file, &status) != 0) abort();
    return status.st_ino;
}

static uint64_t inode_at(int directory, const char* path) {
    struct stat status;
    return fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status.st_ino : 0;
}

int openat(int directory, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    char entry[PATH_MAX];
    if (!(flags & (O_CREAT | O_TRUNC)) || !find_entry(directory, path, entry)) {
        return (int)syscall(SYS_openat, directory, path, flags, mode);
    }
    begin();
    const bool is_new = inode_at(directory, path) == 0;
    const int file = (int)syscall(SYS_openat, directory, path, flags, mode);
    if (file >= 0 && is_new) {
        record('c', inode_of(file), 0, entry, "", NULL, 0);
    } else if (file >= 0 && flags & O_TRUNC) {
        record('t', inode_of(file), 0, "", "", NULL, 0);
    }
    return (int)end(file);
}

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return openat(AT_FDCWD, path, flags, mode);
}

ssize_t write(int file, const void* data, size_t size) {
    if (!is_recorded(file)) return syscall(SYS_write, file, data, size);
    begin();
    const long written = syscall(SYS_write, file, data, size);
    if (written > 0) {
        const long start = syscall(SYS_lseek, file, 0, SEEK_CUR) - written;
        record('w', inode_of(file), (uint64_t)start, "", "", data, (size_t)written);
    }
    return end(written);
}

ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
    if (!is_recorded(file)) return syscall(SYS_pwrite64, file, data, size, offset);
    begin();
    const long written = syscall(SYS_pwrite64, file, data, size, offset);
    if (written > 0) record('w', inode_of(file), (uint64_t)offset, "", "", data, (size_t)written);
    return end(written);
}

int ftruncate(int file, off_t length) {
    if (!is_recorded(file)) return (int)syscall(SYS_ftruncate, file, length);
    begin();
    const long result = syscall(SYS_ftruncate, file, length);
    if (result == 0) record('t', inode_of(file), (uint64_t)length, "", "", NULL, 0);
    return (int)end(result);
}

int fsync(int file) {
    if (!is_recorded(file)) return (int)syscall(SYS_fsync, file);
    begin();
    const long result = syscall(SYS_fsync, file);
    if (result == 0) record('s', inode_of(file), 0, "", "", NULL, 0);
    return (int)end(result);
}

int fdatasync(int file) {
    return fsync(file);
}

int mkdirat(int directory, const char* path, mode_t mode) {
    char entry[PATH_MAX];
    if (!find_entry(directory, path, entry)) return (int)syscall(SYS_mkdirat, directory, path, mode);
    begin();
    const long result = syscall(SYS_mkdirat, directory, path, mode);
    if (result == 0) record('m', inode_at(directory, path), 0, entry, "", NULL, 0);
    return (int)end(result);
}

int mkdir(const char* path, mode_t mode) {
    return mkdirat(AT_FDCWD, path, mode);
}

int renameat(int from, const char* old_path, int to, const char* new_path) {
    char old_entry[PATH_MAX];
    char new_entry[PATH_MAX];
    const bool leaves = find_entry(from, old_path, old_entry);
    const bool arrives = find_entry(to, new_path, new_entry);
    if (!leaves && !arrives) return (int)syscall(SYS_renameat2, from, old_path, to, new_path, 0);
    if (!leaves || !arrives) abort();  // nothing is known of what comes from elsewhere
    begin();
    const long result = syscall(SYS_renameat2, from, old_path, to, new_path, 0);
    if (result == 0) record('r', 0, 0, old_entry, new_entry, NULL, 0);
    return (int)end(result);
}

int rename(const char* old_path, const char* new_path) {
    return renameat(AT_FDCWD, old_path, AT_FDCWD, new_path);
}

int linkat(int from, const char* old_path, int to, const char* new_path, int flags) {
    char entry[PATH_MAX];
    if (!find_entry(to, new_path, entry)) return (int)syscall(SYS_linkat, from, old_path, to, new_path, flags);
    begin();
    const long result = syscall(SYS_linkat, from, old_path, to, new_path, flags);
    if (result == 0) record('l', inode_at(to, new_path), 0, entry, "", NULL, 0);
    return (int)end(result);
}

int unlinkat(int directory, const char* path, int flags) {
    char entry[PATH_MAX];
    if (!find_entry(directory, path, entry)) return (int)syscall(SYS_unlinkat, directory, path, flags);
    begin();
    const long result = syscall(SYS_unlinkat, directory, path, flags);
    if (result == 0) record('u', 0, 0, entry, "", NULL, 0);
    return (int)end(result);
}

int unlink(const char* path) {
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char* path) {
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char* path) {
    const int result = unlink(path);
    return result != 0 && errno == EISDIR ? rmdir(path) : result;
}
