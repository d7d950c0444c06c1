"""Runs measurements in rounds, and computes medians and ratios of them."""

import statistics
import subprocess
import typing


class NotMeasured(Exception):
    """The reason, in a few words."""


class Key(typing.NamedTuple):
    """What was measured."""

    program: str
    variant: str
    setting: str
    ranks: int
    quantity: str


class Figure(typing.NamedTuple):
    """The median of the rounds, the lowest and the highest of them."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values):
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self):
        return f"{self.median:.3g} ({self.low:.3g} to {self.high:.3g})"


def output_of(command):
    """Standard output of a program. Raises NotMeasured with its error message if it cannot start or fails."""
    try:
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
    except OSError as error:
        raise NotMeasured(f"{error.filename} is not there") from None
    if done.returncode != 0:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if any(map(str.isalnum, line))]
        errors = [line for line in lines if "error: " in line] or lines[-1:]
        raise NotMeasured(errors[0].rpartition("error: ")[2] if errors else f"exit code {done.returncode}")
    return done.stdout


class Results:
    """Values of each round by their Key, and why others are missing."""

    def __init__(self):
        self.values = {}
        self.reasons = {}

    def measure(self, contenders, rounds, say):
        """Runs every contender once in each round.

        contenders: (program, variant, setting, ranks) -> a function that returns {quantity: value}; one that raises
        NotMeasured is left out of the rounds that follow.
        """
        for number in range(rounds):
            for contender, run in contenders.items():
                if contender in self.reasons:
                    continue
                try:
                    measured = run()
                except NotMeasured as reason:
                    self.reasons[contender] = str(reason)
                    say(f"{' '.join(map(str, contender))}: not measured: {reason}")
                    continue
                for quantity, value in measured.items():
                    self.values.setdefault(Key(*contender, quantity), []).append(value)
            say(f"round {number + 1} of {rounds}")

    def of(self, *key):
        """The values of all rounds."""
        key = Key(*key)
        if key not in self.values:
            raise NotMeasured(self.reasons.get(key[:-1], "not asked for"))
        return self.values[key]

    def figure(self, *key):
        return Figure.of(self.of(*key))

    def ratio(self, above, below):
        """Of the quotients of each round."""
        return Figure.of([a / b for a, b in zip(self.of(*above), self.of(*below))])
