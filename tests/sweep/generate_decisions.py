#!/usr/bin/env python3
"""Kim and Nelson's procedure (2001, fully sequential, c = 1), written down a second time, on random losses: what
decision_test.cpp compares with. Usage: generate_decisions.py > decisions.json"""

import json

import numpy as np


def decide(losses, difference, error=0.05, first=10):
    """losses: [seeds, settings]. The rounds as [seeds, settings dropped], and what is left."""
    most, count = losses.shape
    eta = ((2 * error / (count - 1)) ** (-2 / (first - 1)) - 1) / 2
    h2 = 2 * eta * (first - 1)
    pairs = losses[:first, :, None] - losses[:first, None, :]
    variance = pairs.var(axis=0, ddof=1)
    left, rounds = list(range(count)), []
    for seeds in range(first, most + 1):
        means = losses[:seeds].mean(axis=0)
        allowed = np.maximum(0, difference / (2 * seeds) * (h2 * variance / difference**2 - seeds))
        dropped = [i for i in left if any(means[i] - means[j] > allowed[i, j] for j in left if j != i)]
        left = [i for i in left if i not in dropped]
        rounds.append([seeds, dropped])
        if len(left) == 1:
            break
    return rounds, left


def main():
    random = np.random.default_rng(17)
    cases = []
    for settings, deviation, difference, spread in (2, 0.1, 0.05, 0.05), (9, 0.12, 0.05, 0.05), (9, 0.02, 0.05, 0.03), \
            (5, 0.3, 0.02, 0.0), (20, 0.1, 0.1, 0.1):
        means = 0.5 + spread * np.arange(settings)
        common = random.normal(0, deviation, (60, 1))
        losses = np.round(means + common + random.normal(0, deviation, (60, settings)), 4)
        rounds, left = decide(losses, difference)
        cases.append({"difference": difference, "losses": losses.tolist(), "rounds": rounds, "left": left})
    print(json.dumps(cases))


main()
