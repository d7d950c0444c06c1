"""Writes images of noise as the files of MNIST, without any pixel that is zero."""

import pathlib
import random
import struct


def write(directory, training, test):
    noise = random.Random(1)
    for name, count in (("train", training), ("t10k", test)):
        images = struct.pack(">4I", 0x803, count, 28, 28) + noise.randbytes(count * 784).replace(b"\0", b"\1")
        labels = struct.pack(">2I", 0x801, count) + bytes(i % 10 for i in range(count))
        pathlib.Path(directory, f"{name}-images-idx3-ubyte").write_bytes(images)
        pathlib.Path(directory, f"{name}-labels-idx1-ubyte").write_bytes(labels)
