"""The model, data and optimiser of dropsweep in Keras on TensorFlow, one thread. TensorFlow's own threads flush
denormals to zero.

usage: keras_mlp.py DATA fp32|bf16 EPOCHS     one trial; CSV: epoch,seconds (training, without validation)
"""

import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402  the variables come first
import tensorflow  # noqa: E402

import digits  # noqa: E402

BATCH_SIZE = 128
STEPS_PER_CALL = 50  # of the compiled loop: the way Keras offers to leave Python out of most steps


class PrintEpoch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        print(f"{epoch},{time.perf_counter() - self.start:.5f}", flush=True)


def main(directory, precision, epochs):
    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bf16" else "float32")
    keras.utils.set_random_seed(1)
    (x, y), _ = digits.read_split(directory)
    layers = [keras.Input(x.shape[1:])]
    for _ in range(2):
        layers += [keras.layers.Dense(512, activation="relu"), keras.layers.Dropout(0.3)]
    model = keras.Sequential([*layers, keras.layers.Dense(int(y.max()) + 1)])
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=0.001, rho=0.9, epsilon=1e-7),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"],
                  steps_per_execution=STEPS_PER_CALL)
    print("epoch,seconds")
    model.fit(x, y, batch_size=BATCH_SIZE, epochs=int(epochs), verbose=0, callbacks=[PrintEpoch()])


if __name__ == "__main__":
    main(*sys.argv[1:])
