"""statistics.csv says what SciPy says about summary.csv and predictions.npz, to ten digits."""

import csv
import math
import pathlib
import sys

for folder in "cli", "stats":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / folder))

import program
import small_data

from generate_statistics import critical_t, log_evidence, np, optimize, power, stats  # or ends as skipped

SMALL = ["--hidden", "9", "--epochs", "4", "--batch-size", "31", "--quiet"]
METRICS = ("test_accuracy", "best_val_loss")
CONTRAST = ("pairs", "difference", "sd", "low", "high", "samples_low", "samples_high", "p_value", "seeds_to_tell")
COLUMNS = ["metric", "dropout", "seeds", "mean", "sd", "low", "high", *(f"zero_{name}" for name in CONTRAST),
           *(f"chosen_{name}" for name in CONTRAST), "chosen"]
NAN = float("nan")

# The two sides round. Means are off by a few roundings of the numbers, sd and bounds by a few roundings of what they
# are made from: that is the size to measure them by. A p-value is a function of t, whose error it multiplies by at
# most 1 + pairs.
TOLERANCE = 1e-10


def critical(n, error):
    """The t that has evidence 1 / error, by looking for it; infinite where none has."""
    if log_evidence(1e9, n) < -math.log(error):
        return math.inf
    return optimize.brentq(lambda t: log_evidence(t, n) + math.log(error), 0, 1e9, xtol=1e-13)


def over_images(table, low, high, error):
    """The interval for a [seeds, images] table of differences: a two-way layout by its residuals."""
    seeds, images = table.shape
    mean = table.mean()
    by_image = table.mean(axis=0)
    residuals = table - table.mean(axis=1, keepdims=True) - by_image + mean
    of_images = seeds * np.var(by_image, ddof=1)
    rest = np.sum(residuals**2) / ((seeds - 1) * (images - 1))
    room = critical_t(images - 1, error) * math.sqrt(max(0, of_images - rest) / (seeds * images))
    return mean - math.hypot(max(0, mean - low), room), mean + math.hypot(max(0, high - mean), room)


class Sweep:
    """summary.csv, and what is to be said about it."""

    def __init__(self, run):
        path = run / "summary.csv"
        self.predictions = np.load(run / "predictions.npz") if (run / "predictions.npz").exists() else None
        self.values = {}  # dropout -> seed -> metric -> number, of the trials with a model
        for row in program.rows_of(path):
            seeds = self.values.setdefault(row["dropout"], {})
            if row["status"] in ("completed", "early_stopped"):
                seeds[int(row["seed"])] = {metric: float(row[metric]) for metric in METRICS}
                assert self.is_right(row["dropout"], int(row["seed"])).mean() == float(row["test_accuracy"]), row["trial"]
        self.values = dict(sorted(self.values.items(), key=lambda item: float(item[0])))
        most = max(map(len, self.values.values()))
        means = {p: np.mean(self.column(p, "best_val_loss"))
                 for p, seeds in self.values.items() if len(seeds) == most > 0}
        self.chosen = min(means, key=means.get, default=None)

    def column(self, dropout, metric):
        return [numbers[metric] for numbers in self.values[dropout].values()]

    def is_right(self, dropout, seed):
        return self.predictions[f"p{dropout}-s{seed}"] == self.predictions["labels"]

    def comparisons(self):
        return len(self.values) * (len(self.values) - 1) // 2

    def contrasts(self, reference, metric):
        error = 0.05 / self.comparisons() if len(self.values) > 1 else NAN
        rows = {}
        for dropout in self.values:
            if dropout == reference:
                continue
            a, b = self.values[dropout], self.values[reference]
            common = sorted(a.keys() & b.keys())
            numbers = [a[s][metric] for s in common], [b[s][metric] for s in common]
            differences = np.subtract(*numbers)
            row = {"pairs": len(common), "largest": max(map(abs, numbers[0] + numbers[1]), default=NAN),
                   "difference": np.mean(differences) if common else NAN, "sd": NAN, "p_value": NAN, "low": -math.inf,
                   "high": math.inf, "samples_low": None, "samples_high": None}
            evidence = 0
            for n in range(2, len(common) + 1):
                mean, sd = np.mean(differences[:n]), spread(differences[:n])[0]
                if sd <= 1e-12 * max(abs(differences[:n])):
                    continue  # says nothing
                evidence = max(evidence, math.exp(log_evidence(math.sqrt(n) * mean / sd, n)))
                room = critical(n, error) * sd / math.sqrt(n)
                row["low"], row["high"] = max(row["low"], mean - room), min(row["high"], mean + room)
                if row["low"] > row["high"]:
                    row["low"], row["high"] = mean - room, mean + room
            if len(common) > 1:
                row["sd"], row["p_value"] = spread(differences)[0], min(1, self.comparisons() / max(evidence, 1e-9))
                if metric == "test_accuracy":
                    table = np.array([self.is_right(dropout, s).astype(int) - self.is_right(reference, s)
                                      for s in common])
                    row["samples_low"], row["samples_high"] = over_images(table, row["low"], row["high"], error)
            rows[dropout] = row
        return rows

    def neighbours(self):
        names = [p for p in self.values if self.values[p]]
        place = names.index(self.chosen)
        return names[max(place - 1, 0):place] + names[place + 1:place + 2]


def spread(values):
    """sd and the bounds of the confidence interval."""
    if len(values) < 2:
        return NAN, NAN, NAN
    if np.ptp(values) == 0:
        return 0, values[0], values[0]
    half_width = critical_t(len(values) - 1) * stats.sem(values)
    return np.std(values, ddof=1), np.mean(values) - half_width, np.mean(values) + half_width


class StatisticsTest(program.ProgramTest):
    def check_number(self, written, expected, size, where):
        if expected is None:
            self.assertEqual(written, "", where)
        elif not math.isfinite(expected):
            self.assertEqual(written, "nan", where)
        else:
            self.assertLessEqual(abs(float(written) - expected), TOLERANCE * size, f"{where}: {written}, {expected}")

    def check_interval(self, row, where):
        """Once more by SciPy's own interval, as exact as that is."""
        if int(row["seeds"]) < 2 or float(row["sd"]) == 0:
            return
        mean, sd, seeds = float(row["mean"]), float(row["sd"]), int(row["seeds"])
        low, high = stats.t.interval(0.95, seeds - 1, loc=mean, scale=sd / math.sqrt(seeds))
        self.check_number(row["low"], low, 10 * (high - low), where)
        self.check_number(row["high"], high, 10 * (high - low), where)

    def check_seeds_to_tell(self, written, sd, comparisons, where):
        if math.isnan(sd):
            self.assertEqual(written, "nan", where)
            return
        seeds, error = int(written), 0.05 / comparisons
        if sd < 1e-5:
            self.assertLess(critical(seeds, error), math.inf, where)
            self.assertEqual(critical(seeds - 1, error), math.inf, where)
            return
        self.assertGreaterEqual(power(0.001 / sd, seeds, error), 0.8 - 1e-5, where)
        self.assertLess(power(0.001 / sd, seeds - 1, error), 0.8 + 1e-5, where)

    def check_contrast(self, row, prefix, expected, metric, comparisons, where):
        if expected is None:
            names = CONTRAST if prefix == "zero" else CONTRAST[:-1]
            self.assertEqual([row[f"{prefix}_{name}"] for name in names], [""] * len(names), where)
            return
        self.assertEqual(int(row[f"{prefix}_pairs"]), expected["pairs"], where)
        width = expected["high"] - expected["low"]
        bounds = abs(expected["difference"]) + width if math.isfinite(width) else 0
        sizes = {"difference": 1e-4 * expected["largest"], "sd": expected["sd"], "low": bounds, "high": bounds,
                 "samples_low": bounds, "samples_high": bounds,
                 "p_value": (1 + expected["pairs"]) * expected["p_value"]}
        for name, size in sizes.items():
            self.check_number(row[f"{prefix}_{name}"], expected[name], size, f"{where} {prefix}_{name}")
        self.has_interval = self.has_interval or bounds > 0
        if metric == "test_accuracy":
            self.check_seeds_to_tell(row[f"{prefix}_seeds_to_tell"], expected["sd"], comparisons, f"{where} {prefix}")
        else:
            self.assertEqual(row[f"{prefix}_seeds_to_tell"], "", where)

    def check(self, run):
        sweep = Sweep(run)
        self.has_interval = False
        with open(run / "statistics.csv", newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
        self.assertEqual(reader.fieldnames, COLUMNS)
        self.assertEqual([(row["metric"], row["dropout"]) for row in rows],
                         [(metric, p) for metric in METRICS for p in sweep.values])
        self.assertEqual([row["dropout"] for row in rows if row["chosen"] == "1"],
                         [sweep.chosen] * 2 if sweep.chosen else [])
        for metric in METRICS:
            zero = sweep.contrasts("0", metric) if "0" in sweep.values else {}
            chosen = sweep.contrasts(sweep.chosen, metric) if sweep.chosen else {}
            for row in (row for row in rows if row["metric"] == metric):
                p = row["dropout"]
                where = f"{metric} of p = {p}"
                values = sweep.column(p, metric)
                self.assertEqual(int(row["seeds"]), len(values), where)
                sd, low, high = spread(values)
                mean = np.mean(values) if values else NAN
                for name, number, size in (("mean", mean, mean), ("sd", sd, sd), ("low", low, mean + high - low),
                                           ("high", high, mean + high - low)):
                    self.check_number(row[name], number, size, f"{where} {name}")
                self.check_interval(row, where)
                self.check_contrast(row, "zero", zero.get(p), metric, sweep.comparisons(), where)
                self.check_contrast(row, "chosen", chosen.get(p), metric, sweep.comparisons(), where)
                if p == sweep.chosen and metric == "test_accuracy":
                    sds = [chosen[near]["sd"] for near in sweep.neighbours() if chosen[near]["pairs"] > 1]
                    if sds:
                        self.check_seeds_to_tell(row["chosen_seeds_to_tell"], math.sqrt(np.mean(np.square(sds))),
                                                 sweep.comparisons(), where)
                    else:
                        self.assertEqual(row["chosen_seeds_to_tell"], "", where)
                elif p == sweep.chosen:
                    self.assertEqual(row["chosen_seeds_to_tell"], "", where)
        return sweep

    def sweep(self, name, *arguments, rate="0.01", code=program.NOTHING):
        # Enough test images that accuracies differ, few enough that some agree.
        data = self.scratch / "data"
        if not data.exists():
            small_data.write_data(data, train_count=600, test_count=400)
        run = self.scratch / name
        result = program.run("sweep", "--report", "on", "--data", data, "--output", run, *SMALL, "--learning-rate",
                             rate, *arguments, ranks=2)
        self.check_success(result, code)
        return self.check(run)

    def test_several_values_and_seeds(self):
        sweep = self.sweep("nine seeds", "--dropout", "0,0.2,0.4,0.8", "--seeds", "9")
        self.assertEqual({len(seeds) for seeds in sweep.values.values()}, {9})
        self.assertTrue(self.has_interval)

    def test_two_seeds_without_zero(self):
        self.sweep("two seeds", "--dropout", "0.5,0.1,0.3", "--seeds", "3,7")

    def test_one_seed(self):
        self.sweep("one seed", "--dropout", "0,0.4")

    def test_one_value(self):
        self.sweep("one value", "--dropout", "0.3", "--seeds", "3")

    def test_some_trials_diverge(self):
        sweep = self.sweep("some diverge", "--dropout", "0,0.2,0.5,0.8", "--seeds", "6", rate="1e18",
                           code=program.TRIAL_FAILED)
        self.assertGreater(len({len(seeds) for seeds in sweep.values.values()}), 1, "the same of each; change the rate")

    def test_all_trials_diverge(self):
        sweep = self.sweep("all diverge", "--dropout", "0,0.5", "--seeds", "2", rate="1e30", code=program.TRIAL_FAILED)
        self.assertIsNone(sweep.chosen)


if __name__ == "__main__":
    program.main()
