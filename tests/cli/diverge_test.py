"""A diverging trial is a result like others: it is reported, keeps no model, and does not touch the trials beside it."""

import program
import small_data

# At this rate the products of the layers leave float unless dropout is so strong that the tiny net stays too sparse for
# it. From 1e12 to 1e15 the same trials diverge.
SOME_DIVERGE = ["--hidden", "4,4", "--epochs", "3", "--patience", "none", "--learning-rate", "1e13", "--leaf-rows", "64"]
ALL_DIVERGE = ["--hidden", "16,16", "--epochs", "3", "--learning-rate", "1e30", "--leaf-rows", "64"]
FIGURES = ("val_loss", "val_accuracy", "test_loss", "test_accuracy")


class DivergeTest(program.ProgramTest):
    def check_diverged(self, run, row):
        self.assertEqual(row["status"], "diverged")
        self.assertEqual([row[name] for name in FIGURES], ["nan"] * len(FIGURES))
        self.assertEqual(row["weights_sha256"], "")
        self.assertFalse((run / "models" / f"{row['trial']}.safetensors").exists())
        last = [line for line in program.rows_of(run / "history.csv") if line["trial"] == row["trial"]][-1]
        self.assertEqual(last["val_loss"], "nan")

    def test_one_run(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                run = self.scratch / f"run {ranks}"
                result = program.run("train", "--data", self.data, "--output", run, *ALL_DIVERGE, ranks=ranks)
                self.check_success(result, program.TRIAL_FAILED)
                self.assertIn("diverged", result.stdout)
                row, = program.rows_of(run / "summary.csv")
                self.check_diverged(run, row)

    def test_weights_that_are_not_numbers_are_no_result(self):
        # Here the hidden weights leave float first; the loss has to show it.
        data = small_data.write_data(self.scratch / "large", 600, 300, rows=28, columns=28)
        run = self.scratch / "run"
        result = program.run("train", "--data", data, "--output", run, "--hidden", "16,16,16,16", "--learning-rate", "1e9",
                             "--dropout", "0.9", "--epochs", "3", "--patience", "none")
        self.check_success(result, program.TRIAL_FAILED)
        row, = program.rows_of(run / "summary.csv")
        self.check_diverged(run, row)

    def test_beside_healthy_ones(self):
        mixed, healthy, grouped = (self.scratch / name for name in ("mixed", "healthy", "grouped"))
        base = ["sweep", "--data", self.data, *SOME_DIVERGE]
        result, sound, other = program.run_side_by_side([
            ((*base, "--dropout", "0.8,0,0.9", "--output", mixed), {"ranks": 2}),
            ((*base, "--dropout", "0.8,0.9", "--output", healthy), {"ranks": 2}),
            ((*base, "--dropout", "0.8,0,0.9", "--ranks-per-trial", "2", "--output", grouped), {"ranks": 2})])
        self.check_success(result, program.TRIAL_FAILED)
        self.check_success(sound)
        self.check_success(other, program.TRIAL_FAILED)
        rows = program.rows_of(mixed / "summary.csv")
        self.assertEqual([row["trial"] for row in rows], ["p0.8-s1", "p0-s1", "p0.9-s1"])
        self.check_diverged(mixed, rows[1])
        self.assertEqual([rows[0], rows[2]], program.rows_of(healthy / "summary.csv"))
        self.assertEqual([line for line in program.rows_of(mixed / "history.csv") if line["trial"] != "p0-s1"],
                         program.rows_of(healthy / "history.csv"))
        for trial in ("p0.8-s1", "p0.9-s1"):
            model = f"models/{trial}.safetensors"
            self.assertEqual((mixed / model).read_bytes(), (healthy / model).read_bytes())
        for name in ("history.csv", "summary.csv"):
            self.assertEqual((mixed / name).read_bytes(), (grouped / name).read_bytes(), name)


if __name__ == "__main__":
    program.main()
