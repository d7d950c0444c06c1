#!/usr/bin/env bash
# Kills small sweeps at random until they are through, again and again; each must end with the bytes of a quiet one.
#
# usage: tests/soak.sh MINUTES [PROGRAM [MPIRUN]] [--seed N] [--kills N]
# Default program: build/release/dropsweep. soak.py says what it does and when it fails.
set -euo pipefail

exec python3 -B "$(dirname "${BASH_SOURCE[0]}")/soak.py" "$@"
