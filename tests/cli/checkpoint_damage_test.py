"""A checkpoint that is not what was written is named, and the older one is used; without any its trial starts over."""

import os
import shutil

import long_run
import program


class DamageTest(long_run.LongRunTest):
    """Of the checkpoints of a run that was stopped in its first trial."""

    TRIAL = "p0.5-s1"
    COMMAND = ["train", "--dropout", "0.5", "--epochs", long_run.EPOCHS, *long_run.MODEL]

    def setUp(self):
        super().setUp()
        self.stop_sweep("--quiet", changes=5)

    def finish_damaged(self, damages):
        """The warnings of a run that goes on in a copy, with damages: generation -> what becomes of its bytes."""
        run = shutil.copytree(self.run_directory, self.scratch / f"copy {len(os.listdir(self.scratch))}")
        for generation, damage in damages.items():
            file = run / "checkpoints" / f"{self.TRIAL}.{generation}"
            file.write_bytes(damage(file.read_bytes()))
        result = self.finish("--quiet", run=run)
        return [warning.replace(f"{run}/checkpoints/", "") for warning in result.warnings]

    @staticmethod
    def truncate(content):
        return content[: len(content) // 2]

    @staticmethod
    def alter(content):
        return content[:200] + bytes([content[200] ^ 1]) + content[201:]

    def test_one_generation(self):
        for generation in 0, 1:
            for damage, what in (self.truncate, "SHA-256"), (self.alter, "SHA-256"), (lambda _: b"", "not a checkpoint"):
                with self.subTest(generation=generation, what=what):
                    warning, = self.finish_damaged({generation: damage})
                    self.assertIn(f"{self.TRIAL}.{generation}: ", warning)
                    self.assertIn(what, warning)
                    self.assertIn(f"; going on from {self.TRIAL}.{1 - generation}", warning)

    def test_both_generations(self):
        warnings = self.finish_damaged({0: self.truncate, 1: self.alter})
        self.assertEqual(len(warnings), 2)
        for generation, warning in enumerate(warnings):
            self.assertIn(f"{self.TRIAL}.{generation}: ", warning)
            self.assertIn(f"; {self.TRIAL} starts over", warning)

    def test_a_checkpoint_of_another_run(self):
        other = self.scratch / "other"
        self.stop_sweep("--seed", "1", "--learning-rate", "0.002", "--quiet", changes=5, run=other)
        foreign = [(other / "checkpoints" / f"{self.TRIAL}.{generation}").read_bytes() for generation in (0, 1)]
        warnings = self.finish_damaged({0: lambda _: foreign[0], 1: lambda _: foreign[1]})
        self.assertEqual([warning.split(": ")[-1] for warning in warnings],
                         [f"it is of another configuration or other data; {self.TRIAL} starts over"] * 2)


if __name__ == "__main__":
    program.main()
