#!/usr/bin/env bash
# Checks that results have the same bytes for several numbers of ranks, instruction sets, compilers and, emulated,
# another architecture, by some small sweeps. Prints one line for each: same, DIFFERENT or skipped. Builds in
# build/same-bits; the first time takes a quarter of an hour on two cores.
#
# usage: scripts/same-bits.sh
# Exit code: 0 no result differs; 1 one does, or a variant could not be built; 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source-path=SCRIPTDIR source=arm64.sh
. "$root/scripts/arm64.sh"

(($# == 0)) || die 2 "no options are known; usage: scripts/same-bits.sh"

# The last leaf of a batch and the last batch of an epoch are shorter. Small, because portable code is slow.
sweeps=("--rules keras --dropout 0.5 --hidden 150,40 --epochs 2 --batch-size 230"
    "--rules torch --optimizer adam --dropout 0,0.3 --input-dropout 0.2 --hidden 24 --epochs 1 --batch-size 100 --leaf-rows 20"
    "--optimizer sgd --momentum 0.9 --dropout 0.2/0.5 --hidden 24,16 --epochs 1 --batch-size 100")
work=$root/build/same-bits
sysroot=$work/sysroot
different=0

tell() { # VARIANT RESULT
    printf '%-28s %s\n' "$@"
    [[ $2 != DIFFERENT* ]] || different=1
}

# Runs the sweeps with a command and compares summary.csv and history.csv with those of the first variant.
compare() { # VARIANT COMMAND...
    local variant=$1 run status=0 i file sweep result
    shift
    run=$(mktemp -d "$work/runs/XXXXXX")
    for i in "${!sweeps[@]}"; do
        read -ra sweep <<<"${sweeps[i]}"
        "$@" sweep --data synthetic --validation-split 0.9 --report off --quiet --output "$run/$i" "${sweep[@]}" \
            >"$run/log" 2>&1 </dev/null || status=$?
        if ((status)); then
            result=$(sed -n 's/.*error: \(DROPSWEEP_SIMD=.*\);.*/skipped: \1/p' "$run/log")
            tell "$variant" "${result:-DIFFERENT: exit code $status, see $run/log}" && return
        fi
        reference=${reference:-$run}
        for file in summary.csv history.csv; do
            cmp -s "$reference/$i/$file" "$run/$i/$file" && continue
            tell "$variant" "DIFFERENT: diff $reference/$i/$file $run/$i/$file" && return
        done
    done
    tell "$variant" same
}

compile() { # VARIANT COMPILER [CMAKE-OPTION]...
    local variant=$1 cxx=$2
    shift 2
    if ! command -v "$cxx" >/dev/null; then
        tell "$variant" "skipped: $cxx is missing" && return 1
    fi
    say "building in $work/$variant"
    cmake -S "$root" -B "$work/$variant" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
        -DDROPSWEEP_WERROR=ON "$@" >"$work/$variant.log" 2>&1 &&
        cmake --build "$work/$variant" -j "$(usable_cpus)" --target dropsweep >>"$work/$variant.log" 2>&1 && return
    tell "$variant" "DIFFERENT: it cannot be built, see $work/$variant.log" && return 1
}

mkdir -p "$work"
install_packages build feature
(install_packages bits) || true
build dropsweep
unset DROPSWEEP_SIMD DROPSWEEP_ZEROS
rm -rf "$work/runs"
mkdir "$work/runs"

program=$root/build/release/dropsweep
compare "g++ -O3" "$program"
for ranks in 1 2 3 4 8; do
    compare "g++ -O3, ranks: $ranks" "$root/scripts/mpirun.sh" --quiet none $ranks "$program"
done
for simd in avx512 avx2 portable; do compare "g++ -O3, $simd" env DROPSWEEP_SIMD=$simd "$program"; done
for zeros in skip multiply; do compare "g++ -O3, zeros: $zeros" env DROPSWEEP_ZEROS=$zeros "$program"; done
if compile gcc-O1 g++ -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG"; then compare "g++ -O1" "$work/gcc-O1/dropsweep"; fi
if compile clang-O3 clang++-19 -DCMAKE_C_COMPILER=clang-19; then
    compare "clang++ -O3" "$work/clang-O3/dropsweep"
    compare "clang++ -O3, portable" env DROPSWEEP_SIMD=portable "$work/clang-O3/dropsweep"
fi

if ! command -v qemu-aarch64 >/dev/null; then
    tell aarch64 "skipped: qemu-aarch64 is missing"
elif ! make_sysroot "$sysroot" >"$work/sysroot.log"; then
    tell aarch64 "skipped: the arm64 libraries are not to be had, see $work/sysroot.log"
else
    cross_compile "$sysroot"
    if compile aarch64 aarch64-linux-gnu-g++ "${cross_options[@]}"; then
        for simd in neon portable; do
            compare "aarch64, $simd" env DROPSWEEP_SIMD=$simd "${emulator[@]}" "$work/aarch64/dropsweep"
        done
    fi
fi
exit $different
