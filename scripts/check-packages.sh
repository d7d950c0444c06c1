#!/usr/bin/env bash
# Builds the Debian package in each release and tests it in a minimal system: lintian, apt-get install, a sweep, a
# report, the example. Leaves package and log in build/packages. Needs root; the releases are kept in ~/.cache/dropsweep
# (DROPSWEEP_CACHE: elsewhere). The first time takes half an hour on two cores.
#
# usage: scripts/check-packages.sh [bookworm|trixie]...    both when none is given
# Exit code: 0 all packages work; 1 one does not; 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source-path=SCRIPTDIR source=chroot.sh
. "$root/scripts/chroot.sh"

releases=("$@")
((${#releases[@]})) || releases=(bookworm trixie)
for release in "${releases[@]}"; do
    [[ $release == @(bookworm|trixie) ]] ||
        die 2 "'$release' is no such release; usage: scripts/check-packages.sh [bookworm|trixie]..."
done
((EUID == 0)) || die 1 "only root can enter another release; use sudo"

# In a chroot, with the project at /source.
# shellcheck disable=SC2317
build_package() {
    # shellcheck source-path=SCRIPTDIR source=setup.sh
    . /source/scripts/setup.sh
    install_packages build feature package
    # With all features, and the hardening of Debian's own packages.
    cmake -S /source -B /build -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
        -DDROPSWEEP_WITH_ALL=ON -DCMAKE_CXX_FLAGS=-D_FORTIFY_SOURCE=2 -DCMAKE_EXE_LINKER_FLAGS=-Wl,-z,relro,-z,now
    cmake --build /build -j "$(usable_cpus)"
    rm -rf /build/packages
    (cd /build && cpack -G DEB)
    # lintian reads machine code as the misspelling "enouf".
    lintian --display-info --fail-on error,warning,info --suppress-tags spelling-error-in-binary /build/packages/*.deb
}

# In a chroot without anything but the package.
# shellcheck disable=SC2317
try_package() {
    umount /source
    apt-get update
    apt-get install -y /dropsweep_*.deb
    [[ -s /usr/share/bash-completion/completions/dropsweep && -s /usr/share/man/man1/dropsweep-sweep.1.gz ]]
    mpirun -n 2 dropsweep sweep --epochs 2 --dropout 0,0.5 --output run
    rm -r run/report.html run/plots
    dropsweep report run
    [[ -s run/report.html && -s run/plots/test_accuracy.png ]]
    /usr/share/doc/dropsweep/examples/sweep.sh --epochs 1 --seeds 1 --output example
}

run_in() { # DIRECTORY FUNCTION
    in_chroot "$1" bash -euo pipefail -c "$(declare -f "$2"); cd; $2"
}

check() { # RELEASE
    local builder=$chroots/$1-package package
    make_chroot "$1" "$chroots/$1"
    [[ -d $builder ]] || cp -a "$chroots/$1" "$builder"
    run_in "$builder" build_package
    package=$(echo "$builder"/build/packages/*.deb)
    cp "$package" "$root/build/packages/"
    rm -rf "$bare"
    cp -a "$chroots/$1" "$bare"
    cp "$package" "$bare/"
    run_in "$bare" try_package
}

install_packages chroot
# Root, and more ranks than cores, are normal here.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
mkdir -p "$chroots" "$root/build/packages"
bare=$(mktemp -d "$chroots/bare.XXXXXX")
trap 'rm -rf "$bare"' EXIT

failed=0
for release in "${releases[@]}"; do
    log=$root/build/packages/$release.log
    say "$release: building and trying the package; its log is $log"
    # Not as the condition of an if, which would turn off set -e inside.
    set +e
    (
        set -e
        check "$release"
    ) >"$log" 2>&1 </dev/null
    status=$?
    set -e
    if ((status)); then
        printf '%-10s FAILED: see %s\n' "$release" "$log"
        failed=1
    else
        printf '%-10s works\n' "$release"
    fi
done
exit $failed
