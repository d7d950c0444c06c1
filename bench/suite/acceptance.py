"""Makes the table that compares the measurements with the required speeds."""

import typing

from contenders import PEERS
from measuring import Figure, NotMeasured


class Row(typing.NamedTuple):
    what: str
    at_least: float
    aim: float
    measure: typing.Callable  # Acceptance -> Figure, or raises NotMeasured
    at_most: bool = False  # the limits are upper ones
    note: typing.Callable = lambda _: ""  # Acceptance -> a remark on the figure


class Acceptance:
    def __init__(self, results):
        self.results = results

    def own(self, variant, setting, ranks=1):
        return "dropsweep", variant, setting, ranks, "epoch_seconds"

    def of_products(self, setting):
        return self.results.figure("driver", "fp32", setting, 1, "of_products")

    def peers(self, setting="p0.3", ranks=1, quantity="epoch_seconds"):
        """(name, variant) of those that were measured, the fastest first."""
        measured = [key for key in self.results.values
                    if key.program in PEERS and key[2:] == (setting, ranks, quantity)]
        return [key[:2] for key in sorted(measured, key=lambda key: self.results.figure(*key).median)]

    def fastest_peer(self, own, *what):
        fastest = next(iter(self.peers(*what)), None)
        if fastest is None:
            raise NotMeasured("there is no peer")
        return self.results.ratio((*fastest, *what), own)

    def note_of_peers(self, *what):
        absent = [f"{name} {variant}" for name, variant, *_ in self.results.reasons if name in PEERS]
        fastest = f"fastest: {' '.join(next(iter(self.peers(*what)), ['none']))}"
        return f"{fastest}; absent: {', '.join(absent)}" if absent else fastest

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
            yield {**line, "measured": figure.median, "low": figure.low, "high": figure.high, "verdict": verdict,
                   "note": row.note(self)}


EPOCH, SWEEP = ("p0.3", 1, "epoch_seconds"), ("sweep", 2, "sweep_seconds")

ROWS = [
    Row("epoch at p = 0.3 / OpenBLAS's dense products", 0.5, 0.35, lambda a: a.of_products("p0.3"), at_most=True),
    Row("epoch at p = 0 / OpenBLAS's dense products", 0.6, 0.42, lambda a: a.of_products("p0"), at_most=True),
    Row("epoch at p = 0.8 / OpenBLAS's dense products", 0.35, 0.22, lambda a: a.of_products("p0.8"), at_most=True),
    Row("epoch at p = 0.3, fastest peer / dropsweep", 2.5, 4, lambda a: a.fastest_peer(a.own("fp32", "p0.3"), *EPOCH),
        note=lambda a: a.note_of_peers(*EPOCH)),
    Row("epoch without zero pixels at p = 0, --gemm openblas / dropsweep", 0.9, 1.2,
        lambda a: a.results.ratio(a.own("openblas", "noise"), a.own("fp32", "noise"))),
    Row("sweep on 2 cores, fastest peer / dropsweep", 3, 5,
        lambda a: a.fastest_peer(("dropsweep", "fp32", *SWEEP), *SWEEP), note=lambda a: a.note_of_peers(*SWEEP)),
    Row("dropsweep, 1 rank / 2 ranks", 1.7, 1.9,
        lambda a: a.results.ratio(a.own("fp32", "p0.3"), a.own("fp32", "p0.3", 2))),
    Row("dropsweep, leaves of 32 rows / one leaf", 1.04, 1.01,
        lambda a: a.results.ratio(a.own("fp32", "p0.3"), a.own("fp32", "one-leaf")), at_most=True),
]
