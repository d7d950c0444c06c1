"""JAX, written for speed: an epoch is one compiled loop over the batches, which updates the weights in place.
usage: see peer.py; VARIANT: fp32.
"""

import functools

import peer  # first: it sets the number of threads
import jax
import jax.numpy as jnp


def loss(weights, x, y, dropout=None, key=jax.random.key(0)):
    for (kernel, bias), layer_key in zip(weights[:-1], jax.random.split(key, len(weights) - 1)):
        x = jax.nn.relu(x @ kernel + bias)
        if dropout is not None:
            x = jnp.where(jax.random.bernoulli(layer_key, 1 - dropout, x.shape), x / (1 - dropout), 0)
    log_p = jax.nn.log_softmax(x @ weights[-1][0] + weights[-1][1])
    return -jnp.take_along_axis(log_p, y[:, None], axis=1).mean()


def step(dropout, x, y, state, batch):
    """One batch: forward, backward, RMSprop."""
    weights, squares, key = state
    key, dropout_key = jax.random.split(key)
    value, gradient = jax.value_and_grad(loss)(weights, x[batch], y[batch], dropout, dropout_key)
    squares = jax.tree.map(lambda v, g: 0.9 * v + 0.1 * g * g, squares, gradient)
    weights = jax.tree.map(lambda w, v, g: w - 0.001 * g / jnp.sqrt(v + 1e-7), weights, squares, gradient)
    return (weights, squares, key), value


@functools.partial(jax.jit, donate_argnums=3)
def train(dropout, x, y, state):
    """One epoch; its last batch is shorter. Compiled once for all rates, and once for None."""
    weights, squares, key = state
    key, order_key = jax.random.split(key)
    order = jax.random.permutation(order_key, len(x))
    whole = len(x) // peer.BATCH_SIZE * peer.BATCH_SIZE
    one = functools.partial(step, dropout, x, y)
    state, _ = jax.lax.scan(one, (weights, squares, key), order[:whole].reshape(-1, peer.BATCH_SIZE))
    return one(state, order[whole:])[0] if whole < len(x) else state


validate = jax.jit(loss)


class Trial:
    def __init__(self, training, validation, dropout, _variant):
        self.training, self.validation = jax.device_put(training), jax.device_put(validation)
        self.train = functools.partial(train, dropout or None, *self.training)
        widths = [training[0].shape[1], 512, 512, 10]
        glorot = jax.nn.initializers.glorot_uniform()
        weights = [(glorot(key, shape), jnp.zeros(shape[1]))
                   for key, shape in zip(jax.random.split(jax.random.key(1), 3), zip(widths, widths[1:]))]
        self.state = weights, jax.tree.map(jnp.zeros_like, weights), jax.random.key(2)

    def train_epoch(self):
        self.state = jax.block_until_ready(self.train(self.state))

    def validation_loss(self):
        return float(validate(self.state[0], *self.validation))


if __name__ == "__main__":
    peer.main(Trial)
