#!/usr/bin/env bash
# mpirun, whichever MPI it belongs to, as everything here wants it: any number of ranks on any number of cores.
#
# usage: scripts/mpirun.sh [--quiet] core|none RANKS COMMAND [ARGUMENT...]
#   --quiet     without its lengthy comment on an exit code that is not 0, where it can be told so
#   core, none  what each rank is bound to
set -euo pipefail

quiet=()
if [[ $1 == --quiet ]]; then
    quiet=(-q)
    shift
fi
case $(mpirun --version 2>&1 || true) in
    *"Open MPI) 4."*) options=("${quiet[@]}" --bind-to "$1" --oversubscribe) ;;
    *"Open MPI"*) options=(--bind-to "$1" --map-by :OVERSUBSCRIBE) ;;
    *) options=(-bind-to "$1") ;; # Hydra, of MPICH
esac
exec mpirun "${options[@]}" -n "${@:2}"
