#!/usr/bin/env python3
"""A second opinion on dropsweep's arithmetic: the same small network in NumPy float64.

Written from the published algorithms and from the contracts in include/dropsweep, not from the C++ sources: Philox,
Glorot-uniform weights, dropout masks, forward and backward pass, RMSprop by each of the --rules. That these are the
rules of Keras and PyTorch is not checked here but in tests/interop. tests/nn/reference_test.cpp compares dropsweep with
golden.json.

    generate.py           writes golden.json
    generate.py --check   compares it with what would be written; exit 77 where NumPy is missing
"""

import json
import pathlib
import sys

try:
    import numpy as np
except ImportError:
    print("NumPy is missing: nothing is written or compared", file=sys.stderr)
    sys.exit(77)

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden.json"

SEED = 0x123456789  # its high half is not zero
WIDTHS = [6, 10, 9, 3]  # more than the eight units of one random block
DROPOUT = 0.3
EPOCH = 2
STEPS = 50
LARGE = 24  # so many times the weights of the last layer: of some rows the probability is clipped, to either side
LEARNING_RATE, RHO = 0.001, 0.9
CLIP = 1e-7
RULES = {  # epsilon, what g is divided by, whether the probabilities are clipped to [CLIP, 1 - CLIP]
    "keras": (1e-7, lambda v, epsilon: np.sqrt(v + epsilon), True),
    "keras-2017": (1e-8, lambda v, epsilon: np.sqrt(v) + epsilon, True),
    "torch": (1e-8, lambda v, epsilon: np.sqrt(v) + epsilon, False),
}
SAMPLES = [0, 1, 7, 8, 300, 53999, 4000000000]  # numbers of the seven rows in the training set
LABELS = [1, 0, 1, 2, 2, 0, 1]

PURPOSE_INITIAL_WEIGHTS = 1
PURPOSE_DROPOUT = 3
MASK32 = 0xFFFFFFFF


def philox4x32(counter, key):
    """Ten rounds of Philox4x32. Salmon, Moraes, Dror, Shaw (2011), section 3.3."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product0 = 0xD2511F53 * c0
        product1 = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (product1 >> 32) ^ c1 ^ k0, product1 & MASK32, (product0 >> 32) ^ c3 ^ k1, product0 & MASK32
        k0, k1 = (k0 + 0x9E3779B9) & MASK32, (k1 + 0xBB67AE85) & MASK32
    return c0, c1, c2, c3


def random_block(purpose, layer, epoch, item, block):
    """dropsweep's placement: the key is the seed, the counter holds block, item, epoch, purpose and layer."""
    return philox4x32((block, item, epoch, purpose << 24 | layer), (SEED & MASK32, SEED >> 32))


def glorot_kernel(layer):
    """U(-limit, limit) from the highest 24 bits of one word for each element; item: the row of the kernel."""
    fan_in, fan_out = WIDTHS[layer], WIDTHS[layer + 1]
    limit = np.sqrt(6 / (fan_in + fan_out))
    words = [
        [random_block(PURPOSE_INITIAL_WEIGHTS, layer, 0, row, j // 4)[j % 4] for j in range(fan_out)]
        for row in range(fan_in)
    ]
    uniform = (np.array(words) >> 8) * 2.0**-24
    return (2 * uniform - 1) * limit


def dropout_mask(layer, epoch):
    """[rows, units]: 0 where the 16 bits of the unit are below round(65536 p), else 1. Eight units a block."""
    threshold = round(65536 * DROPOUT)

    def bits(sample, unit):
        word = random_block(PURPOSE_DROPOUT, layer, epoch, sample, unit // 8)[unit % 8 // 2]
        return word >> 16 * (unit % 2) & 0xFFFF

    mask = np.array([[bits(sample, unit) >= threshold for unit in range(WIDTHS[layer + 1])] for sample in SAMPLES])
    return mask.astype(float), 65536 / (65536 - threshold)


def run(weights, x, epoch, clips=True):
    """Forward and backward pass, summed over the rows. Returns activations, -log softmax, loss, gradient. A row whose
    probability is clipped has a loss, and no gradient."""
    rows = np.arange(len(LABELS))
    inputs, factors = [x], []
    for layer, (kernel, bias) in enumerate(weights):
        z = inputs[-1] @ kernel + bias
        if layer + 1 < len(weights):
            mask, scale = dropout_mask(layer, epoch)
            factors.append(mask * scale)
            inputs.append(np.maximum(z, 0) * factors[-1])
    shifted = z - z.max(axis=1, keepdims=True)
    negative_log = np.log(np.exp(shifted).sum(axis=1, keepdims=True)) - shifted
    dz = np.exp(-negative_log)
    of_label = dz[rows, LABELS]
    clipped = np.clip(of_label, CLIP, 1 - CLIP) if clips else of_label
    loss = -np.log(clipped).sum()

    dz[rows, LABELS] -= 1
    dz *= (clipped == of_label)[:, np.newaxis]
    gradient = []
    for layer in reversed(range(len(weights))):
        gradient.insert(0, (inputs[layer].T @ dz, dz.sum(axis=0)))
        if layer > 0:
            dz = (dz @ weights[layer][0].T) * factors[layer - 1] * (inputs[layer] > 0)
    return inputs[1:], negative_log, loss, gradient


def flat(tensors):
    """The order of the parameters in dropsweep's flat buffer: kernel, bias, layer by layer."""
    return np.concatenate([array.ravel() for pair in tensors for array in pair])


def train(weights, x, rules):
    """STEPS steps of RMSprop on the same batch, the masks of epoch 0, 1 ... Returns epsilon, losses, some weights."""
    epsilon, divisor, clips = RULES[rules]
    w = [array.copy() for pair in weights for array in pair]
    v = [np.zeros_like(array) for array in w]
    losses, after = [], []
    for step in range(STEPS):
        _, _, loss, gradient = run(list(zip(w[::2], w[1::2])), x, step, clips)
        for i, summed in enumerate(array for pair in gradient for array in pair):
            g = summed / len(LABELS)
            v[i] = RHO * v[i] + (1 - RHO) * g**2
            w[i] -= LEARNING_RATE * g / divisor(v[i], epsilon)
        losses.append(loss)
        after.append(np.concatenate([array.ravel() for array in w]))
    return {
        "epsilon": epsilon,
        "losses": losses,
        "weights_after_1_step": after[0],
        "weights_after_10_steps": after[9],
        "weights_after_50_steps": after[49],
    }


def golden():
    layers = range(len(WIDTHS) - 1)
    initial = [(glorot_kernel(layer), np.zeros(WIDTHS[layer + 1])) for layer in layers]
    # For the passes: numbers that float32 holds exactly, and biases other than zero.
    weights = [
        (kernel.astype(np.float32).astype(float), (np.arange(len(bias)) % 3 - 0.5) / 8) for kernel, bias in initial
    ]
    row, column = np.indices((len(SAMPLES), WIDTHS[0]))
    x = (7 * row + 3 * column * column) % 17 / 16
    activations, negative_log, loss, gradient = run(weights, x, EPOCH)
    large = [*weights[:-1], tuple(LARGE * array for array in weights[-1])]
    _, _, large_loss, large_gradient = run(large, x, EPOCH)
    return {
        "seed": SEED,
        "widths": WIDTHS,
        "dropout": DROPOUT,
        "epoch": EPOCH,
        "samples": SAMPLES,
        "labels": LABELS,
        "x": x,
        "initial_weights": flat(initial),
        "weights": flat(weights),
        "masks": [dropout_mask(layer, EPOCH)[0] for layer in layers[:-1]],
        "activations": activations,
        "negative_log_probabilities": negative_log,
        "loss": loss,
        "correct": int((negative_log.argmin(axis=1) == LABELS).sum()),
        "gradient": flat(gradient),
        "learning_rate": LEARNING_RATE,
        "rho": RHO,
        "training": {rules: train(weights, x, rules) for rules in RULES},
        "large_weights": flat(large),
        "large_loss": large_loss,
        "large_gradient": flat(large_gradient),
    }


def plain(value):
    """Arrays as flat lists."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.ravel().tolist() if isinstance(value, np.ndarray) else value


def differences(name, old, new):
    """Names what differs by more than 1e-12 of the largest number beside it; other NumPy builds round otherwise."""
    if isinstance(new, dict):
        return [text for key in new for text in differences(f"{name}.{key}", old.get(key, []), new[key])]
    if isinstance(new, list) and new and isinstance(new[0], list):
        pairs = zip(old, new) if len(old) == len(new) else [([], new)]
        return [text for a, b in pairs for text in differences(name, a, b)]
    a, b = np.atleast_1d(np.array(old, float)), np.atleast_1d(np.array(new, float))
    if a.shape != b.shape or not np.all(np.abs(a - b) <= 1e-12 * np.abs(b).max()):
        return [f"golden.json: {name} differs; if that is meant, run generate.py"]
    return []


def main():
    values = {name: plain(value) for name, value in golden().items()}
    if "--check" not in sys.argv[1:]:
        lines = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in values.items())
        GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        return
    old = json.loads(GOLDEN.read_text(encoding="utf-8"))
    faults = [text for name, value in values.items() for text in differences(name, old.get(name, []), value)]
    if old.keys() != values.keys():
        faults.append("golden.json: its entries are others than those of generate.py")
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    main()
