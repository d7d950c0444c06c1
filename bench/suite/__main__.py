"""Measures dropsweep, its parts, the machine and the peers in one run; scripts/bench.sh builds all of it and starts it.

docs/performance.md explains what is printed, results/README.md the columns of the files.
"""

import argparse
import datetime
import gzip
import itertools
import os
import pathlib
import struct
import sys
import tempfile

import kernels as kernels_
import noise_digits
import roofline
import tables
from acceptance import Acceptance
from contenders import GROWTH, GROWTH_VARIANTS, PEERS_DIRECTORY, Bench
from measuring import Figure, NotMeasured, Results, output_of
from model import BATCH_SIZE, gflop_of_epoch

PACKAGES = {"pytorch-debian": ("debian", "torch"), "pytorch": ("pytorch", "torch"), "jax": ("jax", "jax"),
            "keras": ("jax", "keras")}
SWEEPING_PEERS = 2  # those whose epochs are the fastest


def say(line):
    print(f"bench: {line}", file=sys.stderr, flush=True)


def training_samples(data):
    """The number of samples in the training file, without the tail that is the validation set."""
    path = pathlib.Path(data, "train-images-idx3-ubyte")
    with open(path, "rb") if path.exists() else gzip.open(f"{path}.gz") as file:
        return int(struct.unpack(">4I", file.read(16))[1] * 0.9)


def cpu():
    """(name, flags)"""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown", set()
    fields = dict(reversed([line.split(":", 1) for line in lines if ":" in line]))
    fields = {name.strip(): text.strip() for name, text in fields.items()}
    return fields.get("model name", "unknown"), set(fields.get("flags", "").split())


def version_of(python, package):
    try:
        return output_of([python, "-c", f"from importlib.metadata import version; print(version('{package}'))"]).strip()
    except NotMeasured:
        return "not there"


def revision():
    try:
        return output_of(["git", "-C", PEERS_DIRECTORY, "describe", "--always", "--dirty"]).strip()
    except NotMeasured:
        return "unknown"


def precision_of(variant):
    return "bf16" if variant.startswith("bf16") else "fp32"


def round_rows(results):
    for key, values in results.values.items():
        for number, value in enumerate(values):
            yield {"round": number, **key._asdict(), "value": value}


def epoch_rows(results, gflop):
    """Every quantity; for epochs and sweeps also the GFLOP/s of their products, and the share of the cores' peak."""
    for key, values in results.values.items():
        figure = Figure.of(values)
        done = {"epoch_seconds": gflop, "products_seconds": gflop}.get(key.quantity)
        if key.quantity == "sweep_seconds":
            done = gflop * results.figure(*key[:-1], "sweep_epochs").median
        row = {**key._asdict(), "rounds": len(values), **figure._asdict(), "gflops": "", "share_of_peak": ""}
        if done:
            row["gflops"] = done / figure.median
            try:
                peak = results.figure("core", precision_of(key.variant), "", 1, "peak_gflops").median
                row["share_of_peak"] = row["gflops"] / (peak * key.ranks)
            except NotMeasured:
                pass
        yield row


def growth_rows(growth, results, samples):
    """What an epoch costs with other batch sizes and widths."""
    for variant, (batch_size, hidden) in itertools.product(GROWTH_VARIANTS, GROWTH):
        key = "driver", variant, f"{batch_size}/{hidden}", 1
        try:
            seconds = growth.figure(*key, "epoch_seconds")
            peak = results.figure("core", precision_of(variant), "", 1, "peak_gflops").median
        except NotMeasured:
            continue
        gflops = gflop_of_epoch(samples, hidden) / seconds.median
        yield {"variant": variant, "batch_size": batch_size, "hidden": hidden, **seconds._asdict(), "gflops": gflops,
               "share_of_peak": gflops / peak, "of_products": growth.figure(*key, "of_products").median}


class Report:
    """Prints each table and writes it."""

    def __init__(self, directory):
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def add(self, name, title, rows):
        rows = list(rows)
        tables.show(title, rows)
        tables.write(self.directory / f"{name}.csv", rows)


def measure_parts(bench, report, quick):
    """The kernels and the reduction. Returns the kernels, empty where there is no Google Benchmark, and the BLAS."""
    try:
        kernels, context = kernels_.measure_kernels(bench, 2 if quick else 5, 0.001 if quick else 0.1)
    except NotMeasured as reason:
        say(f"kernels: not measured: {reason}")
        return {}, "unknown"
    machine = kernels_.Machine(kernels, context)
    report.add("kernels", "Kernels on one core", kernels_.kernel_rows(kernels, machine))
    try:
        rows = kernels_.measure_reduction(bench, 5 if quick else 200)
        report.add("reduction", "Ordered reduction of the gradient", kernels_.reduction_rows(rows, machine))
    except NotMeasured as reason:
        say(f"reduction: not measured: {reason}")
    try:
        roofline.draw(report.directory, kernels, machine)
    except NotMeasured as reason:
        say(f"roofline plot: not drawn: {reason}")
    return kernels, machine.blas


def measure(arguments, data, noise):
    bench = Bench(arguments.build.resolve(), data, noise, arguments.peers.absolute(), arguments.quick)
    report = Report(arguments.output)
    name, flags = cpu()
    samples = training_samples(data)
    gflop = gflop_of_epoch(samples)
    program = revision()  # before results are written into the checkout

    say("the kernels")
    kernels, blas = measure_parts(bench, report, arguments.quick)
    if blas.startswith("OpenBLAS "):
        # For the peers too: where OpenBLAS does not know the CPU, theirs would choose slower kernels.
        os.environ.setdefault("OPENBLAS_CORETYPE", blas.split()[-1])
    versions = {peer: version_of(bench.pythons[environment], package)
                for peer, (environment, package) in PACKAGES.items()}
    facts = {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "cpu": name,
             "amx": "yes" if "amx_bf16" in flags else "no", "blas": blas, "dropsweep": program, **versions,
             "training_samples": samples, "gflop_per_epoch": gflop}
    report.add("machine", "Measured on", [{"what": what, "value": value} for what, value in facts.items()])

    results = Results()
    say("epochs")
    results.measure(bench.epochs_in_turn(), 1 if arguments.quick else 5, say)
    acceptance = Acceptance(results)
    say("sweeps")
    results.measure(bench.sweeps_in_turn(acceptance.peers()[:SWEEPING_PEERS]), 1 if arguments.quick else 3, say)
    growth = Results()
    say("growth")
    growth.measure(bench.growth_in_turn(), 1 if arguments.quick else 3, say)

    tables.write(arguments.output / "rounds.csv", list(round_rows(results)))
    report.add("epochs", "Epochs and sweeps", epoch_rows(results, gflop))
    report.add("growth", "How an epoch grows", growth_rows(growth, results, samples))
    try:
        step_seconds = results.figure("dropsweep", "fp32", "p0.3", 1, "epoch_seconds").median * BATCH_SIZE / samples
        report.add("step", "Where a fp32 step goes", kernels_.step_rows(kernels, step_seconds))
    except NotMeasured as reason:
        say(f"parts of a step: not measured: {reason}")
    report.add("acceptance", "Acceptance", acceptance.rows())
    print(f"\nfiles: {arguments.output}")


def main():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, help="build directory with the programs")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="directory for the CSV files and the plot")
    parser.add_argument("--data", help="directory of MNIST")
    parser.add_argument("--peers", type=pathlib.Path, required=True,
                        help="directory of virtual environments: pytorch, jax (with Keras)")
    parser.add_argument("--quick", action="store_true", help="a try on a small data set; its figures mean nothing")
    arguments = parser.parse_args()
    if not arguments.data and not arguments.quick:
        parser.error("--data is wanted, or --quick")
    with tempfile.TemporaryDirectory(prefix="dropsweep-bench-") as noise:
        noise_digits.write(noise, *((1000, 100) if arguments.quick else (60000, 10000)))
        measure(arguments, noise if arguments.quick else arguments.data, noise)


if __name__ == "__main__":
    main()
