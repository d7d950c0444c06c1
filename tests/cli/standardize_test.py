"""--standardize: the numbers of scikit-learn's StandardScaler, kept in the models, which take raw rows."""

import json
import struct
import unittest

import program

try:
    import numpy
    import sklearn.datasets
    import sklearn.preprocessing
except ImportError:
    sklearn = None


def write_table(path, data, rows):
    names = [*data.feature_names, "kind"]
    lines = [",".join(str(name) for name in names)]
    for i in rows:
        lines.append(",".join([*(repr(float(value)) for value in data.data[i]), str(data.target_names[data.target[i]])]))
    path.write_text("\n".join(lines) + "\n")
    return path


def metadata_of(model):
    content = model.read_bytes()
    size, = struct.unpack("<Q", content[:8])
    return json.loads(content[8:8 + size])["__metadata__"]


@unittest.skipIf(sklearn is None, "skipped: python3-sklearn is not installed")
class StandardizeTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.data = sklearn.datasets.load_wine()
        order = numpy.random.default_rng(1).permutation(len(self.data.target))
        self.train, self.test = order[:140], order[140:]
        self.tables = ["--data", write_table(self.scratch / "train.csv", self.data, self.train),
                       "--test", write_table(self.scratch / "test.csv", self.data, self.test)]

    def sweep(self, name, *more, ranks=2):
        run = self.scratch / name
        result = program.run("sweep", *self.tables, "--output", run, "--dropout", "0,0.2", "--hidden", "16", "--epochs",
                             "30", "--batch-size", "16", "--learning-rate", "0.01", "--patience", "none", *more, ranks=ranks)
        self.check_success(result)
        return run

    def accuracy(self, run, trial):
        return next(row for row in program.rows_of(run / "summary.csv") if row["trial"] == trial)["test_accuracy"]

    def test_the_numbers_of_the_standard_scaler(self):
        run = self.sweep("run", "--standardize", "--report", "on")
        metadata = metadata_of(run / "models" / "p0-s1.safetensors")
        training = self.data.data[self.train].astype(numpy.float32)[:126]  # the last tenth is for validation
        scaler = sklearn.preprocessing.StandardScaler().fit(training.astype(numpy.float64))
        numpy.testing.assert_allclose(json.loads(metadata["feature_means"]), scaler.mean_, rtol=1e-7)
        numpy.testing.assert_allclose(json.loads(metadata["feature_deviations"]), scaler.scale_, rtol=1e-6)
        self.assertEqual(json.loads(metadata["feature_names"]), list(self.data.feature_names))
        # Features of 0.1 and of 1,000 side by side: without it nothing is learnt.
        self.assertGreater(float(self.accuracy(run, "p0-s1")), 0.9)
        self.assertLess(float(self.accuracy(self.sweep("raw"), "p0-s1")), 0.9)

    def test_models_take_raw_rows(self):
        run = self.sweep("run", "--standardize")
        model = run / "models" / "p0.2-s1.safetensors"
        evaluated = program.run("evaluate", model, *self.tables)
        self.check_success(evaluated)
        self.assertIn(f"test_accuracy {self.accuracy(run, 'p0.2-s1')}\n", evaluated.stdout)
        predicted = program.run("predict", model, self.tables[3])
        self.check_success(predicted)
        named = [line.split(",")[1] for line in predicted.stdout.splitlines()[1:]]
        truth = self.data.target_names[self.data.target[self.test]]
        self.assertAlmostEqual(float(numpy.mean(named == truth)), float(self.accuracy(run, "p0.2-s1")))
        exported = self.scratch / "model.npz"
        self.check_success(program.run("export", model, "--format", "npz", "--output", exported))
        with numpy.load(exported) as arrays:
            self.assertEqual(arrays.files[-2:], ["input_mean", "input_deviation"])
            x = (self.data.data[self.test].astype(numpy.float32) - arrays["input_mean"]) / arrays["input_deviation"]
            kernel, bias, kernel_1, bias_1 = (arrays[name] for name in arrays.files[:4])
            outputs = numpy.maximum(x @ kernel + bias, 0) @ kernel_1 + bias_1
        self.assertEqual([self.data.target_names[k] for k in outputs.argmax(axis=1)], named)

    def test_on_any_number_of_ranks(self):
        runs = [self.sweep(f"run {ranks}", "--standardize", ranks=ranks) for ranks in (1, 3)]
        self.check_equal_files(*runs, "summary.csv", "history.csv")


if __name__ == "__main__":
    program.main()
