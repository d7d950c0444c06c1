#!/usr/bin/env bash
# Runs all tests and checks, which take a night: prints the last lines of each part, whose log is in build/nightly.
#
# usage: scripts/nightly.sh [PART...]    all parts when none is given
# Exit code: 0 all parts pass; 1 one does not; 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

declare -A command_of=(
    [tests]="scripts/test.sh"
    [floats]="env DROPSWEEP_ALL_FLOATS=1 build/release/tests/linalg/float_math_test"
    [sanitizers]="scripts/sanitize.sh"
    [soak]="tests/soak.sh 60"
    [crashes]="tests/crash/all.sh build/release"
    [fuzzing]="scripts/fuzz.sh 600"
    [simulation]="scripts/simulate.sh --quick"
    [bits]="scripts/same-bits.sh"
    [packages]="scripts/check-packages.sh"
    [matrix]="scripts/matrix.sh"
)
parts=(tests floats sanitizers soak crashes fuzzing simulation bits packages matrix) # tests builds what the next ones run

chosen=("$@")
((${#chosen[@]})) || chosen=("${parts[@]}")
for part in "${chosen[@]}"; do
    [[ ${command_of[$part]:-} ]] || die 2 "'$part' is no part; usage: scripts/nightly.sh [PART...], of ${parts[*]}"
done

cd "$root"
mkdir -p build/nightly
failed=0
for part in "${chosen[@]}"; do
    log=build/nightly/$part.log
    start=$SECONDS
    read -ra command <<<"${command_of[$part]}"
    if "${command[@]}" >"$log" 2>&1 </dev/null; then result=green; else result="RED: see $log" failed=1; fi
    printf '%-11s %4d min  %s\n' "$part" $(((SECONDS - start) / 60)) "$result"
    tail -n 3 "$log" | sed 's/^/    /'
done
exit $failed
