#!/usr/bin/env python3
"""What SciPy and statsmodels say about the samples of the statistics tests.

    generate_statistics.py           writes statistics.json
    generate_statistics.py --check   compares it with what would be written; exit 77 where a package is missing
"""

import json
import pathlib
import sys

try:
    import numpy as np
    import pandas as pd
    from scipy import optimize, special, stats
    from statsmodels.stats.multitest import multipletests
    from statsmodels.stats.power import TTestPower
except ImportError as missing:
    print(f"skipped: {missing}", file=sys.stderr)
    sys.exit(77)

GOLDEN = pathlib.Path(__file__).resolve().parent / "statistics.json"

SAMPLES = {
    "two values": [0.975, 0.98],
    "test accuracies": [0.9744, 0.9779, 0.9814, 0.9824, 0.9784],
    "small numbers on a large one": [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16],
    "of both signs": [-3.5, 0.25, 12.0, -7.75, 1.5, 0.0, 2.25],
    "many": [float(np.sin(i) / (1 + i % 7)) for i in range(60)],
}

PAIRS = {
    "test accuracies": ([0.9749, 0.9805, 0.9828, 0.9797, 0.9814], SAMPLES["test accuracies"]),
    "far apart": ([0.961, 0.958, 0.965, 0.963, 0.962], SAMPLES["test accuracies"]),
    "two pairs": ([0.5, 0.75], [0.25, 0.625]),
    "mean difference 0": ([1.0, 2.0, 3.0], [2.0, 2.0, 2.0]),
    "many": (SAMPLES["many"], SAMPLES["many"][::-1]),
}

HOLM = [
    [0.01, 0.04, 0.03, 0.005],
    [0.5],
    [0.04, 0.04, 0.04],
    [1.0, 0.9, 1e-12, 0.2, 0.2, 0.03],
    [0.0, 0.02, 0.02],
]

# The true difference over the standard deviation of the differences.
EFFECTS = [20.0, 5.0, 2.0, 1.0, 0.8, 0.5, 0.365, 0.2, 0.1, 0.03]

# Dropout -> seed -> (test accuracy, best val_loss); None: no model. Seeds and values are lost so that each value has
# other partners; 0.2 has the lowest mean loss, but over fewer seeds than 0.4.
SWEEP = {
    "0": {1: (0.9744, 0.0752), 2: (0.9779, 0.0735), 3: (0.9814, 0.0681), 4: None, 5: (0.9784, 0.0759)},
    "0.2": {1: (0.9759, 0.0654), 2: (0.9825, 0.0691), 3: None, 4: (0.9789, 0.0652), 5: None},
    "0.4": {1: (0.9749, 0.0757), 2: (0.9805, 0.0675), 3: (0.9828, 0.0728), 4: (0.9797, 0.0690), 5: (0.9814, 0.0735)},
    "0.6": {1: (0.9774, 0.0771), 2: (0.9735, 0.0823), 3: (0.9767, 0.0793), 4: (0.9763, 0.0782), 5: (0.9750, 0.0818)},
    "0.7": {1: None, 2: None, 3: None, 4: None, 5: None},
    "0.8": {1: None, 2: None, 3: None, 4: (0.9639, 0.1230), 5: None},
}
CHOSEN = "0.4"

# Dropout, learning-rate, seed, test accuracy, best val_loss of a sweep of two options; 0.5 with 0.01 has lost a seed.
FACTORIAL = [
    [dropout, rate, seed, round(0.97 + 0.01 * np.sin(3 * i), 4), round(0.07 + 0.02 * np.cos(5 * i), 4)]
    for i, (dropout, rate, seed) in enumerate(
        (dropout, rate, seed) for dropout in ("0", "0.2", "0.5") for rate in ("0.0001", "0.001", "0.01")
        for seed in (1, 2, 3, 4)) if (dropout, rate, seed) != ("0.5", "0.01", 3)
]


def critical_t(degrees):
    """What |t| exceeds with probability 0.05, by the beta distribution: stats.t.ppf of SciPy 1.10 has nine digits."""
    x = special.betaincinv(degrees / 2, 0.5, 0.05)
    return np.sqrt(degrees * (1 - x) / x)


def summary(values):
    """count, mean, sd, low, high"""
    mean = np.mean(values)
    half_width = critical_t(len(values) - 1) * stats.sem(values)
    return [len(values), mean, np.std(values, ddof=1), mean - half_width, mean + half_width]


def paired(a, b):
    """The summary of the differences and the p-value."""
    return [*summary(np.subtract(a, b)), stats.ttest_rel(a, b).pvalue]


def fewest_pairs(effect):
    def power(pairs):
        return TTestPower().power(effect, pairs, 0.05)

    with np.errstate(all="ignore"):  # on its way solve_power leaves what the noncentral t distribution can do
        if power(2) >= 0.8:
            return 2
        pairs = int(np.ceil(TTestPower().solve_power(effect, alpha=0.05, power=0.8)))
        assert power(pairs - 1) < 0.8 <= power(pairs)
    return pairs


def contrasts(metric, reference):
    """Dropout -> pairs, mean, sd, low, high, p-value, corrected p-value; the rest is nan below two pairs."""
    nan = float("nan")
    rows = {}
    for dropout, seeds in SWEEP.items():
        if dropout == reference:
            continue
        common = [s for s in seeds if seeds[s] and SWEEP[reference][s]]
        a, b = ([SWEEP[of][s][metric] for s in common] for of in (dropout, reference))
        if len(common) >= 2:
            rows[dropout] = paired(a, b)
        else:
            rows[dropout] = [len(common), a[0] - b[0] if common else nan, nan, nan, nan, nan]
    compared = [dropout for dropout, row in rows.items() if row[0] >= 2]
    corrected = dict(zip(compared, multipletests([rows[d][-1] for d in compared], method="holm")[1]))
    return {dropout: [*row, corrected.get(dropout, nan)] for dropout, row in rows.items()}


def effects():
    """Option -> value -> summaries of test accuracy and best val_loss, difference in accuracy to the best value."""
    trials = pd.DataFrame(FACTORIAL, columns=["dropout", "learning-rate", "seed", "accuracy", "loss"])
    found = {}
    for option, other in (("dropout", "learning-rate"), ("learning-rate", "dropout")):
        values = trials[option].nunique()
        whole = trials.groupby([other, "seed"]).filter(lambda cell: cell[option].nunique() == values)
        means = whole.groupby([option, "seed"])[["accuracy", "loss"]].mean()
        best = means["loss"].groupby(option).mean().idxmin()
        found[option] = {
            value: {"accuracy": summary(means.loc[value, "accuracy"]), "loss": summary(means.loc[value, "loss"]),
                    "difference": None if value == best else
                    summary(means.loc[value, "accuracy"].to_numpy() - means.loc[best, "accuracy"].to_numpy())}
            for value in trials[option].unique()}
    return found


def evidence(differences, center=0.0):
    """E of Wang and Ramdas after each pair, g = 1, for "the mean difference is center"."""
    found = []
    for n in range(2, len(differences) + 1):
        t = stats.ttest_1samp(differences[:n], center).statistic
        nu = n - 1
        found.append((1 + n) ** -0.5 * ((1 + t**2 / nu) / (1 + t**2 / (nu * (1 + n)))) ** (n / 2))
    return found


def anytime(differences):
    """The largest evidence, p-value, and the centers that were never rejected at 5 %, by looking for their ends."""
    mean, reach = np.mean(differences), 50 * np.std(differences)

    def excess(center):
        return max(evidence(differences, center)) - 20

    ends = [optimize.brentq(excess, mean, mean + side * reach, xtol=1e-14) if excess(mean + side * reach) > 0 else
            side * np.inf for side in (-1, 1)]
    return [max(evidence(differences)), min(1.0, 1 / max(evidence(differences))), *ends]


def golden():
    near = [contrasts(0, CHOSEN)[dropout][2] for dropout in ("0.2", "0.6")]
    return {
        "summaries": {name: {"values": values, "expected": summary(values)} for name, values in SAMPLES.items()},
        "pairs": {name: {"a": a, "b": b, "expected": paired(a, b)} for name, (a, b) in PAIRS.items()},
        "holm": [{"p_values": p, "expected": list(multipletests(p, method="holm")[1])} for p in HOLM],
        "power": [{"effect": effect, "expected": fewest_pairs(effect)} for effect in EFFECTS],
        "sweep": {
            "trials": SWEEP,
            "chosen": CHOSEN,
            "seeds_to_tell": fewest_pairs(0.001 / np.sqrt(np.mean(np.square(near)))),
            "against_zero": [contrasts(metric, "0") for metric in (0, 1)],
            "against_chosen": [contrasts(metric, CHOSEN) for metric in (0, 1)],
        },
        "anytime": [{"differences": each, "expected": anytime(each)} for each in (
            SAMPLES["many"], SAMPLES["test accuracies"], [0.3, 0.5, 0.2, 0.4, 0.45, 0.37, 0.41, 0.3],
            [float(np.cos(i * i)) + 0.5 for i in range(40)])],
        "factorial": {"trials": FACTORIAL, "effects": effects()},
    }


def plain(value):
    """As JSON reads it back: nan is null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, int)):
        return value
    return None if not np.isfinite(value) else float(value)


def differences(name, old, new):
    """Names what differs by more than the rounding of other builds of SciPy."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        return [text for key in new for text in differences(f"{name}/{key}", old[key], new[key])]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [text for i, pair in enumerate(zip(old, new)) for text in differences(f"{name}/{i}", *pair)]
    if isinstance(old, float) and isinstance(new, float) and np.isclose(old, new, rtol=1e-11, atol=1e-15):
        return []
    return [] if old == new else [f"statistics.json: {name} differs; if that is meant, run generate_statistics.py"]


def main():
    values = plain(golden())
    if "--check" in sys.argv[1:]:
        sys.exit("\n".join(differences("", json.loads(GOLDEN.read_text(encoding="utf-8")), values)) or 0)
    lines = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in values.items())
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
