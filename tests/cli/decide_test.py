"""sweep --decide: rounds of seeds until one setting is left, whatever ranks, kills and what was there before."""

import signal

import program
from reproducibility_test import results_of

OPTIONS = ["sweep", "--dropout", "0,0.1,0.2,0.6", "--hidden", "9", "--epochs", "5", "--batch-size", "31", "--leaf-rows", "8",
           "--learning-rate", "0.01"]
DECIDE = [*OPTIONS, "--decide", "0.006", "--max-seeds", "25"]


def results_with_rounds(run):
    return {**results_of(run), "rounds.csv": (run / "rounds.csv").read_bytes()}


class DecideTest(program.ProgramTest):
    def rounds_of(self, run):
        rounds = {}
        for row in program.rows_of(run / "rounds.csv"):
            rounds.setdefault(int(row["seeds"]), {})[row["setting"]] = row
        return rounds

    def seeds_of(self, run):
        seeds = {}
        for row in program.rows_of(run / "summary.csv"):
            seeds.setdefault(f"p{row['dropout']}", []).append(int(row["seed"]))
        return seeds

    def test_settings_are_dropped_until_one_is_left(self):
        run, result = self.run_into("run", *DECIDE, ranks=2)
        self.assertIn("plan: at first 40 trials on 2 ranks", result.stderr)
        self.assertRegex(result.stderr, r"\[\d+ trials, about \d+ left ")
        rounds = self.rounds_of(run)
        self.assertEqual(min(rounds), 10)
        self.assertEqual(set(rounds[10]), {"p0", "p0.1", "p0.2", "p0.6"})
        self.assertEqual(rounds[10]["p0.2"]["kept"], "0")
        self.assertGreater(float(rounds[10]["p0.2"]["distance"]), float(rounds[10]["p0.2"]["allowed"]))
        self.assertGreater(len(rounds), 2)
        left = [name for name, row in rounds[max(rounds)].items() if row["kept"] == "1"]
        self.assertEqual(len(left), 1)
        # Each setting has the seeds of its rounds, and no more.
        seeds = self.seeds_of(run)
        for name, own in seeds.items():
            last = max(number for number, row in rounds.items() if name in row)
            self.assertEqual(own, list(range(1, last + 1)), name)
            losses = [float(row["best_val_loss"]) for row in program.rows_of(run / "summary.csv")
                      if f"p{row['dropout']}" == name]
            self.assertAlmostEqual(sum(losses) / last, float(rounds[last][name]["mean"]), places=12)
        models = {path.stem for path in (run / "models").iterdir()}
        self.assertEqual(models, {row["trial"] for row in program.rows_of(run / "summary.csv")})

    def test_the_same_bytes_on_any_number_of_ranks_and_after_kills(self):
        run, _ = self.run_into("run", *DECIDE)
        expected = results_with_rounds(run)
        layouts = [(4, ["--ranks-per-trial", "2"]), (3, ["--elastic", "off"]), (5, ["--inject", "delay@5"])]
        outputs = [self.scratch / f"{number}" for number in range(len(layouts))]
        calls = [((*DECIDE, *more, "--data", self.data, "--output", output), {"ranks": ranks})
                 for (ranks, more), output in zip(layouts, outputs)]
        for output, result in zip(outputs, program.run_side_by_side(calls)):
            self.check_success(result)
            self.assertEqual(results_with_rounds(output), expected, result)
        killed = self.scratch / "killed"
        seeds = self.seeds_of(run)
        last = max(seeds, key=lambda name: len(seeds[name]))
        for trial in "p0.6-s4", "p0.1-s10", f"{last}-s11", f"{last}-s{len(seeds[last])}":
            result = program.run(*DECIDE, "--inject", f"kill@0:{trial}:2:3", "--data", self.data, "--output", killed)
            self.assertEqual(result.code, -signal.SIGKILL, result)
        self.run_into("killed", *DECIDE, ranks=3)
        self.assertEqual(results_with_rounds(killed), expected)

    def test_a_sweep_is_continued_and_nothing_is_trained_twice(self):
        run, _ = self.run_into("run", *DECIDE)
        continued, _ = self.run_into("continued", *OPTIONS, "--seeds", "5", ranks=2)
        self.run_into("continued", *DECIDE, ranks=2)
        self.assertEqual(results_with_rounds(continued), results_with_rounds(run))
        rows = [row for row in program.rows_of(continued / "timing.csv") if row["event"] == "epoch"]
        self.assertEqual(len({(row["trial"], row["epoch"]) for row in rows}), len(rows))
        self.assertIn("seeds = 1,2,3,4,5\n", (continued / "config.ini").read_text())
        _, again = self.run_into("continued", *DECIDE)
        self.assertIn("nothing left to do", again.stdout)

    def test_a_decision_goes_on_with_a_smaller_difference(self):
        finer = [*OPTIONS, "--decide", "0.003", "--max-seeds", "14"]
        run, _ = self.run_into("run", *finer)
        self.run_into("coarse", *OPTIONS, "--decide", "0.5", "--max-seeds", "12")
        coarse, _ = self.run_into("coarse", *finer, ranks=3)
        self.assertEqual(results_with_rounds(coarse), results_with_rounds(run))
        self.assertEqual((coarse / "config.ini").read_bytes(), (run / "config.ini").read_bytes())
        self.assertEqual(max(self.rounds_of(run)), 14, "undecided")
        # One that needs less would take away what is there.
        before = results_with_rounds(coarse)
        for more in ["--decide", "0.01", "--max-seeds", "14"], ["--decide", "0.003", "--max-seeds", "12"]:
            refused = program.run(*OPTIONS, *more, "--data", self.data, "--output", coarse)
            self.check_refusal(refused, program.USAGE, "--decide 0.003", "--max-seeds 14")
        self.assertEqual(results_with_rounds(coarse), before)
        # Those seeds that every setting got stay.
        wide, _ = self.run_into("wide", *OPTIONS, "--seeds", "12")
        self.run_into("wide", *OPTIONS, "--decide", "0.5")
        self.assertEqual({tuple(seeds) for seeds in self.seeds_of(wide).values()}, {tuple(range(1, 13))})

    def test_by_accuracy(self):
        run, _ = self.run_into("run", *OPTIONS, "--decide", "5", "--decide-by", "val_accuracy", "--max-seeds", "12")
        row = self.rounds_of(run)[10]["p0"]
        accuracies = [float(each["val_accuracy"]) for each in program.rows_of(run / "summary.csv")
                      if each["dropout"] == "0"][:10]
        self.assertAlmostEqual(float(row["mean"]), sum(accuracies) / 10, places=12)

    def test_a_setting_that_diverges_is_out(self):
        diverge = ["sweep", "--dropout", "0", "--hidden", "9", "--epochs", "3", "--batch-size", "31", "--optimizer", "sgd",
                   "--learning-rate", "0.1,0.2,1e20", "--decide", "0.05", "--max-seeds", "12"]
        outputs = [self.scratch / "1", self.scratch / "3"]
        for output, ranks in zip(outputs, (None, 3)):
            result = program.run(*diverge, "--data", self.data, "--output", output, ranks=ranks)
            self.assertEqual(result.code, program.TRIAL_FAILED, result)
        self.assertEqual(*map(results_with_rounds, outputs))
        rows = program.rows_of(outputs[0] / "summary.csv")
        (lost,) = [row for row in rows if row["status"] == "diverged"]
        same = [row["seed"] for row in rows if row["learning-rate"] == lost["learning-rate"]]
        self.assertEqual(same[-1], lost["seed"], "what would come after it is not needed")
        self.assertEqual(self.rounds_of(outputs[0])[10][lost["trial"].rpartition("-")[0]]["kept"], "0")

    def test_options_that_make_no_sense(self):
        for more, mention in ((["--decide", "0"], "--decide"), (["--decide", "0.1", "--max-seeds", "9"], "--max-seeds"),
                              (["--decide", "0.1", "--error", "0"], "--error"), (["--error", "0.1"], "--error"),
                              (["--decide", "0.1", "--seeds", "11", "--max-seeds", "10"], "--seeds"),
                              (["--decide", "0.1", "--seed", "0"], "--seeds"), (["--decide", "0.1", "--dropout", "0"], "one setting"),
                              (["--decide", "0.1", "--max-seeds", "99999"], "--max-seeds")):
            with self.subTest(more=more):
                arguments = [word for word in OPTIONS if "--dropout" not in more or word not in ("--dropout", "0,0.1,0.2,0.6")]
                refused = program.run(*arguments, *more, "--data", self.data, "--output", self.scratch / "run")
                self.check_refusal(refused, program.USAGE, mention)
        planned = program.run("plan", *DECIDE[1:], "--ranks", "4", "--data", self.data)
        self.check_success(planned)
        self.assertIn("the first 40 trials", planned.stdout)


if __name__ == "__main__":
    program.main()
