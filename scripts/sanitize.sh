#!/usr/bin/env bash
# Builds the unit tests with the address and undefined-behaviour sanitizers and runs them, those under mpirun too.
# Safe to repeat, from any directory.
#
# usage: scripts/sanitize.sh [options of ctest]
# Exit code: that of ctest.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages build test
build unit_tests sanitize
mpi_environment

cd "$root"
exec ctest --preset sanitize --no-tests=error -j "$(usable_cpus)" -L '^(unit|mpi)$' "$@" </dev/null
