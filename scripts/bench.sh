#!/usr/bin/env bash
# Measures dropsweep, its parts, the machine and the peers (PyTorch, JAX, Keras). Takes about an hour on a machine that
# does nothing else; docs/performance.md explains the output. Installs and builds what is missing (PyTorch of PyPI has
# 6 GB); a peer that cannot be installed is left out.
#
# usage: scripts/bench.sh [--quick]
#   --quick  a trial run of a minute, into build/performance; its figures mean nothing
# Exit code: 0; 1 failure; 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

[[ $# == 0 || $* == --quick ]] || die 2 "'$*' is not understood; usage: scripts/bench.sh [--quick]"

install_packages build feature
(install_packages bench) || say "warning: what needs those packages is not measured"
build benchmarks

# Makes a virtual environment with packages of PyPI, unless it has the file `complete`.
peers=$root/build/peers
make_peer() { # NAME PACKAGE...
    local directory=$peers/$1
    [[ ! -e $directory/complete ]] || return 0
    say "installing ${*:2} of PyPI into $directory"
    rm -rf "$directory"
    if python3 -m venv "$directory" && "$directory/bin/pip" install --quiet --only-binary :all: "${@:2}"; then
        touch "$directory/complete"
    else
        say "warning: ${*:2} cannot be installed and are not measured"
    fi >&2
}

suite=(/usr/bin/python3 -B "$root/bench/suite" --build "$root/build/release" --peers "$peers")
if (($#)); then
    exec "${suite[@]}" --quick --output "$root/build/performance"
fi

make_peer pytorch torch numpy
make_peer jax jax keras
if [[ -z ${DROPSWEEP_DATA:-} ]]; then
    DROPSWEEP_DATA=$root/data/mnist
    "$root/scripts/fetch-mnist.sh" "$DROPSWEEP_DATA" >&2
fi
exec "${suite[@]}" --data "$DROPSWEEP_DATA" --output "$root/results/performance"
