"""Two hosts and a network of 1 Gbit/s or 100 Mbit/s between them: the bytes of one host, also after a killed rank."""

import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import hosts  # noqa: E402
import program  # noqa: E402
from reproducibility_test import results_of  # noqa: E402

SPEEDS = (1000, 100)  # Mbit/s
HIDDEN = "64"
EPOCHS = 40
TRAINING = ["--hidden", HIDDEN, "--epochs", EPOCHS, "--batch-size", "50", "--patience", "none", "--shards", "4", "--quiet",
            "--report", "off"]
SWEEP = ["sweep", "--dropout", "0,0.3", *TRAINING]
TRAIN = ["train", "--dropout", "0.3", *TRAINING]


def present_ranks():
    """rank -> process number: in these namespaces there is nothing but this test."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        if program.process_text(folder.name, "cmdline").startswith(os.fsencode(program.program) + b"\0"):
            for variable in program.process_text(folder.name, "environ").split(b"\0"):
                if variable.startswith(b"OMPI_COMM_WORLD_RANK="):
                    found[int(variable.partition(b"=")[2])] = int(folder.name)
    return found


class NetworkTest(program.ProgramTest):
    @classmethod
    def setUpClass(cls):
        hosts.make()
        directory = tempfile.TemporaryDirectory(prefix="dropsweep-network-")
        cls.addClassCleanup(directory.cleanup)
        cls.directory = pathlib.Path(directory.name)
        cls.data = program.write_data(cls.directory / "data")
        cls.expected = {}
        for arguments in SWEEP, TRAIN:
            run = cls.directory / arguments[0]
            done = program.run(*arguments, "--data", cls.data, "--output", run, ranks=1)
            assert done.code == program.NOTHING, done
            cls.expected[arguments[0]] = results_of(run)

    def launch(self, arguments, run, ranks):
        """On both hosts; returns a function that waits for the end. The command goes through a shell, as with ssh."""
        line = [*hosts.mpirun(program.mpirun, ranks), program.program, *arguments, "--data", self.data, "--output", run]
        words = [str(word) for word in line]
        files = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        for file in files:
            self.addCleanup(file.close)
        process = subprocess.Popen([*words[:2], shlex.join(words[2:])], stdin=subprocess.DEVNULL, stdout=files[0],
                                   stderr=files[1], env=program.environment(), start_new_session=True)

        def result():
            try:
                code = process.wait(60)
            finally:
                if process.poll() is None:
                    program.end(process)
            texts = [os.pread(file.fileno(), 1 << 24, 0).decode() for file in files]
            return program.Run(words, code, *texts)

        return result

    def check_same_bytes(self, command, run):
        results = results_of(run)
        self.assertEqual(results.keys(), self.expected[command].keys())
        for name, content in self.expected[command].items():
            self.assertTrue(content == results[name], f"{name} differs")

    def test_the_bytes_of_one_host(self):
        """Groups of 2 on 2 ranks and of 4 on 4 span the hosts: each step sends gradients and weights over the cable."""
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
                        result = self.launch([*arguments, *group], run, ranks)
                        self.check_success(result())
                        self.check_same_bytes(arguments[0], run)
                        # Each host sends half of the gradient and half of the weights in each step, at least.
                        for sent, was in zip(hosts.sent_bytes(), before):
                            self.assertGreater(sent - was, trials * steps * parameters * 4)

    def test_a_rank_of_the_other_host_is_killed(self):
        hosts.limit(1000)
        for name, fault in ("rehearsed", ["--inject", "kill@1:p0.3-s1:5:2"]), ("any moment", []):
            with self.subTest(name):
                run = self.scratch / name
                sweep = [*SWEEP, "--ranks-per-trial", "2"]
                result = self.launch([*sweep, *fault], run, 2)
                if not fault:
                    history = run / "history.csv"
                    program.wait_until(lambda: history.exists() and len(program.rows_of(history)) > 3)
                    os.kill(present_ranks()[1], signal.SIGKILL)
                killed = result()
                self.assertNotEqual(killed.code, program.NOTHING, killed)
                self.assertLessEqual(len(killed.errors), 1, killed)
                self.assertLess(len(program.rows_of(run / "history.csv")), 2 * EPOCHS)
                result = self.launch(sweep, run, 2)
                self.check_success(result())
                self.check_same_bytes("sweep", run)


if __name__ == "__main__":
    if hosts.INSIDE not in os.environ:
        if reason := hosts.missing():
            print(f"skipped: {reason}")
            sys.exit(program.SKIPPED)
    hosts.enter_own_namespaces()
    program.main()
