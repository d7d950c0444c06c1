# Cross-compiles for arm64 and emulates it with qemu; sourced after setup.sh. Needs the packages of kind bits.
# shellcheck shell=bash

# Unpacks the arm64 libraries of dropsweep and its tests, and those that they depend on, beside the host's dpkg.
make_sysroot() { # DIRECTORY
    local sysroot=$1 libraries=$1/usr/lib/aarch64-linux-gnu apt packages package link target
    # shellcheck disable=SC2154
    [[ $sysroot/complete -nt $root/scripts/packages.txt ]] && return
    say "unpacking the arm64 libraries in $sysroot"
    rm -rf "$sysroot"
    mkdir -p "$sysroot"/apt/{state/lists,cache/archives}/partial
    touch "$sysroot/apt/status"
    apt=(apt-get -y -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User="$(id -un)"
        -o Dir::State="$sysroot/apt/state" -o Dir::State::status="$sysroot/apt/status"
        -o Dir::Cache="$sysroot/apt/cache")
    "${apt[@]}" update || true
    mapfile -t packages < <(awk '$1 ~ /^(build|feature|test)$/ && $2 ~ /^(lib|zlib|nlohmann).*-dev$/ { print $2 }' \
        "$root/scripts/packages.txt")
    "${apt[@]}" install --download-only --no-install-recommends "${packages[@]}" || return
    for package in "$sysroot"/apt/cache/archives/*.deb; do dpkg-deb -x "$package" "$sysroot" || return; done
    find "$sysroot" -type l -lname '/*' -printf '%p %l\n' |
        while read -r link target; do ln -sfn "$sysroot$target" "$link"; done
    [[ -e $sysroot/lib ]] || ln -s usr/lib "$sysroot/lib"
    # Links that update-alternatives would have made.
    ln -s openmpi/lib/libmpi.so "$libraries/libmpi.so"
    ln -s ompi-c.pc "$libraries/pkgconfig/mpi-c.pc"
    ln -s ../openblas-pthread/pkgconfig/openblas.pc "$libraries/pkgconfig/openblas.pc"
    touch "$sysroot/complete"
}

# Sets cross_options (of cmake), emulator (the command that runs an arm64 program on one rank), and the environment.
cross_compile() { # SYSROOT
    # shellcheck disable=SC2034
    cross_options=(-DCMAKE_C_COMPILER=aarch64-linux-gnu-gcc -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++
        -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_SYSROOT="$1"
        -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER -DCMAKE_FIND_ROOT_PATH_MODE_{LIBRARY,INCLUDE,PACKAGE}"=ONLY"
        -DCMAKE_CROSSCOMPILING_EMULATOR="qemu-aarch64;-L;$1" -DMPI_SKIP_COMPILER_WRAPPER=ON)
    # shellcheck disable=SC2034
    emulator=(qemu-aarch64 -L "$1")
    export PKG_CONFIG_SYSROOT_DIR=$1
    export PKG_CONFIG_LIBDIR=$1/usr/lib/aarch64-linux-gnu/pkgconfig:$1/usr/share/pkgconfig
    export OMPI_MCA_ess_singleton_isolated=1 OMPI_MCA_pml=ob1 OMPI_MCA_btl=self
}
