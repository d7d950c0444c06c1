# Functions that the scripts share: messages, packages, building. Sets root, the directory of the project.
# Everything is printed on stderr: stdout belongs to the results.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf 'dropsweep: %s\n' "$*" >&2; }

die() { # STATUS MESSAGE
    say "error: $2"
    exit "$1"
}

# The packages of the given kinds (see packages.txt) that are not installed, on one line.
missing_packages() { # KIND...
    local kind package missing=()
    while read -r kind package _; do
        [[ " $* " == *" $kind "* ]] || continue
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done <"$root/scripts/packages.txt"
    echo "${missing[*]}"
}

# Installs the missing packages of the given kinds; silent and without network when none is missing.
install_packages() { # KIND...
    local missing as_root=() log
    if ! command -v dpkg-query >/dev/null; then
        say "warning: this is no Debian system; the packages of scripts/packages.txt must come from elsewhere"
        return
    fi
    read -ra missing <<<"$(missing_packages "$@")"
    ((${#missing[@]})) || return 0
    if ((EUID)); then
        # Without a terminal sudo cannot ask for a password.
        if ! command -v sudo >/dev/null || { [[ ! -t 0 ]] && ! sudo -n true 2>/dev/null; }; then
            die 1 "packages are missing and neither root nor sudo is at hand; install ${missing[*]}"
        fi
        as_root=(sudo)
    fi
    say "installing ${#missing[@]} Debian packages and what they need: ${missing[*]}"
    log=$(mktemp)
    # A failed update, e.g. of one foreign source, is ignored: only the installation has to succeed.
    if ! {
        "${as_root[@]}" apt-get update || true
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
    } >"$log" 2>&1 </dev/null; then
        grep -E '^(E|W|Err|dpkg)' "$log" | tail -5 >&2 || true
        die 1 "apt-get could not install ${missing[*]} (its output: $log); install them by hand"
    fi
    rm -f "$log"
}

# Configures a preset and builds a target of it. The tests are configured whenever their packages are installed, so that
# a developer's build tree keeps them.
build() { # TARGET|all [PRESET]
    local preset="${2:-release}" log="$root/build/configure.log" testing=ON
    [[ $1 == all || $preset != release || -z $(missing_packages test) ]] || testing=OFF
    mkdir -p "$root/build"
    if ! (cd "$root" && cmake --preset "$preset" -DBUILD_TESTING=$testing \
        -DPython3_EXECUTABLE=/usr/bin/python3) >"$log" 2>&1; then
        cat "$log" >&2
        die 1 "cmake could not configure $root/build/$preset; its output is above"
    fi
    say "building in $root/build/$preset"
    # Of make's output only lines about compiling and linking; messages of compilers go to stderr.
    (cd "$root" && cmake --build --preset "$preset" -j "$(usable_cpus)" --target "$1") |
        sed -un '/Building\|Linking/p' >&2 ||
        die 1 "the build failed; the compiler's messages are above"
}

# The number of CPUs that this process may use. nproc alone would obey OMP_NUM_THREADS, the threads of a rank, and would
# ignore a container's CPU quota.
usable_cpus() {
    local cpus quota period
    cpus=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
    if read -r quota period 2>/dev/null </sys/fs/cgroup/cpu.max && [[ $quota != max ]]; then
        quota=$(((quota + period - 1) / period))
        ((quota >= cpus)) || cpus=$quota
    fi
    echo "$cpus"
}

# How many tests to run at once: 3/2 of the CPUs, because tests that run the program wait for half of their time.
tests_at_once() { echo $(($(usable_cpus) * 3 / 2)); }
