"""A launcher of another MPI starts N copies that each see only themselves: they must say so, not train N times."""

import json
import pathlib

import program
import small_data

FEW = ["--hidden", "4", "--epochs", "1", "--quiet"]


class LaunchTrapTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.output = self.scratch / "run"

    def train(self, **options):
        return program.run("train", "--data", self.data, "--output", self.output, *FEW, **options)

    def check_refused_by_the_first_alone(self, launcher, rank, *mentions):
        self.check_refusal(self.train(env={**launcher, rank: "0"}), program.USAGE, *mentions)
        second = self.train(env={**launcher, rank: "1"})
        self.assertEqual((second.code, second.stdout, second.stderr), (program.USAGE, "", ""))
        self.assertFalse(self.output.exists())

    def test_singletons_stop_and_the_first_says_how_to_launch(self):
        self.check_refused_by_the_first_alone({"PMI_SIZE": "2"}, "PMI_RANK", "2 processes", "PMI_SIZE", "mpirun")

    def test_srun_that_does_not_speak_to_mpi(self):
        """With these variables Open MPI gives up by itself, at length, where it was built without Slurm. MPICH wants pmi2."""
        slurm = {"SLURM_JOB_ID": "7", "SLURM_JOBID": "7", "SLURM_STEP_ID": "0", "SLURM_STEPID": "0",
                 "SLURM_STEP_NUM_TASKS": "2", "SLURM_NTASKS": "2", "SLURM_NODELIST": "localhost"}
        self.check_refused_by_the_first_alone(slurm, "SLURM_PROCID", "srun --mpi=pmi")

    def test_the_shell_of_a_batch_job_is_no_launcher(self):
        self.check_success(self.train(env={"SLURM_JOB_ID": "7", "SLURM_NTASKS": "4", "SLURM_PROCID": "0"}))

    def test_one_process_by_a_launcher_is_fine(self):
        self.check_success(self.train(env={"PMI_SIZE": "1", "PMI_RANK": "0"}))

    def test_usage_errors_of_singletons_are_said_once(self):
        results = [program.run("train", "--epochs", "three", env={"PMI_SIZE": "2", "PMI_RANK": rank})
                   for rank in ("0", "1")]
        self.assertEqual([result.code for result in results], [program.USAGE] * 2)
        self.assertEqual([len(result.errors) for result in results], [1, 0])

    def test_help_is_printed_by_the_first_alone(self):
        first, second = (program.run("--help", env={"PMI_SIZE": "2", "PMI_RANK": rank}) for rank in ("0", "1"))
        self.assertIn("usage:", first.stdout)
        self.assertEqual((first.code, second.code, second.stdout), (0, 0, ""))


class BlasTest(program.ProgramTest):
    def manifest(self, name, **env):
        data = self.scratch / "data"
        if not data.exists():
            small_data.write_data(data)
        output = self.scratch / name
        self.check_success(program.run("train", "--data", data, "--output", output, "--gemm", "openblas", *FEW,
                                       ranks=2, env=env))
        return json.loads((output / "manifest.json").read_text())

    def test_one_thread_per_rank_unless_the_user_says_otherwise(self):
        self.assertEqual(self.manifest("default")["blas_threads"], 1)
        self.assertEqual(self.manifest("two", OPENBLAS_NUM_THREADS="2")["blas_threads"], 2)

    def kernels(self, name, **env):
        return self.manifest(name, **env)["machines"][0]["products"].split()[-1]

    def test_the_kernels_are_not_older_than_the_cpu(self):
        """Also where OpenBLAS does not know its model number."""
        if not {"avx2", "fma"} <= set(pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split()):
            self.skipTest("this CPU has no AVX2")
        self.assertIn(self.kernels("chosen"),
                      ("Haswell", "Zen", "Excavator", "SkylakeX", "Cooperlake", "SapphireRapids"))

    def test_the_user_has_the_last_word_about_kernels(self):
        self.assertEqual(self.kernels("asked", OPENBLAS_CORETYPE="Nehalem"), "Nehalem")


if __name__ == "__main__":
    program.main()
