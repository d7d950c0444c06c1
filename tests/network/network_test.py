"""Two hosts and a network of 1 Gbit/s or 100 Mbit/s between them: the bytes of one host, also after a killed rank, and
reductions of as many bytes as the cost model says."""

import csv
import functools
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import hosts  # noqa: E402
import program  # noqa: E402
import small_data  # noqa: E402
from reproducibility_test import results_of  # noqa: E402

SPEEDS = (1000, 100)  # Mbit/s
EPOCHS = 40
LATENCY_MICROSECONDS = 50  # of a small message of Open MPI over TCP through veth; beside milliseconds it hardly counts
TRAINING = ["--batch-size", "50", "--patience", "none", "--leaf-rows", "13", "--quiet", "--report", "off"]
SMALL = ["--hidden", "64", "--epochs", EPOCHS]
SWEEP = ["sweep", "--dropout", "0,0.3", *SMALL, *TRAINING]
TRAIN = ["train", "--dropout", "0.3", *SMALL, *TRAINING]
LONG_STEPS = ["sweep", "--dropout", "0,0.3", "--hidden", "512,512", "--epochs", "3", *TRAINING]


def is_sending():
    """Whether both hosts have just sent more than what tells of their being alive."""
    before = hosts.sent_bytes()
    return all(sent - was > 10_000 for sent, was in zip(hosts.sent_bytes(), before))


def present_ranks():
    """rank -> process number: in these namespaces there is nothing but this test."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        if program.process_text(folder.name, "cmdline").startswith(os.fsencode(program.program) + b"\0"):
            if rank := re.search(program.RANK_VARIABLE, program.process_text(folder.name, "environ")):
                # With MPICH the process that the launcher knows has started the rank.
                found[int(rank[1])] = max(int(folder.name), found.get(int(rank[1]), 0))
    return found


class NetworkTest(program.ProgramTest):
    @classmethod
    def setUpClass(cls):
        hosts.make()
        directory = tempfile.TemporaryDirectory(prefix="dropsweep-network-")
        cls.addClassCleanup(directory.cleanup)
        cls.directory = pathlib.Path(directory.name)
        cls.data = small_data.write_data(cls.directory / "data")

    @functools.cache
    def on_one_host(self, *arguments):
        run = self.directory / str(len(list(self.directory.iterdir())))
        self.check_success(program.run(*arguments, "--data", self.data, "--output", run, ranks=1))
        return results_of(run)

    def launch(self, command, ranks):
        """On both hosts; returns a function that waits for the end. The command goes through a shell, as with ssh."""
        words = [str(word) for word in [*hosts.mpirun(program.launch(ranks), ranks), *command]]
        files = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        for file in files:
            self.addCleanup(file.close)
        process = subprocess.Popen([*words[:2], shlex.join(words[2:])], stdin=subprocess.DEVNULL, stdout=files[0],
                                   stderr=files[1], env=program.environment(**hosts.ENVIRONMENT), start_new_session=True)

        def result():
            try:
                code = process.wait(60)
            finally:
                if process.poll() is None:
                    program.end(process)
            texts = [os.pread(file.fileno(), 1 << 24, 0).decode() for file in files]
            return program.Run(words, code, *texts)

        return result

    def launch_program(self, arguments, run, ranks):
        return self.launch([program.program, *arguments, "--data", self.data, "--output", run], ranks)

    def check_same_bytes(self, arguments, run):
        expected, results = self.on_one_host(*arguments), results_of(run)
        self.assertEqual(results.keys(), expected.keys())
        for name, content in expected.items():
            self.assertTrue(content == results[name], f"{name} differs")

    def skip_where_runs_may_not_end(self):
        if program.launcher_is(r"Version: +4\.[01]\."):
            self.skipTest("over TCP, MPICH before 4.2 may wait in MPI_Finalize for a rank that no longer listens")

    def test_the_bytes_of_one_host(self):
        """Groups of 2 on 2 ranks and of 4 on 4 span the hosts: each step sends gradients and weights over the cable."""
        self.skip_where_runs_may_not_end()
        parameters = 20 * 64 + 64 + 64 * 3 + 3
        steps = EPOCHS * 6
        for megabits in SPEEDS:
            hosts.limit(megabits)
            for arguments, trials in (SWEEP, 2), (TRAIN, 1):
                for ranks in 2, 4:
                    with self.subTest(command=arguments[0], megabits=megabits, ranks=ranks):
                        run = self.scratch / f"{arguments[0]} {megabits} {ranks}"
                        group = ["--ranks-per-trial", ranks] if arguments is SWEEP else []
                        before = hosts.sent_bytes()
                        result = self.launch_program([*arguments, *group], run, ranks)
                        self.check_success(result())
                        self.check_same_bytes(arguments, run)
                        # Each host sends half of the gradient and half of the weights in each step, at least.
                        for sent, was in zip(hosts.sent_bytes(), before):
                            self.assertGreater(sent - was, trials * steps * parameters * 4)

    def test_a_rank_of_the_other_host_is_killed(self):
        """At a step of its own, and while gradients and weights are on their way."""
        self.skip_where_runs_may_not_end()
        for sweep, fault in (SWEEP, ["--inject", "kill@1:p0.3-s1:5:2"]), (LONG_STEPS, []):
            with self.subTest(fault=fault):
                hosts.limit(1000 if fault else 100)
                run = self.scratch / f"killed{len(fault)}"
                grouped = [*sweep, "--ranks-per-trial", "2"]
                result = self.launch_program([*grouped, *fault], run, 2)
                if not fault:
                    history = run / "history.csv"
                    program.wait_until(lambda: history.exists() and len(program.rows_of(history)) > 1)
                    program.wait_until(is_sending)
                    os.kill(present_ranks()[1], signal.SIGKILL)
                killed = result()
                self.assertNotEqual(killed.code, program.NOTHING, killed)
                self.assertLessEqual(len(killed.errors), 1, killed)
                kept = program.rows_of(run / "history.csv")
                self.assertLess(len(kept), len(self.on_one_host(*sweep)["history.csv"].splitlines()) - 1)
                result = self.launch_program(grouped, run, 2)
                self.check_success(result())
                self.check_same_bytes(sweep, run)

    def start_on(self, host, arguments, run):
        """One process on this host, where the file system that both share has no locks."""
        words = ["exec", "env", f"LD_PRELOAD={no_locks}", program.program, *arguments, "--data", self.data, "--output", run]
        process = subprocess.Popen([hosts.ENTER, host, shlex.join(str(word) for word in words)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   env=program.environment(), start_new_session=True)
        self.addCleanup(lambda: process.poll() is None and program.end(process))
        return process

    def test_a_host_that_wakes_up_behind_another_writes_nothing(self):
        """It was stopped until its lock counted as stale, and goes on while the other trains, and after that."""
        arguments = ["train", "--dropout", "0.3", "--hidden", "64", "--epochs", "400", *TRAINING]
        for awakes_early in True, False:
            with self.subTest(awakes_early=awakes_early):
                run = self.directory / f"fenced {awakes_early}"
                sleeper = self.start_on("near", arguments, run)
                program.wait_until(lambda: list((run / "checkpoints").glob("*.[01]")))
                sleeper.send_signal(signal.SIGSTOP)
                os.utime(run / "run.lock", (0, 0))
                other = self.start_on("far", arguments, run)
                if awakes_early:
                    program.wait_until(lambda: "host: far\n" in (run / "run.lock").read_text())
                    sleeper.send_signal(signal.SIGCONT)
                    stderr = sleeper.communicate(timeout=30)[1]
                    self.assertEqual(sleeper.returncode, program.FAILURE, stderr)
                    self.assertRegex(stderr, "another process has taken over the run directory, dropsweep on far")
                self.assertEqual(other.wait(60), program.NOTHING, other.stderr.read())
                if not awakes_early:
                    sleeper.send_signal(signal.SIGCONT)
                    stderr = sleeper.communicate(timeout=30)[1]
                    self.assertEqual(sleeper.returncode, program.IO_ERROR, stderr)
                self.assertFalse((run / "checkpoints").exists())
                self.check_same_bytes(arguments, run)

    def test_a_reduction_sends_what_is_predicted(self):
        """And no network is faster than it is: the time may be longer, by who else is at work on the machine."""
        repetitions = 5
        for megabits in SPEEDS:
            for ranks in 2, 4:
                with self.subTest(megabits=megabits, ranks=ranks):
                    hosts.limit(megabits)
                    before = hosts.sent_bytes()
                    done = self.launch([reduction, "4", repetitions, f"{LATENCY_MICROSECONDS}:{megabits / 1000}"], ranks)()
                    self.assertEqual(done.code, program.NOTHING, done)
                    sent = max(now - was for now, was in zip(hosts.sent_bytes(), before))
                    parts = {row["part"]: row for row in csv.DictReader(done.stdout.splitlines())}
                    ratio = sent / (repetitions * int(parts["predicted"]["bytes"]))
                    measured = float(parts["reduce_scatter"]["seconds"]) + float(parts["all_gather"]["seconds"])
                    seconds = measured / float(parts["predicted"]["seconds"])
                    print(f"\n{ratio:.3f} of the bytes and {seconds:.2f} of the seconds that were predicted", end=" ")
                    self.assertGreaterEqual(ratio, 1)
                    self.assertLess(ratio, 1.1)  # with the headers of Ethernet, IP and TCP, and with acknowledgements
                    self.assertGreater(seconds, 0.75)


if __name__ == "__main__":
    if hosts.INSIDE not in os.environ:
        if reason := hosts.missing():
            print(f"skipped: {reason}")
            sys.exit(program.SKIPPED)
    hosts.enter_own_namespaces()
    no_locks = sys.argv.pop()
    reduction = sys.argv.pop()
    program.main()
