"""What a sweep is expected to take: `dropsweep plan` for another machine, and the sweep's own prediction."""

import program

SMALL = ["--hidden", "9,7", "--epochs", "3", "--batch-size", "31", "--patience", "none"]
SWEEP = ["--dropout", "0,0.25,0.5", *SMALL]


class PlanTest(program.ProgramTest):
    def plan(self, *arguments, ranks=None):
        result = program.run("plan", "--data", self.data, *SWEEP, *arguments, ranks=ranks)
        self.check_success(result)
        self.assertEqual(result.stderr, "", result)
        return result

    @program.needs("gnuplot")
    def test_table_and_picture(self):
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                directory = self.scratch / f"plan on {ranks}"
                result = self.plan("--ranks", "12", "--nodes", "3", "--network", "30:10", "--output", directory, ranks=ranks)
                self.assertEqual(program.files_below(directory), ["plan.csv", "plan.gp", "plan.png", "plan.svg"])
                rows = program.rows_of(directory / "plan.csv")
                self.assertEqual([int(row["ranks"]) for row in rows], [1, 2, 4, 8, 12])
                self.assertEqual(rows[0]["speedup"], "1")
                for row in rows:
                    self.assertAlmostEqual(float(row["efficiency"]), float(row["speedup"]) / int(row["ranks"]))
                lines = result.stdout.splitlines()
                self.assertIn("3 trials on up to 12 ranks of 3 nodes, 30 us and 10 Gbit/s between them", lines[0])
                self.assertEqual([int(line.split()[0]) for line in lines[2:-1]], [1, 2, 4, 8, 12])
                self.assertRegex(lines[-1], "^More ")

    def test_what_is_asked_for_is_obeyed(self):
        directory = self.scratch / "plan"
        self.plan("--ranks", "8", "--leaf-rows", "8", "--ranks-per-trial", "2", "--output", directory)
        rows = program.rows_of(directory / "plan.csv")
        self.assertEqual([(row["ranks"], row["groups"]) for row in rows], [("2", "1 x 2"), ("4", "2 x 2"), ("8", "3 x 2")])

    def test_the_configuration_of_a_run_can_be_planned(self):
        run = self.scratch / "run"
        self.check_success(program.run("sweep", "--data", self.data, *SWEEP, "--leaf-rows", "16", "--output", run))
        result = program.run("plan", "--config", run / "config.ini", "--ranks", "4")
        self.check_success(result)
        self.assertIn("3 trials on up to 4 ranks", result.stdout)


class PredictionTest(program.ProgramTest):
    def run_of(self, command, *arguments, ranks=None):
        run = self.scratch / f"{command} on {ranks}"
        result = program.run(command, "--data", self.data, *arguments, "--output", run, ranks=ranks)
        self.check_success(result)
        return result, [row for row in program.rows_of(run / "timing.csv") if row["event"] == "prediction"]

    def test_a_sweep_on_several_ranks_is_predicted(self):
        result, rows = self.run_of("sweep", *SWEEP, ranks=2)
        self.assertEqual([row["trial"] for row in rows], ["", "p0-s1", "p0.25-s1", "p0.5-s1"])
        whole = float(rows[0]["seconds"])
        for row in rows:
            self.assertEqual((row["first_rank"], row["ranks"]), ("0", "2"))
            self.assertGreater(float(row["seconds"]), 0)
            self.assertLessEqual(float(row["start_seconds"]) + float(row["seconds"]), whole + 1e-5)
        self.assertRegex(result.stderr, r"\n  predicted to take \d+\.\d s, ranks idle for \d+ % of the time\n")
        self.assertRegex(result.stderr, r"\n3 trials in .* \(predicted: .*\), ranks idle")

    def test_where_there_is_nothing_to_choose_nothing_is_measured(self):
        for command, arguments, ranks in (("sweep", SWEEP, None), ("train", SMALL, 2)):
            with self.subTest(command):
                result, rows = self.run_of(command, *arguments, ranks=ranks)
                self.assertEqual(rows, [])
                self.assertNotIn("predicted", result.stderr)

    def test_a_run_that_goes_on_keeps_what_was_predicted(self):
        _, before = self.run_of("sweep", *SWEEP, "--leaf-rows", "16", ranks=2)
        lost = self.scratch / "sweep on 2" / "models" / "p0.5-s1.safetensors"
        lost.unlink()
        result = program.run("sweep", "--data", self.data, *SWEEP, "--leaf-rows", "16", "--output",
                             self.scratch / "sweep on 2", ranks=3)
        self.check_success(result)
        self.assertIn("plan: the last 1 of 3 trials on 3 ranks, 2 leaves per trial", result.stderr)
        self.assertNotIn("predicted", result.stderr)
        after = [row for row in program.rows_of(self.scratch / "sweep on 2" / "timing.csv") if row["event"] == "prediction"]
        self.assertEqual(after, before)


if __name__ == "__main__":
    program.main()
