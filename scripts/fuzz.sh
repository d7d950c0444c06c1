#!/usr/bin/env bash
# Fuzzes all readers of files and arguments: IDX, gzip, .npz, tables, models, checkpoints, configuration, command lines.
# Needs clang with its runtime library. Starts from tests/fuzz/corpus. Inputs that reach new code are kept in
# build/fuzz/corpus for the next time, those that end the process in build/fuzz/crashes: after the repair they belong in
# tests/fuzz/corpus/TARGET, which the tests run again.
#
# usage: scripts/fuzz.sh [SECONDS] [TARGET...]    seconds for each target (60); targets: the folders of tests/fuzz/corpus
# Exit code: 0 nothing found; 1 an input ends the process, or the targets could not be built; 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

seconds=${1:-60}
shift || true
[[ $seconds =~ ^[1-9][0-9]{0,5}$ ]] || die 2 "'$seconds' is not a number of seconds; usage: scripts/fuzz.sh [SECONDS] [TARGET...]"
corpus=$root/tests/fuzz/corpus
targets=("$@")
if ((!${#targets[@]})); then
    for folder in "$corpus"/*/; do targets+=("$(basename "$folder")"); done
fi
for target in "${targets[@]}"; do
    [[ -d $corpus/$target ]] || die 2 "there is no target '$target'; give one of $(ls -C "$corpus")"
done

install_packages build feature test fuzz
command -v clang++-19 >/dev/null || die 1 "clang++-19 is missing; install it with its libFuzzer"
build fuzz_targets fuzz

# The targets read their inputs from files: in memory, if /dev/shm can be written to.
directory=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$directory"' EXIT
export TMPDIR=$directory
export UBSAN_OPTIONS=print_stacktrace=1

found=()
mkdir -p "$root/build/fuzz/crashes"
for target in "${targets[@]}"; do
    say "fuzzing $target for $seconds s"
    own=$root/build/fuzz/corpus/$target
    log=$root/build/fuzz/$target.log
    mkdir -p "$own"
    if "$root/build/fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$root/build/fuzz/crashes/$target-" "$own" "$corpus/$target" \
        >"$log" 2>&1 </dev/null; then
        say "$target: nothing found in $(sed -n 's/^stat::number_of_executed_units: //p' "$log") runs"
    else
        tail -n 40 "$log" >&2
        input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
        say "$target: found something: ${input:-no input was written}; all of its output: $log"
        found+=("${input:-$target}")
    fi
done
((!${#found[@]})) || die 1 "inputs that end the process: ${found[*]}; run build/fuzz/tests/fuzz/fuzz_TARGET INPUT to see it again"
