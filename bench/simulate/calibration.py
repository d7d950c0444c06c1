"""Measures trials on one and two real ranks, and derives from them what each part of the arithmetic costs."""

import csv
import pathlib
import subprocess

LAUNCHER = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "mpirun.sh"

PARAMETERS = 669_706  # 784-512-512-10
TRAINING, VALIDATION = 54_000, 6_000
LEAF = 32  # rows of one leaf: what a rank of a group of four has of a batch of 128
ROUNDS = 3
DROPOUTS = ["0", "0.3", "0.8"]


def steps_of(batch_size):
    return -(-TRAINING // batch_size)


def measured(build, data, epochs):
    """Rows of dropsweep_bench_step_cost: of each setup the lowest values of all rounds."""
    setups = [(1, 128, dropout) for dropout in DROPOUTS] + [(1, LEAF, DROPOUTS[0]), (2, 128, DROPOUTS[0])]
    rounds = {setup: [] for setup in setups}
    for _ in range(ROUNDS):
        for ranks, batch_size, dropout in setups:
            done = subprocess.run([LAUNCHER, "none", str(ranks), build / "bench" / "dropsweep_bench_step_cost", "--data",
                                   data, "--dropout", dropout, "--patience", "none", "--epochs", str(epochs),
                                   "--batch-size", str(batch_size)],
                                  check=True, capture_output=True, text=True)
            (row,) = csv.DictReader(done.stdout.splitlines())
            rounds[ranks, batch_size, dropout].append({name: float(value) for name, value in row.items()})
    return [{name: f"{min(row[name] for row in rows):.6g}" for name in rows[0]}
            for rows in rounds.values()]


def costs_of(steps):
    """Costs (work.hpp) by this model: an epoch of one rank takes  rows * row(dropout) + steps * parameters * update.
    On two ranks it takes half of that, and in each step a rank reads half of the other's sums and half of its weights.
    A validation takes  rows * evaluation_row / ranks + hash."""
    table = {(int(row["ranks"]), int(row["batch_size"]), row["dropout"]):
             {name: float(value) for name, value in row.items()} for row in steps}
    first = DROPOUTS[0]
    one, leaf, pair = table[1, 128, first], table[1, LEAF, first], table[2, 128, first]
    step = (leaf["training_seconds"] - one["training_seconds"]) / (steps_of(LEAF) - steps_of(128))
    reading = (pair["training_seconds"] - one["training_seconds"] / 2) / steps_of(128)
    costs = [(dropout, "row", (table[1, 128, dropout]["training_seconds"] - step * steps_of(128)) / TRAINING)
             for dropout in DROPOUTS]
    costs += [(first, "update", step / PARAMETERS),
              (first, "shared_byte", reading / (4 * PARAMETERS)),
              (first, "evaluation_row", (one["validation_seconds"] - one["hash_seconds"]) / VALIDATION),
              (first, "hash_byte", one["hash_seconds"] / (4 * PARAMETERS)),
              (first, "initial_weight", one["initial_seconds"] / PARAMETERS)]
    return [{"dropout": dropout, "what": what, "seconds": f"{seconds:.4g}"} for dropout, what, seconds in costs]
