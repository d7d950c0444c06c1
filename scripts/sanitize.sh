#!/usr/bin/env bash
# Builds tests with the address and undefined-behaviour sanitizers and runs them. Safe to repeat, from any directory.
#
# usage: scripts/sanitize.sh [unit|mpi]...    the tests with these labels; both when none is given
# Exit code: that of ctest; 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

labels=("$@")
((${#labels[@]})) || labels=(unit mpi)
for label in "${labels[@]}"; do
    [[ $label == @(unit|mpi) ]] || die 2 "'$label' is neither unit nor mpi; usage: scripts/sanitize.sh [unit|mpi]..."
done

install_packages build test
for label in "${labels[@]}"; do build "${label}_tests" sanitize; done
mpi_environment

cd "$root"
exec ctest --preset sanitize --no-tests=error -j "$(usable_cpus)" -L "^($(IFS='|' && echo "${labels[*]}"))\$" </dev/null
