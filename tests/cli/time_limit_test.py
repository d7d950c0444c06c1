"""A run that knows when its time is up stops before, by itself, with exit code 75; the same command goes on."""

import time

import long_run
import program


class TimeLimitTest(long_run.LongRunTest):
    COMMAND = ["sweep", "--dropout", "0,0.5", "--epochs", "20", *long_run.MODEL]
    # A trial takes 20 * 9 * 0.05 s = 9 s, on any machine.
    SLOW = ["--quiet", "--inject", "slow@0:p0.5-s1:0:1"]

    def check_goes_on(self, result):
        self.check_stopped(result)
        self.assertIn("stopped before its time is up", result.warnings[0])
        self.finish(ranks=2)

    def test_limit(self):
        started = self.start_sweep("--ranks-per-trial", "2", "--time-limit", "0:00:06", *self.SLOW, ranks=2)
        ranks = started.ranks()
        program.wait_until(self.run_directory.exists)
        begin = time.monotonic()
        started.wait_for_ranks(ranks)
        self.assertLess(time.monotonic() - begin, 6 + program.FAREWELL)
        self.check_goes_on(started.result())

    def test_end_of_the_slurm_job(self):
        end = int(time.time()) + 9
        started = self.start_sweep("--time-limit", "1:00:00", *self.SLOW, env={"SLURM_JOB_END_TIME": str(end)})
        result = started.result()
        self.assertLess(time.time(), end + program.FAREWELL)
        self.check_goes_on(result)

    def test_a_limit_that_is_over_before_the_start(self):
        result = program.run(*self.COMMAND, "--data", self.data, "--output", self.run_directory, "--quiet", "--time-limit",
                             "0.01", ranks=2)
        self.check_success(result, program.INTERRUPTED)
        self.assertEqual(len(result.warnings), 1, result)
        self.assertIn("stopped before its time is up", result.warnings[0])

    def test_a_limit_that_is_not_reached(self):
        self.finish("--time-limit", "100", env={"SLURM_JOB_END_TIME": str(int(time.time()) + 1000)})


if __name__ == "__main__":
    program.main()
