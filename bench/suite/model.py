"""How many operations the model takes."""

LAYERS = [(784, 512), (512, 512), (512, 10)]  # [in, out] of each dense layer
BATCH_SIZE = 128


def gflop_of_sample():
    """2 m n k over the products of a training step, for one row: forward and dW of each layer, dX of all but the first."""
    products = [2 * inputs * outputs for inputs, outputs in LAYERS]
    return (2 * sum(products) + sum(products[1:])) / 1e9


def gflop_of_epoch(samples):
    return gflop_of_sample() * samples
