"""Keras 3 on JAX. usage: see peer.py; VARIANT: fp32 or bf16 (mixed precision)."""

import peer  # first: it sets backend and number of threads
import keras


class Trial:
    def __init__(self, training, validation, dropout, variant):
        keras.config.set_dtype_policy("mixed_bfloat16" if variant == "bf16" else "float32")
        keras.utils.set_random_seed(1)
        self.training, self.validation = training, validation
        layers = [keras.Input(training[0].shape[1:])]
        for _ in range(2):
            layers += [keras.layers.Dense(512, activation="relu"), keras.layers.Dropout(dropout)]
        self.model = keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax", dtype="float32")])
        self.model.compile(keras.optimizers.RMSprop(), "sparse_categorical_crossentropy")

    def train_epoch(self):
        self.model.fit(*self.training, batch_size=peer.BATCH_SIZE, verbose=0)

    def validation_loss(self):
        return self.model.evaluate(*self.validation, batch_size=1000, verbose=0)


if __name__ == "__main__":
    peer.main(Trial)
