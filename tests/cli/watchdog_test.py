"""The watchdog over all ranks: work that goes on is life, however long it takes, and a rank that stands still is noticed at
any time from the start to the last line."""

import concurrent.futures
import os
import signal
import time

import long_run
import program
import small_data

STALL = 2  # seconds
IN_TIME = 12  # as in faults_test.py


class HealthyTest(program.ProgramTest):
    """Nothing here stands still, though it takes several times as long as the stall timeout."""

    def check_goes_through(self, *arguments, env=None, **data):
        result = program.run(*arguments, "--data", small_data.write_data(self.scratch / "data", **data), "--patience", "none",
                             "--quiet", "--stall-timeout", STALL, "--output", self.scratch / "run", ranks=2, env=env,
                             seconds=120)
        self.check_success(result)

    def test_a_long_evaluation(self):
        self.check_goes_through("sweep", "--dropout", "0,0.5", "--hidden", "3072,3072", "--epochs", "1", train_count=64,
                                test_count=12000, rows=4, columns=4)

    def test_a_long_step(self):
        self.check_goes_through("train", "--hidden", "3072,3072", "--epochs", "1", "--batch-size", "8000",
                                train_count=4000, rows=4, columns=4)

    def test_a_slow_disk(self):
        """Each file that a run leaves takes longer than the stall timeout."""
        slow = {"LD_PRELOAD": os.environ["DROPSWEEP_SLOW_FSYNC"], "SLOW_FSYNC_SECONDS": str(STALL + 2),
                "SLOW_FSYNC": "/(checkpoints/.*|models/.*|history.csv.*|summary.csv.*)$"}
        self.check_goes_through("sweep", "--dropout", "0,0.5", "--hidden", "8", "--epochs", "1", env=slow)


class StandingStillTest(long_run.LongRunTest):
    COMMAND = ["sweep", "--dropout", "0,0.5", "--epochs", "3", *long_run.MODEL]

    def check_noticed(self, started, rank, *, code=program.FAILURE, what=rf"gives no sign of life for {STALL} s"):
        begin = time.monotonic()
        started.signal(signal.SIGSTOP, [rank])
        if program.launcher_is("HYDRA"):  # it waits for one that stands still before MPI has started
            program.wait_until(lambda: started.has_ended() or started.texts()[1])
            if "not all processes" in started.texts()[1]:
                started.signal(signal.SIGKILL, [rank])
        with program.in_time(IN_TIME):
            result = started.result()
        self.assertEqual(result.code, code, f"{time.monotonic() - begin} s: {result}")
        self.assertEqual(len(result.errors + result.warnings), 1, result)
        self.assertRegex((result.errors + result.warnings)[0], what)

    def stop_early(self, seconds, rank):
        # So many epochs that it does not come to its end before.
        arguments = [{"3": "3000"}.get(word, word) for word in self.arguments(run=self.scratch / f"{seconds} {rank}")]
        started = self.start(*arguments, "--quiet", "--stall-timeout", STALL, ranks=2)
        started.ranks()
        time.sleep(seconds)
        self.check_noticed(started, rank, what=f"sign of life for {STALL} s, |not all processes of this run have "
                               f"started within {STALL} s; ")

    def test_before_the_plan(self):
        with concurrent.futures.ThreadPoolExecutor(3) as pool:  # they mostly wait
            for ended in [pool.submit(self.stop_early, seconds, rank) for seconds in (0, 0.1, 0.2, 0.4) for rank in (0, 1)]:
                ended.result()

    def test_the_time_limit_holds_meanwhile(self):
        started = self.start_sweep("--quiet", "--time-limit", "4", "--inject", "stop@1:p0.5-s1:1:4", "--ranks-per-trial",
                                   "2", ranks=2)
        with program.in_time(IN_TIME):
            result = started.result()
        self.check_stopped(result)
        self.assertIn("stopped before its time is up", result.warnings[0])

    def test_while_the_report_is_made(self):
        run = self.scratch / "run"
        started = self.start_sweep("--quiet", "--report", "on", "--stall-timeout", STALL, ranks=2)
        started.ranks()
        program.wait_until(lambda: (run / "verdict.txt").exists() or started.has_ended())
        self.check_noticed(started, 1)
        self.finish(ranks=2)


class SignalTest(program.ProgramTest):
    def test_a_signal_while_the_report_is_made(self):
        run = self.scratch / "run"
        command = ["sweep", "--report", "on", "--quiet", "--dropout", "0,0.5", "--hidden", "8", "--epochs", "1", "--data",
                   small_data.write_data(self.scratch / "data"), "--output", run]
        slow_page = {"LD_PRELOAD": os.environ["DROPSWEEP_SLOW_FSYNC"], "SLOW_FSYNC": "/report.html",
                     "SLOW_FSYNC_SECONDS": "5"}
        started = self.start(*command, ranks=2, env=slow_page)
        started.ranks()
        program.wait_until(lambda: (run / "verdict.txt").exists() or started.has_ended())
        started.signal(signal.SIGTERM, [1])
        result = started.result()
        self.check_success(result, program.INTERRUPTED)
        self.assertEqual(len(result.warnings), 1, result)
        self.assertIn(f"stopped by SIGTERM while the report is made; run the same command again, with --output {run},",
                      result.warnings[0])
        self.check_success(program.run(*command, ranks=2))
        self.assertTrue((run / "report.html").exists())


class LeftoverTest(program.ProgramTest):
    def test_temporary_files_of_a_killed_run_are_removed(self):
        run = self.scratch / "run"
        for name in "history.csv.tmp-12", "models/p0-s1.safetensors.tmp-12", "checkpoints/p0-s1.0.tmp-12":
            (run / name).parent.mkdir(parents=True, exist_ok=True)
            (run / name).write_text("half")
        self.check_success(program.run("train", "--hidden", "8", "--epochs", "1", "--data",
                                       small_data.write_data(self.scratch / "data"), "--output", run, "--inject",
                                       "kill@0:p0-s1:0:1"), -signal.SIGKILL)
        self.assertFalse([name for name in program.files_below(run) if name.endswith(".tmp-12")])


if __name__ == "__main__":
    program.main()
