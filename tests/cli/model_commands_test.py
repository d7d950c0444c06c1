"""`dropsweep evaluate`, `predict` and `export`: a saved model gives the figures that the sweep wrote."""

import csv
import io
import json
import os
import shutil
import struct

import program
import small_data

SMALL = ["--hidden", "9,7", "--epochs", "3", "--batch-size", "31", "--learning-rate", "0.01", "--patience", "none"]


def with_weights(content, weight):
    """A model file with every weight replaced."""
    length = struct.unpack("<Q", content[:8])[0]
    return content[:8 + length] + struct.pack("<f", weight) * ((len(content) - 8 - length) // 4)


def with_metadata(content, **metadata):
    """A model file with other metadata; None removes an entry."""
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    header["__metadata__"] |= metadata
    header["__metadata__"] = {name: value for name, value in header["__metadata__"].items() if value is not None}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content[8 + length:]


class ModelCommandsTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.data = small_data.write_data(self.scratch / "data", train_count=3000, test_count=600)
        self.images = self.data / "t10k-images-idx3-ubyte"

    def sweep(self, *arguments, ranks=None):
        run = self.scratch / "run"
        self.check_success(program.run("sweep", "--data", self.data, "--output", run, *SMALL, *arguments, ranks=ranks))
        return run

    def model(self):
        return self.sweep("--dropout", "0.3") / "models/p0.3-s1.safetensors"

    def test_evaluate_gives_the_figures_of_the_sweep_to_the_last_digit(self):
        run = self.sweep("--dropout", "0,0.5", "--seeds", "2", "--leaf-rows", "11", "--validation-split", "0.3", ranks=3)
        for row in program.rows_of(run / "summary.csv"):
            with self.subTest(trial=row["trial"]):
                result = program.run("evaluate", run / "models" / f"{row['trial']}.safetensors", "--data", self.data,
                                     "--validation-split", "0.3")
                self.check_success(result)
                figures = dict(line.split(" ") for line in result.stdout.splitlines()[:4])
                self.assertEqual(figures, {name: row[name] for name in figures})
                self.assertEqual(set(figures), {"val_loss", "val_accuracy", "test_loss", "test_accuracy"})
                table = [line.split() for line in result.stdout.splitlines()[6:]]
                self.assertEqual([line[0] for line in table], ["0", "1", "2", "accuracy", "macro", "weighted"])
                self.assertEqual(table[3][1], f"{float(row['test_accuracy']):.4f}")

    def test_evaluate_multiplies_as_the_training_did(self):
        for number, arithmetic in enumerate((["--precision", "bf16"], ["--gemm", "openblas"])):
            with self.subTest(arithmetic):
                run = self.scratch / str(number)
                self.check_success(program.run("train", "--data", self.data, "--output", run, *SMALL, *arithmetic))
                row, = program.rows_of(run / "summary.csv")
                result = program.run("evaluate", run / "models" / "p0-s1.safetensors", "--data", self.data)
                self.check_success(result)
                figures = dict(line.split(" ") for line in result.stdout.splitlines()[:4])
                self.assertEqual(figures, {name: row[name] for name in figures})

    def test_predict_writes_a_row_for_each_image(self):
        model = self.model()
        result = program.run("predict", model, self.images)
        self.check_success(result)
        rows = list(csv.DictReader(io.StringIO(result.stdout)))
        self.assertEqual(list(rows[0]), ["index", "predicted", "p0", "p1", "p2"])
        self.assertEqual([row["index"] for row in rows], [str(i) for i in range(600)])
        labels = (self.data / "t10k-labels-idx1-ubyte").read_bytes()[8:]
        right = sum(int(row["predicted"]) == label for row, label in zip(rows, labels))
        accuracy = program.rows_of(model.parent.parent / "summary.csv")[0]["test_accuracy"]
        self.assertEqual(right / 600, float(accuracy))
        for row in rows:
            probabilities = [float(row[f"p{c}"]) for c in range(3)]
            self.assertAlmostEqual(sum(probabilities), 1, delta=3e-7)  # three roundings to float
            self.assertEqual(max(probabilities), probabilities[int(row["predicted"])])

        unlabelled = self.scratch / "unlabelled"
        unlabelled.mkdir()
        shutil.copy(self.images, unlabelled)
        self.assertEqual(program.run("predict", model, unlabelled).stdout, result.stdout)
        output = self.scratch / "predictions.csv"
        to_file = program.run("predict", model, small_data.compress(self.images), "--output", output)
        self.check_success(to_file)
        self.assertEqual((output.read_text(), to_file.stdout), (result.stdout, ""))

    def test_export_writes_beside_the_model_or_where_it_is_told(self):
        model = self.model()
        for format_name in ("onnx", "npz"):
            beside = model.with_suffix("." + format_name)
            result = program.run("export", model, "--format", format_name)
            self.check_success(result)
            self.assertEqual(result.stdout, f"{beside}\n")
            elsewhere = self.scratch / "exported"
            self.check_success(program.run("export", model, "--format", format_name, "--output", elsewhere))
            self.assertEqual(elsewhere.read_bytes(), beside.read_bytes())

    def faults(self, model):
        """(exit code, arguments, what the line names) of commands about this model and odd files."""
        other = small_data.write_data(self.scratch / "other", rows=5)
        more = small_data.write_data(self.scratch / "more", classes=4)
        lone = small_data.write_data(self.scratch / "lone")
        labels = lone / "train-labels-idx1-ubyte"
        labels.write_bytes(labels.read_bytes()[:-1] + b"\xfa")
        sizes = small_data.write_data(self.scratch / "sizes")
        for name in ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
            (sizes / name).write_bytes((other / name).read_bytes())
        content = model.read_bytes()
        onnx, cut, huge, link, images_link, fifo = (self.scratch / name for name in (
            "odd.onnx", "cut.safetensors", "huge.safetensors", "link", "images link", "fifo"))
        onnx.write_bytes(content)
        cut.write_bytes(content[:-1])
        huge.write_bytes(with_weights(content, 3e38))
        wide = small_data.write_data(self.scratch / "wide", rows=2, columns=10)
        link.symlink_to(model)
        images_link.symlink_to(self.images)
        os.mkfifo(fifo)
        data = ["--data", self.data]
        return [
            (program.USAGE, ["evaluate"], "MODEL"),
            (program.USAGE, ["evaluate", model, "second", *data], "second"),
            (program.USAGE, ["evaluate", model, *data, "--validation-split", "1"], "--validation-split"),
            (program.USAGE, ["predict", model], "MODEL SAMPLES"),
            (program.USAGE, ["predict", model, ""], "MODEL SAMPLES"),
            (program.USAGE, ["export", model], "--format"),
            (program.USAGE, ["export", model, "--format", "ONNX"], "ONNX"),
            (program.USAGE, ["export", model, "--formats", "npz"], "--formats"),
            (program.USAGE, ["export", onnx, "--format", "onnx"], "odd.onnx"),
            (program.USAGE, ["export", model, "--format", "npz", "--output", link], "link"),
            (program.USAGE, ["predict", model, self.images, "--output", self.images], self.images),
            (program.USAGE, ["predict", model, self.images, "--output", images_link], "images link"),
            (program.USAGE, ["predict", model, self.images, "--output", link], "link"),
            (program.MISSING_INPUT, ["evaluate", fifo, *data], "fifo"),
            (program.MISSING_INPUT, ["evaluate", self.scratch / "nothing", *data], "nothing"),
            (program.MISSING_INPUT, ["evaluate", model, "--data", self.scratch / "nothing"], "nothing"),
            (program.MISSING_INPUT, ["predict", model, self.scratch / "nothing"], "nothing"),
            (program.MISSING_INPUT, ["export", self.scratch / "nothing", "--format", "npz"], "nothing"),
            (program.BAD_DATA, ["evaluate", cut, *data], "cut.safetensors"),
            (program.BAD_DATA, ["predict", cut, self.images], "cut.safetensors"),
            (program.BAD_DATA, ["export", cut, "--format", "onnx"], "cut.safetensors"),
            (program.BAD_DATA, ["evaluate", model, "--data", other], "20 inputs"),
            (program.BAD_DATA, ["evaluate", model, "--data", more], "the class 3 is none of 0, 1, 2"),
            (program.BAD_DATA, ["evaluate", model, "--data", lone], "the class 250 is none of"),
            (program.BAD_DATA, ["evaluate", model, "--data", sizes], sizes),
            (program.BAD_DATA, ["evaluate", huge, *data], "huge.safetensors"),
            (program.BAD_DATA, ["predict", huge, self.images], "huge.safetensors"),
            (program.BAD_DATA, ["evaluate", model, "--data", wide], "2 x 10"),
            (program.BAD_DATA, ["predict", model, wide / "t10k-images-idx3-ubyte"], "4 x 5"),
            (program.BAD_DATA, ["predict", model, other / "t10k-images-idx3-ubyte"], "5 x 5"),
            (program.BAD_DATA, ["predict", model, self.data / "t10k-labels-idx1-ubyte"], "labels"),
            (program.BAD_DATA, ["predict", model, model], "p0.3-s1"),
            (program.IO_ERROR, ["predict", model, self.images, "--output", self.scratch / "no" / "where"], "where"),
            (program.IO_ERROR, ["predict", model, self.images, "--output", fifo], "fifo"),
            (program.IO_ERROR, ["export", model, "--format", "onnx", "--output", fifo], "fifo"),
            (program.IO_ERROR, ["export", model, "--format", "npz", "--output", self.scratch / "no" / "where"], "where"),
        ]

    def test_faults(self):
        model = self.model()
        faults = self.faults(model)
        onnx, fifo = self.scratch / "odd.onnx", self.scratch / "fifo"
        before = program.files_below(self.scratch)
        bytes_before = [path.read_bytes() for path in (model, onnx, self.images)]
        # Under mpirun one of each kind: who reports and with which code does not depend on the words.
        faults = [(*fault, None) for fault in faults] + \
            [(*fault, 2) for fault in {(code, arguments[0]): (code, arguments, mention)
                                       for code, arguments, mention in faults}.values()]
        calls = [(arguments, {"ranks": ranks}) for _, arguments, _, ranks in faults]
        for (code, arguments, mention, _), result in zip(faults, program.run_side_by_side(calls)):
            with self.subTest(command=result.command):
                self.check_refusal(result, code, mention)
        self.assertEqual(program.files_below(self.scratch), before)
        self.assertEqual([path.read_bytes() for path in (model, onnx, self.images)], bytes_before)
        self.assertTrue(fifo.is_fifo())

    def test_a_model_is_not_judged_by_data_that_nobody_named(self):
        model = self.model()
        result = program.run("evaluate", model, cwd=self.scratch)
        self.check_refusal(result, program.MISSING_INPUT, "data/mnist is not there; give --data")
        self.assertEqual(result.warnings, [], result)
        (self.scratch / "data").rename(self.scratch / "mnist")
        (self.scratch / "data").mkdir()
        (self.scratch / "mnist").rename(self.scratch / "data/mnist")
        by_default = program.run("evaluate", model, cwd=self.scratch)
        self.check_success(by_default)
        by_variable = program.run("evaluate", model, env={"DROPSWEEP_DATA": str(self.scratch / "data/mnist")})
        self.assertEqual(by_variable.stdout, by_default.stdout)
        # The synthetic digits are 28 x 28.
        self.check_refusal(program.run("evaluate", model, "--data", "synthetic"), program.BAD_DATA, "20 inputs")

    def test_a_model_that_does_not_say_its_image_size_takes_any_of_so_many_pixels(self):
        model = self.model()
        wide = small_data.write_data(self.scratch / "wide", rows=2, columns=10)
        model.write_bytes(with_metadata(model.read_bytes(), image_rows=None, image_columns=None,
                                        sha256=None))
        self.check_success(program.run("predict", model, wide / "t10k-images-idx3-ubyte"))

    def test_a_full_standard_output_is_an_error(self):
        model = self.model()
        if not os.path.exists("/dev/full"):
            self.skipTest("skipped: there is no /dev/full here")
        result = program.run(prefix=["sh", "-c", '"$@" > /dev/full', "sh"], *["predict", model, self.images])
        self.check_refusal(result, program.IO_ERROR, "standard output", "--output")
        result = program.run("evaluate", model, "--data", self.data, prefix=["sh", "-c", '"$@" > /dev/full', "sh"])
        self.check_refusal(result, program.IO_ERROR, "standard output", "run it again")

    def test_a_class_without_training_images_is_said(self):
        model = self.model()
        labels = self.data / "train-labels-idx1-ubyte"
        content = labels.read_bytes()
        labels.write_bytes(content[:8] + content[8:].replace(b"\x01", b"\x02"))
        result = program.run("evaluate", model, "--data", self.data)
        self.check_success(result)
        self.assertEqual(len(result.warnings), 1, result)
        self.assertIn(f"{self.data}: class 1", result.warnings[0])


if __name__ == "__main__":
    program.main()
