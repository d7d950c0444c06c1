"""A data set for trying the suite: images of noise in the files of MNIST."""

import pathlib
import random
import struct


def write(directory, training=1000, test=100):
    directory = pathlib.Path(directory)
    noise = random.Random(1)
    for name, count in (("train", training), ("t10k", test)):
        (directory / f"{name}-images-idx3-ubyte").write_bytes(struct.pack(">4I", 0x803, count, 28, 28) +
                                                              noise.randbytes(count * 784))
        (directory / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, count) +
                                                              bytes(i % 10 for i in range(count)))
