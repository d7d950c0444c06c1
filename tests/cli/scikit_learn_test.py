"""classes.csv and confusion.csv are what scikit-learn makes of the same predictions."""

import csv
import io
import unittest

import program
import small_data

try:
    from sklearn.metrics import classification_report, confusion_matrix
except ImportError:
    confusion_matrix = None

CLASSES = 6


@unittest.skipIf(confusion_matrix is None, "skipped: python3-sklearn is not installed")
class ScikitLearnTest(program.ProgramTest):
    def check(self, learning_rate):
        data = small_data.write_data(self.scratch / "data", train_count=900, test_count=700, classes=CLASSES)
        run = self.scratch / "run"
        self.check_success(program.run("sweep", "--data", data, "--output", run, "--dropout", "0,0.3", "--seeds", "2",
                                       "--hidden", "20", "--epochs", "2", "--learning-rate", learning_rate,
                                       "--report", "on"))
        confusion = program.rows_of(run / "confusion.csv")
        model = run / "models" / f"{confusion[0]['trial']}.safetensors"
        images = data / "t10k-images-idx3-ubyte"
        predictions = program.run("predict", model, images)
        predicted = [int(row["predicted"]) for row in csv.DictReader(io.StringIO(predictions.stdout))]
        truth = list((data / "t10k-labels-idx1-ubyte").read_bytes()[8:])

        matrix = confusion_matrix(truth, predicted, labels=range(CLASSES))
        self.assertEqual([(int(row["true"]), int(row["predicted"]), int(row["count"])) for row in confusion],
                         [(t, p, matrix[t][p]) for t in range(CLASSES) for p in range(CLASSES)])
        mistakes = [(i, t, p) for i, (t, p) in enumerate(zip(truth, predicted)) if t != p]
        self.assertEqual([tuple(int(row[name]) for name in ("index", "true", "predicted"))
                          for row in program.rows_of(run / "misclassified.csv")], mistakes)

        report = classification_report(truth, predicted, labels=range(CLASSES), output_dict=True, zero_division=0)
        rows = {row["class"]: row for row in program.rows_of(run / "classes.csv")}
        accuracy = sum(t == p for t, p in zip(truth, predicted)) / len(truth)
        self.assertEqual(float(rows.pop("accuracy")["f1-score"]), accuracy)
        report.pop("accuracy", None)
        self.assertEqual(list(rows), list(report))
        for name, scores in report.items():
            for score, value in scores.items():
                # A quotient each, rounded once; averages of six of them.
                self.assertAlmostEqual(float(rows[name][score]), value, delta=1e-15, msg=f"{name} {score}")
        return rows

    def test_a_model_that_has_learnt(self):
        rows = self.check("0.01")
        self.assertGreater(float(rows["macro avg"]["f1-score"]), 0.5)

    def test_a_model_that_never_predicts_some_classes(self):
        rows = self.check("1")
        self.assertIn(0.0, [float(row["precision"]) for row in rows.values()])


if __name__ == "__main__":
    program.main()
