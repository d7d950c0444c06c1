#!/usr/bin/env bash
# Calls mpirun of Open MPI or MPICH with one set of options: any number of ranks on any number of cores, also for root,
# and (of MPICH) without ending the other ranks when one is killed, so that they can report it.
#
# usage: [MPIRUN=PROGRAM] scripts/mpirun.sh [--quiet] core|none RANKS COMMAND [ARGUMENT...]
#   --quiet     without mpirun's message about an exit code that is not 0 (Open MPI 4)
#   core, none  what each rank is bound to
set -euo pipefail

mpirun=${MPIRUN:-mpirun}
quiet=()
if [[ $1 == --quiet ]]; then
    quiet=(-q)
    shift
fi
((EUID)) || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
case $("$mpirun" --version 2>&1 || true) in
    *"(Open"*") 4."*) options=("${quiet[@]}" --bind-to "$1" --oversubscribe) ;;
    *"(Open"*) options=(--bind-to "$1" --map-by :OVERSUBSCRIBE) ;;
    *) options=(-bind-to "$1" -disable-auto-cleanup) ;; # Hydra, of MPICH
esac
exec "$mpirun" "${options[@]}" -n "${@:2}"
