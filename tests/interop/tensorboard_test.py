"""--tensorboard: the event files as TensorBoard itself reads them.

Run by with_packages.py: `tensorboard_test.py PROGRAM MPIRUN [unittest arguments]`.
"""

import pathlib
import sys

from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.plugins.hparams import plugin_data_pb2

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import program  # noqa: E402
import small_data  # noqa: E402

SWEEP = ["sweep", "--dropout", "0,0.3", "--seeds", "2", "--hidden", "9,7", "--epochs", "4", "--batch-size", "31",
         "--optimizer", "adam", "--patience", "none", "--leaf-rows", "8", "--tensorboard", "--quiet", "--report", "off"]
EPOCH_TAGS = {"loss", "accuracy", "val_loss", "val_accuracy"}
END_TAGS = {"best_val_loss", "test_loss", "test_accuracy"}


class TensorBoardTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.run_directory = self.scratch / "run"
        self.command = [*SWEEP, "--data", small_data.write_data(self.scratch / "data"), "--output", self.run_directory]

    def board(self):
        multiplexer = EventMultiplexer().AddRunsFromDirectory(str(self.run_directory / "tensorboard"))
        multiplexer.Reload()
        return multiplexer

    def check(self):
        """All that history.csv and summary.csv have, as float32."""
        board = self.board()
        history = program.rows_of(self.run_directory / "history.csv")
        summary = program.rows_of(self.run_directory / "summary.csv")
        self.assertEqual(set(board.Runs()), {row["trial"] for row in summary})
        for row in summary:
            scalars = {tag: board.Tensors(row["trial"], tag) for tag in EPOCH_TAGS | END_TAGS}
            for tag in EPOCH_TAGS:
                ours = [float(epoch[tag]) for epoch in history if epoch["trial"] == row["trial"]]
                self.assertEqual([event.step for event in scalars[tag]], list(range(len(ours))), (row["trial"], tag))
                for event, value in zip(scalars[tag], ours):
                    self.assertAlmostEqual(event.tensor_proto.float_val[0], value, delta=1e-6 * max(1, value))
            for tag in END_TAGS:
                (event,) = scalars[tag]
                self.assertAlmostEqual(event.tensor_proto.float_val[0], float(row[tag]), delta=1e-6 * max(1, float(row[tag])))
        return board

    def parameters_of(self, board, trial):
        contents = board.PluginRunToTagToContent("hparams")[trial]
        start, end = (plugin_data_pb2.HParamsPluginData.FromString(contents[f"_hparams_/session_{which}_info"])
                      for which in ("start", "end"))
        return start.session_start_info, end.session_end_info

    def test_scalars_and_hyper_parameters(self):
        self.check_success(program.run(*self.command, ranks=2))
        start, end = self.parameters_of(self.check(), "p0.3-s2")
        self.assertEqual(start.hparams["dropout"].number_value, 0.3)
        self.assertEqual(start.hparams["batch-size"].number_value, 31)
        self.assertEqual(start.hparams["optimizer"].string_value, "adam")
        self.assertEqual(start.group_name, "p0.3")
        for name in "data", "seed", "seeds":
            self.assertNotIn(name, start.hparams)
        self.assertEqual(end.status, 1)  # SUCCESS

    def test_a_sweep_that_was_killed_and_goes_on(self):
        # Whichever rank it is that trains the trial.
        killed = program.run(*self.command, "--inject", "kill@0:p0-s2:2:3,kill@1:p0-s2:2:3", ranks=2)
        self.assertNotEqual(killed.code, 0)
        before = self.board().Runs()
        self.assertGreater(len(before), 0)
        self.check_success(program.run(*self.command, ranks=1))
        self.check()

    def test_without_the_option_there_is_none(self):
        self.check_success(program.run(*[word for word in self.command if word != "--tensorboard"]))
        self.assertFalse((self.run_directory / "tensorboard").exists())


if __name__ == "__main__":
    program.main()
