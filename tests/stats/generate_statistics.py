#!/usr/bin/env python3
"""What SciPy, pandas and statsmodels say about the samples of the statistics tests.

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
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm
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

# The true difference over the standard deviation of the differences.
EFFECTS = [50.0, 20.0, 5.0, 2.0, 1.0, 0.8, 0.5, 0.365, 0.2, 0.1]

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
# More of them, so that some differences can be told.
for seed in range(6, 14):
    for dropout, accuracy, loss in (("0", 0.978, 0.075), ("0.4", 0.980, 0.070), ("0.6", 0.975, 0.080)):
        wave = float(np.sin(seed * (1 + float(dropout))))
        SWEEP[dropout][seed] = (round(accuracy + 0.001 * wave, 4), round(loss - 0.002 * wave, 4))

# Dropout, learning-rate, seed, test accuracy, best val_loss of a sweep of two options; 0.5 with 0.01 has lost a seed.
FACTORIAL = [
    [dropout, rate, seed, round(0.97 + 0.01 * np.sin(3 * i), 4), round(0.07 + 0.02 * np.cos(5 * i), 4)]
    for i, (dropout, rate, seed) in enumerate(
        (dropout, rate, seed) for dropout in ("0", "0.2", "0.5") for rate in ("0.0001", "0.001", "0.01")
        for seed in (1, 2, 3, 4)) if (dropout, rate, seed) != ("0.5", "0.01", 3)
]


def critical_t(degrees, error=0.05):
    """What |t| exceeds with this probability, by the beta distribution: stats.t.ppf of SciPy 1.10 has nine digits."""
    x = special.betaincinv(degrees / 2, 0.5, error)
    return np.sqrt(degrees * (1 - x) / x)


def summary(values):
    """count, mean, sd, low, high"""
    mean = np.mean(values)
    half_width = critical_t(len(values) - 1) * stats.sem(values)
    return [len(values), mean, np.std(values, ddof=1), mean - half_width, mean + half_width]


def log_evidence(t, n):
    """ln E of Wang and Ramdas after n pairs, g = 1."""
    nu = n - 1
    return -0.5 * np.log(1 + n) + n / 2 * np.log((1 + t**2 / nu) / (1 + t**2 / (nu * (1 + n))))


def evidence(differences, center=0.0):
    """E after each pair from the second one, for "the mean difference is center"."""
    return [np.exp(log_evidence(stats.ttest_1samp(differences[:n], center).statistic, n))
            for n in range(2, len(differences) + 1)]


def anytime(differences, error=0.05):
    """The largest evidence, p-value, and the centers that were never rejected, by looking for their ends."""
    mean, reach = np.mean(differences), 1000 * np.std(differences)

    def excess(center):
        return max(evidence(differences, center)) - 1 / error

    ends = [optimize.brentq(excess, mean, mean + side * reach, xtol=1e-15) if excess(mean + side * reach) > 0 else
            side * np.inf for side in (-1, 1)]
    return [max(evidence(differences)), min(1.0, 1 / max(evidence(differences))), *ends]


def power(effect, n, error):
    """Of the anytime-valid test by its n-th look alone: t is beyond what it rejects, found by looking for it."""
    if log_evidence(1e9, n) < -np.log(error):
        return 0.0
    critical = optimize.brentq(lambda t: log_evidence(t, n) + np.log(error), 0, 1e9, xtol=1e-13)
    far_tail = stats.nct.cdf(-critical, n - 1, effect * np.sqrt(n))  # where it is nothing, SciPy 1.15 says nan
    return stats.nct.sf(critical, n - 1, effect * np.sqrt(n)) + np.nan_to_num(far_tail)


def fewest_pairs(effect, error):
    few, enough = 1, 2
    while power(effect, enough, error) < 0.8:
        few, enough = enough, 2 * enough
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (middle, enough) if power(effect, middle, error) < 0.8 else (few, middle)
    return enough


def contrasts(metric, reference):
    """Dropout -> pairs, mean, sd, low, high, p-value for all pairs of settings; the rest is nan below two seeds."""
    nan = float("nan")
    comparisons = len(SWEEP) * (len(SWEEP) - 1) // 2
    rows = {}
    for dropout, seeds in SWEEP.items():
        if dropout == reference:
            continue
        common = [s for s in seeds if seeds[s] and SWEEP[reference][s]]
        differences = [SWEEP[dropout][s][metric] - SWEEP[reference][s][metric] for s in common]
        if len(common) >= 2:
            _, p_value, low, high = anytime(differences, 0.05 / comparisons)
            rows[dropout] = [*summary(differences)[:3], low, high, min(1.0, comparisons * p_value)]
        else:
            rows[dropout] = [len(common), differences[0] if common else nan, nan, nan, nan, nan]
    return rows


# [seeds, images] 1: only one model is right, -1: only the other one. Some images are hard for all models.
LAYOUTS = {
    "images differ": [[1 if (7 * i + 3 * s * (i % 3)) % 11 == 0 else -1 if (5 * i + s) % 17 == 0 else 0
                       for i in range(60)] for s in range(6)],
    "images do not differ": [[[1, 0, -1, 0][(i + s) % 4] for i in range(8)] for s in range(4)],
    "two by two": [[1, 0], [0, -1]],
}


def layout(table):
    """An interval over seeds, and what the choice of the images makes of it."""
    rows, columns = np.shape(table)
    cells = pd.DataFrame([(v, s, i) for s, row in enumerate(table) for i, v in enumerate(row)],
                         columns=["value", "seed", "image"])
    anova = anova_lm(ols("value ~ C(seed) + C(image)", cells).fit())
    squares = anova["sum_sq"] / anova["df"]
    variance = max(0.0, squares["C(image)"] - squares["Residual"]) / (rows * columns)
    mean, over_seeds, error = np.mean(table), (np.mean(table) - 0.05, np.mean(table) + 0.08), 0.01
    room = critical_t(columns - 1, error) * np.sqrt(variance)
    return {"table": table, "over_rows": over_seeds, "error": error,
            "expected": [mean - np.sqrt(0.05**2 + room**2), mean + np.sqrt(0.08**2 + room**2)]}


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


def golden():
    near = [contrasts(0, CHOSEN)[dropout][2] for dropout in ("0.2", "0.6")]
    return {
        "summaries": {name: {"values": values, "expected": summary(values)} for name, values in SAMPLES.items()},
        "power": [{"effect": effect, "error": error, "expected": fewest_pairs(effect, error)} for effect in EFFECTS
                  for error in (0.05, 0.05 / 36)],
        "layouts": {name: layout(table) for name, table in LAYOUTS.items()},
        "sweep": {
            "trials": SWEEP,
            "chosen": CHOSEN,
            "seeds_to_tell": fewest_pairs(0.001 / np.sqrt(np.mean(np.square(near))), 0.05 / 15),
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
