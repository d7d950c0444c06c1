"""What this program was built with, and what it says where it was built without. Usage: features_test.py PROGRAM MPIRUN"""

import gzip
import re

import program

TABLE = "a,b,label\n" + "1,2,x\n2,3,y\n" * 50


def features():
    """name -> whether this build has it"""
    lines = program.run("--version").stdout.splitlines()[1:]
    return {name: state == "on" for state, name in (line.split()[:2] for line in lines)}


class FeaturesTest(program.ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.has = features()

    def check(self, feature, *arguments):
        """Works with the feature; without it, is refused in one line that names feature and packages."""
        result = program.run(*arguments)
        if self.has[feature]:
            self.check_success(result)
        else:
            self.check_refusal(result, program.USAGE, f"was built without {feature} (", "build it again with lib"
                             if feature != "gzip" else "build it again with zlib1g-dev")

    def train(self, *arguments):
        return ("train", "--epochs", "1", "--hidden", "8", "--quiet", "--output", self.scratch / "run", *arguments)

    def test_version_lists_each_with_what_brings_it(self):
        lines = program.run("--version").stdout.splitlines()
        self.assertRegex(lines[0], r"^dropsweep \d+\.\d+\.\d+$")
        self.assertEqual(set(self.has), {"gzip", "npz", "csv", "tensorboard", "onnx", "onednn", "gnuplot", "openblas"})
        for line in lines[1:]:
            self.assertTrue(re.fullmatch(r"  on   \w+ +\S.*|  off  \w+ +\S.* \(Debian: .+\)", line), line)

    def test_compressed_data(self):
        for file in list(self.data.iterdir()):
            if file.suffix != ".gz":
                (self.data / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
                file.unlink()
        self.check("gzip", *self.train("--data", self.data))

    def test_tables(self):
        (self.scratch / "table.csv").write_text(TABLE)
        self.check("csv", *self.train("--data", self.scratch / "table.csv", "--test-split", "0.2"))

    def test_settings(self):
        (self.scratch / "settings.csv").write_text("learning-rate\n0.1\n0.01\n")
        self.check("csv", "sweep", "--settings", self.scratch / "settings.csv", *self.train("--data", "synthetic")[1:])

    def test_event_files(self):
        self.check("tensorboard", *self.train("--data", "synthetic", "--tensorboard"))

    def test_bf16(self):
        self.check("onednn", *self.train("--data", "synthetic", "--precision", "bf16"))

    def test_dense_products(self):
        self.check_success(program.run(*self.train("--data", "synthetic", "--gemm", "openblas")))

    def test_export_and_archives(self):
        self.check_success(program.run(*self.train("--data", "synthetic")))
        (model,) = (self.scratch / "run" / "models").glob("*.safetensors")
        self.assertEqual((self.scratch / "run" / "predictions.npz").exists(), self.has["npz"])
        self.check("npz", "export", model, "--format", "npz")
        self.check("onnx", "export", model, "--format", "onnx")
        (self.scratch / "data.npz").write_bytes(b"")
        refused = program.run(*self.train("--data", self.scratch / "data.npz"))
        self.assertEqual("built without npz" in refused.stderr, not self.has["npz"], refused)


if __name__ == "__main__":
    program.main()
