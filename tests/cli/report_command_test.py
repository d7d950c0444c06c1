"""What is made from the files of a run: at the end of a sweep, and by `dropsweep report` at any time after it."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

import program
import small_data

SMALL = ["--hidden", "9,7", "--epochs", "3", "--batch-size", "31", "--learning-rate", "0.01", "--patience", "none",
         "--leaf-rows", "16"]
TABLES = ["checksums.txt", "classes.csv", "config.ini", "confusion.csv", "history.csv", "manifest.json", "misclassified.csv",
          "misclassified_images.csv", "predictions.npz", "statistics.csv", "summary.csv", "timing.csv", "verdict.txt"]
CURVES = ["loss", "test_accuracy", "timeline", "train_loss_dropout", "val_acc_dropout", "val_loss_dropout"]
PICTURES = [*CURVES, "confusion", "failure2", "fscore"]  # three classes: the last one stands for the eight
ROOT = pathlib.Path(__file__).resolve().parents[2]
CSV = [name for name in TABLES if name.endswith(".csv")]


def pictures(names=PICTURES):
    return [f"plots/{name}.{kind}" for name in names for kind in ("gp", "png", "svg")]


def bytes_of(run, names):
    return {name: (run / name).read_bytes() for name in names}


@program.needs("gnuplot")
class ReportTest(program.ProgramTest):
    def sweep(self, name, *arguments, data=None, report="on", small=SMALL, **options):
        run = self.scratch / name
        result = program.run("sweep", "--data", data or self.data, "--output", run, *small, "--report", report,
                             *arguments, **options)
        self.check_success(result)
        return run, result

    def report(self, *arguments, **options):
        result = program.run("report", *arguments, **options)
        self.check_success(result)
        return result

    def test_a_sweep_writes_all_of_it(self):
        run, result = self.sweep("run", "--dropout", "0,0.25,0.5", "--seeds", "2", ranks=2)
        models = [f"models/p{p}-s{s}.{kind}" for p in ("0", "0.25", "0.5") for s in (1, 2) for kind in ("npy", "safetensors")]
        self.assertEqual(program.files_below(run), sorted([*TABLES, *models, *pictures(), "report.html", "report.json"]))
        verdict = (run / "verdict.txt").read_text()
        self.assertIn(verdict, result.stdout)
        self.assertEqual(verdict.count("\n"), 1)
        self.assertEqual(result.warnings, [], result)

    def test_the_report_repeats_itself_and_changes_no_table(self):
        run, result = self.sweep("run", "--dropout", "0,0.5", "--seeds", "2")
        before = bytes_of(run, [*TABLES, "report.html", "report.json", *pictures(CURVES)[::3]])
        shutil.rmtree(run / "plots")
        shutil.rmtree(run / "models")
        shutil.rmtree(self.data)
        again = self.report(run)
        self.assertEqual(again.warnings, [], again)
        self.assertEqual(again.stdout, result.stdout)
        self.assertEqual(bytes_of(run, before), before)
        self.assertEqual(program.files_below(run), sorted([*TABLES, *pictures(), "report.html", "report.json"]))

    def test_report_json_fits_its_schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("skipped: jsonschema (python3-jsonschema) is not installed")
        schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        fits = jsonschema.Draft202012Validator(schema)
        run, _ = self.sweep("run", "--dropout", "0,0.5", "--seeds", "2", ranks=2)
        whole = program.report_of(run)
        fits.validate(whole)
        self.assertEqual(len(whole["trials"]), 4)
        self.assertTrue(whole["timeline"]["has_ended"])
        # A schema that took anything would fit as well.
        for name in whole:
            self.assertFalse(fits.is_valid({key: value for key, value in whole.items() if key != name}), name)
        self.assertFalse(fits.is_valid({**whole, "more": 1}))
        (run / "history.csv").write_text((run / "history.csv").read_text().split("\n")[0] + "\n")
        (run / "summary.csv").write_text((run / "summary.csv").read_text().split("\n")[0] + "\n")
        (run / "checksums.txt").unlink()
        self.report(run)
        fits.validate(program.report_of(run))
        self.assertEqual({trial["status"] for trial in program.report_of(run)["trials"]}, {"not ended"})

    def test_a_run_of_an_earlier_dropsweep(self):
        output = self.scratch / "again"
        result = self.report(ROOT / "results" / "mnist-sweep", "--output", output)
        self.assertEqual(result.warnings, [], result)
        self.assertEqual(len(program.report_of(output)["trials"]), 45)
        self.assertLess((output / "report.html").stat().st_size, 700_000)
        for name in "statistics.csv", "verdict.txt", "summary.csv":
            self.assertEqual((output / name).read_bytes(), (ROOT / "results" / "mnist-sweep" / name).read_bytes())

    def test_parts_merge_into_the_sweep_that_they_are(self):
        whole, _ = self.sweep("whole", "--dropout", "0,0.25,0.5", "--seeds", "2")
        parts = [self.sweep(f"part {p}", "--dropout", p, "--seeds", "2", report=report)[0]
                 for p, report in (("0.5", "on"), ("0", "off"), ("0.25", "on"))]
        merged = self.scratch / "merged"
        self.report(*parts, "--output", merged)
        same = ["history.csv", "summary.csv", "statistics.csv", "verdict.txt", "classes.csv", "confusion.csv",
                "misclassified.csv", "misclassified_images.csv", "predictions.npz"]
        self.assertEqual(bytes_of(merged, same), bytes_of(whole, same))
        self.assertEqual(program.files_below(merged), sorted([*TABLES, *pictures(), "report.html", "report.json"]))
        # The merged directory is a run directory itself.
        tables = bytes_of(merged, TABLES)
        self.report(merged)
        self.assertEqual(bytes_of(merged, TABLES), tables)
        self.check_refusal(program.run("report", merged, parts[0], "--output", self.scratch / "twice"), program.USAGE,
                           merged, parts[0], "p0.5-s1")
        self.check_refusal(program.run("report", *parts, "--output", merged), program.USAGE, merged)
        for name in ("config.ini", "manifest.json", "history.csv", "summary.csv"):
            begun = self.scratch / f"begun {name}"
            begun.mkdir()
            (begun / name).write_text("of another run\n")
            self.check_refusal(program.run("report", *parts, "--output", begun), program.USAGE, begun)
            self.assertEqual(program.files_below(begun), [name])

    def test_parts_of_different_sweeps_are_refused(self):
        first, _ = self.sweep("first", "--dropout", "0", report="off")
        other, _ = self.sweep("other", "--dropout", "0.5", report="off",
                              small=["30" if value == "31" else value for value in SMALL])
        output = self.scratch / "merged"
        self.check_refusal(program.run("report", first, other, "--output", output), program.USAGE, first, other,
                           "batch-size is 31 and 30")
        other_data = small_data.write_data(self.scratch / "other data", train_count=299)
        different, _ = self.sweep("different", "--dropout", "0.5", report="off", data=other_data)
        self.check_refusal(program.run("report", first, different, "--output", output), program.USAGE, first, different,
                           "sha256")
        self.assertFalse(output.exists())

    def test_any_trial_can_be_shown(self):
        run, _ = self.sweep("run", "--dropout", "0,0.5", "--seeds", "2")
        shown = program.rows_of(run / "confusion.csv")[0]["trial"]
        other = next(row for row in program.rows_of(run / "summary.csv") if row["trial"] != shown)
        before = bytes_of(run, ["history.csv", "summary.csv", "statistics.csv", "verdict.txt"])
        self.report(run, "--trial", other["trial"], "--digit", "0")
        self.assertEqual({row["trial"] for row in program.rows_of(run / "confusion.csv")}, {other["trial"]})
        accuracy = next(row for row in program.rows_of(run / "classes.csv") if row["class"] == "accuracy")
        self.assertEqual(accuracy["f1-score"], other["test_accuracy"])
        self.assertEqual(bytes_of(run, before), before)
        self.assertIn("plots/failure0.png", program.files_below(run))
        self.assertNotIn("plots/failure2.png", program.files_below(run), "a stale picture survived")

        wide = small_data.write_data(self.scratch / "wide", rows=5)
        wide_run, _ = self.sweep("wide run", "--dropout", "0", data=wide, report="off")
        model = run / "models" / f"{shown}.safetensors"
        content = model.read_bytes()
        model.write_bytes((wide_run / "models/p0-s1.safetensors").read_bytes())
        self.check_refusal(program.run("report", run, "--trial", shown), program.BAD_DATA, model,
                           f"the samples of {self.data} have")
        model.write_bytes(content)

        moved = self.data.rename(self.scratch / "moved")
        self.check_refusal(program.run("report", run, "--trial", shown), program.MISSING_INPUT, "data")
        self.report(run, "--trial", shown, "--data", moved)
        other_data = small_data.write_data(self.scratch / "other data", train_count=299)
        self.check_refusal(program.run("report", run, "--trial", other["trial"], "--data", other_data),
                           program.BAD_DATA, other_data, "SHA-256")
        model = run / "models" / f"{other['trial']}.safetensors"
        model.write_bytes((run / "models" / f"{shown}.safetensors").read_bytes())
        self.check_refusal(program.run("report", run, "--trial", other["trial"], "--data", moved), program.BAD_DATA,
                           model, "weights_sha256")
        shutil.rmtree(run / "models")
        self.check_refusal(program.run("report", run, "--trial", other["trial"], "--data", moved),
                           program.MISSING_INPUT, other["trial"], "or leave out --trial")
        self.check_refusal(program.run("report", run, "--trial", "p0.7-s1"), program.USAGE, "p0.7-s1")
        self.check_refusal(program.run("report", run, "--digit", "3"), program.USAGE, "--digit")

    def test_without_a_model_the_rest_is_there(self):
        run, _ = self.sweep("run", "--dropout", "0,0.5", report="off")
        self.assertFalse((run / "report.html").exists())
        shutil.rmtree(run / "models")
        result = self.report(run)
        self.assertEqual(len(result.warnings), 1, result)
        self.assertIn("models", result.warnings[0])
        self.assertTrue((run / "report.html").exists())
        self.assertIn("plots/val_loss_dropout.png", program.files_below(run))
        self.assertNotIn("plots/confusion.png", program.files_below(run))

    def test_every_place_that_was_searched_for_a_model_is_named(self):
        parts = [self.sweep(f"part {p}", "--dropout", p, report="off")[0] for p in ("0", "0.5")]
        for part in parts:
            shutil.rmtree(part / "models")
        result = self.report(*parts, "--output", self.scratch / "merged")
        self.assertEqual(len(result.warnings), 1, result)
        for part in parts:
            self.assertIn(f"{part}/models", result.warnings[0])

    def test_a_sweep_that_was_ended_early_says_so(self):
        run, _ = self.sweep("run", "--dropout", "0,0.5", "--seeds", "2", report="off")
        for name in ("history.csv", "summary.csv", "timing.csv"):
            lines = (run / name).read_text().splitlines(keepends=True)
            (run / name).write_text("".join(line for line in lines if "p0.5-s2" not in line))
        (run / "checksums.txt").unlink()
        result = self.report(run)
        self.assertIn("So far, with 3 trials done: ", result.stdout)
        self.assertIn("p0.5-s2 not ended", result.stdout)

    def test_without_gnuplot_the_sweep_ends_well_and_says_what_draws_the_plots(self):
        # Without mpirun, which puts the folder it lies in, where gnuplot is too, in front of the ranks' PATH.
        path = program.path_without(self.scratch / "path", "gnuplot")
        run, result = self.sweep("run", "--dropout", "0,0.5", env={"PATH": path})
        self.assertEqual(len(result.warnings), 1, result)
        self.assertIn("gnuplot-nox", result.warnings[0])
        self.assertIn("dropsweep report", result.warnings[0])
        self.assertTrue((run / "report.html").exists())
        self.assertNotIn("plots/loss.png", program.files_below(run))
        self.report(run)
        self.assertTrue((run / "plots/loss.png").exists())

    def test_a_gnuplot_that_fails_costs_the_plots_alone(self):
        run, result = self.sweep("run", "--dropout", "0,0.5", env=self.with_gnuplot("echo 'no pngcairo today' >&2\nexit 1"))
        self.assertEqual(len(result.warnings), 1, result)
        self.assertIn("no pngcairo today", result.warnings[0])
        self.assertTrue((run / "report.html").exists())

    def test_a_report_that_is_killed_while_gnuplot_draws_leaves_nothing(self):
        run, _ = self.sweep("run", "--dropout", "0", report="off")
        temporary, process = self.scratch / "temporary", self.scratch / "process"
        temporary.mkdir()
        slow = self.with_gnuplot(f"echo $$ >'{process}'\nexec sleep 60")
        started = self.start("report", run, env={**slow, "TMPDIR": str(temporary)})
        program.wait_until(lambda: process.exists() and process.read_text())
        started.kill()
        os.kill(int(process.read_text()), signal.SIGKILL)
        self.assertEqual(list(temporary.iterdir()), [])

    def test_a_confusion_that_is_not_that_of_the_tables_is_found_again(self):
        run, _ = self.sweep("run", "--dropout", "0,0.5")
        names = ["confusion.csv", "classes.csv"]
        whole = bytes_of(run, names)
        rows = whole["confusion.csv"].decode().splitlines(keepends=True)
        place, count = rows[1].rstrip().rsplit(",", 1)
        fewer = [rows[0], f"{place},{int(count) - 1}\n", *rows[2:]]
        for damaged in (fewer, [rows[0], f"{place},{int(count) + 1000}\n", *rows[2:]]):
            (run / "confusion.csv").write_text("".join(damaged))
            result = self.report(run)
            self.assertEqual(len(result.warnings), 1, result)
            self.assertIn("confusion.csv", result.warnings[0])
            self.assertEqual(bytes_of(run, names), whole)
        moved = self.data.rename(self.scratch / "moved")
        (run / "confusion.csv").write_text("".join(fewer))
        self.check_refusal(program.run("report", run), program.BAD_DATA, run / "confusion.csv")
        self.assertEqual(len(self.report(run, "--data", moved).warnings), 1)
        (run / "confusion.csv").write_text("".join(fewer))
        shutil.rmtree(run / "models")
        self.check_refusal(program.run("report", run, "--data", moved), program.BAD_DATA, run / "confusion.csv")

    def test_nothing_waits_for_what_is_no_file(self):
        run, _ = self.sweep("run", "--dropout", "0", report="off")
        for name in ("history.csv", "summary.csv", "timing.csv", "config.ini", "manifest.json"):
            with self.subTest(file=name):
                content = (run / name).read_bytes()
                (run / name).unlink()
                os.mkfifo(run / name)
                self.check_refusal(program.run("report", run, seconds=20), program.MISSING_INPUT, run / name)
                (run / name).unlink()
                (run / name).write_bytes(content)

    def test_damaged_runs_are_refused(self):
        run, _ = self.sweep("run", "--dropout", "0", report="off")
        for name in ("history.csv", "summary.csv", "timing.csv", "config.ini", "manifest.json"):
            with self.subTest(file=name):
                content = (run / name).read_bytes()
                (run / name).write_bytes(b"nonsense\n")
                self.check_refusal(program.run("report", run), program.BAD_DATA, run / name)
                (run / name).unlink()
                self.check_refusal(program.run("report", run), program.MISSING_INPUT, run / name)
                (run / name).write_bytes(content)
        self.check_refusal(program.run("report", self.scratch / "nowhere"), program.MISSING_INPUT, "nowhere")
        self.check_refusal(program.run("report", run / "summary.csv"), program.MISSING_INPUT, "it is not a directory")
        self.check_refusal(program.run("report"), program.USAGE, "RUN")

    def test_one_flipped_bit_in_a_table_is_seen(self):
        run, _ = self.sweep("run", "--dropout", "0", report="off")
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "checksums.txt"], cwd=run, check=True)
        for name in ("history.csv", "summary.csv", "timing.csv"):
            with self.subTest(file=name):
                content = (run / name).read_bytes()
                digit = re.search(rb"\.\d*([1-8])", content).start(1)
                (run / name).write_bytes(content[:digit] + bytes([content[digit] ^ 1]) + content[digit + 1:])
                self.check_refusal(program.run("report", run), program.BAD_DATA, run / name, "checksums.txt")
                goes_on = program.run("sweep", "--data", self.data, "--output", run, *SMALL, "--dropout", "0")
                self.check_refusal(goes_on, program.BAD_DATA, run / name, "checksums.txt")
                (run / name).write_bytes(content)
        self.report(run)

    def test_diverged_trials_do_not_spoil_the_report(self):
        run = self.scratch / "run"
        result = program.run("sweep", "--data", self.data, "--output", run, "--hidden", "9,7", "--report", "on",
                             "--dropout", "0,0.5", "--learning-rate", "1e25")
        self.check_success(result, program.TRIAL_FAILED)
        self.assertEqual(result.warnings, [], result)
        self.assertTrue((run / "report.html").exists())
        self.assertTrue((run / "verdict.txt").read_text().strip())


if __name__ == "__main__":
    program.main()
