"""The layers of docs/architecture.md, read from the #include lines: each uses only those before it, and there is one
door to MPI and one to the BLAS. Usage: layering_test.py [SOURCE_DIRECTORY]"""

import pathlib
import re
import sys
import tempfile
import unittest

# Of one rank: side by side, none uses another.
RANKS = [["text"], ["system"], ["linalg"], ["data", "nn", "comm", "stats"], ["optim"], ["train"], ["sweep"], ["record"], ["report"], ["cli"]]
USES = {layer: {layer}.union(*RANKS[:rank]) for rank, layers in enumerate(RANKS) for layer in layers}
DOORS = {
    "mpi.h": re.compile(r"^(include/dropsweep|src)/comm/"),
    "cblas.h": re.compile(r"^src/linalg/(open)?blas\.cpp$"),
    "dnnl.hpp": re.compile(r"^src/linalg/onednn\.cpp$"),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
LINES_OF_MAIN = 60

root = pathlib.Path(__file__).resolve().parents[2]


def sources(project):
    return sorted(path for folder in ("include", "src") for path in (project / folder).rglob("*")
                  if path.suffix in (".cpp", ".hpp", ".h", ".c", ".cc", ".hh", ".inl"))


def layer_of(name):
    """include/dropsweep/X/... and src/X/... are of layer X; src/main.cpp is of none."""
    parts = name.split("/")
    inside = parts[2:] if parts[0] == "include" else parts[1:]
    return inside[0] if len(inside) > 1 else None


def violations(project):
    found = []
    for path in sources(project):
        name = path.relative_to(project).as_posix()
        layer = layer_of(name)
        if layer is not None and layer not in USES:
            found.append(f"{name}: {layer} is none of the layers")
            continue
        for _, included in INCLUDE.findall(path.read_text(encoding="utf-8")):
            for header, door in DOORS.items():
                if pathlib.PurePosixPath(included).name == header and not door.match(name):
                    found.append(f"{name} includes {included}")
            target = None
            if included.startswith("dropsweep/"):
                target = included.split("/")[1]
            elif "../" in included:
                found.append(f"{name} includes {included}: name headers from include/, or beside the file")
            if layer and target and target not in USES[layer]:
                found.append(f"{name} ({layer}) includes {included}")
    return found


class LayeringTest(unittest.TestCase):
    def test_no_layer_reaches_up_and_the_doors_are_shut(self):
        self.assertEqual(violations(root), [])

    def test_all_layers_were_seen(self):
        seen = {layer_of(path.relative_to(root).as_posix()) for path in sources(root)}
        self.assertEqual(seen - {None}, set(USES))

    def test_main_is_short(self):
        lines = len((root / "src" / "main.cpp").read_text(encoding="utf-8").splitlines())
        self.assertLess(lines, LINES_OF_MAIN)


class DetectionTest(unittest.TestCase):
    """Each kind of breach, in a project of one file."""

    def found(self, name, text):
        with tempfile.TemporaryDirectory() as scratch:
            path = pathlib.Path(scratch) / name
            path.parent.mkdir(parents=True)
            path.write_text(text)
            return len(violations(pathlib.Path(scratch)))

    def test_breaches(self):
        for name, text in (("src/train/a.cpp", "#include <mpi.h>\n"),
                           ("include/dropsweep/train/a.hpp", '#include "mpi.h"\n'),
                           ("src/main.cpp", "#include <mpi.h>\n"),
                           ("src/linalg/a.cpp", "#include <cblas.h>\n"),
                           ("src/nn/a.cpp", "#include <openblas/cblas.h>\n"),
                           ("src/linalg/a.cpp", '#include "dropsweep/data/idx.hpp"\n'),
                           ("src/text/a.cpp", '#include "dropsweep/system/files.hpp"\n'),
                           ("src/data/a.cpp", '#  include "dropsweep/comm/communicator.hpp"\n'),
                           ("src/nn/a.cpp", "#include <dropsweep/data/idx.hpp>\n"),
                           ("src/train/a.cpp", '#include "dropsweep/sweep/plan.hpp"\n'),
                           ("src/sweep/a.hpp", '#include "dropsweep/report/csv.hpp"\n'),
                           ("include/dropsweep/report/a.hpp", '#include "dropsweep/cli/run.hpp"\n'),
                           ("src/nn/a.cpp", '#include "../train/b.hpp"\n'),
                           ("src/helpers/a.cpp", "\n")):
            with self.subTest(name=name, text=text):
                self.assertEqual(self.found(name, text), 1)

    def test_what_is_allowed(self):
        for name, text in (("src/comm/a.cpp", "#include <mpi.h>\n"), ("include/dropsweep/comm/a.hpp", "#include <mpi.h>\n"),
                           ("src/linalg/blas.cpp", "#include <cblas.h>\n"),
                           ("src/optim/a.cpp", '#include "dropsweep/nn/mlp.hpp"\n#include "a.hpp"\n'),
                           ("src/main.cpp", '#include "dropsweep/cli/run.hpp"\n'),
                           ("src/train/a.cpp", '// #include <mpi.h> is for comm\n')):
            with self.subTest(name=name, text=text):
                self.assertEqual(self.found(name, text), 0)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        root = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)
