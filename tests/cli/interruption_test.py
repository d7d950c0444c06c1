"""Signals: a run stops in good order with exit code 75, and the same command ends with the same bytes."""

import concurrent.futures
import os
import re
import signal
import time

import long_run
import program
import small_data

SIGNALS = signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2
# (ranks, the one that gets the signal): each of 1 to 4 ranks in turn, half of them for two of the signals, and never the same
# number of ranks twice in a row.
TARGETS = [(1, 0), (4, 1), (3, 0), (4, 2), (2, 1)], [(2, 0), (3, 1), (4, 0), (3, 2), (4, 3)]
IN_TIME = 2 + program.FAREWELL  # seconds
SAME_REQUEST = 0.2  # seconds in which a second signal is the same request


def is_pending(pid, number):
    """Whether the process still has to take the signal."""
    masks = re.findall(rb"(?:SigPnd|ShdPnd):\s*(\w+)", program.process_text(pid, "status"))
    return any(int(mask, 16) >> number - 1 & 1 for mask in masks)


def ask(started, number, rank):
    """By a signal, after which the next one is another request."""
    pid = started.ranks()[rank]
    os.kill(pid, number)
    program.wait_until(lambda: not is_pending(pid, number))
    time.sleep(1.2 * SAME_REQUEST)


def hangs(pid):
    """As --inject makes it: the main thread sleeps and does not wake up for some time."""

    def looks():
        state = program.process_text(pid, "stat").rpartition(b")")[2].split()[:1]
        return state, re.findall(rb"ctxt_switches:\s*(\d+)", program.process_text(pid, "status"))

    before = looks()
    time.sleep(0.2)
    return before == looks() and before[0] == [b"S"]


class SignalTest(long_run.LongRunTest):
    COMMAND = ["sweep", "--dropout", "0,0.5", "--seeds", "2", "--epochs", "200", *long_run.MODEL]

    def check_stops_in_time(self, number, ranks, send, run=None):
        started = self.start_sweep("--quiet", ranks=ranks, run=run)
        processes = self.freeze(started, run=run)
        send(started)
        started.signal(signal.SIGCONT)
        with program.in_time(IN_TIME):
            started.wait_for_ranks(processes)
        result = started.result()
        self.check_stopped(result, run)
        return result

    def stop_again_and_again(self, number):
        run = self.scratch / number.name
        for ranks, rank in TARGETS[SIGNALS.index(number) % 2]:
            self.check_stops_in_time(number, ranks, lambda started: started.signal(number, [rank]), run)
        self.finish("--quiet", ranks=3, run=run)

    def test_each_signal_to_each_single_rank(self):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:  # they mostly wait for the launcher
            for ended in [pool.submit(self.stop_again_and_again, number) for number in SIGNALS]:
                ended.result()

    def test_each_signal_without_a_launcher(self):
        for number in SIGNALS:
            with self.subTest(signal=number.name):
                result = self.check_stops_in_time(number, None, lambda started: started.signal(number))
                self.assertIn(f"stopped by {number.name} ", result.warnings[0])
        self.finish(ranks=4)

    def test_the_line_names_the_signal_whichever_rank_got_it(self):
        for rank in 0, 1, 2:
            with self.subTest(rank=rank):
                result = self.check_stops_in_time(signal.SIGUSR1, 3,
                                                  lambda started: started.signal(signal.SIGUSR1, [rank]))
                self.assertIn("stopped by SIGUSR1 ", result.warnings[0])

    def test_a_rank_without_work_is_heard(self):
        layout = "--quiet", "--ranks-per-trial", 2, "--elastic", "off"
        started = self.start_sweep(*layout, ranks=3)
        program.wait_until(lambda: any(self.run_directory.glob("checkpoints/*")))
        started.signal(signal.SIGUSR1, [2])
        with program.in_time(IN_TIME):
            result = started.result()
        self.check_stopped(result)
        self.assertIn("stopped by SIGUSR1 ", result.warnings[0])
        self.finish(*layout, ranks=3)

    def test_mpirun_passes_sigusr1_and_sigusr2_on(self):
        for ranks, number in (4, signal.SIGUSR1), (3, signal.SIGUSR2):
            if number == signal.SIGUSR2 and program.launcher_is("HYDRA"):
                continue  # ends it
            with self.subTest(signal=number.name):
                self.check_stops_in_time(number, ranks, lambda started: started.process.send_signal(number))
        self.finish(ranks=1)

    def test_mpirun_has_an_exit_code_of_its_own_for_sigterm_and_sigint(self):
        """That of Open MPI takes a second to pass them on: the run is slowed down."""
        own_code = program.INTERRUPTED if program.launcher_is("HYDRA") else program.FAILURE
        for ranks, number in (4, signal.SIGTERM), (2, signal.SIGINT):
            with self.subTest(signal=number.name):
                self.run_directory = self.scratch / number.name
                started = self.start_sweep("--quiet", "--ranks-per-trial", ranks, "--inject", "slow@0:p0.5-s1:1:1",
                                           ranks=ranks)
                self.wait_for_checkpoints(started)
                started.process.send_signal(number)
                result = started.result()
                self.check_success(result, own_code)
                # Open MPI 5 no longer reads what the ranks say then.
                self.assertEqual(len(result.warnings), 0 if program.launcher_is(r"Open MPI\) 5") else 1, result)
                self.finish(ranks=3)

    def test_one_request_may_come_as_several_signals(self):
        started = self.start_sweep("--quiet", ranks=2)
        self.freeze(started)
        for number in SIGNALS:
            started.signal(number)
        started.signal(signal.SIGCONT)
        self.check_stopped(started.result())
        self.finish()

    def test_a_second_signal_ends_it_at_once(self):
        # Rank 1 stands still, so rank 0, which waits for it, cannot come to the end of its step.
        started = self.start_sweep("--quiet", "--ranks-per-trial", "2", "--inject", "stop@1:p0.5-s1:3:1", ranks=2)
        ranks = started.ranks()
        program.wait_until(lambda: b") T " in program.process_text(ranks[1], "stat"))
        ask(started, signal.SIGTERM, 0)
        self.assertTrue(program.is_alive(ranks[0]))
        started.signal(signal.SIGTERM, [0])
        program.wait_until(lambda: not program.is_alive(ranks[0]), 1)
        if program.launcher_is("HYDRA"):
            started.signal(signal.SIGKILL, [1])  # it waits for all
        result = started.result()  # in which rank 1, woken up by the launcher, may miss rank 0
        self.assertEqual(result.code, program.INTERRUPTED, result)
        self.assertEqual(result.warnings, [], result)
        self.finish(ranks=3)

    def test_a_second_signal_ends_it_at_once_without_a_launcher(self):
        started = self.start_sweep("--quiet", "--inject", "hang@0:p0.5-s1:1:1")
        program.wait_until(lambda: long_run.checkpoints_of(self.run_directory) and hangs(started.process.pid))
        ask(started, signal.SIGUSR1, 0)
        self.assertFalse(started.has_ended())
        started.signal(signal.SIGINT)
        result = started.result(1)
        self.check_success(result, program.INTERRUPTED)
        self.assertEqual(result.warnings, [], result)
        self.finish()


class DefaultModelTest(program.ProgramTest):
    def test_it_stops_in_time(self):
        """With the default widths and batch."""
        data = small_data.write_data(self.scratch / "data", 2000, 200, rows=28, columns=28)
        run = self.scratch / "run"
        started = self.start("sweep", "--data", data, "--epochs", "1000", "--patience", "none", "--output", run, ranks=2)
        ranks = started.ranks()
        program.wait_until(lambda: long_run.checkpoints_of(run))
        with program.in_time(IN_TIME):
            started.signal(signal.SIGUSR1, [1])
            started.wait_for_ranks(ranks)
        self.check_success(started.result(), program.INTERRUPTED)


if __name__ == "__main__":
    program.main()
