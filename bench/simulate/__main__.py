"""A sweep on 1 to 1,024 simulated ranks: measures what the arithmetic costs on real ones, checks the simulation against a
real sweep, simulates, and draws. scripts/simulate.sh runs it; docs/scaling.md says what it shows.

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
from calibration import costs_of, measured

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
        """What the program prints, with the platform."""
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        done = subprocess.run([*self.command, "--platform", HERE / "platforms" / f"{platform}.xml", *words],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"simulate: error: {done.stderr.strip() or done.returncode} ({platform}, {options})")
        (row,) = csv.DictReader(done.stdout.splitlines())
        return {"platform": platform, **row}


def checks(arguments, costs):
    """Real sweeps on two ranks beside simulated ones with the same epochs: none of them was used to calibrate."""
    rows = []
    for name, ranks, batch_size, elastic in [("nine trials", 2, 128, "on"), ("nine trials", 2, 512, "on"),
                                             ("nine trials", 2, 128, "off")]:
        with tempfile.TemporaryDirectory() as scratch:
            run = pathlib.Path(scratch, "run")
            say(f"a real sweep on {ranks} ranks, batches of {batch_size}, --elastic {elastic}")
            subprocess.run(["mpirun", "-n", str(ranks), arguments.build / "dropsweep", "sweep", "--data", arguments.data,
                            "--shards", "4", "--batch-size", str(batch_size), "--elastic", elastic, "--output", run],
                           check=True, capture_output=True)
            (real,) = [float(row["seconds"]) for row in read(run / "timing.csv") if row["event"] == "sweep"]
            simulated = Simulator(arguments.build, costs, run / "history.csv").row(
                "ethernet-25", ranks=ranks, batch_size=batch_size, order="growing" if elastic == "on" else "queue")
        seconds = float(simulated["makespan_seconds"])
        rows.append({"what": name, "ranks": ranks, "shards": 4, "batch_size": batch_size, "elastic": elastic,
                     "epochs": simulated["epochs"], "real_seconds": f"{real:.2f}", "simulated_seconds": f"{seconds:.2f}",
                     "error": f"{seconds / real - 1:.4f}"})
    return rows


def grid(quick):
    """The simulations of scaling.csv: platform and options. Without growth the network carries next to nothing."""
    everywhere = [{"seeds": 5, "shards": 4, "batch_size": 128, "order": order}
                  for order in ("queue", "growing", "growing-anywhere")]
    once = [{"seeds": 5, "shards": 4, "batch_size": 128, "order": "waves"}]
    once += [{"seeds": 1, "shards": 4, "batch_size": 128, "order": order}
             for order in ("waves", "queue", "growing", "growing-anywhere")]
    once += [{"seeds": 5, "shards": shards, "batch_size": batch_size, "order": "growing"}
             for shards, batch_size in [(4, 512), (4, 2048), (8, 128), (8, 512), (8, 2048)]]
    for platform in PLATFORMS:
        for sweep in everywhere + (once if platform == "ethernet-25" else []):
            for ranks in [1, 8, 64] if quick else RANKS:
                yield platform, {"ranks": ranks, "coarsening": COARSENING[sweep["batch_size"]], **sweep}


def variations():
    """Those of variations.csv: the 45 trials on 64 ranks on smaller nodes, and in finer steps."""
    sweep = {"ranks": 64, "seeds": 5, "shards": 4, "batch_size": 128}
    for platform in PLATFORMS:
        for order in ("queue", "growing", "growing-anywhere"):
            for ranks_per_node in (8, 16, 32, 64):
                yield platform, {"ranks_per_node": ranks_per_node, "order": order, "coarsening": 8, **sweep}
    for ranks_per_node in (32, 64):
        for coarsening in (1, 4, 16):
            yield "ethernet-25", {"ranks_per_node": ranks_per_node, "order": "growing", "coarsening": coarsening, **sweep}


def simulated(simulator, setups):
    rows = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(lambda setup: simulator.row(setup[0], **setup[1]), setups)
        for number, row in enumerate(done, 1):
            rows.append(row)
            if number % 25 == 0:
                say(f"{number} of {len(setups)} simulations")
    return rows


def add_efficiency(rows, grid_rows):
    """The time of one rank / (ranks x the time of all), for the same trials."""
    same = ("platform", "trials", "shards", "batch_size", "order")
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
        steps = measured(arguments.build, arguments.data, epochs=2 if arguments.quick else 5)
        write(arguments.output / "measured.csv", steps)
        write(costs, costs_of(steps))
        write(arguments.output / "check.csv", checks(arguments, costs))
    simulator = Simulator(arguments.build, costs, arguments.history)
    rows = simulated(simulator, list(grid(arguments.quick)))
    add_efficiency(rows, rows)
    write(arguments.output / "scaling.csv", rows)
    others = simulated(simulator, list(variations()))
    add_efficiency(others, rows)
    write(arguments.output / "variations.csv", others)
    plots.draw(arguments.output, rows)


if __name__ == "__main__":
    main()
