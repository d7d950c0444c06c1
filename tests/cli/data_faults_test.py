"""Each way a data set can be wrong: exit code, one line that names the file and a remedy, no hang, nothing left behind."""

import gzip
import shutil
import struct

import program

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
        packed = program.compress(directory / IMAGES)
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


def file_for_directory(directory):
    shutil.rmtree(directory)
    directory.write_text("not a directory")
    return directory.name


def directory_for_file(directory):
    (directory / IMAGES).unlink()
    (directory / IMAGES).mkdir()
    return IMAGES


def fewer_labels(content):
    count = struct.unpack(">I", content[4:8])[0] - 1
    return content[:4] + struct.pack(">I", count) + content[8:-1]


def other_image_size(directory):
    path = directory / TEST_IMAGES
    path.write_bytes(program.images_bytes(path.read_bytes()[16:], 60, 5, 4))
    return directory.name


def one_class(directory):
    for name in (LABELS, "t10k-labels-idx1-ubyte"):
        path = directory / name
        content = path.read_bytes()
        path.write_bytes(content[:8] + bytes(len(content) - 8))
    return directory.name


def huge_header(content):
    return content[:4] + struct.pack(">III", 4_000_000_000, 4_000_000_000, 4_000_000_000) + content[16:]


BAD, MISSING = program.BAD_DATA, program.MISSING_INPUT
FAULTS = {
    "wrong magic number": (BAD, change(IMAGES, lambda c: b"\0\0\x08\x04" + c[4:])),
    "floats for bytes": (BAD, change(IMAGES, lambda c: b"\0\0\x0d\x03" + c[4:])),
    "images where labels should be": (BAD, change(LABELS, lambda c: b"\0\0\x08\x03" + c[4:])),
    "a dimension of 0": (BAD, change(IMAGES, lambda c: c[:8] + bytes(4) + c[12:])),
    "dimensions beyond any file": (BAD, change(IMAGES, huge_header)),
    "other dimensions": (BAD, change(IMAGES, lambda c: c[:8] + struct.pack(">II", 4, 6) + c[16:])),
    "one byte short": (BAD, change(IMAGES, lambda c: c[:-1])),
    "one byte long": (BAD, change(IMAGES, lambda c: c + b"\0")),
    "labels one byte short": (BAD, change(LABELS, lambda c: c[:-1])),
    "labels one byte long": (BAD, change(LABELS, lambda c: c + b"\0")),
    "ends in the header": (BAD, change(IMAGES, lambda c: c[:10])),
    "three bytes": (BAD, change(IMAGES, lambda c: c[:3])),
    "empty": (BAD, change(IMAGES, lambda c: b"")),
    "labels empty": (BAD, change(LABELS, lambda c: b"")),
    "web page": (BAD, change(IMAGES, lambda c: WEB_PAGE)),
    "web page named .gz": (BAD, change_gzip(lambda c: WEB_PAGE)),
    "empty .gz": (BAD, change_gzip(lambda c: b"")),
    "not compressed in spite of .gz": (BAD, change_gzip(gzip.decompress)),
    "gzip with a flipped bit": (BAD, change_gzip(lambda c: c[:200] + bytes([c[200] ^ 4]) + c[201:])),
    "gzip with a wrong checksum": (BAD, change_gzip(lambda c: c[:-8] + bytes(4) + c[-4:])),
    "gzip cut in half": (BAD, change_gzip(lambda c: c[: len(c) // 2])),
    "gzip without its last byte": (BAD, change_gzip(lambda c: c[:-1])),
    "unequal counts": (BAD, change(LABELS, fewer_labels)),
    "test images of another size": (BAD, other_image_size),
    "a single class": (BAD, one_class),
    "no image file": (MISSING, remove(IMAGES)),
    "no label file": (MISSING, remove(LABELS)),
    "no test file": (MISSING, remove(TEST_IMAGES)),
    "a directory for a file": (MISSING, directory_for_file),
    "no directory": (MISSING, remove_directory),
    "a file for the directory": (MISSING, file_for_directory),
}
# On several ranks all faults take the same way out, rank 0's: one of each kind shows that it is open.
ON_THREE_RANKS = ["wrong magic number", "other dimensions", "one byte short", "one byte long", "empty", "web page",
                  "web page named .gz", "gzip with a flipped bit", "gzip cut in half", "unequal counts",
                  "test images of another size", "no image file", "no directory"]


class DataFaultsTest(program.ProgramTest):
    def check_faults(self, names, ranks):
        expected, calls = [], []
        for number, name in enumerate(names):
            code, spoil = FAULTS[name]
            data = program.write_data(self.scratch / f"data {number}")
            mention = spoil(data)
            output = self.scratch / f"run {number}"
            expected.append((name, code, mention, output))
            calls.append((("train", "--data", data, "--output", output, *FEW), {"ranks": ranks}))
        for (name, code, mention, output), result in zip(expected, program.run_side_by_side(calls)):
            with self.subTest(fault=name, ranks=ranks):
                self.check_refusal(result, code, mention)
                self.assertFalse(output.exists(), "a run directory was left behind")

    def test_each_fault_without_a_launcher(self):
        self.check_faults(FAULTS, None)

    def test_kinds_of_faults_on_three_ranks(self):
        self.check_faults(ON_THREE_RANKS, 3)

    def test_sound_data_is_no_fault(self):
        data = program.write_data(self.scratch / "data")
        program.compress(data / IMAGES)
        (data / LABELS).rename(data / "train-labels.idx1-ubyte")
        self.check_success(program.run("train", "--data", data, "--output", self.scratch / "run", *FEW))

    def test_a_missing_class_is_a_warning(self):
        data = program.write_data(self.scratch / "data")
        path = data / LABELS
        content = path.read_bytes()
        path.write_bytes(content[:8] + content[8:].replace(b"\1", b"\2"))
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                output = self.scratch / f"run {ranks}"
                result = program.run("train", "--data", data, "--output", output, *FEW, ranks=ranks)
                self.check_success(result)
                self.assertEqual(len(result.warnings), 1, result)
                self.assertIn("class 1", result.warnings[0])


if __name__ == "__main__":
    program.main()
