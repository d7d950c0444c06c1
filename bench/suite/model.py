"""The model that is measured, and how many operations it takes."""

HIDDEN = 512
BATCH_SIZE = 128


def layers(hidden=HIDDEN):
    """[in, out] of each dense layer."""
    return [(784, hidden), (hidden, hidden), (hidden, 10)]


def gflop_of_sample(hidden=HIDDEN):
    """2 m n k over the products of a training step, for one row: forward and dW of each layer, dX of all but the first."""
    products = [2 * inputs * outputs for inputs, outputs in layers(hidden)]
    return (2 * sum(products) + sum(products[1:])) / 1e9


def gflop_of_epoch(samples, hidden=HIDDEN):
    return gflop_of_sample(hidden) * samples
