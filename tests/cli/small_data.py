"""Data sets that are small enough to be trained on in no time, as IDX files."""

import gzip
import pathlib
import random
import struct


def images_bytes(pixels, count, rows, columns):
    return struct.pack(">IIII", 0x00000803, count, rows, columns) + pixels


def labels_bytes(labels):
    return struct.pack(">II", 0x00000801, len(labels)) + bytes(labels)


def draw(count, seed, classes, rows, columns):
    """Each class has its own faint pattern under noise: learnable, but not in one epoch and not to the last sample."""
    numbers = random.Random(seed)
    patterns = [[random.Random(f"{c}/{i}").choice((0, 70)) for i in range(rows * columns)] for c in range(classes)]
    labels = [numbers.randrange(classes) if i >= classes else i for i in range(count)]
    pixels = bytes(patterns[label][i] + numbers.randrange(186) for label in labels for i in range(rows * columns))
    return images_bytes(pixels, count, rows, columns), labels_bytes(labels)


def write_data(directory, train_count=300, test_count=60, classes=3, rows=4, columns=5):
    """A directory of four IDX files; returns it."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True)
    for prefix, count, seed in (("train", train_count, 1), ("t10k", test_count, 2)):
        images, labels = draw(count, seed, classes, rows, columns)
        (directory / f"{prefix}-images-idx3-ubyte").write_bytes(images)
        (directory / f"{prefix}-labels-idx1-ubyte").write_bytes(labels)
    return directory


def compress(path):
    """Replaces a file by its .gz; returns the new one."""
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return packed
