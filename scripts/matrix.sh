#!/usr/bin/env bash
# Builds dropsweep for each Debian release x MPI x compiler, for arm64 (emulated), and without each optional library;
# runs the tests, and trains one trial on one rank and a sweep on 1, 2 and 4. Prints a table of hashes of the results,
# which have to be equal in all cells. Of cells without a library only the test of what they refuse is run. Needs root;
# the releases are kept in ~/.cache/dropsweep (DROPSWEEP_CACHE: elsewhere), the logs in build/matrix.
#
# usage: scripts/matrix.sh [CELL...] [-- options of ctest]    all cells when none is given; --list names them
# Exit code: 0 all cells pass with equal hashes; 1 otherwise; 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source-path=SCRIPTDIR source=chroot.sh
. "$root/scripts/chroot.sh"

declare -A release_of=([debian-12]=bookworm [debian-13]=trixie)
known=({debian-12,debian-13}-{openmpi,mpich}-{gcc,clang} debian-13-arm64
    without-{gzip,npz,csv,tensorboard,onnx,onednn,openblas,all})

cells=()
while (($#)) && [[ $1 != -- ]]; do
    [[ $1 != --list ]] || { printf '%s\n' "${known[@]}" && exit; }
    [[ " ${known[*]} " == *" $1 "* ]] ||
        die 2 "'$1' is no cell; usage: scripts/matrix.sh [CELL...] [-- options of ctest], see --list"
    cells+=("$1")
    shift
done
((${#cells[@]})) || cells=("${known[@]}")
ctest=("${@:2}")
((EUID == 0)) || die 1 "only root can enter another release; use sudo"

# The functions up to run_cell run in a chroot, with the project at /source.

# shellcheck disable=SC2317
configure() { # CELL OPTION...
    cmake --fresh -S /source -B "/build/$1" -DCMAKE_BUILD_TYPE=Release -DDROPSWEEP_WERROR=ON \
        -DPython3_EXECUTABLE=/usr/bin/python3 "${@:2}"
}

# Of the results of a run: epochs, trials, weights and predictions.
# shellcheck disable=SC2317
hash_of() { # RUN-DIRECTORY
    (cd "$1" && find history.csv summary.csv models -type f -print0 | sort -z | xargs -0 cat | sha256sum | cut -c1-16)
}

# shellcheck disable=SC2317
train() { # CELL [COMMAND-OF-AN-EMULATOR...]
    local out=/build/$1/trained program=("${@:2}" "/build/$1/dropsweep") ranks launch
    local options=(--epochs 2 --data synthetic --report off --quiet --hidden "150,40" --batch-size 230)
    rm -rf "$out"
    "${program[@]}" train --dropout 0.3 "${options[@]}" --output "$out/trial"
    echo "RESULT train $(hash_of "$out/trial")"
    for ranks in 1 2 4; do
        launch=()
        ((ranks == 1)) || launch=(/source/scripts/mpirun.sh none "$ranks")
        [[ ! ${launch[*]} || ! ${2:-} ]] || break # an emulator has no mpirun
        "${launch[@]}" "${program[@]}" sweep --dropout 0,0.5 --seeds 2 "${options[@]}" --output "$out/$ranks"
        echo "RESULT sweep-$ranks $(hash_of "$out/$ranks")"
    done
}

# shellcheck disable=SC2317
run_tests() { # CELL [OPTION-OF-CTEST...]
    local summary
    summary=$(cd "/build/$1" && ctest --output-on-failure -j "$(tests_at_once)" "${@:2}" | tee >(cat >&2) |
        grep 'tests passed') || summary="FAILED: $summary"
    echo "RESULT tests $summary"
}

# shellcheck disable=SC2317
cell() { # CELL [OPTION-OF-CTEST...]
    # shellcheck source-path=SCRIPTDIR source=setup.sh
    . /source/scripts/setup.sh
    local cell=$1 mpi=openmpi feature compiler=()
    install_packages build feature test matrix
    case $cell in
        without-*)
            feature=${cell#without-}
            configure "$cell" "-DDROPSWEEP_WITH_${feature^^}=OFF" -DBUILD_TESTING=OFF
            cmake --build "/build/$cell" -j "$(usable_cpus)" --target dropsweep
            python3 -B /source/tests/cli/features_test.py "/build/$cell/dropsweep" mpirun.openmpi
            echo "RESULT tests what it refuses"
            MPIRUN=mpirun.openmpi train "$cell"
            ;;
        *-arm64) emulate "$@" ;;
        *)
            [[ $cell != *-mpich-* ]] || mpi=mpich
            [[ $cell != *-clang ]] || compiler=(-DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19)
            configure "$cell" -DBUILD_TESTING=ON -DMPI_EXECUTABLE_SUFFIX=".$mpi" "${compiler[@]}"
            cmake --build "/build/$cell" -j "$(usable_cpus)"
            MPIRUN=mpirun.$mpi train "$cell"
            run_tests "$@"
            ;;
    esac
}

# Builds with a cross compiler, and runs the programs in qemu.
# shellcheck disable=SC2317
emulate() { # CELL [OPTION-OF-CTEST...]
    local cross_options emulator
    # shellcheck source-path=SCRIPTDIR source=arm64.sh
    . /source/scripts/arm64.sh
    install_packages bits
    make_sysroot /build/arm64
    cross_compile /build/arm64
    configure "$1" "${cross_options[@]}" -DBUILD_TESTING=ON
    cmake --build "/build/$1" -j "$(usable_cpus)" --target dropsweep unit_tests
    train "$1" "${emulator[@]}"
    run_tests "$1" -L '^unit$' "${@:2}"
}

# Runs a cell in the chroot of its release: of debian-13 for arm64 and for cells without a library.
run_cell() { # CELL
    local name=debian-13
    [[ ! $1 =~ ^debian-[0-9]+ ]] || name=${BASH_REMATCH[0]}
    make_chroot "${release_of[$name]}" "$chroots/$name"
    in_chroot "$chroots/$name" bash -euo pipefail -c \
        "$(declare -f configure hash_of train run_tests cell emulate); cd; cell \"\$@\"" cell "$1" "${ctest[@]}"
}

install_packages chroot
mkdir -p "$chroots" "$root/build/matrix"
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive CCACHE_DIR=/ccache
status=0
printf '%-26s %-17s %-17s %-17s %-17s %s\n' cell train 'sweep, 1 rank' '2 ranks' '4 ranks' tests
for cell in "${cells[@]}"; do
    log=$root/build/matrix/$cell.log
    (run_cell "$cell") >"$log" 2>&1 </dev/null && failed= || failed="FAILED: see $log"
    result() { sed -n "s/^RESULT $1 //p" "$log" | tail -1; }
    tests=$(result tests)
    [[ $tests != FAILED* && ! $failed ]] || status=1
    printf '%-26s %-17s %-17s %-17s %-17s %s\n' "$cell" "$(result train)" "$(result sweep-1)" "$(result sweep-2)" \
        "$(result sweep-4)" "${failed:-$tests}"
    for kind in train sweep; do
        declare -n first=first_$kind
        while read -r found; do
            [[ ${first:=$found} == "$found" ]] || status=1
        done < <(sed -n "s/^RESULT ${kind}[-0-9]* //p" "$log")
    done
done
((status == 0)) || die 1 "a cell failed, or has other bits; see above"
say "the same bits in all cells"
