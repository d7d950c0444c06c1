"""--rules: twenty steps of dropsweep beside those of the library whose rules it names, from the same weights, in file
order, without dropout.

Run by with_packages.py: `rules_test.py PROGRAM MPIRUN [unittest arguments]`. Images: the first of $DROPSWEEP_DATA, else
sparse noise. PyTorch: of $DROPSWEEP_PYTORCH, a Python, else Debian's (python3-torch).
"""

import functools
import json
import os
import pathlib
import subprocess
import sys

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import keras  # noqa: E402  the variables come first
import numpy  # noqa: E402
import safetensors.numpy  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[0] / "cli"), str(HERE.parents[1] / "bench" / "peers")]
import digits  # noqa: E402
import program  # noqa: E402
import small_data  # noqa: E402

# Narrow: of 2,560 x 32 sums the one nearest to 0, where ReLU bends, is some 1e-5 away, a hundred times its rounding
# error. With 512 units it is as near as the error, and a unit that is lit in one library is not in the other.
WIDTHS = [784, 16, 16, 10]
TENSORS = [f"{layer}/{tensor}" for layer in ("dense", "dense_1", "dense_2") for tensor in ("kernel", "bias")]
BATCH_SIZE, STEPS, SAMPLES = 128, 20, 2845  # int(0.9 * SAMPLES) = 20 * 128
CLIP = 1e-7

WEIGHTS, LOSS, VAL_LOSS = 1e-6, 5e-4, 5e-3  # what may differ
PYTORCH = os.environ.get("DROPSWEEP_PYTORCH", "/usr/bin/python3")


def sparse_digits(count):
    """Images of which a fifth is lit, as of MNIST: each class has pixels of its own."""
    random = numpy.random.default_rng(2)
    labels = random.integers(10, size=count)
    lit = numpy.where(random.random((10, 784)) < 0.2, 0.7, 0.05)
    pixels = (random.random((count, 784)) < lit[labels]) * random.integers(1, 256, (count, 784))
    return pixels.astype(numpy.uint8).reshape(-1, 28, 28), labels.astype(numpy.uint8)


def initial_weights():
    """[kernel, bias, kernel, bias ...]. Where epsilon is 1e-8 the first step of a weight with a first gradient near 0 is
    the rounding of that gradient. With this seed there is no such weight."""
    random = numpy.random.default_rng(8)
    kernels = [random.uniform(-1, 1, shape) * numpy.sqrt(6 / sum(shape)) for shape in zip(WIDTHS, WIDTHS[1:])]
    return [array.astype(numpy.float32) for kernel in kernels for array in (kernel, numpy.zeros(kernel.shape[1]))]


def weights_that_clip():
    """The class 3 has probabilities around CLIP."""
    weights = initial_weights()
    weights[-2][:, 3] *= 8
    weights[-1][3] = -14
    return weights


def weights_that_clip_all():
    """Each sample has the same probabilities: 1 - 6e-8 of the class 0, 7e-9 of the others."""
    weights = initial_weights()
    weights[-2][:] = 0
    weights[-1][0] = numpy.log(9 / 6e-8)
    return weights


def write_model(path, arrays):
    """The tensors in dropsweep's order, which the library would sort."""
    header, offset = {}, 0
    for name, array in zip(TENSORS, arrays):
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(array.tobytes() for array in arrays))


def forward(arrays, x):
    """The inputs of each layer, and the probabilities."""
    inputs = [x]
    for kernel, bias in zip(arrays[:-2:2], arrays[1:-2:2]):
        inputs.append(numpy.maximum(inputs[-1] @ kernel + bias, 0))
    logits = inputs[-1] @ arrays[-2] + arrays[-1]
    exponentials = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return inputs, exponentials / exponentials.sum(axis=1, keepdims=True)


def train_with_numpy(rules, weights, training, validation):
    """(weights, loss, val_loss) of Keras's rules in float32.

    keras-2017 is Keras 2.0.0 to 2.1.2: keras/optimizers.py has RMSprop(lr=0.001, rho=0.9, epsilon=1e-8) and
    `new_p = p - lr * g / (K.sqrt(new_a) + self.epsilon)`; categorical_crossentropy of keras/backend/ clips the
    probabilities to _EPSILON, 1 - _EPSILON, where _EPSILON is 10e-8.
    """
    w = [array.copy() for array in weights]
    v = [numpy.zeros_like(array) for array in w]
    total = 0.0
    for begin in range(0, len(training[0]), BATCH_SIZE):
        x, y = (part[begin:begin + BATCH_SIZE] for part in training)
        inputs, p = forward(w, x)
        of_label = p[numpy.arange(len(y)), y]
        low, high = numpy.float32(CLIP), numpy.float32(1 - CLIP)
        clipped = numpy.clip(of_label, low, high)
        total -= numpy.log(clipped).sum(dtype=float)
        p[numpy.arange(len(y)), y] -= 1
        dz = p * (clipped == of_label)[:, None] / numpy.float32(len(y))
        gradient = []
        for layer in reversed(range(len(inputs))):
            gradient[:0] = [inputs[layer].T @ dz, dz.sum(axis=0)]
            dz = (dz @ w[2 * layer].T) * (inputs[layer] > 0)
        for i, g in enumerate(gradient):
            v[i] = numpy.float32(0.9) * v[i] + numpy.float32(0.1) * g * g
            keras_2017 = numpy.sqrt(v[i]) + numpy.float32(1e-8)
            divisor = numpy.sqrt(v[i] + numpy.float32(1e-7)) if rules == "keras" else keras_2017
            w[i] -= numpy.float32(1e-3) * g / divisor
    of_label = forward(w, validation[0])[1][numpy.arange(len(validation[1])), validation[1]]
    return w, total / len(training[0]), -numpy.log(numpy.clip(of_label, CLIP, 1 - CLIP)).mean()


def train_with_keras(weights, training, validation, class_weight=None, optimizer=keras.optimizers.RMSprop, epochs=1):
    """As train_with_numpy, in STEPS steps."""
    model = keras.Sequential([keras.Input(WIDTHS[:1]), *(keras.layers.Dense(n, "relu") for n in WIDTHS[1:-1]),
                              keras.layers.Dense(WIDTHS[-1], "softmax")])
    model.set_weights(weights)
    model.compile(optimizer(), "sparse_categorical_crossentropy")
    history = model.fit(*training, batch_size=epochs * BATCH_SIZE, shuffle=False, validation_data=validation, verbose=0,
                        class_weight=class_weight, epochs=epochs).history
    return model.get_weights(), history["loss"][-1], history["val_loss"][-1]


def train_with_pytorch(scratch, optimizer, weights, training, validation):
    """As train_with_numpy."""
    given, result = scratch / "given.npz", scratch / "result.npz"
    numpy.savez(given, x=training[0], y=training[1], validation_x=validation[0], validation_y=validation[1],
                batch_size=BATCH_SIZE, **{f"w{i}": array for i, array in enumerate(weights)})
    subprocess.run([PYTORCH, HERE / "pytorch_steps.py", given, result, optimizer], check=True)
    with numpy.load(result) as file:
        return [file[f"w{i}"] for i in range(len(weights))], file["loss"], file["val_loss"]


class RulesTest(program.ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scratch = program.tempfile.TemporaryDirectory(prefix="dropsweep test ")
        cls.addClassCleanup(scratch.cleanup)
        cls.data = pathlib.Path(scratch.name)
        images, labels = sparse_digits(SAMPLES)
        if "DROPSWEEP_DATA" in os.environ:
            source = pathlib.Path(os.environ["DROPSWEEP_DATA"])
            images = digits.read_idx(source / "train-images-idx3-ubyte")
            labels = digits.read_idx(source / "train-labels-idx1-ubyte")
        for part, count in (("train", SAMPLES), ("t10k", 200)):
            pixels = images[:count].tobytes()
            (cls.data / f"{part}-images-idx3-ubyte").write_bytes(small_data.images_bytes(pixels, count, 28, 28))
            (cls.data / f"{part}-labels-idx1-ubyte").write_bytes(small_data.labels_bytes(labels[:count]))
        cls.training, cls.validation = digits.read_split(cls.data)
        assert len(cls.training[0]) == STEPS * BATCH_SIZE

    def train_with_dropsweep(self, rules, weights, *options):
        """As train_with_numpy."""
        given, run = self.scratch / "given.safetensors", pathlib.Path(program.tempfile.mkdtemp(dir=self.scratch), "run")
        write_model(given, weights)
        self.check_success(program.run("train", "--data", self.data, "--output", run, "--rules", rules, "--dropout", 0,
                                       "--hidden", ",".join(map(str, WIDTHS[1:-1])), "--init-weights", given,
                                       "--shuffle", "off", *(options if "--epochs" in options else ["--epochs", 1, *options])))
        (path,) = (run / "models").glob("*.safetensors")
        row = program.rows_of(run / "history.csv")[-1]
        tensors = safetensors.numpy.load_file(path)
        return [tensors[name] for name in TENSORS], float(row["loss"]), float(row["val_loss"])

    def check_equal(self, ours, theirs):
        """A weight far from 0 is rounded to more than WEIGHTS."""
        weights = max((numpy.abs(a - b) / numpy.maximum(1, numpy.abs(b))).max() for a, b in zip(ours[0], theirs[0]))
        loss, val_loss = abs(ours[1] - theirs[1]), abs(ours[2] - theirs[2])
        print(f"weights differ by {weights:.1e}, loss by {loss:.1e}, val_loss by {val_loss:.1e}", file=sys.stderr)
        self.assertLess(weights, WEIGHTS)
        self.assertLess(loss, LOSS)
        self.assertLess(val_loss, VAL_LOSS)

    def check_without_clipping(self, train, others_train):
        self.check_equal(train(initial_weights()), others_train(initial_weights(), self.training, self.validation))

    def check(self, train, others_train):
        """Without clipped samples, and with some."""
        self.check_without_clipping(train, others_train)
        weights = weights_that_clip()
        x, y = (part[:BATCH_SIZE] for part in self.training)
        threes = forward(weights, x)[1][y == 3, 3]
        self.assertGreater((threes < CLIP).sum(), 0)
        self.assertGreater((threes > CLIP).sum(), 0)
        self.check_equal(train(weights), others_train(weights, self.training, self.validation))

    def dropsweep(self, rules, *options):
        return lambda weights: self.train_with_dropsweep(rules, weights, *options)

    def test_numpy_follows_keras(self):
        """So that all of keras-2017 but its update is checked against Keras as well."""
        self.check(lambda weights: train_with_numpy("keras", weights, self.training, self.validation), train_with_keras)

    def test_keras(self):
        self.check(self.dropsweep("keras"), train_with_keras)

    def test_class_weights(self):
        """Of the training loss alone; a class that has none in Keras's dictionary has 1."""
        self.check(lambda weights: self.train_with_dropsweep("keras", weights, "--class-weights",
                                                             "0.3,1,5,1,1,1,0,1,2.5,1"),
                   functools.partial(train_with_keras, class_weight={0: 0.3, 2: 5, 6: 0, 8: 2.5}))

    def test_keras_optimizers(self):
        """With their defaults; that of momentum is 0 in both. What is clipped is the loss's, whatever the optimizer."""
        for options, optimizer in ((["adam"], keras.optimizers.Adam), (["sgd"], keras.optimizers.SGD),
                                   (["sgd", "--momentum", 0.9], functools.partial(keras.optimizers.SGD, momentum=0.9)),
                                   (["adam", "--beta-1", 0.7, "--beta-2", 0.95, "--epsilon", 1e-4, "--learning-rate", 0.002],
                                    functools.partial(keras.optimizers.Adam, 0.002, 0.7, 0.95, 1e-4))):
            with self.subTest(options):
                self.check_without_clipping(self.dropsweep("keras", "--optimizer", *options),
                                            functools.partial(train_with_keras, optimizer=optimizer))

    def test_adam_counts_the_steps_of_all_epochs(self):
        weights = initial_weights()
        self.check_equal(self.train_with_dropsweep("keras", weights, "--optimizer", "adam", "--epochs", 2, "--batch-size",
                                                   2 * BATCH_SIZE),
                         train_with_keras(weights, self.training, self.validation, optimizer=keras.optimizers.Adam, epochs=2))

    def test_keras_2017(self):
        self.check(self.dropsweep("keras-2017"), functools.partial(train_with_numpy, "keras-2017"))

    def test_torch(self):
        if subprocess.run([PYTORCH, "-c", "import torch"], capture_output=True, check=False).returncode != 0:
            self.skipTest(f"skipped: {PYTORCH} has no PyTorch")
        for options, optimizer in ([], "RMSprop(_, lr=1e-3, alpha=0.9, eps=1e-8)"), (["adam"], "Adam(_, lr=1e-3)"), \
                (["sgd", "--momentum", 0.9], "SGD(_, lr=1e-2, momentum=0.9)"):
            with self.subTest(optimizer):
                self.check(self.dropsweep("torch", *(["--optimizer", *options] if options else [])),
                           functools.partial(train_with_pytorch, self.scratch, optimizer))

    def test_nothing_moves_where_all_is_clipped(self):
        weights = weights_that_clip_all()
        for trained in (train_with_keras(weights, self.training, self.validation),
                        *(self.train_with_dropsweep(rules, weights) for rules in ("keras", "keras-2017"))):
            for before, after in zip(weights, trained[0]):
                numpy.testing.assert_array_equal(before, after)


if __name__ == "__main__":
    program.main()
