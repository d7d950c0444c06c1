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

# MNIST is only fetched when the user names no data; a configuration file counts as naming it.
data=()
choose_data() { # ARGUMENT...
    local argument error status=0
    [[ -z ${DROPSWEEP_DATA:-} ]] || return 0
    for argument; do
        case $argument in --data | --data=* | --config | --config=* | --help | -h) return 0 ;; esac
    done
    data=(--data "$root/data/mnist")
    # Progress, on stdout, goes to stderr; the error message into the variable.
    { error=$("$root/scripts/fetch-mnist.sh" "$root/data/mnist" 2>&1 >&3) || status=$?; } 3>&2
    ((status == 0)) && return
    ((status < 128)) || exit "$status"
    error=${error#dropsweep: error: } # "what; remedy"
    # dropsweep prints it as a warning and writes it into the manifest.
    export DROPSWEEP_DATA_NOTE="${error%; *}; training on the built-in synthetic digits instead"
    data=(--data synthetic)
}
choose_data "$@"

# One rank per physical core: two on the hardware threads of one core would share its arithmetic units.
cpus=$(usable_cpus)
ranks=$( (lscpu -p=core,socket || true) 2>/dev/null | sed '/^#/d' | sort -u | wc -l)
((ranks > 0 && ranks < cpus)) || ranks=$cpus
# Bound to cores only if this process may use all CPUs: mpirun counts cores from the machine's first one, and would take
# those of others or leave the CPUs of taskset or a container. Tried out first, because binding is not permitted
# everywhere, and to show mpirun's messages here, which --quiet hides below.
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

# --quiet: dropsweep itself prints what is wrong.
status=0
"$root/scripts/mpirun.sh" --quiet "${launch[@]}" "$root/build/release/dropsweep" sweep "${data[@]}" "$@" </dev/null || status=$?
# --quiet also hides that a process was killed, which cannot print anything itself.
((status <= 128)) || say "error: a process of the sweep was ended by SIG$(kill -l "$status"); start it again"
exit "$status"
