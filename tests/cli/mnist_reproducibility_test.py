"""The contract on the real data, with the default model. Skipped unless DROPSWEEP_DATA names a directory of MNIST."""

import os
import pathlib
import unittest

import program

DATA = pathlib.Path(os.environ.get("DROPSWEEP_DATA", ""))


@unittest.skipUnless(os.environ.get("DROPSWEEP_DATA") and list(DATA.glob("train-images*")),
                     "DROPSWEEP_DATA names no directory of IDX files")
class MnistReproducibilityTest(program.ProgramTest):
    def test_one_epoch_gives_the_same_weights_on_any_number_of_ranks(self):
        hashes = {}
        for ranks in (1, 2, 3, 4):
            run = self.scratch / str(ranks)
            self.check_success(program.run("train", "--data", DATA.resolve(), "--dropout", "0.3",
                                           "--epochs", "1", "--output", run, "--quiet", ranks=ranks, seconds=200))
            row, = program.rows_of(run / "summary.csv")
            hashes[ranks] = row["weights_sha256"]
            self.assertGreater(float(row["test_accuracy"]), 0.93)
        self.assertEqual(len(set(hashes.values())), 1, hashes)


if __name__ == "__main__":
    program.main()
