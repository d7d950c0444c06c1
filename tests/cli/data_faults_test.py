"""A data set that is wrong: exit code, one line that names the file and a remedy, no hang, nothing left behind.

Each way in which a file can be wrong is in tests/data; here one of each kind goes through the whole program.
"""

import shutil
import struct

import program
import small_data

IMAGES = "train-images-idx3-ubyte"
LABELS = "train-labels-idx1-ubyte"
TEST_IMAGES = "t10k-images-idx3-ubyte"
WEB_PAGE = b"<!DOCTYPE html>\n<html><body>Please sign in to the network.</body></html>\n"
FEW = ["--hidden", "4", "--epochs", "1"]


def change(name, function):
    """A fault: the bytes of the file become function(bytes). Returns the name that the message must give."""

    def spoil(directory):
        path = directory / name
        path.write_bytes(function(path.read_bytes()))
        return name

    return spoil


def change_gzip(function):
    def spoil(directory):
        packed = small_data.compress(directory / IMAGES)
        packed.write_bytes(function(packed.read_bytes()))
        return packed.name

    return spoil


def remove(name):
    def spoil(directory):
        (directory / name).unlink()
        return name

    return spoil


def remove_directory(directory):
    shutil.rmtree(directory)
    return directory.name


def fewer_labels(content):
    count = struct.unpack(">I", content[4:8])[0] - 1
    return content[:4] + struct.pack(">I", count) + content[8:-1]


def other_image_size(directory):
    path = directory / TEST_IMAGES
    path.write_bytes(small_data.images_bytes(path.read_bytes()[16:], 60, 5, 4))
    return directory.name


BAD, MISSING = program.BAD_DATA, program.MISSING_INPUT
FAULTS = {
    "wrong magic number": (BAD, change(IMAGES, lambda c: b"\0\0\x08\x04" + c[4:])),
    "other dimensions": (BAD, change(IMAGES, lambda c: c[:8] + struct.pack(">II", 4, 6) + c[16:])),
    "one byte short": (BAD, change(IMAGES, lambda c: c[:-1])),
    "one byte long": (BAD, change(IMAGES, lambda c: c + b"\0")),
    "empty": (BAD, change(IMAGES, lambda c: b"")),
    "web page": (BAD, change(IMAGES, lambda c: WEB_PAGE)),
    "web page named .gz": (BAD, change_gzip(lambda c: WEB_PAGE)),
    "gzip with a flipped bit": (BAD, change_gzip(lambda c: c[:200] + bytes([c[200] ^ 4]) + c[201:])),
    "gzip cut in half": (BAD, change_gzip(lambda c: c[: len(c) // 2])),
    "unequal counts": (BAD, change(LABELS, fewer_labels)),
    "test images of another size": (BAD, other_image_size),
    "no image file": (MISSING, remove(IMAGES)),
    "no directory": (MISSING, remove_directory),
}


class DataFaultsTest(program.ProgramTest):
    def check_faults(self, ranks):
        expected, calls = [], []
        for number, (name, (code, spoil)) in enumerate(FAULTS.items()):
            data = small_data.write_data(self.scratch / f"data {number}")
            mention = spoil(data)
            output = self.scratch / f"run {number}"
            expected.append((name, code, mention, output))
            calls.append((("train", "--data", data, "--output", output, *FEW), {"ranks": ranks}))
        for (name, code, mention, output), result in zip(expected, program.run_side_by_side(calls)):
            with self.subTest(fault=name, ranks=ranks):
                self.check_refusal(result, code, mention)
                self.assertFalse(output.exists(), "a run directory was left behind")

    def test_without_a_launcher(self):
        self.check_faults(None)

    def test_on_three_ranks(self):
        self.check_faults(3)

    def test_sound_data_is_no_fault(self):
        small_data.compress(self.data / IMAGES)
        (self.data / LABELS).rename(self.data / "train-labels.idx1-ubyte")
        self.check_success(program.run("train", "--data", self.data, "--output", self.scratch / "run", *FEW))

    def test_a_missing_class_is_a_warning(self):
        path = self.data / LABELS
        content = path.read_bytes()
        path.write_bytes(content[:8] + content[8:].replace(b"\1", b"\2"))
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                output = self.scratch / f"run {ranks}"
                result = program.run("train", "--data", self.data, "--output", output, *FEW, ranks=ranks)
                self.check_success(result)
                self.assertEqual(len(result.warnings), 1, result)
                self.assertIn("class 1", result.warnings[0])


if __name__ == "__main__":
    program.main()
