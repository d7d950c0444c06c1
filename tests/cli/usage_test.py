"""Each usage error: exit 2 (or that of the file which is wrong) and one line, printed once on any number of ranks.

The faults of every single value are in options_test.cpp, those of a model file in tests/nn; here one of each kind goes
through the whole program.
"""

import re

import program

USAGE, BAD, MISSING, IO = program.USAGE, program.BAD_DATA, program.MISSING_INPUT, program.IO_ERROR

# name: (arguments, what the line must name). `{}` is the test's scratch directory.
USAGE_ERRORS = {
    "no command": ([], "no command"),
    "unknown command": (["swep"], "swep"),
    "option before the command": (["--seed", "1", "train"], "--seed"),
    "command in capitals": (["Train"], "Train"),
    "empty command": ([""], "command"),
    "missing value": (["train", "--epochs"], "--epochs"),
    "unknown option": (["train", "--epoch", "3"], "--epoch"),
    "option of the other command": (["train", "--seeds", "3"], "--seeds"),
    "single dash": (["train", "-q"], "-q"),
    "repeated option": (["train", "--epochs", "3", "--epochs", "4"], "--epochs"),
    "value is the next option": (["train", "--epochs", "--quiet"], "--epochs"),
    "empty value of report": (["report", "--output", "", "{}"], "--output has an empty value"),
    "no value but the next option of evaluate":
        (["evaluate", "--data", "--validation-split", "0.1", "{}/none"], "--data has no value"),
    "value for a flag": (["train", "--quiet=yes"], "--quiet"),
    "positional argument": (["train", "mnist"], "mnist"),
    "a rate of 1": (["sweep", "--dropout", "0,1"], "--dropout"),
    "seed and seeds": (["sweep", "--seed", "1", "--seeds", "2"], "--seed"),
    "more ranks per trial than ranks": (["train", "--ranks-per-trial", "9"], "--ranks-per-trial"),
    "more ranks per trial than leaves": (["train", "--ranks-per-trial", "3", "--leaf-rows", "64"], "--ranks-per-trial"),
    "no training sample left": (["train", "--validation-split", "0.9999"], "--validation-split"),
    "no validation sample": (["train", "--validation-split", "0"], "--validation-split"),
    "config with an unknown key": (["train", "--config", "{}/unknown.ini"], "epoch"),
    "config that is no text": (["train", "--config", "{}/binary.ini"], "config"),
    "a run is there already": (["train", "--output", "{}/finished"], "finished"),
    "a plan for groups that are larger than all": (["plan", "--ranks", "4", "--ranks-per-trial", "5"], "--ranks-per-trial"),
    "a plan into a run": (["plan", "--ranks", "4", "--output", "{}/finished"], "finished"),
}
FILE_ERRORS = {
    "no config file": (MISSING, ["train", "--config", "{}/none.ini"], "none.ini"),
    "a directory as config file": (MISSING, ["train", "--config", "{}"], "directory"),
    "output below a file": (IO, ["train", "--output", "{}/wrong.ini/run"], "wrong.ini/run"),
    "output is a file": (IO, ["train", "--output", "{}/wrong.ini"], "wrong.ini"),
    "a plan below a file": (IO, ["plan", "--ranks", "4", "--output", "{}/wrong.ini/plan"], "wrong.ini/plan"),
    "no initial weights": (MISSING, ["train", "--init-weights", "{}/none.safetensors"], "none.safetensors"),
    "initial weights are garbage": (BAD, ["train", "--init-weights", "{}/garbage.safetensors"], "garbage.safetensors"),
    "initial weights are cut off": (BAD, ["train", "--init-weights", "{}/cut.safetensors"], "cut.safetensors"),
    "initial weights of another shape":
        (BAD, ["train", "--hidden", "5", "--init-weights", "{}/finished/models/p0-s1.safetensors"], "p0-s1.safetensors"),
}
# One of each stage of a start.
ON_THREE_RANKS = ["no command", "unknown option", "more ranks per trial than ranks", "no training sample left",
                  "config with an unknown key", "a run is there already", "a plan into a run", "output below a file",
                  "initial weights are garbage", "initial weights of another shape"]
ERRORS = {**{name: (USAGE, *error) for name, error in USAGE_ERRORS.items()}, **FILE_ERRORS}


class UsageTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        for name, content in {"unknown.ini": b"epoch = 3\n", "wrong.ini": b"epochs = 0\n",
                              "binary.ini": bytes(range(256)), "garbage.safetensors": b"garbage" * 9}.items():
            (self.scratch / name).write_bytes(content)

    def finished_run(self):
        run = self.scratch / "finished"
        self.check_success(program.run("train", "--data", self.data, "--output", run, "--hidden", "4", "--epochs", "1"))
        model = (run / "models" / "p0-s1.safetensors").read_bytes()
        (self.scratch / "cut.safetensors").write_bytes(model[:-1])

    def check_errors(self, names, ranks):
        self.finished_run()
        before = program.files_below(self.scratch)
        calls = []
        for name in names:
            arguments = [argument.format(self.scratch) for argument in ERRORS[name][1]]
            # Run where a forgotten check would put its results.
            calls.append((arguments, {"ranks": ranks, "cwd": self.scratch, "env": {"DROPSWEEP_DATA": str(self.data)}}))
        for name, result in zip(names, program.run_side_by_side(calls)):
            with self.subTest(error=name, ranks=ranks):
                self.check_refusal(result, ERRORS[name][0], ERRORS[name][2])
        self.assertEqual(program.files_below(self.scratch), before, "a refused run wrote something")

    def test_each_error_without_a_launcher(self):
        self.check_errors(ERRORS, None)

    def test_kinds_of_errors_on_three_ranks(self):
        self.check_errors(ON_THREE_RANKS, 3)

    def test_a_message_is_one_line_whatever_the_argument(self):
        strange = "three\n\r\x1b[31mfour"
        for arguments in (["train", "--epochs", strange], [strange], ["train", f"--{strange}", "1"],
                          ["train", "--data", strange]):
            with self.subTest(arguments=arguments):
                result = program.run(*arguments)
                self.assertEqual(len(result.stderr.splitlines()), 1, result)
                self.assertNotIn("\x1b", result.stderr, "control characters reach the terminal")

    def test_help_and_version_are_printed_once_and_need_no_mpi(self):
        for arguments, text in ((["--help"], "usage: dropsweep COMMAND"), (["--version"], "dropsweep "),
                                (["sweep", "--help"], "usage: dropsweep sweep"), (["train", "--help"], "--dropout"),
                                (["plan", "--help"], "usage: dropsweep plan"),
                                (["sweep", "--dropout", "7", "--help"], "usage: dropsweep sweep")):
            # With these an MPI that is started would fail.
            without = program.run(*arguments, env={"OMPI_MCA_btl": "none", "OMPI_MCA_pml": "none"})
            for result in [without, *([program.run(*arguments, ranks=3)] if arguments[0].startswith("--") else [])]:
                with self.subTest(command=result.command):
                    self.check_success(result)
                    self.assertEqual(result.stdout.count(text), 1, result)
                    self.assertEqual(result.stdout, without.stdout)
                    self.assertEqual(result.stderr, "", result)

    def test_help_has_no_names_of_the_source(self):
        for command in ("sweep", "train", "plan", "report", "evaluate", "predict", "export"):
            words = set(re.findall(r"\b\w+_\w+\b", program.run(command, "--help").stdout))
            self.assertLessEqual(words, {"DROPSWEEP_DATA", "val_loss", "val_accuracy", "x_train", "y_train", "x_test",
                                         "y_test", "set_weights"}, command)


if __name__ == "__main__":
    program.main()
