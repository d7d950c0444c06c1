"""The scripts of slurm/ on a real Slurm: whatever stops a job, it ends with the bytes of a run that nothing stopped.

A test that stops a job does so with its ranks frozen (SIGSTOP) at some epoch, so that a fast machine cannot finish
first.
"""

import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import cluster as slurm  # noqa: E402
import program  # noqa: E402
import small_data  # noqa: E402

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "slurm"
INTERRUPTED = 75
TRAINING = ["--hidden", "8", "--epochs", "150", "--patience", "none", "--leaf-rows", "64", "--quiet"]
SEEDS = ["--seeds", "2"]
SWEEP = ["--dropout", "0,0.3", *SEEDS, *TRAINING, "--report", "off"]
TWO_NODES = ["--nodes=2", "--ntasks-per-node=1"]

# Saves something new and stops with 75, twice; ranks other than 0 take their time to end. Without saving: --stuck.
# Waiting for a signal: --slow.
STAND_IN = """#!/bin/bash
run=${2#--output=}
[[ $2 != --output ]] || run=$3
((SLURM_PROCID == 0)) || { sleep 1; exit "$(<"$run/code")"; }
mkdir -p "$run/checkpoints"
echo "$SLURM_JOB_END_TIME $*" >>"$run/starts"
count=$(wc -l <"$run/starts")
[[ $* == *--stuck* ]] || echo "$count" >"$run/checkpoints/trial"
trap 'exit 75' TERM
[[ $* != *--slow* ]] || sleep 600
echo $((count == 3 ? 0 : 75)) >"$run/code"
exit "$(<"$run/code")"
"""

cluster = None


def setUpModule():
    """One cluster for all tests."""
    global cluster
    cluster = slurm.Cluster(program.environment(DROPSWEEP=program.program))
    unittest.addModuleCleanup(cluster.close)


class SlurmTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.cancel_all)

    @staticmethod
    def cancel_all():
        cluster.command("scancel", "--user=root", "--signal=KILL", "--full")
        cluster.command("scancel", "--user=root")
        cluster.wait_until_empty()

    def submit(self, script, *arguments, **options):
        return cluster.submit(SCRIPTS / f"{script}.sbatch", *arguments, cwd=self.scratch, **options)

    def logs(self):
        return "".join(f"{log.name}:\n{log.read_text()}" for log in sorted(self.scratch.glob("*.log")))

    def check_completed(self, job, seconds=60):
        try:
            job.wait_for("COMPLETED", seconds=seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None


class ResultsTest(SlurmTest):
    """With a small data set and the results of a quiet mpirun."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="dropsweep-slurm-")
        cls.addClassCleanup(directory.cleanup)
        cls.data = small_data.write_data(pathlib.Path(directory.name) / "data")
        cls.quiet = pathlib.Path(directory.name) / "quiet"
        done = program.run("sweep", "--data", cls.data, "--output", cls.quiet, *SWEEP, ranks=2)
        assert done.code == program.NOTHING, done

    def sweep(self, *options):
        """On two ranks, one on each node, that share each trial out."""
        arguments = ["--data", self.data, "--ranks-per-trial", "2", *SWEEP]
        return self.submit("sweep", *arguments, options=[*TWO_NODES, *options])

    def run_of(self, job):
        return self.scratch / "results" / f"sweep-{job.number}"

    def check_same_bytes(self, run, expected=None):
        expected = expected or self.quiet
        self.assertEqual(program.files_below(run / "models"), program.files_below(expected / "models"))
        for name in ["history.csv", "summary.csv", *(f"models/{m}" for m in program.files_below(expected / "models"))]:
            self.assertEqual((run / name).read_bytes(), (expected / name).read_bytes(), name)

    def freeze(self, job):
        """Stops all ranks of a running job some epochs after its start; returns their process numbers by rank."""
        history = self.run_of(job) / "history.csv"
        before = len(program.rows_of(history)) if history.exists() else 0
        job.wait_for("RUNNING")
        program.wait_until(lambda: history.exists() and len(program.rows_of(history)) >= before + 5, seconds=60)
        ranks = job.ranks(program.program)
        for pid in ranks.values():
            os.kill(pid, signal.SIGSTOP)
        self.assertEqual(sorted(ranks), [0, 1])
        self.assertLess(len(program.rows_of(history)), len(program.rows_of(self.quiet / "history.csv")))
        return ranks

    @staticmethod
    def thaw(ranks):
        for pid in ranks.values():
            os.kill(pid, signal.SIGCONT)


class QuietTest(ResultsTest):
    def test_sweep_on_two_nodes(self):
        job = self.sweep("--ntasks-per-node=2")
        self.check_completed(job)
        self.assertEqual(job.fields()["NumNodes"], "2")
        self.check_same_bytes(self.run_of(job))

    def test_train_shares_one_trial_out_over_two_nodes(self):
        arguments = ["--data", self.data, "--dropout", "0.3", *TRAINING, "--report", "off"]
        self.check_success(program.run("train", *arguments, "--output", self.scratch / "alone", ranks=1))
        job = self.submit("train", *arguments, options=TWO_NODES)
        self.check_completed(job)
        self.check_same_bytes(self.scratch / "results" / f"train-{job.number}", self.scratch / "alone")

    def test_array_and_its_merge(self):
        arguments = ["--data", self.data, *SEEDS, *TRAINING]
        array = self.submit("array", *arguments, options=["--array=0,30", "--ntasks-per-node=2"])
        for task in ("0", "30"):
            self.check_completed(slurm.Job(cluster, f"{array.number}_{task}"))
        parts = sorted((self.scratch / "results" / f"array-{array.number}").glob("p*"))
        self.assertEqual([part.name for part in parts], ["p0.00", "p0.30"])
        merged = self.scratch / "merged"
        self.check_success(program.run("report", *parts, "--output", merged))
        for part in parts:  # where the models stay
            shutil.copytree(part / "models", merged / "models", dirs_exist_ok=True)
        self.check_same_bytes(merged)

    def test_exit_code_and_message_are_those_of_the_program(self):
        job = self.submit("sweep", "--data", "nowhere", options=TWO_NODES)
        job.wait_for("FAILED")
        self.assertEqual(job.fields()["ExitCode"], f"{program.MISSING_INPUT}:0")
        self.assertEqual(self.logs().count("dropsweep: error: "), 1, self.logs())


class StoppedTest(ResultsTest):
    def check_goes_on(self, job, *restarts):
        self.check_completed(job)
        self.assertIn(job.restarts(), restarts or (1,), self.logs())
        self.check_same_bytes(self.run_of(job))

    def test_signal(self):
        job = self.sweep()
        for _ in range(2):
            ranks = self.freeze(job)
            cluster.command("scancel", "--signal=USR1", job.number)
            self.thaw(ranks)
            job.wait_for("PENDING")
        self.check_goes_on(job, 2)

    def test_time_limit(self):
        """Slurm's warning also wakes the ranks up (SIGCONT). It looks every 30 s for jobs that will have less time left
        than --signal says, so here it comes early."""
        job = self.sweep("--time=1")
        self.freeze(job)
        job.wait_for("PENDING", seconds=70)
        self.check_goes_on(job)

    def test_preemption_with_a_time_of_grace(self):
        job = self.sweep()
        self.freeze(job)
        self.preempt(job)
        # Slurm 24.11 starts such a job once more when it has completed (its ticket 25682).
        is_faulty = "24.11" in cluster.command("sinfo", "--version")
        self.check_goes_on(job, *((1, 2) if is_faulty else (1,)))

    def test_preemption_without_a_time_of_grace(self):
        cluster.command("scontrol", "update", "PartitionName=low", "GraceTime=0")
        self.addCleanup(cluster.command, "scontrol", "update", "PartitionName=low", "GraceTime=20")
        job = self.sweep()
        self.freeze(job)
        self.preempt(job)
        self.check_goes_on(job)

    def preempt(self, job):
        """By a job that wants both nodes for itself. Slurm wakes the ranks up for it (SIGCONT)."""
        urgent = self.scratch / "urgent.sbatch"
        urgent.write_text("#!/bin/sh\nsleep 1\n")
        other = cluster.submit(urgent, options=["--partition=high", "--nodes=2", "--exclusive"], cwd=self.scratch)
        job.wait_for("PENDING")
        self.check_completed(other)

    def test_killed_rank(self):
        job = self.sweep()
        os.kill(self.freeze(job)[1], signal.SIGKILL)
        job.wait_for("FAILED")
        cluster.command("scontrol", "requeue", job.number)
        self.check_goes_on(job)

    def test_killed_slurmd(self):
        """Of the node of rank 0, whose processes Slurm ends only when it sees the node again."""
        job = self.sweep()
        self.freeze(job)
        cluster.kill_slurmd("n1")
        program.wait_until(lambda: cluster.node_state("n1").startswith("DOWN"), seconds=90)
        job.wait_for("PENDING")
        cluster.start_slurmd("n1")
        self.check_goes_on(job)


class RequeueTest(SlurmTest):
    """When a job goes back to the queue, shown with a stand-in for the program."""

    def setUp(self):
        super().setUp()
        self.program = self.scratch / "stand-in"
        self.program.write_text(STAND_IN)
        self.program.chmod(0o755)

    def stand_in(self, script, *arguments, options=()):
        return self.submit(script, *arguments, options=["--ntasks-per-node=2", *options], DROPSWEEP=str(self.program))

    def starts_in(self, run):
        """The job's end time and the arguments of each start so far."""
        starts = self.scratch / run / "starts"
        return [line.split(" ", 1) for line in starts.read_text().splitlines()] if starts.exists() else []

    def check_left_alone(self, job, state):
        job.wait_for(state)
        self.assertEqual(job.restarts(), 0)
        self.assertNotIn("goes back to the queue", self.logs())

    def test_the_same_command_goes_on_until_it_is_done(self):
        cases = (["--output", "a run"], "a run"), (["--output=b"], "b"), ([], "results/train-{}")
        jobs = [self.stand_in("train", *given, "--seed", "2") for given, _ in cases]
        for job, (given, run) in zip(jobs, cases):
            with self.subTest(given=given):
                self.check_completed(job)
                run = run.format(job.number)
                expected = ["train", *(given or ["--output", run]), "--seed", "2"]
                self.assertEqual([arguments for _, arguments in self.starts_in(run)], [" ".join(expected)] * 3)

    def test_each_task_of_an_array_goes_on_by_itself(self):
        """The last task of an array has the array's own number."""
        array = self.stand_in("array", options=["--array=0,30"])
        for task, dropout in (("0", "0.00"), ("30", "0.30")):
            self.check_completed(slurm.Job(cluster, f"{array.number}_{task}"))
            run = f"results/array-{array.number}/p{dropout}"
            self.assertEqual([arguments for _, arguments in self.starts_in(run)],
                             [f"sweep --output {run} --dropout {dropout} --report off"] * 3)

    def test_without_a_new_checkpoint_it_is_left_alone(self):
        job = self.stand_in("sweep", "--stuck")
        self.check_left_alone(job, "FAILED")
        self.assertEqual(job.fields()["ExitCode"], f"{INTERRUPTED}:0")
        self.assertIn("before there was a new checkpoint", self.logs())

    def test_cancelled_it_is_left_alone_although_it_saves_and_stops(self):
        job = self.stand_in("sweep", "--slow")
        program.wait_until(lambda: self.starts_in(f"results/sweep-{job.number}"))
        cluster.command("scancel", job.number)
        self.check_left_alone(job, "CANCELLED")

    def test_the_program_knows_when_the_job_ends(self):
        job = self.stand_in("sweep", "--slow", options=["--time=7"])
        program.wait_until(lambda: self.starts_in(f"results/sweep-{job.number}"))
        (end, _), = self.starts_in(f"results/sweep-{job.number}")
        self.assertEqual(time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(int(end))), job.fields()["EndTime"])

    def test_a_program_that_is_not_there(self):
        job = self.submit("sweep", DROPSWEEP="nothing")
        job.wait_for("FAILED")
        self.assertEqual(job.fields()["ExitCode"], f"{program.USAGE}:0")
        self.assertEqual(self.logs().count("dropsweep: error: "), 1, self.logs())


if __name__ == "__main__":
    if reason := slurm.missing():
        print(f"skipped: {reason}")
        sys.exit(program.SKIPPED)
    program.main()
