#!/usr/bin/env bash
# Measures dropsweep, its parts, the machine and the peers (PyTorch, Keras) in one run, about 40 minutes on a machine
# that does nothing else: docs/performance.md explains what is printed. Installs and builds what is missing; a peer
# that cannot be had is left out.
#
# usage: scripts/bench.sh [--quick]
#   --quick  try everything out in a minute, into build/performance; the figures mean nothing
# Exit code: 0; 1 failure; 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

[[ $# == 0 || $* == --quick ]] || die 2 "'$*' is not understood; usage: scripts/bench.sh [--quick]"

install_packages build
(install_packages bench) || say "warning: what needs those packages is not measured"
build benchmarks
mpi_environment

# A virtual environment that is whole when the file `complete` is there.
keras=$root/build/peers/keras
make_keras() {
    rm -rf "$keras"
    python3 -m venv "$keras" && "$keras/bin/pip" install --quiet --only-binary :all: tensorflow-cpu &&
        touch "$keras/complete"
}

suite=(/usr/bin/python3 -B "$root/bench/suite" --build "$root/build/release" --keras "$keras/bin/python")
if (($#)); then
    exec "${suite[@]}" --quick --output "$root/build/performance"
fi

if [[ ! -e $keras/complete ]]; then
    say "installing Keras and TensorFlow into $keras"
    make_keras >&2 || say "warning: Keras cannot be installed and is not measured"
fi
if [[ -z ${DROPSWEEP_DATA:-} ]]; then
    DROPSWEEP_DATA=$root/data/mnist
    "$root/scripts/fetch-mnist.sh" "$DROPSWEEP_DATA" >&2
fi
exec "${suite[@]}" --data "$DROPSWEEP_DATA" --output "$root/results/performance"
