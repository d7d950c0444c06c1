"""A sweep of some seconds, stopped in the middle as often as a test wants, and the bytes that it must end with.

Nothing here depends on the speed of the machine: a test waits for epochs that have ended, freezes the ranks (SIGSTOP),
does what it has to do, and lets them go on.
"""

import pathlib
import signal
import tempfile

import program
import small_data
from reproducibility_test import results_of

MODEL = ["--hidden", "9,7", "--batch-size", "31", "--patience", "none", "--restore-best-weights", "--leaf-rows", "8"]
EPOCHS = 200
STEPS = 9  # of an epoch: 270 training samples
SWEEP = ["sweep", "--dropout", "0,0.5", "--seeds", "2", "--epochs", EPOCHS, *MODEL]
TRIALS = ["p0-s1", "p0-s2", "p0.5-s1", "p0.5-s2"]


def rows_in(table):
    """Lines below the header of a CSV file that may not be there yet."""
    return max(table.read_bytes().count(b"\n") - 1, 0) if table.exists() else 0


def checkpoints_of(run):
    """(file, time of its last change) of each checkpoint that is complete."""
    found = set()
    for file in (run / "checkpoints").glob("*.[01]"):
        try:
            found.add((file.name, file.stat().st_mtime_ns))
        except FileNotFoundError:  # its trial has ended meanwhile
            pass
    return found


class LongRunTest(program.ProgramTest):
    """Keeps a data set, and the results of a sweep that nothing disturbed, for all tests of the class."""

    COMMAND = SWEEP

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="dropsweep test ")
        cls.addClassCleanup(directory.cleanup)
        cls.data = small_data.write_data(pathlib.Path(directory.name) / "data")
        cls.quiet = pathlib.Path(directory.name) / "quiet"
        done = program.run(*cls.COMMAND, "--data", cls.data, "--output", cls.quiet, ranks=2)
        assert done.code == program.NOTHING, done
        cls.expected = results_of(cls.quiet)

    def setUp(self):
        super().setUp()
        self.run_directory = self.scratch / "run"

    def arguments(self, *more, run=None):
        return [*self.COMMAND, "--data", self.data, "--output", run or self.run_directory, *more]

    def start_sweep(self, *more, run=None, **options):
        return self.start(*self.arguments(*more, run=run), **options)

    def wait_for_checkpoints(self, started, changes=3, run=None):
        """Until the checkpoints have been seen to change so many times."""
        run = run or self.run_directory
        seen = [checkpoints_of(run)]

        def have_changed():
            now = checkpoints_of(run)
            if now != seen[-1]:
                seen.append(now)
            return len(seen) > changes or started.has_ended()

        program.wait_until(have_changed)
        self.assertFalse(started.has_ended(), started.texts())

    def freeze(self, started, changes=3, run=None):
        """Some epochs after its start; returns the process numbers by rank."""
        ranks = started.ranks()
        self.wait_for_checkpoints(started, changes, run)
        started.signal(signal.SIGSTOP)
        return ranks

    def check_stopped(self, result, run=None):
        """It ended as it should when it is asked to: one line that says what to do, something to go on from."""
        self.check_success(result, program.INTERRUPTED)
        self.assertEqual(len(result.warnings), 1, result)
        run = run or self.run_directory
        self.assertIn(f"run the same command again, with --output {run}, to go on", result.warnings[0])
        # Between two trials there is no checkpoint.
        self.assertTrue(program.files_below(run / "checkpoints") or rows_in(run / "summary.csv"))

    def stop_sweep(self, *more, changes=3, run=None, **options):
        """Starts the sweep, or goes on with it, and stops it some epochs later."""
        started = self.start_sweep(*more, run=run, **options)
        self.freeze(started, changes, run)
        started.signal(signal.SIGTERM, [0])
        started.signal(signal.SIGCONT)
        self.check_stopped(started.result(), run)

    def check_same_bytes(self, run=None):
        results = results_of(run or self.run_directory)
        self.assertEqual(results.keys(), self.expected.keys())
        for name, content in self.expected.items():
            self.assertTrue(content == results[name], f"{name} differs")

    def finish(self, *more, run=None, **options):
        """Goes on to the end, which is that of a sweep that nothing disturbed."""
        result = self.start_sweep(*more, run=run, **options).result()
        self.check_success(result)
        self.check_same_bytes(run)
        self.assertFalse(((run or self.run_directory) / "checkpoints").exists())
        return result
