"""A data set in CSV tables: from the file to the verdict, to evaluate and predict, and refusals."""

import csv
import gzip
import json
import random

import numpy

import long_run
import program

NAMES = ["iris, blue", "iris \"red\"", "rose"]
FEATURES = ["length", "width of it", "x<y>", "e"]


def draw(count, seed):
    numbers = random.Random(seed)
    rows = []
    for i in range(count):
        label = i % 3
        rows.append([*(f"{numbers.gauss(label == k, 0.7):.6g}" for k in range(4)), NAMES[label]])
    return rows


def write(path, rows, header=(*FEATURES, "kind"), delimiter=","):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([header, *rows] if header else rows)
    return path


class TableTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.train, self.test = draw(300, 1), draw(90, 2)

    def tables(self, *more, name="data", suffix=".csv", **form):
        train = write(self.scratch / f"{name} train{suffix}", self.train, **form)
        return ["--data", train, "--test", write(self.scratch / f"{name} test{suffix}", self.test, **form), *more]

    def sweep(self, name, *arguments, report="off", ranks=2):
        run = self.scratch / name
        result = program.run("sweep", *arguments, "--output", run, "--dropout", "0,0.5", "--epochs", "3",
                             "--report", report, *long_run.MODEL, ranks=ranks)
        self.check_success(result)
        return run

    def test_from_the_table_to_the_verdict(self):
        run = self.sweep("run", *self.tables(), report="on")
        self.assertEqual([row["class"] for row in program.rows_of(run / "classes.csv")][:3], sorted(NAMES))
        self.assertIn('iris "red"', program.report_of(run)["classification"]["classes"])
        self.assertEqual(sorted(path.stem for path in (run / "plots").glob("*.png"))[:2], ["confusion", "fscore"])
        again = program.run("sweep", *self.tables(name="moved"), "--output", run, "--dropout", "0,0.5", "--epochs", "3",
                            *long_run.MODEL)
        self.check_success(again)
        self.assertIn("nothing left to do", again.stdout)
        reported = program.run("report", run, "--trial", "p0.5-s1")
        self.check_success(reported)
        model = run / "models" / "p0.5-s1.safetensors"
        evaluated = program.run("evaluate", model, *self.tables())
        self.check_success(evaluated)
        accuracy = next(row for row in program.rows_of(run / "summary.csv") if row["trial"] == "p0.5-s1")["test_accuracy"]
        self.assertIn(f"test_accuracy {accuracy}\n", evaluated.stdout)

    def test_the_same_bits_in_every_form(self):
        golden = self.sweep("golden", *self.tables(name="golden"))
        forms = {"semicolons": {"delimiter": ";"}, "tabs": {"delimiter": "\t", "suffix": ".tsv"},
                 "gzip": {"suffix": ".csv.gz"}, "no header": {"header": None}}
        for name, form in forms.items():
            self.check_equal_files(self.sweep(name, *self.tables(name=name, **form)), golden, "summary.csv", "history.csv")
        arrays = {}
        for side, rows in ("train", self.train), ("test", self.test):
            arrays[f"x_{side}"] = numpy.array([[float(value) for value in row[:4]] for row in rows])
            arrays[f"y_{side}"] = numpy.array([sorted(NAMES).index(row[4]) for row in rows])
        numpy.savez(self.scratch / "arrays.npz", **arrays)
        self.check_equal_files(self.sweep("npz", "--data", self.scratch / "arrays.npz"), golden, "summary.csv", "history.csv")
        moved = [[row[4], *row[:4]] for row in self.train], [[row[4], *row[:4]] for row in self.test]
        self.train, self.test = moved
        first = self.tables("--label", "kind", name="moved", header=("kind", *FEATURES))
        self.check_equal_files(self.sweep("first", *first), golden, "summary.csv", "history.csv")

    def test_predict_reads_the_features_by_their_names(self):
        run = self.sweep("run", *self.tables())
        model = run / "models" / "p0-s1.safetensors"
        plain = write(self.scratch / "plain.csv", [row[:4] for row in self.test], FEATURES)
        mixed = [[row[2], f"plant {i}", row[0], row[4], row[3], row[1]] for i, row in enumerate(self.test)]
        mixed = write(self.scratch / "mixed.csv", mixed,
                      [FEATURES[2], "name", FEATURES[0], "kind", FEATURES[3], FEATURES[1]], ";")
        by_place = program.run("predict", model, plain)
        self.check_success(by_place)
        rows = list(csv.reader(by_place.stdout.splitlines()))
        self.assertEqual(rows[0], ["index", "predicted", *(f"p_{name}" for name in sorted(NAMES))])
        self.assertEqual(len(rows), 91)
        by_name = program.run("predict", model, mixed, "--id", "name", "--output", self.scratch / "predicted.csv")
        self.check_success(by_name)
        with open(self.scratch / "predicted.csv", newline="", encoding="utf-8") as file:
            named = list(csv.reader(file))
        self.assertEqual(named[0][0], "name")
        self.assertEqual([row[0] for row in named[1:]], [f"plant {i}" for i in range(90)])
        self.assertEqual([row[1:] for row in named], [row[1:] for row in rows])
        lacking = write(self.scratch / "lacking.csv", [row[:3] for row in self.test], FEATURES[:3])
        self.check_refusal(program.run("predict", model, lacking), program.BAD_DATA, "there is no column e")
        self.check_refusal(program.run("predict", model, mixed, "--id", "names"), program.USAGE, "--id", "no column names")

    def test_refusals(self):
        good = self.tables()
        path = good[1]
        text = path.read_text()
        wrong = {
            "line 8: column 2 (width of it): the value is missing": text.replace(self.train[6][1], "", 1),
            "line 1: two columns are called e": text.replace("length", "e", 1),
            "line 302: 1 fields": text + "1\n",
            "line 302: a quote": text + "\"1,2,3,4,rose\n",
        }
        for number, (what, content) in enumerate(wrong.items()):
            with self.subTest(what=what):
                path.write_text(content)
                run = self.scratch / "refused"
                result = program.run("sweep", *good, "--output", run, ranks=3 if number == 0 else None)
                self.check_refusal(result, program.BAD_DATA, what, str(path))
                self.assertFalse(run.exists())
        path.write_text(text)
        for options, what in ((good[:2], "--test, or hold some out"), ([*good, "--label", "sort"], "there is no column sort"),
                              (["--data", "synthetic", "--test", path], "--test belongs to a table"),
                              ([*good, "--class-weights", "1,2"], "--class-weights has 2 weights, but there are 3 classes")):
            self.check_refusal(program.run("sweep", *options), program.USAGE, what)

    def test_class_weights(self):
        balanced, listed, none = (self.sweep(name, *self.tables(*options)) for name, options in (
            ("balanced", ["--class-weights", "balanced"]), ("listed", ["--class-weights", "1,2,0.5"]), ("none", [])))
        self.assertNotEqual(program.rows_of(listed / "history.csv"), program.rows_of(none / "history.csv"))
        weights = json.loads((balanced / "manifest.json").read_text())["class_weights"]
        counts = [sum(row[-1] == name for row in self.train[:270]) for name in sorted(NAMES)]
        for weight, count in zip(weights, counts, strict=True):
            self.assertAlmostEqual(weight, 270 / 3 / count, 6)
        self.assertEqual(json.loads((listed / "manifest.json").read_text())["class_weights"], [1, 2, 0.5])
        again = program.run("sweep", "--config", listed / "config.ini", "--output", self.scratch / "again", "--report", "off", ranks=3)
        self.check_success(again)
        self.check_equal_files(self.scratch / "again", listed, "summary.csv", "history.csv")

    def test_samples_are_held_out_for_the_test(self):
        table = write(self.scratch / "all.csv", self.train)
        held = ["--data", table, "--test-split", "0.2", "--validation", "shuffled"]
        run = self.sweep("run", *held, report="on")
        self.check_equal_files(self.sweep("again", *held, ranks=3), run, "summary.csv", "history.csv")
        self.assertEqual(sum(int(row["count"]) for row in program.rows_of(run / "confusion.csv")), 60)
        evaluated = program.run("evaluate", run / "models" / "p0-s1.safetensors", *held)
        self.check_success(evaluated)
        row = next(row for row in program.rows_of(run / "summary.csv") if row["trial"] == "p0-s1")
        for what in "val_accuracy", "test_accuracy":
            self.assertIn(f"{what} {row[what]}\n", evaluated.stdout)
        self.check_success(program.run("report", run, "--trial", "p0.5-s1"))
        for options, what in ((held[:2], "hold some out with --test-split"), ([*held[:3], "0.999"], "leaves 0 of 300"),
                              ([*self.tables(), "--test-split", "0.2"], "has test samples of its own")):
            self.check_refusal(program.run("sweep", *options, "--output", self.scratch / "no"), program.USAGE, what)

    def test_a_sorted_file_is_noticed(self):
        self.train.sort(key=lambda row: row[4])
        table = write(self.scratch / "sorted.csv", self.train)
        arguments = ["sweep", "--data", table, "--test-split", "0.2", "--dropout", "0", "--epochs", "1", *long_run.MODEL]
        result = program.run(*arguments, "--output", self.scratch / "tail")
        self.check_success(result)
        self.assertEqual(len(result.warnings), 2, result)
        self.assertIn("has no sample for validation; is the file sorted? Then use --validation shuffled", result.warnings[0])
        result = program.run(*arguments, "--output", self.scratch / "shuffled", "--validation", "shuffled")
        self.check_success(result)
        self.assertEqual(result.warnings, [])

    def test_warnings(self):
        self.train, self.test = ([[str(i), *row] for i, row in enumerate(rows)] for rows in (self.train, self.test))
        result = program.run("sweep", *self.tables(header=("", *FEATURES, "kind")), "--output", self.scratch / "run",
                             "--dropout", "0", "--epochs", "1")
        self.check_success(result)
        self.assertEqual(len(result.warnings), 1, result)
        self.assertIn("column 1 counts the lines", result.warnings[0])


if __name__ == "__main__":
    program.main()
