"""What a loss of power may leave in the model of file_system.py, and what not."""

import unittest

from file_system import BLOCK, FileSystem, Operation

ROOT, OLD, NEW, FOLDER = range(1, 5)


def operation(kind, inode=0, path="", second_path="", offset=0, data=b""):
    return Operation(kind, inode, offset, path, second_path, data)


def sync(inode):
    return operation("s", inode)


OLD_FILE = [operation("c", OLD, "file"), operation("w", OLD, data=b"old"), sync(OLD), sync(ROOT)]
WRITE = [operation("c", NEW, "tmp"), operation("w", NEW, data=b"ne"), operation("w", NEW, data=b"w!", offset=2)]
RENAME = [operation("r", path="tmp", second_path="file")]


class FileSystemTest(unittest.TestCase):
    def after(self, operations, kinds=None):
        """All trees that are possible after some operations, or those of some kinds."""
        files = FileSystem(ROOT)
        for each in operations:
            files.apply(each)
        return [tree for kind, tree in files.crashes() if kinds is None or kind in kinds]

    def contents(self, operations, name="file"):
        return {tree.get(name) for tree in self.after(operations)}

    def test_killed(self):
        self.assertEqual(self.after([*OLD_FILE, *WRITE], ["killed"]), [{"file": b"old", "tmp": b"new!"}])

    def test_renamed_before_it_is_synced(self):
        self.assertEqual(self.contents([*OLD_FILE, *WRITE, *RENAME]),
                         {b"old", b"new!", b"", b"\0\0\0\0", b"ne", b"\0\0w!", b"n", b"\0e", b"new", b"ne\0!"})

    def test_renamed_after_it_is_synced(self):
        renamed = [*OLD_FILE, *WRITE, sync(NEW), *RENAME]
        self.assertEqual(self.contents(renamed), {b"old", b"new!"})
        self.assertEqual(self.contents([*renamed, sync(ROOT)]), {b"new!"})

    def test_entries_come_in_any_order(self):
        made = [operation("c", OLD, "first"), operation("c", NEW, "second")]
        self.assertCountEqual(self.after(made, ["entries"]), [{}, {"first": b""}, {"second": b""},
                                                              {"first": b"", "second": b""}])

    def test_a_directory_that_is_not_synced_takes_all_with_it(self):
        below = [operation("m", FOLDER, "folder"), operation("c", NEW, "folder/file"), sync(NEW), sync(FOLDER)]
        self.assertCountEqual(self.after(below, ["entries"]), [{}, {"folder/": b"", "folder/file": b""}])

    def test_long_lists_of_entries(self):
        made = [operation("c", 10 + number, f"{number}") for number in range(6)]
        names = {"".join(sorted(tree)) for tree in self.after(made, ["entries"])}
        self.assertEqual(names, {"", *"012345", "01", "012", "0123", "01234", "012345", "12345", "02345", "01345", "01245",
                                 "01235"})

    def test_writes_are_torn_between_blocks(self):
        data = b"a" * BLOCK + b"b" * BLOCK + b"c"
        torn = {tree["file"] for tree in self.after([*OLD_FILE, operation("w", OLD, data=data, offset=3)], ["torn"])}
        first, second = BLOCK - 3, 2 * BLOCK - 3
        self.assertEqual(torn, {b"old" + data[:first], b"old" + bytes(first) + data[first:],
                                b"old" + data[:second], b"old" + bytes(second) + data[second:]})

    def test_truncated(self):
        cut = operation("t", OLD, offset=1)
        self.assertEqual(self.contents([*OLD_FILE, cut]), {b"old", b"o"})
        self.assertEqual(self.contents([*OLD_FILE, cut, sync(OLD)]), {b"o"})

    def test_an_inode_that_is_used_again(self):
        again = [*OLD_FILE, operation("u", path="file"), operation("c", OLD, "other"), sync(OLD)]
        self.assertCountEqual(self.after(again, ["entries"]), [{"file": b"old"}, {}, {"file": b"old", "other": b""},
                                                               {"other": b""}])


if __name__ == "__main__":
    unittest.main()
