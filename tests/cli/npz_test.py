"""A data set in an .npz file, as NumPy writes it: what the IDX files give, labels and samples of other kinds, and refusals."""

import pathlib

import numpy

import long_run
import program
import small_data


def arrays_of(directory):
    """The four arrays of Keras's mnist.npz, from IDX files."""
    def values(name, header, shape):
        return numpy.frombuffer((directory / name).read_bytes()[header:], numpy.uint8).reshape(shape)

    arrays = {}
    for side, prefix in ("train", "train"), ("test", "t10k"):
        arrays[f"x_{side}"] = values(f"{prefix}-images-idx3-ubyte", 16, (-1, 4, 5))
        arrays[f"y_{side}"] = values(f"{prefix}-labels-idx1-ubyte", 8, -1)
    return arrays


class NpzTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.directory = small_data.write_data(self.scratch / "idx")
        self.arrays = arrays_of(self.directory)

    def save(self, compressed=False, **changed):
        path = self.scratch / f"data {len(list(self.scratch.glob('*.npz')))}.npz"
        (numpy.savez_compressed if compressed else numpy.savez)(path, **{**self.arrays, **changed})
        return path

    def sweep(self, data, report="off"):
        run = self.scratch / f"run {pathlib.Path(data).name} {len(list(self.scratch.glob('run*')))}"
        result = program.run("sweep", "--data", data, "--output", run, "--dropout", "0,0.5", "--epochs", "2",
                             "--report", report, *long_run.MODEL, ranks=2)
        self.check_success(result)
        return run

    def test_the_same_bits_as_from_idx_files(self):
        idx = self.sweep(self.directory)
        for compressed in False, True:
            run = self.sweep(self.save(compressed))
            self.check_equal_files(run, idx, "summary.csv", "history.csv", "models/p0.5-s1.safetensors")

    def test_the_same_as_numbers(self):
        """Divided by 255 as the program divides: one rounding."""
        idx = self.sweep(self.directory)
        divided = {name: self.arrays[name].astype(numpy.float32) / numpy.float32(255) for name in ("x_train", "x_test")}
        npz = self.sweep(self.save(**divided))
        self.check_equal_files(npz, idx, "summary.csv", "history.csv")
        fortran = {name: numpy.asfortranarray(values) for name, values in divided.items()}
        self.check_equal_files(self.sweep(self.save(**fortran)), npz, "summary.csv", "history.csv")

    def test_labels_keep_their_values(self):
        names = numpy.array([7, -20, 300])
        other = {name: names[self.arrays[name]] for name in ("y_train", "y_test")}
        run = self.sweep(self.save(**other), "on")
        self.assertEqual([row["class"] for row in program.rows_of(run / "classes.csv")][:3], ["-20", "7", "300"])
        self.assertEqual({row["true"] for row in program.rows_of(run / "confusion.csv")}, {"-20", "7", "300"})
        self.assertEqual(program.report_of(run)["classification"]["classes"], ["-20", "7", "300"])
        model = run / "models" / "p0-s1.safetensors"
        evaluated = program.run("evaluate", model, "--data", self.save(**other))
        self.check_success(evaluated)
        self.assertRegex(evaluated.stdout, r"\n +-20  ")
        accuracy = next(row for row in program.rows_of(run / "summary.csv") if row["trial"] == "p0-s1")["test_accuracy"]
        self.assertIn(f"test_accuracy {accuracy}\n", evaluated.stdout)
        # Each label is known by its name, wherever it stands.
        unknown = program.run("evaluate", model, "--data", self.save())
        self.check_refusal(unknown, program.BAD_DATA, "the class 0 is none of -20, 7, 300")
        predicted = program.run("predict", model, self.save(x_test=self.arrays["x_test"][:3]))
        self.check_success(predicted)
        lines = predicted.stdout.splitlines()
        self.assertEqual(lines[0], "index,predicted,p_-20,p_7,p_300")
        self.assertEqual(len(lines), 4)
        self.assertIn(lines[1].split(",")[1], {"-20", "7", "300"})

    def test_one_hot_labels(self):
        one_hot = {name: numpy.eye(3)[self.arrays[name]] for name in ("y_train", "y_test")}
        self.check_equal_files(self.sweep(self.save(**one_hot)), self.sweep(self.save()), "summary.csv", "history.csv")

    def test_features_that_are_no_images(self):
        flat = {name: self.arrays[name].reshape(-1, 20) for name in ("x_train", "x_test")}
        run = self.sweep(self.save(**flat), "on")
        self.check_equal_files(run, self.sweep(self.save()), "summary.csv", "history.csv")
        self.assertEqual(len((run / "misclassified_images.csv").read_text().splitlines()), 1)
        report = program.report_of(run)
        self.assertNotIn("image", report["classification"])
        self.assertFalse([mistake for mistake in report["classification"]["mistakes"] if "pixels" in mistake])
        self.assertEqual(report["parts"][0]["manifest"]["data"]["columns"], 20)
        self.assertFalse(list((run / "plots").glob("failure*")))

    def test_a_refusal(self):
        x = self.arrays["x_train"].astype(numpy.float64)
        x[3, 1, 2] = numpy.nan
        path = self.save(x_train=x, x_test=x[:60])
        result = program.run("sweep", "--data", path, "--output", self.scratch / "refused", ranks=3)
        self.check_refusal(result, program.BAD_DATA, "x_train: value 7 of sample 3", str(path))
        self.assertFalse((self.scratch / "refused").exists())


if __name__ == "__main__":
    program.main()
