# Minimal Debian systems in directories, in which scripts build and test; sourced after setup.sh. All of it needs root.
# shellcheck shell=bash

# shellcheck disable=SC2034
chroots=${DROPSWEEP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dropsweep}

# Installs a minimal Debian release, unless the directory exists.
make_chroot() { # RELEASE DIRECTORY
    [[ ! -d $2 ]] || return 0
    say "putting a minimal Debian $1 into $2"
    mkdir -p "$(dirname "$2")"
    rm -rf "$2.new"
    debootstrap --variant=minbase "$1" "$2.new" >"$2.log" 2>&1 || die 1 "debootstrap failed; see $2.log"
    mv "$2.new" "$2"
}

# Runs a command in such a directory, with the project at /source, read-only. Mounts and processes that the command
# leaves behind end with it.
in_chroot() { # DIRECTORY COMMAND...
    # shellcheck disable=SC2016,SC2154
    unshare --mount --pid --fork --kill-child bash -euc '
        mount --bind "$2" "$2" # so that what runs there can have namespaces of its own
        mkdir -p "$2/source"
        mount --bind -o ro "$1" "$2/source"
        for file in /etc/resolv.conf /etc/hosts; do # without the latter a name server is asked for localhost
            touch "$2$file"
            mount --bind "$file" "$2$file"
        done
        mount -t proc proc "$2/proc"
        mount --rbind /sys "$2/sys"
        mount --rbind /dev "$2/dev"
        mount -t tmpfs tmpfs "$2/dev/shm"
        cd "$2"
        pivot_root . .
        umount --lazy .
        exec "${@:3}"' in_chroot "$root" "$@"
}
