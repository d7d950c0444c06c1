#!/usr/bin/env bash
# One command from a fresh Debian machine to the result: installs what is missing, builds, gets MNIST, and trains the
# whole sweep on all cores. Safe to repeat, from any directory.
#
# usage: scripts/run.sh [options of dropsweep sweep]
# Exit code: that of dropsweep.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages build feature
build dropsweep

# The data is the user's business as soon as they name it (a configuration file names it too).
data=()
choose_data() { # ARGUMENT...
    local argument error status=0
    [[ -z ${DROPSWEEP_DATA:-} ]] || return 0
    for argument; do
        case $argument in --data | --data=* | --config | --config=* | --help | -h) return 0 ;; esac
    done
    data=(--data "$root/data/mnist")
    # Its progress (stdout) goes to our stderr, its error into the variable.
    { error=$("$root/scripts/fetch-mnist.sh" "$root/data/mnist" 2>&1 >&3) || status=$?; } 3>&2
    ((status == 0)) && return
    ((status < 128)) || exit "$status"
    error=${error#dropsweep: error: } # "what; remedy"
    # dropsweep says it, as a warning, and writes it into the manifest.
    export DROPSWEEP_DATA_NOTE="${error%; *}; training on the built-in synthetic digits instead"
    data=(--data synthetic)
}
choose_data "$@"

# One rank per physical core; two on the hardware threads of one core would only share its arithmetic units.
cpus=$(usable_cpus)
ranks=$( (lscpu -p=core,socket || true) 2>/dev/null | sed '/^#/d' | sort -u | wc -l)
((ranks > 0 && ranks < cpus)) || ranks=$cpus
# Bound to their cores only when the whole machine is ours: mpirun always counts from its first core, and would
# trample on a neighbour or leave the CPUs that taskset or a container gave us. Tried out first, because binding is not
# permitted everywhere, and because only here mpirun may say at length what is wrong.
bindings=(none)
[[ $cpus != "$(nproc --all)" ]] || bindings=(core none)
for binding in "${bindings[@]}"; do
    launch=("$binding" "$ranks")
    complaint=$("$root/scripts/mpirun.sh" "${launch[@]}" true 2>&1 </dev/null) && complaint='' && break
done
if [[ $complaint ]]; then
    echo "$complaint" >&2
    die 1 "mpirun cannot start $ranks processes on this machine; its reasons are above"
fi

# Quiet: dropsweep has said what is wrong.
status=0
"$root/scripts/mpirun.sh" --quiet "${launch[@]}" "$root/build/release/dropsweep" sweep "${data[@]}" "$@" </dev/null || status=$?
# What that would hide: a process that could not say anything itself.
((status <= 128)) || say "error: a process of the sweep was ended by SIG$(kill -l "$status"); start it again"
exit "$status"
