"""Simulates sweeps on 1 to 1,024 ranks: measures the costs of arithmetic on real ranks, checks the simulation against
real sweeps, simulates, and draws plots. scripts/simulate.sh runs it; docs/scaling.md explains the results.

usage: python3 bench/simulate --build BUILD --data MNIST --history HISTORY --output DIRECTORY [--keep-costs] [--quick]
  --keep-costs  take costs.csv and check.csv as they are in DIRECTORY
"""

import argparse
import concurrent.futures
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

import plots
from calibration import LAUNCHER, costs_of, measured

PLATFORMS = ["ethernet-10", "ethernet-25", "fat-tree-100"]
RANKS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
COARSENING = {128: 8, 512: 2, 2048: 1}  # by batch size: 53, 53 and 27 steps an epoch
HERE = pathlib.Path(__file__).resolve().parent


def say(text):
    print(f"simulate: {text}", file=sys.stderr, flush=True)


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Simulator:
    def __init__(self, build, costs, history):
        self.command = [build / "bench" / "simulate" / "dropsweep_simulate", "--costs", costs, "--history", history]

    def row(self, platform, **options):
        """The row that dropsweep_simulate prints, with the platform as its first column."""
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        done = subprocess.run([*self.command, "--platform", HERE / "platforms" / f"{platform}.xml", *words],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"simulate: error: {done.stderr.strip() or done.returncode} ({platform}, {options})")
        (row,) = csv.DictReader(done.stdout.splitlines())
        return {"platform": platform, **row}


def checks(arguments, costs):
    """Real sweeps of nine trials on two ranks, and simulated ones with the same epochs."""
    rows = []
    for batch_size in (128, 512):
        with tempfile.TemporaryDirectory() as scratch:
            run = pathlib.Path(scratch, "run")
            say(f"a real sweep on two ranks, batches of {batch_size}")
            subprocess.run([LAUNCHER, "none", "2", arguments.build / "dropsweep", "sweep", "--data", arguments.data,
                            "--batch-size", str(batch_size), "--output", run],
                           check=True, capture_output=True)
            (real,) = [float(row["seconds"]) for row in read(run / "timing.csv") if row["event"] == "sweep"]
            row = Simulator(arguments.build, costs, run / "history.csv").row(
                "ethernet-25", ranks=2, batch_size=batch_size)
        simulated = float(row["makespan_seconds"])
        rows.append({**{name: row[name] for name in ("ranks", "trials", "leaf_rows", "batch_size", "order", "epochs")},
                     "real_seconds": f"{real:.2f}", "simulated_seconds": f"{simulated:.2f}",
                     "error": f"{simulated / real - 1:.4f}"})
    return rows


def grid(quick):
    """The simulations of scaling.csv, as options of dropsweep_simulate. Only growing groups are simulated on several
    networks: without growth almost nothing is sent over them."""
    sweeps = [{"platform": "ethernet-25", "seeds": seeds, "order": order}
              for seeds in (1, 5) for order in ("waves", "queue", "growing")]
    sweeps += [{"platform": platform, "seeds": 5, "order": "growing"} for platform in ("ethernet-10", "fat-tree-100")]
    sweeps = [{"leaf_rows": 32, "batch_size": 128, **sweep} for sweep in sweeps]
    sweeps += [{"platform": "ethernet-25", "seeds": 5, "order": "growing", "leaf_rows": batch_size // leaves,
                "batch_size": batch_size}
               for leaves, batch_size in [(4, 512), (4, 2048), (8, 128), (8, 512), (8, 2048)]]
    for sweep in sweeps:
        # With 8 leaves a simulation in which groups lie on two nodes takes minutes.
        ranks_of_all = RANKS if sweep["batch_size"] // sweep["leaf_rows"] == 4 else [1, 4, 16, 64, 1024]
        for ranks in [1, 64] if quick else ranks_of_all:
            yield {"ranks": ranks, "coarsening": COARSENING[sweep["batch_size"]], **sweep}


def variations():
    """The simulations of variations.csv: 45 trials on 64 ranks, on smaller nodes, with less coarsening, and with 8
    leaves without growth."""
    sweep = {"platform": "ethernet-25", "ranks": 64, "seeds": 5, "leaf_rows": 32, "batch_size": 128}
    for ranks_per_node in (4, 8, 16, 32):
        for platform in ("ethernet-25", "fat-tree-100"):
            for order in ("queue", "growing", "growing-anywhere"):
                yield {**sweep, "platform": platform, "ranks_per_node": ranks_per_node, "order": order, "coarsening": 8}
    for coarsening in (1, 4):
        yield {"ranks_per_node": 64, "order": "growing", "coarsening": coarsening, **sweep}
    for batch_size in (128, 512):
        yield {"ranks_per_node": 64, "order": "queue", "coarsening": COARSENING[batch_size], **sweep,
               "leaf_rows": batch_size // 8, "batch_size": batch_size}


def simulate(simulator, setups):
    rows = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(lambda setup: simulator.row(**setup), setups)
        for number, row in enumerate(done, 1):
            rows.append(row)
            if number % 25 == 0:
                say(f"{number} of {len(setups)} simulations")
    return rows


def add_efficiency(rows, grid_rows):
    """Adds the parallel efficiency: makespan of one rank / (ranks x makespan) for the same trials; order and
    network make no difference to one rank."""
    same = ("trials", "leaf_rows", "batch_size")
    alone = {tuple(row[name] for name in same): float(row["makespan_seconds"]) for row in grid_rows
             if row["ranks"] == "1"}
    for row in rows:
        seconds = int(row["ranks"]) * float(row["makespan_seconds"])
        row["efficiency"] = f"{alone[tuple(row[name] for name in same)] / seconds:.4f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--history", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--keep-costs", action="store_true")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    costs = arguments.output / "costs.csv"
    if not arguments.keep_costs:
        say("measuring what the arithmetic costs")
        steps = measured(arguments.build, arguments.data, epochs=2 if arguments.quick else 3)
        write(arguments.output / "measured.csv", steps)
        write(costs, costs_of(steps))
        write(arguments.output / "check.csv", checks(arguments, costs))
    simulator = Simulator(arguments.build, costs, arguments.history)
    rows = simulate(simulator, list(grid(arguments.quick)))
    add_efficiency(rows, rows)
    write(arguments.output / "scaling.csv", rows)
    others = simulate(simulator, list(variations()))
    add_efficiency(others, rows)
    write(arguments.output / "variations.csv", others)
    plots.draw(arguments.output, rows)


if __name__ == "__main__":
    main()
