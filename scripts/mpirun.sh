#!/usr/bin/env bash
# mpirun, whichever MPI it belongs to, as everything here wants it: any number of ranks on any number of cores, root or
# not, and a rank that is killed is told of by the others, before they end.
#
# usage: [MPIRUN=PROGRAM] scripts/mpirun.sh [--quiet] core|none RANKS COMMAND [ARGUMENT...]
#   --quiet     without its lengthy comment on an exit code that is not 0, where it can be told so
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
