"""What the peers share. Each trains the model of dropsweep with one thread per process:

    PEER.py epochs DATA VARIANT EPOCHS     one trial at p = 0.3; CSV: epoch,seconds (training, without validation)
    PEER.py sweep DATA VARIANT EPOCHS PROCESSES
        nine dropout values, early stopping with patience 2; CSV: seconds,epochs (of all trials)
"""

import multiprocessing
import os
import sys
import time

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["KERAS_BACKEND"] = "jax"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import digits  # noqa: E402  the variables come first

BATCH_SIZE = 128
DROPOUTS = [p / 10 for p in range(9)]
PATIENCE = 2

make_trial = None


def prepare(trial, directory, variant):
    """In each process, before anything is timed.

    trial: (training set, validation set, dropout, variant) -> an object with train_epoch(), which returns when all is
    computed, and validation_loss()
    """
    global make_trial
    data = digits.read_split(directory)
    make_trial = lambda dropout: trial(*data, dropout, variant)  # noqa: E731


def train_with_early_stopping(task):
    """Returns the number of epochs."""
    dropout, most = task
    trial = make_trial(dropout)
    best, waited = float("inf"), 0
    for epoch in range(most):
        trial.train_epoch()
        loss = trial.validation_loss()
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == PATIENCE:
            return epoch + 1
    return most


def epochs(trial, directory, variant, count):
    prepare(trial, directory, variant)
    trained = make_trial(0.3)
    print("epoch,seconds")
    for epoch in range(int(count)):
        start = time.perf_counter()
        trained.train_epoch()
        print(f"{epoch},{time.perf_counter() - start:.5f}", flush=True)


def start_process(trial, directory, variant, ready):
    prepare(trial, directory, variant)
    ready.wait()


def sweep(trial, directory, variant, most, processes):
    """The processes take the dropout values one after the other; the clock starts when all of them have the data."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(int(processes) + 1)
    tasks = [(dropout, int(most)) for dropout in reversed(DROPOUTS)]  # the longest first
    with context.Pool(int(processes), start_process, (trial, directory, variant, ready)) as pool:
        ready.wait()
        start = time.perf_counter()
        trained = sum(pool.imap_unordered(train_with_early_stopping, tasks))
        print(f"seconds,epochs\n{time.perf_counter() - start:.4f},{trained}")


def main(trial):
    {"epochs": epochs, "sweep": sweep}[sys.argv[1]](trial, *sys.argv[2:])
