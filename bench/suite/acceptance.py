"""The table that says whether dropsweep is as fast as it should be."""

import contextlib
import typing

from contenders import VARIANTS
from measuring import Figure, NotMeasured

LIBXSMM_DNN_BF16 = 394  # GFLOP/s, all included, of its MNIST MLP (plain SGD, no dropout) on one core with AMX


class Row(typing.NamedTuple):
    what: str
    at_least: float
    aim: float
    measure: typing.Callable  # Acceptance -> Figure, or raises NotMeasured
    at_most: bool = False  # the limits are upper ones
    bound: typing.Callable | None = None  # Acceptance -> float, or raises NotMeasured: what products alone would measure


class Acceptance:
    def __init__(self, results, gflop, has_amx):
        self.results = results
        self.gflop = gflop
        self.has_amx = has_amx

    def variant(self, precision):
        """The faster one of a precision."""
        names = [name for name in VARIANTS if name.startswith(precision)]
        measured = [name for name in names if ("dropsweep", name, 1, 1, "epoch_seconds") in self.results.values]
        if not measured:
            self.results.of("dropsweep", names[0], 1, 1, "epoch_seconds")
        return min(measured, key=lambda name: self.results.figure("dropsweep", name, 1, 1, "epoch_seconds").median)

    def own(self, precision, ranks=1, leaves=1, quantity="epoch_seconds"):
        return "dropsweep", self.variant(precision), ranks, leaves, quantity

    def epoch(self, peer_precision, precision):
        return self.results.ratio(("pytorch", peer_precision, 1, 1, "epoch_seconds"), self.own(precision))

    def of_peak(self):
        seconds, peak = self.results.of(*self.own("fp32")), self.results.of("core", "fp32", 1, 1, "peak_gflops")
        return Figure.of([self.gflop / s / p for s, p in zip(seconds, peak)])

    def at_the_peak(self, precision):
        """What epoch() would be if dropsweep did nothing but multiply, at the core's measured peak. Operands in bfloat16
        may also be widened."""
        peak = max(self.results.figure("core", name, 1, 1, "peak_gflops").median for name in {precision, "fp32"})
        return self.results.figure("pytorch", precision, 1, 1, "epoch_seconds").median * peak / self.gflop

    def of_libxsmm(self):
        return Figure.of([self.gflop / seconds / LIBXSMM_DNN_BF16 for seconds in self.results.of(*self.own("bf16"))])

    def sweep(self, precision):
        return self.results.ratio(("pytorch", precision, 2, 1, "sweep_seconds"),
                                  self.own(precision, 2, 1, "sweep_seconds"))

    def two_ranks(self, precision):
        return self.results.ratio(self.own(precision, 1, 2), self.own(precision, 2, 2))

    def four_leaves(self, precision):
        return self.results.ratio(self.own(precision, 1, 4), self.own(precision, 1, 1))

    def outside_products(self, precision):
        return self.results.figure("driver", self.variant(precision), 1, 1, "outside_products")

    def with_amx(self, figure):
        if not self.has_amx:
            raise NotMeasured(f"this CPU has no AMX; without it {figure}")
        return figure

    def rows(self):
        """what, at_least, aim, measured, low, high, verdict, note"""
        for row in ROWS:
            limit = ("at most " if row.at_most else "") + f"{row.at_least:g}"
            line = {"what": row.what, "at_least": limit, "aim": f"{row.aim:g}"}
            try:
                figure = row.measure(self)
            except NotMeasured as reason:
                yield {**line, "measured": "", "low": "", "high": "", "verdict": "not measured", "note": str(reason)}
                continue
            sign = -1 if row.at_most else 1
            verdict = next((word for word, bar in (("aim", row.aim), ("enough", row.at_least))
                            if sign * figure.median >= sign * bar), "short")
            chosen = self.variant(row.what.split(":")[0])
            notes = [] if chosen in ("fp32", "bf16") else [f"dropsweep {' '.join(VARIANTS[chosen])}"]
            with contextlib.suppress(NotMeasured):
                if row.bound:
                    notes.append(f"products alone, at the core's measured peak: {row.bound(self):.3g}")
            yield {**line, "measured": figure.median, "low": figure.low, "high": figure.high, "verdict": verdict,
                   "note": "; ".join(notes)}


ROWS = [
    Row("fp32: epoch, PyTorch / dropsweep", 1.6, 2.0, lambda a: a.epoch("fp32", "fp32"),
        bound=lambda a: a.at_the_peak("fp32")),
    Row("bf16: epoch, PyTorch fp32 / dropsweep, with AMX", 6, 9, lambda a: a.with_amx(a.epoch("fp32", "bf16"))),
    Row("bf16: epoch, PyTorch bf16 / dropsweep", 4.5, 7, lambda a: a.epoch("bf16", "bf16"),
        bound=lambda a: a.at_the_peak("bf16")),
    Row("fp32: epoch, of the multiply-add peak", 0.64, 0.75, Acceptance.of_peak),
    Row("bf16: epoch, GFLOP/s / libxsmm-dnn's 394, with AMX", 1.5, 2, lambda a: a.with_amx(a.of_libxsmm())),
    Row("fp32: sweep on 2 cores, PyTorch / dropsweep", 2, 3, lambda a: a.sweep("fp32")),
    Row("bf16: sweep on 2 cores, PyTorch / dropsweep", 5, 10, lambda a: a.sweep("bf16")),
    Row("fp32: 2 leaves, 1 rank / 2 ranks", 1.7, 1.9, lambda a: a.two_ranks("fp32")),
    Row("bf16: 2 leaves, 1 rank / 2 ranks", 1.3, 1.6, lambda a: a.two_ranks("bf16")),
    Row("fp32: time outside products, of the step", 0.15, 0.08, lambda a: a.outside_products("fp32"), at_most=True),
    Row("bf16: time outside products, of the step", 0.45, 0.25, lambda a: a.outside_products("bf16"), at_most=True),
    Row("fp32: 1 rank, 4 leaves / 1 leaf", 1.2, 1.0, lambda a: a.four_leaves("fp32"), at_most=True),
    Row("bf16: 1 rank, 4 leaves / 1 leaf", 1.3, 1.0, lambda a: a.four_leaves("bf16"), at_most=True),
]
