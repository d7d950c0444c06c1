"""Groups that grow while they train: the same bytes with and without, whatever the ranks' delays, and after a fault in the
middle of it."""

import concurrent.futures
import re
import signal

import long_run
import program
from reproducibility_test import results_of

# Seven trials of different length, and so many leaves that every freed rank finds a trial to join.
EARLY = ["sweep", "--dropout", "0:0.6:0.1", "--hidden", "9,7", "--batch-size", "31", "--learning-rate", "0.01", "--epochs",
         "40", "--patience", "1", "--restore-best-weights", "--leaf-rows", "6"]
# (ranks, --elastic, seed of the delays). ElasticTest of mpi_tests has the others.
CASES = [(2, "on", 1), (3, "on", 2), (4, "on", 3), (4, "off", 1), (5, "on", 1), (6, "on", 2)]


def ranks_at(rows, trial, seconds):
    """How many ranks trained the trial before this time, by the rows of timing.csv."""
    return sum(int(row["ranks"]) for row in rows
               if (row["event"], row["trial"]) == ("trial", trial) and float(row["start_seconds"]) < seconds)


def growths_in(run):
    """Trials that some rank joined later than the first: rows of timing.csv that begin after their trial."""
    begins = {}
    for row in program.rows_of(run / "timing.csv"):
        if row["event"] == "trial":
            begins.setdefault(row["trial"], set()).add(row["start_seconds"])
    return {trial for trial, starts in begins.items() if len(starts) > 1}


class SameBytesTest(program.ProgramTest):
    def test_with_and_without_growth_on_any_number_of_ranks(self):
        quiet = self.scratch / "quiet"
        self.check_success(program.run(*EARLY, "--data", self.data, "--output", quiet))
        lengths = {int(row["epochs"]) for row in program.rows_of(quiet / "summary.csv")}
        self.assertGreater(max(lengths), 2 * min(lengths), "the trials must be of different length")
        outputs = [self.scratch / f"{ranks} {elastic} {seed}" for ranks, elastic, seed in CASES]
        calls = [((*EARLY, "--data", self.data, "--output", output, "--elastic", elastic, "--inject", f"delay@{seed}"),
                  {"ranks": ranks}) for (ranks, elastic, seed), output in zip(CASES, outputs)]
        grown = set()
        for case, output, result in zip(CASES, outputs, program.run_side_by_side(calls)):
            with self.subTest(case=case):
                self.check_success(result)
                self.assertTrue(results_of(output) == results_of(quiet))
                if growths_in(output):
                    grown.add(case)
        self.assertEqual({elastic for _, elastic, _ in grown}, {"on"})  # on most numbers of ranks, as the delays fall


class FaultWhileJoiningTest(long_run.LongRunTest):
    """Two equal trials on three ranks: rank 2, which has no group of its own, joins that of rank 0 at once."""

    COMMAND = ["sweep", "--dropout", "0.5", "--seeds", "2", "--epochs", "100", *long_run.MODEL]
    TRIAL = "p0.5-s1"
    LAYOUT = ["--quiet", "--stall-timeout", "2", "--ranks-per-trial", "1"]
    FAULTS = {
        "kill": (None, "has ended without a word"),
        "stop": (program.FAILURE, "gives no sign of life for 2 s"),
        "hang": (program.FAILURE, "does not go on for 2 s"),
        "fail": (program.FAILURE, "injected with --inject"),
    }

    def check_fault(self, action, rank):
        run = self.scratch / f"{action} {rank}"
        result = self.start_sweep(*self.LAYOUT, "--inject", f"{action}@{rank}:{self.TRIAL}:growth", run=run,
                                  ranks=3).result()
        code, what = self.FAULTS[action]
        self.assertEqual(result.code, program.code_of_a_killed_rank() if code is None else code, result)
        self.assertEqual(len(result.errors), 1, result)
        self.assertRegex(result.errors[0], rf"rank {rank} on .*{what}|{what}.*rank {rank} on ")
        if action in ("hang", "fail"):
            self.assertRegex(result.errors[0], rf"in {re.escape(self.TRIAL)}, epoch \d+, step \d+")
        result = self.finish("--quiet", run=run, ranks=2 + rank // 2)
        self.assertEqual(result.warnings, [], result)

    def test_of_the_newcomer_or_of_the_group(self):
        cases = [("kill", 0), ("kill", 2), ("stop", 2), ("hang", 0), ("fail", 2)]
        with concurrent.futures.ThreadPoolExecutor(3) as pool:  # they mostly wait
            for ended in [pool.submit(self.check_fault, *case) for case in cases]:
                ended.result()


class StopWhileJoiningTest(long_run.LongRunTest):
    def test_again_and_again(self):
        """The sweep is in its first epochs, in which ranks join; each start gets a bit further."""
        for ranks in (3, 5):
            with self.subTest(ranks=ranks):
                started = self.start_sweep("--quiet", "--ranks-per-trial", "1", "--inject", f"delay@{ranks}", ranks=ranks)
                self.wait_for_checkpoints(started, changes=2)
                started.signal(signal.SIGUSR1, [ranks - 1])
                self.check_stopped(started.result())
        self.finish("--quiet", ranks=5)
        self.assertTrue(growths_in(self.run_directory))


class RecordTest(long_run.LongRunTest):
    COMMAND = ["sweep", "--dropout", "0,0.5", "--epochs", "30", *long_run.MODEL]

    def test_every_rank_is_busy_or_idle(self):
        result = self.start_sweep("--ranks-per-trial", "1", "--inject", "delay@4", ranks=4).result()
        self.check_success(result)
        self.assertIn("when no trial waits, free ranks join those that run, up to 4 per trial", result.stderr)
        self.check_same_bytes()
        rows = program.rows_of(self.run_directory / "timing.csv")
        of = lambda event: [row for row in rows if row["event"] == event]  # noqa: E731
        (sweep,) = of("sweep")
        ends = lambda row: float(row["start_seconds"]) + float(row["seconds"])  # noqa: E731
        for rank in range(4):
            own = sorted((float(row["start_seconds"]), ends(row)) for row in of("trial")
                         if int(row["first_rank"]) <= rank < int(row["first_rank"]) + int(row["ranks"]))
            busy = sum(end - start for start, end in own)
            idle = next(float(row["seconds"]) for row in of("idle") if row["first_rank"] == str(rank))
            self.assertAlmostEqual(busy + idle, float(sweep["seconds"]), 3)
            for (_, end), (start, _) in zip(own, own[1:]):
                self.assertGreaterEqual(start, end - 0.02, "a rank is in one trial at a time")  # by two ranks' clocks
        for epoch in of("epoch"):
            self.assertEqual(int(epoch["ranks"]), ranks_at(rows, epoch["trial"], ends(epoch)), epoch)


if __name__ == "__main__":
    program.main()
