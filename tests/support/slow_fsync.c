// For LD_PRELOAD: fsync of what SLOW_FSYNC names (a regular expression on the path) takes SLOW_FSYNC_SECONDS, one time in
// SLOW_FSYNC_ONE_IN, each time without that.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int fsync(int file) {
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = '\0';
    regex_t slow;
    regcomp(&slow, getenv("SLOW_FSYNC"), REG_EXTENDED | REG_NOSUB);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const char* one_in = getenv("SLOW_FSYNC_ONE_IN");
    if (regexec(&slow, path, 0, NULL, 0) == 0 && (one_in == NULL || now.tv_nsec / 1000 % atoi(one_in) == 0)) {
        const struct timespec pause = {atoi(getenv("SLOW_FSYNC_SECONDS")), 0};
        nanosleep(&pause, NULL);
    }
    regfree(&slow);
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return real(file);
}
