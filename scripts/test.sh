#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Safe to repeat, from any directory.
#
# usage: scripts/test.sh [options of ctest]
# Exit code: that of ctest.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages build feature test
build all

cd "$root"
exec ctest --preset release --no-tests=error -j "$(tests_at_once)" "$@" </dev/null
