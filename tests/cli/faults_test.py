"""A rank that is killed, stands still, hangs or fails: one line, in time, and nothing that was done is lost."""

import concurrent.futures
import re
import shutil
import signal
import socket

import long_run
import program

STALL = ["--quiet", "--stall-timeout", "2"]
TRIAL = "p0.5-s1"  # mostly the first one of the queue
TRIALS = (TRIAL, "p0-s1")
PLACE = r"rank {rank} on " + re.escape(socket.gethostname()) + r" \(process \d+\)"
# action: exit code, what the line says. Killed ranks have none of their own.
FAULTS = {
    "kill": (None, "has ended without a word"),
    "stop": (program.FAILURE, "gives no sign of life for 2 s"),
    "hang": (program.FAILURE, "does not go on for 2 s"),
    "fail": (program.FAILURE, "injected with --inject"),
    "fail-write": (program.IO_ERROR, "the checkpoint cannot be written"),
}
IN_TIME = 12  # seconds: the stall timeout, and what the launcher takes to start and to end


class FaultTest(long_run.LongRunTest):
    COMMAND = ["sweep", "--dropout", "0,0.5", "--epochs", "100", *long_run.MODEL]

    def check_fault(self, result, action, rank):
        """The place that the line names: trial, epoch, step; nothing before the first sign of life from there."""
        code, what = FAULTS[action]
        self.assertEqual(result.code, program.code_of_a_killed_rank() if code is None else code, result)
        self.assertEqual(len(result.errors), 1, result)
        line = result.errors[0]
        self.assertRegex(line, PLACE.format(rank=rank))
        for mention in (what, "run the same command again"):
            self.assertIn(mention, line)
        place = re.search(r"in (p\S+), epoch (\d+), step (\d+)", line)
        return place and place.groups()

    def inject(self, action, rank, ranks, ranks_per_trial, trials=(TRIAL,)):
        """Which of two groups gets which trial is open: it is tried until the fault happens."""
        run = self.scratch / f"{action} {rank}"
        layout = ["--ranks-per-trial", ranks_per_trial]
        for attempt in range(20):
            trial = trials[attempt % len(trials)]
            with program.in_time(IN_TIME):
                result = self.start_sweep(*STALL, *layout, "--inject", f"{action}@{rank}:{trial}:40:4", run=run,
                                          ranks=ranks).result()
            if result.code != program.NOTHING:
                break
            shutil.rmtree(run)
        place = self.check_fault(result, action, rank)
        if action not in ("kill", "stop"):  # of which only others can tell, later
            self.assertEqual(place, (trial, "40", str(long_run.STEPS) if action == "fail-write" else "4"))
        result = self.finish(run=run, ranks=ranks - 1)
        self.assertEqual(result.warnings, [], result)
        # All epochs that had ended are kept. A rank that stood still may end some more: the launcher wakes it up first.
        epoch = re.search(rf"(?m)^{re.escape(trial)} +goes on in epoch (\d+)$", result.stderr)
        self.assertIsNotNone(epoch, result)
        check = self.assertGreaterEqual if action == "stop" else self.assertEqual
        check(int(epoch[1]), 41, result)

    def inject_all(self, cases, **layout):
        with concurrent.futures.ThreadPoolExecutor(3) as pool:  # they mostly wait
            for ended in [pool.submit(self.inject, action, rank, **layout) for action, rank in cases]:
                ended.result()

    def test_each_rank_of_a_group(self):
        self.inject_all([("kill", 0), ("kill", 2), ("stop", 0), ("stop", 1), ("hang", 0), ("hang", 2), ("fail", 1),
                         ("fail", 0), ("fail-write", 0)], ranks=3, ranks_per_trial=3)

    def test_the_second_group(self):
        self.inject_all([("kill", 2), ("stop", 3), ("hang", 3), ("fail", 3), ("fail-write", 2)], ranks=4,
                        ranks_per_trial=2, trials=TRIALS)

    def test_the_place_of_a_killed_rank_is_a_recent_one(self):
        """One rank makes its group slow: an epoch takes at least 0.45 s, of whichever trial comes first."""
        slow = ",".join(f"slow@0:{trial}:0:1" for trial in TRIALS)
        for rank, number in (0, signal.SIGKILL), (1, signal.SIGKILL), (1, signal.SIGSTOP):
            with self.subTest(rank=rank, signal=number.name):
                run = self.scratch / f"{number.name} {rank}"
                started = self.start_sweep(*STALL, "--ranks-per-trial", "2", "--inject", slow, run=run, ranks=2)
                history = run / "history.csv"
                program.wait_until(lambda: long_run.rows_in(history) >= 3)
                rows = long_run.rows_in(history)
                started.signal(number, [rank])
                action = "kill" if number == signal.SIGKILL else "stop"
                trial, epoch, _ = self.check_fault(started.result(), action, rank)
                self.assertIn(trial, TRIALS)
                self.assertIn(int(epoch), (rows - 1, rows, rows + 1))

    def test_without_a_launcher(self):
        result = self.start_sweep(*STALL, "--inject", "fail@0:p0.5-s1:40:4").result()
        self.assertEqual(result.code, program.FAILURE, result)
        self.assertEqual(len(result.errors), 1, result)
        self.finish("--quiet", ranks=2)

    def test_options_that_make_no_sense(self):
        bad = [("--inject", "kill@99:p0-s1:0:1"), ("--inject", "kill@0:p0.7-s9:0:1"), ("--stall-timeout", "soon")]
        calls = [(self.arguments(f"{option}={value}"), {"ranks": None}) for option, value in bad]
        for (option, value), result in zip(bad, program.run_side_by_side(calls)):
            with self.subTest(option=option, value=value):
                self.check_refusal(result, program.USAGE, option)
        self.assertFalse(self.run_directory.exists())


if __name__ == "__main__":
    program.main()
