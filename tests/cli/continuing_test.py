"""The same command goes on where a run was stopped or killed, and refuses what is not the same."""

import os
import re
import shutil
import signal
import socket
import time

import long_run
import program
import small_data
from reproducibility_test import results_of


def rows_of_trial(table, trial):
    return [row for row in program.rows_of(table) if row["trial"] == trial]


class GoingOnTest(long_run.LongRunTest):
    def test_what_has_ended_is_not_done_again(self):
        started = self.start_sweep("--quiet")
        summary, timing = (self.run_directory / name for name in ("summary.csv", "timing.csv"))
        program.wait_until(lambda: long_run.rows_in(summary) >= 1)
        self.freeze(started)
        started.signal(signal.SIGTERM)
        started.signal(signal.SIGCONT)
        self.check_stopped(started.result())
        ended = [row["trial"] for row in program.rows_of(summary)]
        self.assertIn(len(ended), (1, 2, 3))
        before = rows_of_trial(timing, ended[0])
        begun = {}  # trial -> epochs before the stop
        for row in program.rows_of(self.run_directory / "history.csv"):
            if row["trial"] not in ended:
                begun[row["trial"]] = int(row["epoch"]) + 1
        self.assertEqual(len(begun), 1)

        result = self.finish(ranks=2)
        self.assertIn(f"plan: the last {4 - len(ended)} of 4 trials on 2 ranks", result.stderr)
        for trial in long_run.TRIALS:
            first = re.search(rf"(?m)^{re.escape(trial)} +epoch +(\d+)/", result.stderr)
            if trial in ended:
                self.assertIsNone(first)
                self.assertNotRegex(result.stderr, rf"(?m)^{re.escape(trial)} ")
            else:
                self.assertEqual(int(first[1]), begun.get(trial, 0) + 1, trial)
        (trial, epochs), = begun.items()
        self.assertRegex(result.stderr, rf"(?m)^{re.escape(trial)} +goes on in epoch {epochs + 1}$")
        self.assertEqual(rows_of_trial(timing, ended[0]), before)

    def test_killed_again_and_again(self):
        """With kill -9: launcher and ranks at once. The lock that is left is no obstacle."""
        for ranks in (None, 4, 1, 3, 2):
            with self.subTest(ranks=ranks):
                started = self.start_sweep("--quiet", ranks=ranks)
                started.ranks()
                self.wait_for_checkpoints(started)
                started.kill()
                self.assertTrue((self.run_directory / "run.lock").exists())
        self.finish(ranks=4)

    def test_the_tables_have_checksums_while_nobody_writes_them(self):
        checksums = self.run_directory / "checksums.txt"
        self.stop_sweep("--quiet")
        self.assertTrue(checksums.exists())
        started = self.start_sweep("--quiet")
        self.wait_for_checkpoints(started)
        started.kill()
        self.assertFalse(checksums.exists())
        self.finish("--quiet")
        self.assertTrue(checksums.exists())

    def test_a_model_that_is_lost_is_trained_again(self):
        lost, altered = (f"models/{trial}.safetensors" for trial in ("p0-s2", "p0.5-s1"))
        shutil.copytree(self.quiet, self.run_directory)
        (self.run_directory / lost).unlink()
        content = bytearray((self.run_directory / altered).read_bytes())
        content[-1] ^= 1
        (self.run_directory / altered).write_bytes(content)
        result = self.finish("--quiet", ranks=2)
        self.assertEqual(len(result.warnings), 2, result)
        for warning, name in zip(result.warnings, (lost, altered)):
            self.assertIn(f"{self.run_directory}/{name} is missing or is not what summary.csv says; ", warning)
            self.assertIn("is trained again", warning)


class ManyTrialsTest(program.ProgramTest):
    """As many as are allowed, of which all but the last have ended. What grows with the square of them takes minutes."""

    SEEDS = 10_000
    COMMAND = ["sweep", "--dropout", "0:0.9:0.1", "--seeds", SEEDS, "--hidden", "8", "--epochs", "1", "--patience", "none",
               "--quiet"]

    def test_the_last_one_is_trained(self):
        data = small_data.write_data(self.scratch / "data", train_count=60, test_count=20)
        run = self.scratch / "run"
        command = [*self.COMMAND, "--data", data, "--output", run]
        self.check_success(program.run(*command, "--time-limit", "1"), program.INTERRUPTED)

        ended = [(f"p{p}-s{seed}", p, seed) for p in ("0", *(f"0.{i}" for i in range(1, 10)))
                 for seed in range(1, self.SEEDS + 1)][:-1]
        for name, row in (("history.csv", "{},{},{},0,nan,nan,nan,nan\n"),
                          ("summary.csv", "{},{},{},diverged,1,0,nan,nan,nan,nan,nan,\n"),
                          ("timing.csv", "trial,{},,0,1,0.000000,0.000001,,\n")):
            header = (run / name).read_text().partition("\n")[0] + "\n"
            (run / name).write_text(header + "".join(row.format(*trial) for trial in ended))
        (run / "checksums.txt").unlink(missing_ok=True)
        (run / "checkpoints").mkdir(exist_ok=True)
        for trial, *_ in ended[:self.SEEDS]:
            (run / "checkpoints" / f"{trial}.0").touch()

        result = program.run(*command, ranks=2)
        self.check_success(result, program.TRIAL_FAILED)
        summary = program.rows_of(run / "summary.csv")
        self.assertEqual(len(summary), len(ended) + 1)
        self.assertEqual((summary[-1]["trial"], summary[-1]["status"]), (f"p0.9-s{self.SEEDS}", "completed"))
        self.assertFalse((run / "checkpoints").exists())


class NotTheSameTest(long_run.LongRunTest):
    def setUp(self):
        super().setUp()
        self.stop_sweep("--quiet")

    def check_refused(self, arguments, *mentions):
        for ranks in (None, 3):
            with self.subTest(mentions=mentions, ranks=ranks):
                before = results_of(self.run_directory), long_run.checkpoints_of(self.run_directory)
                result = program.run(*arguments, ranks=ranks)
                self.check_refusal(result, program.USAGE, self.run_directory, *mentions)
                self.assertTrue(before == (results_of(self.run_directory), long_run.checkpoints_of(self.run_directory)))

    def test_another_configuration(self):
        other = ["sweep", "--dropout", "0,0.25", "--seed", "4", "--epochs", "7", "--hidden", "9", "--batch-size", "30",
                 "--learning-rate", "0.5", "--rho", "0.8", "--epsilon", "0.1", "--patience", "3", "--min-delta", "0.25",
                 "--shuffle", "off", "--leaf-rows", "16", "--rules", "torch", "--validation-split", "0.2", "--data", self.data, "--output",
                 self.run_directory]
        self.check_refused(other, "dropout is 0,0.5 there and 0,0.25 here", f"epochs is {long_run.EPOCHS} there and 7 here",
                           "hidden is 9,7 there and 9 here", "batch-size is 31 there and 30 here",
                           "learning-rate is 0.001 there and 0.5 here", "rho is 0.9 there and 0.8 here",
                           "epsilon is 1e-07 there and 0.1 here", "patience is none there and 3 here",
                           "min-delta is 0 there and 0.25 here", "shuffle is on there and off here",
                           "leaf-rows is 8 there and 16 here",
                           "rules is keras there and torch here", "validation-split is 0.1 there and 0.2 here",
                           "restore-best-weights is on there and off here", "seed")

    def test_initial_weights(self):
        model = self.quiet / "models" / "p0-s1.safetensors"
        self.check_refused(self.arguments("--init-weights", model), "init-weights SHA-256 is not set there and ")

    def test_other_data(self):
        other = small_data.write_data(self.scratch / "other")
        images = bytearray((other / "t10k-images-idx3-ubyte").read_bytes())
        images[-1] ^= 1
        (other / "t10k-images-idx3-ubyte").write_bytes(images)
        self.check_refused([*self.COMMAND, "--data", other, "--output", self.run_directory], "data SHA-256 is ")

    def test_the_same_data_elsewhere(self):
        moved = shutil.copytree(self.data, self.scratch / "moved")
        small_data.compress(moved / "train-images-idx3-ubyte")
        result = program.run(*self.COMMAND, "--data", moved, "--output", self.run_directory, "--quiet", ranks=2)
        self.check_success(result)
        self.check_same_bytes()


class RunOfBeforeTest(long_run.LongRunTest):
    """A run of a dropsweep that had shards."""

    COMMAND = ["sweep", "--dropout", "0,0.5", "--epochs", "3", *long_run.MODEL]

    def setUp(self):
        super().setUp()
        shutil.copytree(self.quiet, self.run_directory)

    def rewrite(self, name, old, new):
        path = self.run_directory / name
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))

    def test_it_is_not_continued(self):
        self.rewrite("config.ini", "leaf-rows = 8\n", "shards = 4\n")
        before = results_of(self.run_directory)
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                result = program.run(*self.arguments(), ranks=ranks)
                self.check_refusal(result, program.USAGE, self.run_directory, "was begun by an earlier dropsweep, whose "
                                   "results depend on shards", "can be reported but not continued: name another directory")
                self.assertTrue(before == results_of(self.run_directory))

    @program.needs("gnuplot")
    def test_it_can_be_reported(self):
        self.rewrite("config.ini", "leaf-rows = 8\n", "shards = 4\n")
        self.rewrite("manifest.json", '"leaves": 4,', '"shards": 4,\n    "shards_chosen_by": "user",')
        self.check_success(program.run("report", self.run_directory))
        report = program.report_of(self.run_directory)
        self.assertEqual(report["config"]["shards"], "4")
        self.assertEqual(report["parts"][0]["manifest"]["plan"]["shards"], 4)


class NothingLeftTest(long_run.LongRunTest):
    COMMAND = ["sweep", "--dropout", "0,0.5", "--epochs", "3", *long_run.MODEL]

    def setUp(self):
        super().setUp()
        shutil.copytree(self.quiet, self.run_directory)

    def changes(self):
        return {name: (self.run_directory / name).stat().st_mtime_ns for name in program.files_below(self.run_directory)}

    def test_a_finished_run(self):
        before = self.changes()
        for ranks in (None, 1, 3):
            with self.subTest(ranks=ranks):
                result = program.run(*self.arguments(), ranks=ranks)
                self.check_success(result)
                self.assertEqual(result.stdout, f"nothing left to do: all 2 trials of {self.run_directory} have ended\n")
                self.assertEqual(result.stderr, "")
                self.assertEqual(self.changes(), before)

    @program.needs("gnuplot")
    def test_only_the_report_is_missing(self):
        before = self.changes()
        result = program.run(*self.arguments("--report", "on"), ranks=2)
        self.check_success(result)
        self.assertNotIn("nothing left to do", result.stdout)
        self.assertNotIn("epoch ", result.stderr)
        self.assertTrue((self.run_directory / "report.html").exists())
        self.check_same_bytes()
        after = self.changes()
        for name in ("history.csv", "summary.csv", "timing.csv", "models/p0-s1.safetensors"):
            self.assertEqual(after[name], before[name], name)
        result = program.run(*self.arguments("--report", "on"), ranks=2)
        self.check_success(result)
        self.assertIn("nothing left to do", result.stdout)

    def test_a_diverged_trial_has_ended_too(self):
        diverging = ["train", "--hidden", "16,16", "--learning-rate", "1e30", "--data", self.data, "--output",
                     self.scratch / "diverging"]
        self.check_success(program.run(*diverging), program.TRIAL_FAILED)
        again = program.run(*diverging, ranks=2)
        self.check_success(again, program.TRIAL_FAILED)
        self.assertIn("nothing left to do", again.stdout)


class LockTest(long_run.LongRunTest):
    def test_two_runs_at_once(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                started = self.start_sweep("--quiet", ranks=ranks)
                processes = self.freeze(started)
                with program.in_time(8):  # with what the launcher takes
                    for others in (None, 3):
                        result = program.run(*self.arguments(), ranks=others)
                        self.check_refusal(result, program.USAGE, self.run_directory,
                                           f"in use by dropsweep on {socket.gethostname()}, process {processes[0]}, since "
                                           "20", " UTC; wait for it, or name another --output")
                started.signal(signal.SIGTERM, [0])
                started.signal(signal.SIGCONT)
                self.check_stopped(started.result())
        self.finish()

    def test_a_run_on_another_host(self):
        self.stop_sweep("--quiet")
        lock = self.run_directory / "run.lock"
        lock.write_text("host: elsewhere\nprocess: 1\nsince: 2026-01-02 03:04:05 UTC\n")
        result = program.run(*self.arguments())
        self.check_refusal(result, program.USAGE, "in use by dropsweep on elsewhere, process 1, since 2026-01-02 03:04:05 UTC",
                           "counts as stale in")
        os.utime(lock, (time.time() - 600, time.time() - 600))
        self.finish("--quiet")
        self.assertFalse(lock.exists())


if __name__ == "__main__":
    program.main()
