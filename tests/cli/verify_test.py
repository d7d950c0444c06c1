"""A rank whose memory turns a bit over: found by --verify, named, and without a trace in the results."""

import csv
import re
import socket

import long_run
import program

FLIPS = "flip-weight", "flip-activation", "flip-gradient"


class VerifyTest(long_run.LongRunTest):
    COMMAND = ["sweep", "--dropout", "0,0.5", "--epochs", "4", *long_run.MODEL]

    def flipped(self, flip, *more, rank=0, ranks=2, together=None, run=None):
        layout = ["--quiet", "--ranks-per-trial", together or ranks]
        return self.start_sweep(*layout, "--inject", f"{flip}@{rank}:p0.5-s1:1:4", *more, ranks=ranks, run=run).result()

    def line(self, rank):
        return (rf"rank {rank} on {re.escape(socket.gethostname())} \(process \d+\) has computed wrong in p0.5-s1, "
                "epoch 1, step 4; two other computations agree")

    def test_goes_on_with_the_right_step(self):
        for ranks in 1, 2, 3:
            for flip in FLIPS:
                with self.subTest(ranks=ranks, flip=flip):
                    run = self.scratch / f"{flip} {ranks}"
                    rank = ranks - 1 if flip != "flip-weight" else 0  # which all ranks of the node read
                    result = self.flipped(flip, "--verify", "1", "--on-corruption", "go-on", rank=rank, ranks=ranks, run=run)
                    self.check_success(result)
                    self.assertEqual(len(result.warnings), 1, result)
                    self.assertRegex(result.warnings[0], self.line(rank))
                    self.check_same_bytes(run)

    def test_ranks_that_train_alone_verify_each_other(self):
        """Of the trial's rank and the one that makes its steps again each is found when it is wrong."""
        for ranks, rank in (2, 0), (2, 1), (3, 0), (3, 1), (3, 2):
            with self.subTest(ranks=ranks, rank=rank):
                run = self.scratch / f"alone {ranks} {rank}"
                more = ["--verify", "1", "--on-corruption", "go-on", "--elastic", "off"]
                result = self.flipped("flip-gradient", *more, rank=rank, ranks=ranks, together=1, run=run)
                self.check_success(result)
                trains = self.trained_by(run)
                if rank in (trains, (trains + 1) % ranks):  # the third of three is asked only when those two disagree
                    self.assertEqual(len(result.warnings), 1, result)
                    self.assertRegex(result.warnings[0], self.line(rank))
                else:
                    self.assertEqual(result.warnings, [], result)
                self.check_same_bytes(run)

    @staticmethod
    def trained_by(run):
        """The rank that trained p0.5-s1: the first that is free takes it."""
        with open(run / "timing.csv", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            return int(next(row["first_rank"] for row in rows if (row["event"], row["trial"]) == ("trial", "p0.5-s1")))

    def test_stops_and_goes_on_elsewhere(self):
        result = self.flipped("flip-gradient", "--verify", "1", rank=1)
        self.assertEqual(result.code, program.FAILURE, result)
        self.assertEqual(len(result.errors), 1, result)
        self.assertRegex(result.errors[0], self.line(1) + "; .*run the same command again")
        self.finish("--verify", "0.1", ranks=1)

    def test_a_message_that_was_altered_ends_the_run(self):
        for rank, ranks in (0, 1), (0, 2), (1, 2):
            with self.subTest(rank=rank, ranks=ranks):
                run = self.scratch / f"message {rank} {ranks}"
                result = self.flipped("flip-message", rank=rank, ranks=ranks, run=run)
                self.check_refusal(result, program.FAILURE, "a message between ranks was altered on its way")
                self.finish(run=run)

    def test_what_is_found_would_have_been_in_the_results(self):
        result = self.flipped("flip-gradient")
        self.assertEqual(result.errors, [], result)
        with self.assertRaises(AssertionError):
            self.check_same_bytes()

    def test_wrong_values(self):
        for option, value in ("--verify", "2"), ("--verify", "some"), ("--on-corruption", "wait"):
            self.check_refusal(program.run(*self.arguments(option, value)), program.USAGE, option, value)


if __name__ == "__main__":
    program.main()
