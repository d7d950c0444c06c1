#!/usr/bin/env bash
# Goes on from every state that a crash may leave of some small sweeps; crash_states.py says what that means.
#
# usage: tests/crash/all.sh [BUILD [--states N] [--seed S]]
# BUILD is the build directory, build/release by default. Takes some minutes.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
build=${1:-$here/../../build/release}
exec python3 -B "$here/crash_states.py" "$build/dropsweep" mpirun "$build/tests/crash/libcrash_recorder.so" "${@:2}"
