"""What packaging/completion.bash offers in a bash that knows nothing else.

usage: completion_test.py DROPSWEEP
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

COMPLETION = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "completion.bash"
# As readline does it; the words are those between spaces and "=".
BASH = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dropsweep; printf "%s\\n" "${COMPREPLY[@]}"'
PROGRAM = sys.argv.pop(1)


class CompletionTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        (self.scratch / "a run").mkdir()
        (self.scratch / "a model").touch()

    def offered(self, *words):
        """For these words, of which the last is being typed."""
        command = ["bash", "--norc", "-uc", BASH, "bash", COMPLETION, PROGRAM, *words]
        done = subprocess.run(command, cwd=self.scratch, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return sorted(done.stdout.split("\n")[:-1]) if done.stdout != "\n" else []

    def test_commands(self):
        commands = ["evaluate", "export", "plan", "predict", "report", "sweep", "train"]
        self.assertEqual(self.offered(""), ["--help", "--version", *commands])
        self.assertEqual(self.offered("pr"), ["predict"])

    def test_options_are_those_of_the_command(self):
        self.assertEqual(self.offered("sweep", "--de"), ["--decide", "--decide-by"])
        self.assertEqual(self.offered("train", "--de"), [])
        self.assertIn("--format", self.offered("export", "a model", "--"))
        self.assertIn("--dropout", self.offered("sweep", ""))
        self.assertIn("--dropout", self.offered("sweep", "--quiet", ""))

    def test_fixed_values(self):
        optimizers = ["adam", "rmsprop", "sgd"]
        self.assertEqual(self.offered("sweep", "--optimizer", ""), optimizers)
        self.assertEqual(self.offered("sweep", "--optimizer", "="), optimizers)
        self.assertEqual(self.offered("sweep", "--optimizer", "=", "s"), ["sgd"])
        self.assertEqual(self.offered("sweep", "--rules", "keras-"), ["keras-2017"])
        self.assertEqual(self.offered("sweep", "--class-weights", ""), ["balanced"])
        self.assertEqual(self.offered("sweep", "--epochs", ""), [])

    def test_a_switch_may_have_a_value(self):
        self.assertEqual(self.offered("sweep", "--tensorboard", "=", ""), ["off", "on"])
        self.assertIn("--dropout", self.offered("sweep", "--tensorboard", ""))

    def test_files_and_directories(self):
        self.assertEqual(self.offered("sweep", "--data", "a"), ["a model", "a run"])
        self.assertEqual(self.offered("sweep", "--output", ""), ["a run"])
        self.assertEqual(self.offered("sweep", "--output", "=", "a"), ["a run"])
        self.assertEqual(self.offered("report", ""), ["a model", "a run"])


if __name__ == "__main__":
    unittest.main()
