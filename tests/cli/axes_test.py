"""Any training option takes a list: the sweep is their product, or the lines of a table."""

import signal

import program
from reproducibility_test import results_of

SMALL = ["--epochs", "3", "--batch-size", "31", "--leaf-rows", "8", "--patience", "none"]
GRID = ["sweep", "--dropout", "0,0.4", "--hidden", "9,7/5", "--learning-rate", "0.01,0.003", "--seeds", "2", *SMALL]


class AxesTest(program.ProgramTest):
    def write_settings(self, *lines, name="settings.csv"):
        table = self.scratch / name
        table.write_text("\n".join(lines) + "\n")
        return table

    def trials_of(self, run):
        return [row["trial"] for row in program.rows_of(run / "summary.csv")]

    def spans_of(self, run):
        return [row for row in program.rows_of(run / "timing.csv") if row["event"] == "trial"]

    def test_names_columns_and_order(self):
        run, _ = self.run_into("run", *GRID)
        settings = ["p0-h9-7-lr0.01", "p0-h9-7-lr0.003", "p0-h5-lr0.01", "p0-h5-lr0.003",
                    "p0.4-h9-7-lr0.01", "p0.4-h9-7-lr0.003", "p0.4-h5-lr0.01", "p0.4-h5-lr0.003"]
        self.assertEqual(self.trials_of(run), [f"{name}-s{seed}" for name in settings for seed in (1, 2)])
        for table in "history.csv", "summary.csv":
            row = program.rows_of(run / table)[-1]
            self.assertEqual(list(row)[:5], ["trial", "dropout", "hidden", "learning-rate", "seed"])
            self.assertEqual(list(row.values())[:5], ["p0.4-h5-lr0.003-s2", "0.4", "5", "0.003", "2"])
        self.assertEqual(len({row["weights_sha256"] for row in program.rows_of(run / "summary.csv")}), 16)
        # Each as a run of its own.
        alone, _ = self.run_into("alone", "train", "--dropout", "0.4", "--hidden", "9,7", "--learning-rate", "0.003", "--seed",
                              "2", *SMALL)
        weights = program.rows_of(alone / "summary.csv")[0]["weights_sha256"]
        self.assertEqual(weights, program.rows_of(run / "summary.csv")[11]["weights_sha256"])

    def test_same_bytes_on_any_number_of_ranks_by_its_config_and_after_kills(self):
        run, _ = self.run_into("run", *GRID)
        outputs = {ranks: self.scratch / f"{ranks}" for ranks in (1, 2, 3, 4)}
        calls = [((*GRID, "--verify", "0.5", "--data", self.data, "--output", output), {"ranks": ranks})
                 for ranks, output in outputs.items()]
        for output, result in zip(outputs.values(), program.run_side_by_side(calls)):
            self.check_success(result)
            self.assertEqual(results_of(output), results_of(run), result)
        again = self.scratch / "again"
        self.check_success(program.run("sweep", "--config", run / "config.ini", "--output", again))
        self.assertEqual(results_of(again), results_of(run))
        killed = self.scratch / "killed"
        for trial in "p0.4-h9-7-lr0.003-s2", "p0-h5-lr0.01-s1":
            result = program.run(*GRID, "--inject", f"kill@0:{trial}:1:3", "--data", self.data, "--output", killed)
            self.assertEqual(result.code, -signal.SIGKILL, result)
        self.check_success(program.run(*GRID, "--data", self.data, "--output", killed, ranks=2))
        self.assertEqual(results_of(killed), results_of(run))

    def test_an_option_of_one_optimizer_makes_settings_of_that_one(self):
        run, _ = self.run_into("run", "sweep", "--dropout", "0", "--hidden", "5", "--optimizer", "rmsprop,adam,sgd",
                            "--momentum", "0,0.9", *SMALL)
        self.assertEqual(self.trials_of(run), ["p0-rmsprop-s1", "p0-adam-s1", "p0-sgd-m0-s1", "p0-sgd-m0.9-s1"])
        self.assertEqual([row["momentum"] for row in program.rows_of(run / "summary.csv")], ["", "", "0", "0.9"])
        # Its own learning rate, which none is given for.
        config = (run / "config.ini").read_text()
        self.assertIn("optimizer = rmsprop,adam,sgd\n", config)
        self.assertNotIn("learning-rate", config)
        sgd, _ = self.run_into("sgd", "train", "--hidden", "5", "--optimizer", "sgd", *SMALL)
        self.assertEqual(program.rows_of(sgd / "summary.csv")[0]["weights_sha256"],
                         program.rows_of(run / "summary.csv")[2]["weights_sha256"])
        again = self.scratch / "again"
        self.check_success(program.run("sweep", "--config", run / "config.ini", "--output", again, ranks=2))
        self.assertEqual(results_of(again), results_of(run))

    def test_every_option_can_be_an_axis(self):
        lists = {"input-dropout": "0,0.2", "hidden": "5/6,4", "epochs": "1,2", "batch-size": "20,31",
                 "optimizer": "adam,sgd", "learning-rate": "0.01,0.02", "rho": "0.8,0.9", "beta-1": "0.8,0.9",
                 "beta-2": "0.9,0.99", "momentum": "0,0.5", "epsilon": "1e-7,1e-3", "rules": "keras,torch",
                 "class-weights": "balanced/1,2,3", "patience": "0,none", "min-delta": "0,0.01",
                 "restore-best-weights": "on,off", "shuffle": "on,off"}
        owners = {"beta-1": "adam", "beta-2": "adam", "momentum": "sgd"}
        calls = []
        for option, values in lists.items():
            optimizer = ["--optimizer", owners[option]] if option in owners else []
            defaults = {"--hidden": "5", "--epochs": "2", "--dropout": "0", f"--{option}": values}
            arguments = [text for pair in defaults.items() for text in pair]
            calls.append((("sweep", *arguments, *optimizer, "--data", self.data, "--output", self.scratch / option), {}))
        results = program.run_side_by_side(calls)
        repeats = program.run_side_by_side([(("sweep", "--config", self.scratch / option / "config.ini", "--output",
                                              self.scratch / f"{option} again"), {}) for option in lists])
        for (option, values), result, repeat in zip(lists.items(), results, repeats):
            with self.subTest(option=option):
                self.check_success(result)
                self.check_success(repeat)
                rows = program.rows_of(self.scratch / option / "summary.csv")
                self.assertEqual(len(rows), 2)
                self.assertEqual([float(row[option]) if row[option][0].isdigit() and "," not in row[option] else row[option]
                                  for row in rows],
                                 [float(text) if text[0].isdigit() and "," not in text else text
                                  for text in values.split("/" if "/" in values else ",")])
                self.assertEqual(results_of(self.scratch / f"{option} again"), results_of(self.scratch / option))

    def test_a_table_of_settings(self):
        lines = ["learning-rate,dropout,hidden", "0.01,0.3,\"9,7\"", "0.003,0,5"]
        table = self.write_settings(*lines)
        sweep = ["sweep", "--settings", table, "--seeds", "2", *SMALL]
        run, _ = self.run_into("run", *sweep, ranks=2)
        names = ["p0.3-h9-7-lr0.01", "p0-h5-lr0.003"]
        self.assertEqual(self.trials_of(run), [f"{name}-s{seed}" for name in names for seed in (1, 2)])
        again = self.scratch / "again"
        self.check_success(program.run("sweep", "--config", run / "config.ini", "--output", again))
        self.assertEqual(results_of(again), results_of(run))
        # An outside optimizer asks for more: what is there stays.
        before = results_of(run)
        spans = self.spans_of(run)
        self.write_settings(*lines, "0.02,0.1,5")
        self.run_into("run", *sweep)
        self.assertEqual(self.trials_of(run)[4:], ["p0.1-h5-lr0.02-s1", "p0.1-h5-lr0.02-s2"])
        self.assertEqual({name: content for name, content in results_of(run).items() if name in before
                          and name.startswith("models")}, {name: content for name, content in before.items()
                                                           if name.startswith("models")})
        self.assertEqual(self.spans_of(run)[:-2], spans, "none is trained twice")
        self.write_settings(lines[0], lines[2])
        refused = program.run(*sweep, "--data", self.data, "--output", run)
        self.check_refusal(refused, program.USAGE, "is not among those given")

    def test_tables_that_cannot_be_used(self):
        cases = [(["dropout,seeds", "0,1"], "'seeds'"), (["dropout,hidden", "0,5", "0.0,5"], "line 3"),
                 (["dropout,hidden", "0,5,6"], "line 2"), (["learning-rate", "fast"], "line 2: --learning-rate"),
                 (["dropout"], "no lines"), (["epochs,epochs", "1,2"], "twice")]
        tables = [self.write_settings(*lines, name=f"settings {i}.csv") for i, (lines, _) in enumerate(cases)]
        calls = [(("sweep", "--settings", table, "--data", self.data, "--output", self.scratch / "run"), {"ranks": 2})
                 for table in tables]
        for (lines, mention), table, refused in zip(cases, tables, program.run_side_by_side(calls)):
            with self.subTest(lines=lines):
                self.assertIn(refused.code, (program.USAGE, program.BAD_DATA), refused)
                self.check_refusal(refused, refused.code, table.name, mention)
        table = self.write_settings("learning-rate,epochs", "0.01,2")
        for more in ["--learning-rate", "0.1"], ["--hidden", "5/6"]:
            refused = program.run("sweep", "--settings", table, *more, "--data", self.data, "--output", self.scratch / "run")
            self.check_refusal(refused, program.USAGE, more[0])
        missing = program.run("sweep", "--settings", self.scratch / "none.csv", "--data", self.data)
        self.check_refusal(missing, program.MISSING_INPUT, "none.csv")
        self.assertFalse((self.scratch / "run").exists())

    def test_what_cannot_work_ends_its_own_setting(self):
        sweep = ["sweep", "--dropout", "0,0.2/0.5", "--hidden", "9,7/5", *SMALL]
        run, result = self.run_into("run", *sweep, ranks=2, code=program.TRIAL_FAILED)
        rows = program.rows_of(run / "summary.csv")
        self.assertEqual([(row["trial"], row["status"]) for row in rows],
                         [("p0-h9-7-s1", "completed"), ("p0-h5-s1", "completed"), ("p0.2-0.5-h9-7-s1", "completed"),
                          ("p0.2-0.5-h5-s1", "failed")])
        self.assertIn("p0.2-0.5-h5-s1 failed: --dropout: 0.2/0.5 has 2 rates for 1 hidden layer", result.stdout)
        again, _ = self.run_into("run", *sweep, code=program.TRIAL_FAILED)
        self.assertEqual(program.rows_of(again / "summary.csv"), rows)
        refused = program.run("sweep", "--dropout", "0.2/0.5", "--hidden", "4/5", *SMALL, "--data", self.data)
        self.check_refusal(refused, program.USAGE, "0.2/0.5 has 2 rates for 1 hidden layer")
        large = "300000,300000"
        run, result = self.run_into("large", "sweep", "--dropout", "0", "--hidden", f"5/{large}", *SMALL, ranks=2,
                                 code=program.TRIAL_FAILED)
        self.assertIn("p0-h300000-300000-s1 failed: out of memory", result.stdout)
        alone = program.run("train", "--hidden", large, *SMALL, "--data", self.data, "--output", self.scratch / "alone")
        self.check_refusal(alone, program.FAILURE, "out of memory")
        self.assertFalse((self.scratch / "alone").exists())
        start = ["--init-weights", run / "models" / "p0-h5-s1.safetensors"]
        warm, _ = self.run_into("warm", "sweep", "--dropout", "0", "--hidden", "9,7/5", *start, *SMALL, ranks=3,
                             code=program.TRIAL_FAILED)
        self.assertEqual([row["status"] for row in program.rows_of(warm / "summary.csv")], ["failed", "completed"])
        refused = program.run("sweep", "--hidden", "4/6", *start, *SMALL, "--data", self.data)
        self.check_refusal(refused, program.BAD_DATA, "p0-h5-s1.safetensors")

    def test_lists_that_make_no_sense(self):
        for arguments in (["sweep", "--learning-rate", "0.01,0.010"], ["sweep", "--learning-rate", "0.01,"],
                          ["sweep", "--hidden", "5/"], ["train", "--epochs", "1,2"], ["sweep", "--validation-split", "0.1,0.2"],
                          ["sweep", "--optimizer", "adam,rmsprop", "--momentum", "0.9"],
                          ["sweep", "--epochs", ",".join(map(str, range(1, 400))), "--batch-size",
                           ",".join(map(str, range(1, 400)))]):
            with self.subTest(arguments=arguments):
                refused = program.run(*arguments, "--data", self.data, "--output", self.scratch / "run")
                self.check_refusal(refused, program.USAGE, "trials" if len(arguments[-1]) > 99 else arguments[-2])

    def test_parts_merge_into_the_sweep_that_they_are(self):
        whole, _ = self.run_into("whole", *GRID, "--report", "on")
        parts = [self.run_into(f"part {p}", *(p if text == "0,0.4" else text for text in GRID))[0] for p in ("0.4", "0")]
        merged = self.scratch / "merged"
        self.check_success(program.run("report", *parts, "--output", merged))
        again = self.scratch / "again"
        self.check_success(program.run("report", whole, "--output", again))
        self.check_equal_files(merged, again, "statistics.csv", "verdict.txt", "summary.csv", "history.csv", "settings.csv")
        other, _ = self.run_into("other", "sweep", "--dropout", "0.5", "--hidden", "9,7", "--learning-rate", "0.01,0.003",
                              "--seeds", "2", *SMALL)
        refused = program.run("report", other, *parts, "--output", self.scratch / "none")
        self.check_refusal(refused, program.USAGE, "not parts of one sweep")


if __name__ == "__main__":
    program.main()
