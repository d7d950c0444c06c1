"""The program in use: a sweep, what it writes, and what its models say."""

import program


class ExampleTest(program.ProgramTest):
    def test_from_a_sweep_to_predictions(self):
        run, sweep = self.run_into("run", "sweep", "--dropout", "0,0.5", "--seeds", "2", "--hidden", "16", "--epochs", "4",
                                   "--learning-rate", "0.01", ranks=2)
        self.assertIn("test_accuracy", sweep.stdout)
        rows = program.rows_of(run / "summary.csv")
        self.assertEqual([row["trial"] for row in rows], ["p0-s1", "p0-s2", "p0.5-s1", "p0.5-s2"])
        self.assertGreater(min(float(row["test_accuracy"]) for row in rows), 0.4, "of three classes")

        model = run / "models" / "p0.5-s1.safetensors"
        evaluated = program.run("evaluate", model, "--data", self.data)
        self.assertIn(f"test_accuracy {rows[2]['test_accuracy']}\n", evaluated.stdout)
        predicted = program.run("predict", model, self.data / "t10k-images-idx3-ubyte")
        self.assertEqual(len(predicted.stdout.splitlines()), 1 + 60)

        again = program.run("sweep", "--config", run / "config.ini", "--output", run)
        self.assertIn("nothing left to do", again.stdout)


if __name__ == "__main__":
    program.main()
