#!/usr/bin/env bash
# Simulates sweeps on 1 to 1,024 ranks (docs/scaling.md). Installs and builds what is missing, measures the costs of the
# arithmetic on one and two real ranks, and writes tables and plots to results/scaling.
#
# usage: scripts/simulate.sh [--keep-costs] [--quick]
#   --keep-costs  simulate with the costs that are in the output directory
#   --quick       two numbers of ranks, into build/scaling; the figures mean little
# Exit code: 0; 1 failure; 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

options=("$@")
output=$root/results/scaling
for option in "${options[@]}"; do
    case $option in
        --keep-costs) ;;
        --quick) output=$root/build/scaling ;;
        *) die 2 "'$option' is not understood; usage: scripts/simulate.sh [--keep-costs] [--quick]" ;;
    esac
done

install_packages build feature simulate
build simulation

if [[ -z ${DROPSWEEP_DATA:-} ]]; then
    DROPSWEEP_DATA=$root/data/mnist
    "$root/scripts/fetch-mnist.sh" "$DROPSWEEP_DATA" >&2
fi
exec /usr/bin/python3 -B "$root/bench/simulate" --build "$root/build/release" --data "$DROPSWEEP_DATA" \
    --history "$root/results/mnist-sweep/history.csv" --output "$output" "${options[@]}"
