"""The contract: a result is a function of the configuration, the data and the seed, to the last byte."""

import json

import program
import small_data

# Batches of 31 rows, the last one of 22: leaves of 8 rows are 8, 8, 8, 7 and 8, 8, 6, 0.
SMALL = ["--hidden", "9,7", "--epochs", "3", "--batch-size", "31", "--learning-rate", "0.01", "--patience", "none"]
SUMMARY = "trial,dropout,seed,status,epochs,best_epoch,best_val_loss,val_loss,val_accuracy,test_loss,test_accuracy," \
          "weights_sha256"
HISTORY = "trial,dropout,seed,epoch,loss,accuracy,val_loss,val_accuracy"


def results_of(run):
    """The bytes of everything that may not depend on the layout: name -> content."""
    files = [run / "history.csv", run / "summary.csv", *run.glob("predictions.npz"), *sorted((run / "models").iterdir())]
    return {str(file.relative_to(run)): file.read_bytes() for file in files}


class ReproducibilityTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.data = small_data.write_data(self.scratch / "data")

    def results(self, layouts, *arguments, folder="."):
        """layouts: (ranks or None, further arguments). Their results, by layout."""
        (self.scratch / folder).mkdir(exist_ok=True)
        calls, outputs = [], []
        for number, (ranks, more) in enumerate(layouts):
            outputs.append(self.scratch / folder / f"run {number}")
            calls.append(((*arguments, "--data", self.data, "--output", outputs[-1], *more), {"ranks": ranks}))
        for result in program.run_side_by_side(calls):
            self.check_success(result)
        return [results_of(output) for output in outputs]

    def check_equal(self, layouts, *arguments, **options):
        first, *others = self.results(layouts, *arguments, **options)
        for layout, other in zip(layouts[1:], others):
            with self.subTest(layout=layout):
                self.assertEqual(first.keys(), other.keys())
                for name, content in first.items():
                    self.assertEqual(content, other[name], f"{name} differs")
        return first

    def test_train_on_any_number_of_ranks(self):
        for leaf_rows in ("8", "11"):
            layouts = [(ranks, []) for ranks in (None, 1, 2, 3, 4)]
            with self.subTest(leaf_rows=leaf_rows):
                self.check_equal(layouts, "train", "--dropout", "0.4", "--leaf-rows", leaf_rows, *SMALL, folder=leaf_rows)

    def test_dropout_of_each_layer_and_of_the_inputs(self):
        first = self.check_equal([(None, []), (2, []), (3, ["--verify", "1"]), (4, [])], "sweep", "--dropout", "0.3,0.2/0.5",
                                 "--input-dropout", "0.1", "--leaf-rows", "8", *SMALL)
        rows = program.rows_of(self.scratch / "run 0" / "summary.csv")
        self.assertEqual([(row["trial"], row["dropout"]) for row in rows],
                         [("p0.3-s1", "0.3"), ("p0.2-0.5-s1", "0.2/0.5")])
        self.assertIn("models/p0.2-0.5-s1.safetensors", first)
        self.check_success(program.run("report", self.scratch / "run 0"))
        report = program.report_of(self.scratch / "run 0")
        self.assertEqual(report["axes"], [{"option": "dropout", "values": ["0.2/0.5", "0.3"]}])
        refused = program.run("sweep", "--dropout", "0.1/0.2/0.3", *SMALL, "--data", self.data)
        self.check_refusal(refused, program.USAGE, "--dropout", "0.1/0.2/0.3 has 3 rates for 2 hidden layers")

    def test_other_optimizers(self):
        """Each keeps the contract, differs from the others, and is in config.ini and model."""
        summaries = []
        for optimizer in ["adam"], ["adam", "--rules", "torch", "--beta-1", "0.8"], ["sgd", "--momentum", "0.9"], ["sgd"]:
            with self.subTest(optimizer):
                folder = " ".join(optimizer)
                first = self.check_equal([(ranks, []) for ranks in (None, 3)], "train", "--dropout", "0.4", "--leaf-rows",
                                         "8", "--optimizer", *optimizer, *SMALL, folder=folder)
                summaries.append(first["summary.csv"])
                self.assertIn(f"optimizer = {optimizer[0]}\n", (self.scratch / folder / "run 0" / "config.ini").read_text())
                self.assertIn(f'"optimizer":"{optimizer[0]}"'.encode(), first["models/p0.4-s1.safetensors"][:999])
        self.assertEqual(len(set(summaries)), len(summaries))

    def test_train_with_other_arithmetic(self):
        """bf16 and OpenBLAS keep the contract, differ from each other, and config.ini says so."""
        summaries = []
        for name, arithmetic in ("bf16", ["--precision", "bf16"]), ("openblas", ["--gemm", "openblas"]):
            with self.subTest(name):
                first = self.check_equal([(ranks, []) for ranks in (None, 3)], "train", "--dropout", "0.4",
                                         "--leaf-rows", "8", *arithmetic, *SMALL, folder=name)
                summaries.append(first["summary.csv"])
                config = (self.scratch / name / "run 0" / "config.ini").read_text()
                precision, gemm, library = {"bf16": ("bf16", "auto", "oneDNN "),
                                            "openblas": ("fp32", "openblas", "OpenBLAS ")}[name]
                self.assertIn(f"precision = {precision}\ngemm = {gemm}\n", config)
                manifest = json.loads((self.scratch / name / "run 0" / "manifest.json").read_text())
                self.assertEqual((manifest["precision"], manifest["gemm"]), (precision, gemm))
                self.assertTrue(manifest["machines"][0]["products"].startswith(library))
        self.assertEqual(len(set(summaries)), len(summaries))

    def test_a_cpu_without_amx_says_that_bf16_is_slower(self):
        result = program.run("train", *SMALL, "--precision", "bf16", "--data", self.data, "--output",
                             self.scratch / "run", env={"DNNL_MAX_CPU_ISA": "AVX512_CORE_BF16"})
        self.check_success(result)
        self.assertEqual(len(result.warnings), 1, result)
        self.assertIn("--precision bf16 is slower than fp32", result.warnings[0])

    def test_kernels_that_are_not_there_are_refused_once(self):
        for env in {"DROPSWEEP_SIMD": "mmx"}, {"DROPSWEEP_ZEROS": "keep"}:
            for ranks in None, 2:
                with self.subTest(env=env, ranks=ranks):
                    result = program.run("train", *SMALL, "--data", self.data, "--output", self.scratch / "no",
                                         ranks=ranks, env=env)
                    self.assertEqual(result.code, 2)
                    self.assertEqual(len(result.errors), 1, result)
                    self.assertIn(*env, result.errors[0])
                    self.assertFalse((self.scratch / "no").exists())

    def test_sweep_in_any_grouping(self):
        layouts = [(None, []), (2, []), (3, ["--ranks-per-trial", "1"]), (4, ["--ranks-per-trial", "2"]),
                   (4, ["--ranks-per-trial", "3"])]
        first = self.check_equal(layouts, "sweep", "--dropout", "0,0.25,0.5", "--seeds", "2", "--leaf-rows", "8",
                                 "--restore-best-weights", *SMALL)
        trials = [f"p{p}-s{s}" for p in ("0", "0.25", "0.5") for s in (1, 2)]
        lines = first["summary.csv"].decode().splitlines()
        self.assertEqual(lines[0], SUMMARY)
        self.assertEqual([line.split(",")[0] for line in lines[1:]], trials)
        lines = first["history.csv"].decode().splitlines()
        self.assertEqual(lines[0], HISTORY)
        self.assertEqual([(line.split(",")[0], line.split(",")[3]) for line in lines[1:]],
                         [(trial, str(epoch)) for trial in trials for epoch in range(3)])
        hashes = {line.split(",")[-1] for line in first["summary.csv"].decode().splitlines()[1:]}
        self.assertEqual(len(hashes), len(trials), "different trials must have different weights")

    def test_what_must_change_the_result_does(self):
        changes = [], ["--seed", "2"], ["--shuffle", "off"], ["--leaf-rows", "11"]
        results = self.results([(None, change) for change in changes], "train", "--dropout", "0.4", *SMALL)
        histories = [each["history.csv"] for each in results]
        self.assertEqual(len(set(histories)), len(histories))

    def test_config_repeats_a_run(self):
        first, again, other = (self.scratch / name for name in ("first", "again", "other"))
        relative = ["sweep", "--dropout", "0,0.5", "--seeds", "3,5", "--leaf-rows", "11", *SMALL, "--data", "data",
                    "--output", "first"]
        self.check_success(program.run(*relative, ranks=2, cwd=self.scratch))
        config = ["sweep", "--config", first / "config.ini"]
        elsewhere = self.scratch / "elsewhere"
        elsewhere.mkdir()
        self.check_success(program.run(*config, "--output", again, ranks=3, cwd=elsewhere))
        self.assertEqual(results_of(first), results_of(again))
        self.assertEqual((first / "config.ini").read_bytes(), (again / "config.ini").read_bytes())

        self.check_success(program.run(*config, "--output", other, "--epochs", "1", "--seed", "4"))
        rows = program.rows_of(other / "summary.csv")
        self.assertEqual([(row["trial"], row["epochs"]) for row in rows], [("p0-s4", "1"), ("p0.5-s4", "1")])

    def test_config_repeats_a_run_from_initial_weights(self):
        first, second, again = (self.scratch / name for name in ("first", "second", "again"))
        self.check_success(program.run("train", *SMALL, "--data", self.data, "--output", first))
        self.check_success(program.run("train", *SMALL, "--data", "data", "--output", "second", "--init-weights",
                                       "first/models/p0-s1.safetensors", cwd=self.scratch))
        self.assertNotEqual(results_of(first), results_of(second))
        self.check_success(program.run("train", "--config", second / "config.ini", "--output", again))
        self.assertEqual(results_of(second), results_of(again))

    def test_a_path_that_config_ini_cannot_hold_is_refused(self):
        data = self.data.rename(self.scratch / "data # 2")
        run = self.scratch / "run"
        result = program.run("train", *SMALL, "--data", data, "--output", run)
        self.assertEqual(result.code, program.USAGE, result)
        self.assertIn("data # 2", result.stderr)
        self.assertFalse(run.exists())

    def test_contents_of_a_run_directory(self):
        run = self.scratch / "run"
        self.check_success(program.run("sweep", "--dropout", "0,0.5", "--data", self.data, "--output", run, *SMALL, ranks=2))
        self.assertEqual(program.files_below(run), ["checksums.txt", "config.ini", "history.csv", "manifest.json",
                                                    "models/p0-s1.npy", "models/p0-s1.safetensors",
                                                    "models/p0.5-s1.npy", "models/p0.5-s1.safetensors",
                                                    "predictions.npz", "summary.csv", "timing.csv"])
        manifest = json.loads((run / "manifest.json").read_text())
        for key in ("program", "precision", "gemm", "rules", "mpi", "blas_threads", "machines", "plan", "data"):
            self.assertIn(key, manifest)
        self.assertEqual(manifest["plan"]["ranks"], 2)
        self.assertEqual(manifest["data"]["source"], str(self.data))
        self.assertEqual((manifest["data"]["training_samples"], manifest["data"]["validation_samples"]), (270, 30))
        self.assertEqual((manifest["data"]["rows"], manifest["data"]["columns"], manifest["data"]["classes"]), (4, 5, 3))
        idle = [row for row in program.rows_of(run / "timing.csv") if row["event"] == "idle"]
        self.assertEqual([row["first_rank"] for row in idle], ["0", "1"])
        for name in ("history.csv", "summary.csv", "timing.csv"):
            content = (run / name).read_bytes()
            self.assertNotIn(b"\r", content)
            self.assertTrue(content.endswith(b"\n"))


if __name__ == "__main__":
    program.main()
