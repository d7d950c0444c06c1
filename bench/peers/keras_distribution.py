"""The published experiment in Keras 3 on JAX, one thread: seeds 1 to SEEDS at dropout 0 and 0.3, written as Keras's
documents show it.

usage: keras_distribution.py DATA SEEDS     CSV: dropout,seed,epochs,best_val_loss,test_accuracy
"""

import sys

import peer  # noqa: F401  first: it sets backend and number of threads
import keras
import numpy

import digits


def train(training, test, dropout, seed):
    """Returns epochs, best val_loss, test accuracy of the last weights."""
    keras.utils.set_random_seed(seed)
    layers = [keras.Input(training[0].shape[1:])]
    for _ in range(2):
        layers += [keras.layers.Dense(512, activation="relu"), keras.layers.Dropout(dropout)]
    model = keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer=keras.optimizers.RMSprop(), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    losses = model.fit(*training, batch_size=128, epochs=20, validation_split=0.1, verbose=0,
                       callbacks=[keras.callbacks.EarlyStopping("val_loss", patience=2)]).history["val_loss"]
    predicted = model.predict(test[0], batch_size=1000, verbose=0).argmax(axis=1)
    return len(losses), min(losses), numpy.mean(predicted == test[1])


def main(directory, seeds):
    training, test = digits.read_samples(directory, "train"), digits.read_samples(directory, "t10k")
    print("dropout,seed,epochs,best_val_loss,test_accuracy")
    for seed in range(1, int(seeds) + 1):
        for dropout in (0, 0.3):
            epochs, loss, accuracy = train(training, test, dropout, seed)
            print(f"{dropout},{seed},{epochs},{loss:.5f},{accuracy:.4f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
