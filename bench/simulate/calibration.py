"""What the arithmetic costs: trials on one and two real ranks, and the seconds of each part that follow from them."""

import csv
import subprocess

PARAMETERS = 669_706  # 784-512-512-10
TRAINING, VALIDATION = 54_000, 6_000
ROUNDS = 3


def steps_of(batch_size):
    return -(-TRAINING // batch_size)


def measured(build, data, epochs):
    """Rows of dropsweep_bench_step_cost, the lowest of the rounds in which everything has its turn once."""
    setups = [(ranks, shards, batch_size) for shards in (4, 8) for ranks, batch_size in [(1, 128), (1, 512), (2, 128)]]
    rounds = {setup: [] for setup in setups}
    for _ in range(ROUNDS):
        for ranks, shards, batch_size in setups:
            done = subprocess.run(["mpirun", "-n", str(ranks), build / "bench" / "dropsweep_bench_step_cost", "--data",
                                   data, "--dropout", "0.3", "--patience", "none", "--epochs", str(epochs), "--shards",
                                   str(shards), "--batch-size", str(batch_size)],
                                  check=True, capture_output=True, text=True)
            (row,) = csv.DictReader(done.stdout.splitlines())
            rounds[ranks, shards, batch_size].append({name: float(value) for name, value in row.items()})
    return [{name: f"{min(row[name] for row in rows):.6g}" for name in rows[0]}
            for rows in rounds.values()]


def costs_of(steps):
    """For each number of shards. An epoch of one rank takes  rows * row + steps * parameters * update.  On two ranks it
    takes half of that, and in each step a rank reads half of the other's sums and of its weights: whatever the shards,
    so that the lower value holds. A validation takes  rows * evaluation_row / ranks + hash."""
    table = {(int(row["ranks"]), int(row["shards"]), int(row["batch_size"])):
             {name: float(value) for name, value in row.items()} for row in steps}
    all_shards = sorted({setup[1] for setup in table})
    reading = min(table[2, shards, 128]["training_seconds"] - table[1, shards, 128]["training_seconds"] / 2
                  for shards in all_shards) / steps_of(128)
    costs = []
    for shards in all_shards:
        one, large = table[1, shards, 128], table[1, shards, 512]
        step = (one["training_seconds"] - large["training_seconds"]) / (steps_of(128) - steps_of(512))
        seconds = {"row": (one["training_seconds"] - step * steps_of(128)) / TRAINING,
                   "update": step / PARAMETERS,
                   "shared_byte": reading / (4 * PARAMETERS),
                   "evaluation_row": (one["validation_seconds"] - one["hash_seconds"]) / VALIDATION,
                   "hash_byte": one["hash_seconds"] / (4 * PARAMETERS),
                   "initial_weight": one["initial_seconds"] / PARAMETERS}
        costs += [{"shards": shards, "what": what, "seconds": f"{value:.4g}"} for what, value in seconds.items()]
    return costs
