"""Measures the kernels, each as a share of its bound (roofline), and divides the time of a step among them."""

import json

from contenders import rows_of
from measuring import Figure, NotMeasured, output_of
from model import BATCH_SIZE, layers

REDUCTION_LEAVES = 4

# A step with dropout on one rank with one leaf: its kernels and how often it calls them.
STEP = {"elementwise/gather/128": 1, "elementwise/relu_dropout/128": 2, "elementwise/relu_dropout_backward/128": 2,
        "elementwise/softmax_cross_entropy_gradient/128": 1, "elementwise/rmsprop": 1,
        **{f"product/{kind}/{layer}/{BATCH_SIZE}": 1 for layer in range(len(layers()))
           for kind in ("forward", "kernel_gradient", "input_gradient") if kind != "input_gradient" or layer > 0}}


class Machine:
    """The bounds of one core: the highest operations and bytes per second that were measured."""

    def __init__(self, kernels, context):
        self.cache_bytes = {level: int(context[f"{level}_bytes"]) for level in ("l1", "l2", "l3")}
        self.blas = context["blas"]
        self.peak = {name.split("/")[1]: kernel["operations"] / kernel["seconds"].low
                     for name, kernel in kernels.items() if name.startswith("peak/")}
        self.bandwidth = {}
        for name, kernel in kernels.items():
            if name.startswith("memory/"):
                level = name.split("/")[2]
                rate = kernel["bytes"] / kernel["seconds"].low
                self.bandwidth[level] = max(rate, self.bandwidth.get(level, 0))

    def level_of(self, footprint):
        return next((level for level, size in self.cache_bytes.items() if footprint <= size), "dram")

    def bound(self, kernel):
        """(what bounds a kernel: a level of memory or "operations", its least seconds by that)"""
        level = self.level_of(kernel["footprint"])
        bounds = {level: kernel["bytes"] / self.bandwidth[level]}
        precision = "bf16" if kernel["group"] == "product-bf16" else "fp32"
        if precision in self.peak:
            bounds["operations"] = kernel["operations"] / self.peak[precision]
        return max(bounds.items(), key=lambda item: item[1])


def measure_kernels(bench, repetitions, min_time):
    """name -> operations, bytes, footprint and seconds (a Figure), and Google Benchmark's context."""
    text = output_of([*bench.core, bench.build / "bench" / "dropsweep_bench_kernels", "--benchmark_format=json",
                      f"--benchmark_repetitions={repetitions}", f"--benchmark_min_time={min_time}",
                      "--benchmark_enable_random_interleaving=true"])
    report = json.loads(text)
    runs = {}
    order = ["family_index", "per_family_instance_index"]
    for run in sorted(report["benchmarks"], key=lambda run: [run[index] for index in order]):
        if run["run_type"] == "iteration":
            runs.setdefault(run["run_name"], []).append(run)
    kernels = {name: {"group": name.split("/")[0],
                      **{counter: all_[0].get(counter, 0)
                         for counter in ("operations", "dense_operations", "bytes", "footprint")},
                      "seconds": Figure.of([run["real_time"] * 1e-9 for run in all_])} for name, all_ in runs.items()}
    return kernels, report["context"]


def measure_reduction(bench, repetitions):
    """Rows of dropsweep_bench_reduction on 1, 2 and 4 ranks, with the same number of leaves."""
    rows = []
    for ranks in (1, 2, 4):
        rows += rows_of(output_of([*bench.mpirun(ranks), bench.build / "bench" / "dropsweep_bench_reduction",
                                   REDUCTION_LEAVES, repetitions]))
    return rows


def kernel_rows(kernels, machine):
    for name, kernel in kernels.items():
        seconds = kernel["seconds"]
        what, least = machine.bound(kernel)
        is_bound = name.startswith(("peak/", "memory/"))
        operations, moved = kernel["operations"], kernel["bytes"]
        yield {"kernel": name, "microseconds": seconds.median * 1e6, "low": seconds.low * 1e6,
               "high": seconds.high * 1e6, "operations": operations, "bytes": moved,
               "gflops": operations / seconds.median / 1e9,
               "dense_gflops": kernel["dense_operations"] / seconds.median / 1e9 or "", "gbytes_per_s": moved / seconds.median / 1e9,
               "bound": "" if is_bound else what, "share_of_bound": "" if is_bound else least / seconds.median}


def reduction_rows(rows, machine):
    """The bound is the bandwidth of L3, through which the ranks of a node exchange gradients."""
    for row in rows:
        seconds, moved = float(row["seconds"]), int(row["bytes"])
        least = moved / machine.bandwidth["l3"]
        yield {"ranks": row["ranks"], "leaves": row["leaves"], "part": row["part"], "microseconds": seconds * 1e6,
               "bytes": moved, "gbytes_per_s": moved / seconds / 1e9, "share_of_bound": least / seconds}


def step_rows(kernels, step_seconds):
    """The kernels of an fp32 step, and the rest of its time."""
    rest = step_seconds
    for name, calls in STEP.items():
        if name not in kernels:
            raise NotMeasured(f"there is no kernel {name}")
        seconds = calls * kernels[name]["seconds"].median
        rest -= seconds
        yield {"part": name, "calls": calls, "microseconds": seconds * 1e6, "share_of_step": seconds / step_seconds}
    yield {"part": "rest", "calls": "", "microseconds": rest * 1e6, "share_of_step": rest / step_seconds}
    yield {"part": "step", "calls": 1, "microseconds": step_seconds * 1e6, "share_of_step": 1}
