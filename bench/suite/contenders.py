"""Everything that takes turns in the rounds: how to start it, and the figure it leaves."""

import csv
import functools
import io
import json
import os
import pathlib
import statistics
import tempfile

from measuring import NotMeasured, output_of
from model import BATCH_SIZE, HIDDEN

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE.parent / "peers"

# Ways to train with dropsweep, by the options that choose them. One that a build does not know is not measured.
VARIANTS = {"fp32": [], "fp32-openblas": ["--gemm", "openblas"], "bf16": ["--precision", "bf16"]}
LAYOUTS = [(1, 1), (1, 2), (2, 2), (1, 4)]  # ranks and leaves of an epoch
DROPOUT = 0.3
# What an epoch is measured with beside the model's own batch size and width: one of the two changes.
GROWTH = [(size, HIDDEN) for size in (32, 128, 512, 2048)] + [(BATCH_SIZE, width) for width in (128, 256, 1024)]
GROWTH_VARIANTS = ["fp32", "bf16"]


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def steady(seconds):
    """The median of all epochs but the first, in which caches, allocators and compilers warm up."""
    return statistics.median(seconds[1:])


class Bench:
    """The programs, and how much of everything is asked of them."""

    def __init__(self, build, data, pythons, quick):
        self.build = build
        self.data = data
        self.pythons = pythons
        self.epochs = 2 if quick else 4
        self.sweep_epochs = 1 if quick else 20
        self.cores = sorted(os.sched_getaffinity(0))
        self.core = ["taskset", "-c", self.cores[0]]

    def mpirun(self, ranks):
        if ranks == 1:
            return self.core
        free = ["mpirun", "-q", "--bind-to", "none", "--oversubscribe", "-n", ranks]
        bound = ["mpirun", "-q", "--bind-to", "core", "-n", ranks]
        return bound if ranks <= len(self.cores) and self.may_bind() else free

    @functools.cache
    def may_bind(self):
        """Whether mpirun can give each rank a core of its own: it always counts from the machine's first one."""
        if len(self.cores) < os.cpu_count():
            return False
        try:
            output_of(["mpirun", "--bind-to", "core", "-n", "1", "true"])
            return True
        except NotMeasured:
            return False

    def dropsweep(self, command, ranks, *options):
        """The rows of timing.csv of a run."""
        with tempfile.TemporaryDirectory(prefix="dropsweep-bench-") as run:
            output_of([*self.mpirun(ranks), self.build / "dropsweep", command, "--data", self.data, "--output",
                       f"{run}/run", "--report", "off", "--quiet", *options])
            return rows_of(pathlib.Path(run, "run", "timing.csv").read_text(encoding="utf-8"))

    def epoch(self, variant, ranks, leaves):
        rows = self.dropsweep("train", ranks, "--epochs", self.epochs, "--patience", "none", "--dropout", DROPOUT,
                              "--leaf-rows", BATCH_SIZE // leaves, *VARIANTS[variant])
        return {"epoch_seconds": steady([float(r["training_seconds"]) for r in rows if r["event"] == "epoch"])}

    def sweep(self, variant):
        rows = self.dropsweep("sweep", 2, "--epochs", self.sweep_epochs, *VARIANTS[variant])
        return {"sweep_seconds": next(float(row["seconds"]) for row in rows if row["event"] == "sweep"),
                "sweep_epochs": sum(row["event"] == "epoch" for row in rows)}

    def products(self, variant, epochs, batch_size, hidden):
        """An epoch and its products alone, one beside the other."""
        rows = rows_of(output_of([*self.core, self.build / "bench" / "dropsweep_bench_epoch", "--data", self.data,
                                  "--epochs", epochs, "--patience", "none", "--dropout", DROPOUT, "--batch-size",
                                  batch_size, "--hidden", f"{hidden},{hidden}", *VARIANTS[variant]]))
        epochs = [row for row in rows if row["epoch"] != "median"][1:]
        return {"epoch_seconds": statistics.median(float(row["epoch_seconds"]) for row in epochs),
                "outside_products": statistics.median(1 - 1 / float(row["ratio"]) for row in epochs),
                "products_seconds": statistics.median(float(row["products_seconds"]) for row in epochs)}

    def peak(self, precision):
        """GFLOP/s of the core's registers."""
        text = output_of([*self.core, self.build / "bench" / "dropsweep_bench_kernels", "--benchmark_format=json",
                          f"--benchmark_filter=^peak/{precision}/"])
        kernels = json.loads(text)["benchmarks"] if text else []
        if not kernels:
            raise NotMeasured(f"no instructions for {precision} on this CPU")
        return {"peak_gflops": max(kernel["operations"] / kernel["real_time"] for kernel in kernels)}  # 1/ns

    def peer_epoch(self, peer, arguments):
        rows = rows_of(output_of([*self.core, self.pythons[peer], "-B", PEERS / f"{peer}_mlp.py", *arguments]))
        return {"epoch_seconds": steady([float(row["seconds"]) for row in rows])}

    def pytorch_epoch(self, precision):
        return self.peer_epoch("pytorch", ["epochs", self.data, precision, self.epochs])

    def keras_epoch(self, precision):
        return self.peer_epoch("keras", [self.data, precision, self.epochs])

    def pytorch_sweep(self, precision):
        row, = rows_of(output_of([self.pythons["pytorch"], "-B", PEERS / "pytorch_mlp.py", "sweep", self.data,
                                  precision, self.sweep_epochs, 2]))
        return {"sweep_seconds": float(row["seconds"]), "sweep_epochs": int(row["epochs"])}

    def epochs_in_turn(self):
        """A and B alternate: each variant beside the peers, in each precision."""
        turns = {}
        for precision in ("fp32", "bf16"):
            turns["core", precision, 1, 1] = functools.partial(self.peak, precision)
            for variant in (name for name in VARIANTS if name.startswith(precision)):
                for ranks, leaves in LAYOUTS:
                    turns["dropsweep", variant, ranks, leaves] = functools.partial(self.epoch, variant, ranks, leaves)
                turns["driver", variant, 1, 1] = functools.partial(self.products, variant, self.epochs,
                                                                         BATCH_SIZE, HIDDEN)
            turns["pytorch", precision, 1, 1] = functools.partial(self.pytorch_epoch, precision)
            turns["keras", precision, 1, 1] = functools.partial(self.keras_epoch, precision)
        return turns

    def sweeps_in_turn(self):
        turns = {}
        for precision in ("fp32", "bf16"):
            for variant in (name for name in VARIANTS if name.startswith(precision)):
                turns["dropsweep", variant, 2, 1] = functools.partial(self.sweep, variant)
            turns["pytorch", precision, 2, 1] = functools.partial(self.pytorch_sweep, precision)
        return turns

    def growth_in_turn(self):
        """Keys have what grows after the variant."""
        return {("driver", f"{variant}/{batch_size}/{hidden}", 1, 1):
                functools.partial(self.products, variant, 2, batch_size, hidden)
                for variant in GROWTH_VARIANTS for batch_size, hidden in GROWTH}
