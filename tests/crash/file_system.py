"""What a recorder has seen done to files, and what a crash may leave of it.

The model is that of ALICE (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014), of a file system that
promises no more than POSIX: what is written to a file is there for certain once the file was synced, and an entry of a
directory once that directory was. Everything else is lost or there, in whatever order. Renaming is atomic.

    killed   All processes end after an operation; the file system goes on. What was done is there.
    power    The machine goes off after an operation. Of the operations on directories that are not synced, some are
             there: where there are at most MOST_ENTRIES, any subset of them; else none, each prefix, all but one and one
             alone. With each of these, what is not synced of the files that can be seen is there whole; or of one of
             them something is missing, or everything of all of them:

    lost     nothing of it is there
    length   the file has its length, but zeros in place of what was written
    cut      the first of the writes are there
    torn     of a write only a part is there, its beginning or its end, parted where a block of the disk ends or, in
             a write within one block, in the middle; with all earlier writes and no later one
    order    one write is not there, but all others are
"""

import dataclasses
import itertools
import struct

BLOCK = 4096
MOST_ENTRIES = 4
HEAD = struct.Struct("=6Q")


@dataclasses.dataclass(frozen=True)
class Operation:
    kind: str  # see recorder.c
    inode: int
    offset: int
    path: str
    second_path: str
    data: bytes

    def __str__(self):
        names = {"c": "create", "w": "write", "l": "link", "u": "remove", "m": "make directory", "t": "truncate",
                 "r": "rename", "s": "sync"}
        places = [place for place in (self.path, self.second_path) if place]
        if not places:
            places = [f"inode {self.inode}"]
        if self.kind == "w":
            places.append(f"{len(self.data)} bytes at {self.offset}")
        return f"{names[self.kind]} {', '.join(places)}"


def read_log(path):
    """The operations of a recorder's log, in order."""
    log = path.read_bytes()
    operations, position = [], 0
    while position < len(log):
        kind, inode, offset, *sizes = HEAD.unpack_from(log, position)
        position += HEAD.size
        parts = []
        for size in sizes:
            parts.append(log[position:position + size])
            position += size
        name, second_name, data = parts
        operations.append(Operation(chr(kind), inode, offset, name.decode(), second_name.decode(), data))
    return operations


class File:
    """`synced` is there for certain; each change after it is (offset, data), or (length, None) of a truncation."""

    def __init__(self):
        self.synced = b""
        self.changes = []
        self.known_variants = None

    def change(self, offset, data):
        self.changes.append((offset, data))
        self.known_variants = None

    def sync(self):
        self.synced = self.with_changes(self.changes)
        self.changes = []
        self.known_variants = None

    def with_changes(self, changes):
        content = bytearray(self.synced)
        for offset, data in changes:
            content.extend(bytes(max(offset - len(content), 0)))
            if data is None:
                del content[offset:]
            else:
                content[offset:offset + len(data)] = data
        return bytes(content)

    def variants(self):
        """(kind, content) of what a loss of power may leave, first of all everything: kind None."""
        if self.known_variants is None:
            self.known_variants = [(None, self.with_changes(self.changes))]
            if self.changes:
                self.known_variants += self.damaged()
        return self.known_variants

    def content(self):
        return self.variants()[0][1]

    def damaged(self):
        changes = self.changes
        yield "lost", self.synced
        yield "length", self.with_changes((offset, data and bytes(len(data))) for offset, data in changes)
        for count in range(1, len(changes)):
            yield "cut", self.with_changes(changes[:count])
            yield "order", self.with_changes(changes[:count - 1] + changes[count:])
        for count, (offset, data) in enumerate(changes):
            for size in parts_of(offset, data):
                for part in (offset, data[:size]), (offset + size, data[size:]):
                    yield "torn", self.with_changes([*changes[:count], part])


def parts_of(offset, data):
    """After how many bytes a write may be torn."""
    size = len(data or b"")
    ends = list(range(BLOCK - offset % BLOCK, size, BLOCK))
    return ends or ([size // 2] if size > 1 else [])


class Directory:
    def __init__(self):
        self.entries = {}  # name -> File or Directory
        self.synced = {}


class FileSystem:
    """A directory and what is below it, empty at first."""

    def __init__(self, inode):
        self.root = Directory()
        self.nodes = {inode: self.root}  # the latest that has this inode
        self.changes = []  # of directories, since they were synced: (directory, {name: node, or None}), in order

    def apply(self, operation):
        {"c": self.make, "m": self.make, "l": self.link, "u": self.remove, "r": self.rename, "w": self.write,
         "t": self.truncate, "s": self.sync}[operation.kind](operation)

    def locate(self, path):
        """The directory of an entry, and its name there."""
        *parents, name = path.split("/")
        directory = self.root
        for parent in parents:
            directory = directory.entries[parent]
        return directory, name

    def change(self, directory, entries):
        put(directory.entries, entries)
        self.changes.append((directory, entries))

    def make(self, operation):
        directory, name = self.locate(operation.path)
        self.nodes[operation.inode] = File() if operation.kind == "c" else Directory()
        self.change(directory, {name: self.nodes[operation.inode]})

    def link(self, operation):
        directory, name = self.locate(operation.path)
        self.change(directory, {name: self.nodes[operation.inode]})

    def remove(self, operation):
        directory, name = self.locate(operation.path)
        self.change(directory, {name: None})

    def rename(self, operation):
        directory, old_name = self.locate(operation.path)
        new_directory, new_name = self.locate(operation.second_path)
        assert directory is new_directory, f"not modelled: {operation}"
        self.change(directory, {old_name: None, new_name: directory.entries[old_name]})

    def write(self, operation):
        self.nodes[operation.inode].change(operation.offset, operation.data)

    def truncate(self, operation):
        self.nodes[operation.inode].change(operation.offset, None)

    def sync(self, operation):
        node = self.nodes[operation.inode]
        if isinstance(node, File):
            node.sync()
            return
        node.synced = dict(node.entries)
        self.changes = [change for change in self.changes if change[0] is not node]

    def tree(self):
        """path -> content of all that can be seen now; a directory's path ends with a slash, its content is empty."""
        return tree_of(nodes_below(self.root, lambda directory: directory.entries), {})

    def crashes(self):
        """(kind, tree) of each state that a crash may leave now, many of them more than once."""
        yield "killed", self.tree()
        for kept in choices(self.changes):
            nodes = nodes_below(self.root, lambda directory: entries_with(directory, kept))
            files = [*{node: None for node in nodes.values() if isinstance(node, File) and node.changes}]
            yield "entries", tree_of(nodes, {})
            for file in files:
                for kind, content in file.variants()[1:]:
                    yield kind, tree_of(nodes, {file: content})
            if len(files) > 1:
                yield "lost", tree_of(nodes, {file: file.synced for file in files})


def put(entries, changed):
    for name, node in changed.items():
        if node is None:
            entries.pop(name, None)
        else:
            entries[name] = node


def entries_with(directory, changes):
    entries = dict(directory.synced)
    for changed_directory, changed in changes:
        if changed_directory is directory:
            put(entries, changed)
    return entries


def nodes_below(root, entries_of):
    """path -> node"""
    nodes = {}

    def walk(directory, start):
        for name, node in entries_of(directory).items():
            if isinstance(node, Directory):
                nodes[f"{start}{name}/"] = node
                walk(node, f"{start}{name}/")
            else:
                nodes[start + name] = node

    walk(root, "")
    return nodes


def tree_of(nodes, contents):
    """path -> content, of some files not what they hold now."""
    def content(node):
        if isinstance(node, Directory):
            return b""
        return contents[node] if node in contents else node.content()

    return {path: content(node) for path, node in nodes.items()}


def choices(changes):
    """Which of some changes are there: each choice is a list of them, in order."""
    count = len(changes)
    if count <= MOST_ENTRIES:
        for kept in itertools.product((False, True), repeat=count):
            yield [*itertools.compress(changes, kept)]
        return
    for end in range(count + 1):
        yield changes[:end]
    for one in range(count):
        yield changes[:one] + changes[one + 1:]
        yield [changes[one]]
