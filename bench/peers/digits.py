"""The data as dropsweep sees it: pixels in 0..1, the tail of the training file held out for validation."""

import gzip
import pathlib
import struct

import numpy


def read_idx(path):
    """An IDX file of bytes, plain or gzip."""
    path = pathlib.Path(path)
    content = path.read_bytes() if path.exists() else gzip.decompress(path.with_name(path.name + ".gz").read_bytes())
    dimensions = content[3]
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * dimensions).reshape(shape)


def read_samples(directory, part):
    """(images, labels) of the part `train` or `t10k`: float32 [samples, pixels] in 0..1 and int64 [samples]."""
    directory = pathlib.Path(directory)
    images = read_idx(directory / f"{part}-images-idx3-ubyte")
    return (images.reshape(len(images), -1).astype(numpy.float32) / 255,
            read_idx(directory / f"{part}-labels-idx1-ubyte").astype(numpy.int64))


def read_split(directory, validation_split=0.1):
    """(images, labels) of the training and of the validation set."""
    x, y = read_samples(directory, "train")
    training = int(len(x) * (1 - validation_split))
    return (x[:training], y[:training]), (x[training:], y[training:])
