"""The programs that are measured in turns: how to start each of them, and the values that it gives."""

import csv
import functools
import io
import json
import os
import pathlib
import statistics
import sys
import tempfile

from measuring import NotMeasured, output_of
from model import BATCH_SIZE, HIDDEN

PEERS_DIRECTORY = pathlib.Path(__file__).resolve().parents[1] / "peers"
MPIRUN = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "mpirun.sh"

# Ways to train with dropsweep, by the options that choose them. One that a build does not know is not measured.
VARIANTS = {"fp32": [], "openblas": ["--gemm", "openblas"], "bf16": ["--precision", "bf16"]}
# What is trained: options of dropsweep; `noise` takes images of noise as data.
SETTINGS = {"p0.3": ["--dropout", 0.3], "p0": ["--dropout", 0], "p0.8": ["--dropout", 0.8],
            "one-leaf": ["--dropout", 0.3, "--leaf-rows", BATCH_SIZE], "noise": ["--dropout", 0]}
EPOCHS = [("fp32", "p0.3", 1), ("fp32", "p0.3", 2), ("fp32", "one-leaf", 1), ("fp32", "noise", 1),
          ("openblas", "noise", 1), ("openblas", "p0.3", 1), ("bf16", "p0.3", 1)]  # variant, setting, ranks
# name: the program, the environment that it runs in, its variants
PEERS = {"pytorch-debian": ("pytorch_mlp.py", "debian", ["fp32"]),
         "pytorch": ("pytorch_mlp.py", "pytorch", ["fp32", "bf16", "fp32-compiled", "bf16-compiled"]),
         "jax": ("jax_mlp.py", "jax", ["fp32"]),
         "keras": ("keras_mlp.py", "jax", ["fp32", "bf16"])}
# (batch size, width) with which an epoch is measured: one of the two differs from the model's own.
GROWTH = [(size, HIDDEN) for size in (32, 128, 512, 2048)] + [(BATCH_SIZE, width) for width in (128, 256, 1024)]
GROWTH_VARIANTS = ["fp32", "openblas"]


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def steady(seconds):
    """The median of all epochs but the first, in which caches, allocators and compilers warm up."""
    return statistics.median(seconds[1:])


class Bench:
    """Runs the programs, each with as many epochs as a quick or a full measurement takes."""

    def __init__(self, build, data, noise, environments, quick):
        self.build = build
        self.data = data
        self.noise = noise
        self.pythons = {"debian": pathlib.Path(sys.executable),
                        **{name: environments / name / "bin" / "python" for name in ("pytorch", "jax")}}
        self.epochs = 2 if quick else 4
        self.sweep_epochs = 1 if quick else 20
        self.cores = sorted(os.sched_getaffinity(0))
        self.core = ["taskset", "-c", self.cores[0]]

    def mpirun(self, ranks):
        if ranks == 1:
            return self.core
        return [MPIRUN, "--quiet", "core" if ranks <= len(self.cores) and self.may_bind() else "none", ranks]

    @functools.cache
    def may_bind(self):
        """Whether mpirun can give each rank a core of its own: it always counts from the machine's first one."""
        if len(self.cores) < os.cpu_count():
            return False
        try:
            output_of([MPIRUN, "core", "1", "true"])
            return True
        except NotMeasured:
            return False

    def dropsweep(self, command, ranks, data, *options):
        """The rows of timing.csv of a run."""
        with tempfile.TemporaryDirectory(prefix="dropsweep-bench-") as run:
            output_of([*self.mpirun(ranks), self.build / "dropsweep", command, "--data", data, "--output",
                       f"{run}/run", "--report", "off", "--quiet", *options])
            return rows_of(pathlib.Path(run, "run", "timing.csv").read_text(encoding="utf-8"))

    def epoch(self, variant, setting, ranks):
        rows = self.dropsweep("train", ranks, self.noise if setting == "noise" else self.data, "--epochs", self.epochs,
                              "--patience", "none", *SETTINGS[setting], *VARIANTS[variant])
        return {"epoch_seconds": steady([float(r["training_seconds"]) for r in rows if r["event"] == "epoch"])}

    def sweep(self, variant):
        rows = self.dropsweep("sweep", 2, self.data, "--epochs", self.sweep_epochs, *VARIANTS[variant])
        return {"sweep_seconds": next(float(row["seconds"]) for row in rows if row["event"] == "sweep"),
                "sweep_epochs": sum(row["event"] == "epoch" for row in rows)}

    def products(self, variant, setting, epochs, batch_size=BATCH_SIZE, hidden=HIDDEN):
        """An epoch, and the dense products of an epoch alone by OpenBLAS."""
        rows = rows_of(output_of([*self.core, self.build / "bench" / "dropsweep_bench_epoch", "--data", self.data,
                                  "--epochs", epochs, "--patience", "none", *SETTINGS[setting], "--batch-size",
                                  batch_size, "--hidden", f"{hidden},{hidden}", *VARIANTS[variant]]))
        epochs = [row for row in rows if row["epoch"] != "median"][1:]
        columns = {"epoch_seconds": "epoch_seconds", "products_seconds": "products_seconds", "of_products": "ratio"}
        return {quantity: statistics.median(float(row[column]) for row in epochs)
                for quantity, column in columns.items()}

    def peak(self, precision):
        """The peak GFLOP/s of one core."""
        text = output_of([*self.core, self.build / "bench" / "dropsweep_bench_kernels", "--benchmark_format=json",
                          f"--benchmark_filter=^peak/{precision}/"])
        kernels = json.loads(text)["benchmarks"] if text else []
        if not kernels:
            raise NotMeasured(f"no instructions for {precision} on this CPU")
        return {"peak_gflops": max(kernel["operations"] / kernel["real_time"] for kernel in kernels)}  # 1/ns

    def peer(self, name, mode, *arguments):
        """The rows that it prints."""
        program, environment, _ = PEERS[name]
        return rows_of(output_of([*(self.core if mode == "epochs" else []), self.pythons[environment], "-B",
                                  PEERS_DIRECTORY / program, mode, self.data, *arguments]))

    def peer_epoch(self, name, variant):
        rows = self.peer(name, "epochs", variant, self.epochs)
        return {"epoch_seconds": steady([float(row["seconds"]) for row in rows])}

    def peer_sweep(self, name, variant):
        row, = self.peer(name, "sweep", variant, self.sweep_epochs, 2)
        return {"sweep_seconds": float(row["seconds"]), "sweep_epochs": int(row["epochs"])}

    def epochs_in_turn(self):
        """Each variant of dropsweep beside the peers."""
        turns = {("core", precision, "", 1): functools.partial(self.peak, precision) for precision in ("fp32", "bf16")}
        for setting in ("p0.3", "p0", "p0.8"):
            turns["driver", "fp32", setting, 1] = functools.partial(self.products, "fp32", setting, self.epochs)
        for contender in EPOCHS:
            turns["dropsweep", *contender] = functools.partial(self.epoch, *contender)
        for name, (_, _, variants) in PEERS.items():
            for variant in variants:
                turns[name, variant, "p0.3", 1] = functools.partial(self.peer_epoch, name, variant)
        return turns

    def sweeps_in_turn(self, peers):
        """peers: (name, variant) of those that take part."""
        return {("dropsweep", "fp32", "sweep", 2): functools.partial(self.sweep, "fp32"),
                **{(*peer, "sweep", 2): functools.partial(self.peer_sweep, *peer) for peer in peers}}

    def growth_in_turn(self):
        """In the keys the setting is BATCH_SIZE/WIDTH."""
        return {("driver", variant, f"{batch_size}/{hidden}", 1):
                functools.partial(self.products, variant, "p0.3", 2, batch_size, hidden)
                for variant in GROWTH_VARIANTS for batch_size, hidden in GROWTH}
