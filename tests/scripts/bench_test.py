"""The benchmark suite runs through, and the dictionary in results/README.md has every column that it writes.

usage: bench_test.py BUILD_DIRECTORY
"""

import csv
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
build = None


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class BenchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.output = pathlib.Path(scratch.name, "performance")
        command = [sys.executable, "-B", PROJECT / "bench" / "suite", "--quick", "--build", build, "--output",
                   cls.output, "--peers", "/nowhere"]
        cls.done = subprocess.run(command, capture_output=True, text=True, check=False)

    def test_it_runs_through(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        for stage in ("round 1 of 1", "sweeps"):
            self.assertIn(stage, self.done.stderr)

    def test_acceptance_is_measured_or_says_why_not(self):
        rows = rows_of(self.output / "acceptance.csv")
        self.assertEqual(len(rows), 8)
        for row in rows:
            with self.subTest(row["what"]):
                if row["verdict"] == "not measured":
                    self.assertNotEqual(row["note"], "")
                else:
                    self.assertLessEqual(float(row["low"]), float(row["high"]))
                    self.assertIn(row["verdict"], ("aim", "enough", "short"))
        alone = [row for row in rows if "peer" not in row["what"]]
        self.assertEqual(len(alone), 6)
        self.assertNotIn("not measured", [row["verdict"] for row in alone], "dropsweep against itself")

    def test_an_absent_peer_is_named_and_left_out(self):
        self.assertRegex(self.done.stderr, "keras fp32 p0.3 1: not measured: .*/nowhere/jax/bin/python")
        self.assertNotIn("keras", {row["program"] for row in rows_of(self.output / "rounds.csv")})

    def test_the_kernels_are_measured_and_drawn(self):
        if not (build / "bench" / "dropsweep_bench_kernels").exists():
            self.skipTest("built without Google Benchmark")
        shares = [row["share_of_bound"] for row in rows_of(self.output / "kernels.csv")]
        self.assertTrue(all(0 < float(share) for share in shares if share))
        for name in ("roofline.png", "roofline.svg", "step.csv", "reduction.csv"):
            self.assertTrue((self.output / name).stat().st_size > 0, name)

    def test_every_column_is_defined(self):
        text = (PROJECT / "results" / "README.md").read_text(encoding="utf-8")
        for path in sorted(self.output.glob("*.csv")):
            section = re.search(rf"^### performance/{path.name}.*?(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
            self.assertIsNotNone(section, path.name)
            defined = [name for cell in re.findall(r"^\| ([a-z_0-9, ]+) \|", section[0], re.MULTILINE)
                       for name in cell.split(", ")]
            self.assertEqual([column for column in rows_of(path)[0] if column not in defined], [], path.name)


if __name__ == "__main__":
    build = pathlib.Path(sys.argv.pop(1))
    unittest.main()
