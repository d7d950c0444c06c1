"""Models as other tools read them: the safetensors library, ONNX and ONNX Runtime, NumPy.

Run by with_packages.py: `interop_test.py PROGRAM MPIRUN [unittest arguments]`.
"""

import csv
import io
import pathlib
import sys

import numpy
import onnx
import onnxruntime
import safetensors
import safetensors.numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import program  # noqa: E402
import small_data  # noqa: E402

ROWS, COLUMNS, CLASSES, TEST_IMAGES = 28, 28, 10, 200
WIDTHS = [ROWS * COLUMNS, 32, 16, CLASSES]
TENSORS = ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias", "dense_2/kernel", "dense_2/bias"]
SHAPES = [shape for i, o in zip(WIDTHS, WIDTHS[1:]) for shape in ((i, o), (o,))]

# A float32 sum of 784 products is off by about sqrt(784) * 2^-24 = 2e-6 of their size, which is about 1; a probability
# moves by at most a quarter of what its logit does.
TOLERANCE = 1e-5


def images_of(path):
    """[images, pixels] in 0..1, of an IDX file."""
    pixels = numpy.frombuffer(path.read_bytes(), numpy.uint8, offset=16)
    return pixels.reshape(-1, ROWS * COLUMNS).astype(numpy.float32) / numpy.float32(255)


def forward(arrays, inputs):
    """The network in float64, from [kernel, bias, kernel, bias ...]."""
    values = inputs.astype(numpy.float64)
    for kernel, bias in zip(arrays[:-2:2], arrays[1:-2:2]):
        values = numpy.maximum(values @ kernel.astype(numpy.float64) + bias, 0)
    logits = values @ arrays[-2].astype(numpy.float64) + arrays[-1]
    exponentials = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


class InteropTest(program.ProgramTest):
    """One tiny model, trained once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scratch = program.tempfile.TemporaryDirectory(prefix="dropsweep test ")
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = pathlib.Path(scratch.name)
        data = small_data.write_data(cls.directory / "data", train_count=600, test_count=TEST_IMAGES, classes=CLASSES,
                                  rows=ROWS, columns=COLUMNS)
        cls.model, cls.standardized = (cls.train(data, *options) for options in ([], ["--standardize"]))
        cls.images = data / "t10k-images-idx3-ubyte"
        cls.inputs = images_of(cls.images)

    @classmethod
    def train(cls, data, *options):
        """The model file."""
        run = pathlib.Path(program.tempfile.mkdtemp(dir=cls.directory), "run")
        trained = program.run("train", "--data", data, "--output", run, "--epochs", 3, "--hidden", "32,16",
                              "--dropout", 0.2, *options)
        assert trained.code == 0, trained
        (model,) = (run / "models").glob("*.safetensors")
        return model

    def export(self, name, model=None):
        """Exports to the scratch directory; returns the file."""
        path = self.scratch / name
        self.check_success(program.run("export", model or self.model, "--format", path.suffix[1:], "--output", path))
        return path

    def check_predictions(self, probabilities, model=None):
        """Against the CSV of `dropsweep predict`, for all test images."""
        result = program.run("predict", model or self.model, self.images)
        self.check_success(result)
        header, *rows = csv.reader(io.StringIO(result.stdout))
        self.assertEqual(header, ["index", "predicted", *(f"p{c}" for c in range(CLASSES))])
        self.assertEqual([int(row[0]) for row in rows], list(range(TEST_IMAGES)))
        predicted = numpy.array([int(row[1]) for row in rows])
        ours = numpy.array([[float(value) for value in row[2:]] for row in rows])
        self.assertLess(numpy.abs(ours - probabilities).max(), TOLERANCE)
        numpy.testing.assert_array_equal(predicted, ours.argmax(axis=1))
        first, second = numpy.sort(probabilities, axis=1)[:, :-3:-1].T
        clear = first - second > 2 * TOLERANCE
        numpy.testing.assert_array_equal(predicted[clear], probabilities.argmax(axis=1)[clear])
        # Equal rows, or a single class for all, would hide a wrong order.
        self.assertGreater(len(set(predicted)), 1)
        self.assertGreater(clear.mean(), 0.9)

    def test_safetensors_reads_the_model(self):
        with safetensors.safe_open(self.model, framework="numpy") as file:
            self.assertEqual(file.offset_keys(), TENSORS)
            self.assertEqual(sorted(file.keys()), sorted(TENSORS))
            metadata = file.metadata()
        self.assertEqual(metadata["format"], "dropsweep")
        self.assertEqual(metadata["classes"], str(CLASSES))
        self.assertEqual(metadata["input_scale"], "1/255")
        tensors = safetensors.numpy.load_file(self.model)
        for name, shape in zip(TENSORS, SHAPES):
            self.assertEqual((tensors[name].dtype, tensors[name].shape), (numpy.float32, shape), name)
        self.check_predictions(forward([tensors[name] for name in TENSORS], self.inputs))

    def test_onnx_checker_accepts_the_model(self):
        model = onnx.load(self.export("model.onnx"))
        onnx.checker.check_model(model, full_check=True)
        self.assertEqual([(each.name, tuple(each.dims)) for each in model.graph.initializer],
                         list(zip(TENSORS, SHAPES)))

    def test_onnx_runtime_predicts_the_same(self):
        session = onnxruntime.InferenceSession(self.export("model.onnx"), providers=["CPUExecutionProvider"])
        (given,), (wanted,) = session.get_inputs(), session.get_outputs()
        self.assertEqual((given.name, given.shape, given.type), ("input", ["N", WIDTHS[0]], "tensor(float)"))
        self.assertEqual((wanted.name, wanted.shape, wanted.type), ("probabilities", ["N", CLASSES], "tensor(float)"))
        (probabilities,) = session.run(["probabilities"], {"input": self.inputs})
        self.check_predictions(probabilities)
        (one,) = session.run(["probabilities"], {"input": self.inputs[:1]})
        self.assertLess(numpy.abs(one - probabilities[:1]).max(), TOLERANCE)
        with safetensors.safe_open(self.model, framework="numpy") as file:
            self.assertEqual(session.get_modelmeta().custom_metadata_map, file.metadata())

    def test_numpy_reads_what_set_weights_takes(self):
        tensors = safetensors.numpy.load_file(self.model)
        with numpy.load(self.export("model.npz"), allow_pickle=False) as file:
            self.assertEqual(file.files, sorted(file.files))
            arrays = [file[name] for name in file.files]
        self.assertEqual([array.shape for array in arrays], SHAPES)
        for name, array in zip(TENSORS, arrays):
            self.assertEqual(array.dtype, numpy.dtype("<f4"))
            self.assertEqual(array.tobytes(), tensors[name].tobytes(), name)
        self.check_predictions(forward(arrays, self.inputs))

    def test_standardized_models_take_raw_values(self):
        path = self.export("standardized.onnx", self.standardized)
        onnx.checker.check_model(onnx.load(path), full_check=True)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        (probabilities,) = session.run(["probabilities"], {"input": self.inputs})
        self.check_predictions(probabilities, self.standardized)
        with numpy.load(self.export("standardized.npz", self.standardized), allow_pickle=False) as file:
            *arrays, mean, deviation = (file[name] for name in file.files)
        deviation[deviation == 0] = numpy.inf
        self.check_predictions(forward(arrays, (self.inputs - mean) / deviation), self.standardized)

    def test_default_output_is_beside_the_model(self):
        for form in ("onnx", "npz"):
            self.check_success(program.run("export", self.model, "--format", form))
            self.assertEqual(self.model.with_suffix(f".{form}").read_bytes(), self.export(f"model.{form}").read_bytes())


if __name__ == "__main__":
    program.main()
