#!/usr/bin/env bash
# Builds and runs unit and MPI tests with the address and undefined behaviour sanitizers, and tests that start threads
# with the thread sanitizer. Safe to repeat, from any directory.
#
# usage: scripts/sanitize.sh [unit|mpi|thread]...    the tests with these labels; all when none is given
# Exit code: that of ctest; 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

labels=("$@")
((${#labels[@]})) || labels=(unit mpi thread)
for label in "${labels[@]}"; do
    [[ $label == @(unit|mpi|thread) ]] ||
        die 2 "'$label' is no such kind of test; usage: scripts/sanitize.sh [unit|mpi|thread]..."
done

install_packages build feature test

cd "$root"
status=0
for label in "${labels[@]}"; do
    preset=sanitize
    [[ $label != thread ]] || preset=thread
    build "${label}_tests" "$preset"
    ctest --preset "$preset" --no-tests=error -j "$(usable_cpus)" -L "^$label\$" </dev/null || status=$?
done
exit "$status"
