"""A full disk, a directory that vanishes, no memory: one line at once, the right exit code, never a hang."""

import shutil
import subprocess

import program
import small_data
from reproducibility_test import results_of

LONG = ["train", "--hidden", "16", "--epochs", "100000", "--patience", "none", "--quiet"]


def small_disk(size, directory):
    """A prefix for a command: it sees a file system of so many bytes in the directory, which nobody else does."""
    return ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"', str(size),
            str(directory)]


class FullDiskTest(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.disk = self.scratch / "disk"
        self.disk.mkdir()
        probe = subprocess.run([*small_disk(65536, self.disk), "true"], capture_output=True)
        if probe.returncode != 0:
            self.skipTest(f"no file system can be mounted here: {probe.stderr.decode().strip()}")

    def check_full(self, size, *arguments):
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                result = program.run(*arguments, "--data", self.data, "--output", self.disk / "run", ranks=ranks,
                                     prefix=small_disk(size, self.disk))
                self.assertEqual(result.stdout, "", result)
                self.assertEqual(result.code, program.IO_ERROR, result)
                self.assertEqual(len(result.errors), 1, result)
                self.assertRegex(result.errors[0], r"cannot write .*/run/.*No space left.*; ")

    def test_full_at_the_start(self):
        self.check_full(4096, "train", "--hidden", "4", "--epochs", "1")

    def test_full_for_a_model(self):
        self.check_full(65536, "train", "--hidden", "2000", "--epochs", "1", "--leaf-rows", "43")

    def test_full_for_the_model_of_another_group(self):
        # The speaker of the trial that fails is not rank 0.
        result = program.run("sweep", "--dropout", "0,0.5,0.6", "--hidden", "2000", "--epochs", "1", "--data", self.data,
                             "--output", self.disk / "run", ranks=3, prefix=small_disk(200_000, self.disk))
        self.assertEqual(result.code, program.IO_ERROR, result)
        self.assertEqual(len(result.errors), 1, result)


class LostOutputTest(program.ProgramTest):
    """Nobody gets what the program prints. The files are complete, and lost results are an error, lost progress is none."""

    LOST = ["/dev/full", "&-", "&3"]  # full, closed, a pipe without a reader

    def setUp(self):
        super().setUp()
        self.env = self.with_gnuplot("exit 1")  # it would take seconds
        self.whole = self.scratch / "whole"
        self.stdout = self.sweep(self.whole).stdout

    def run_with(self, redirections, *arguments):
        """Descriptor 3 is a pipe that nobody reads."""
        return program.run(*arguments, env=self.env,
                           prefix=["bash", "-c", f'exec 3> >(:); wait $!; exec "$0" "$@" {redirections} 3>&-'])

    def sweep(self, run, redirections=""):
        return self.run_with(redirections, "sweep", "--dropout", "0,0.5", "--hidden", "4", "--epochs", "2", "--report", "on",
                             "--data", self.data, "--output", run)

    def check_whole(self, run):
        self.assertEqual(program.files_below(run), program.files_below(self.whole))
        self.assertTrue(results_of(run) == results_of(self.whole))

    def check_lost(self, result):
        self.assertEqual(result.code, program.IO_ERROR, result)
        self.assertEqual(len(result.errors), 1, result)
        self.assertRegex(result.errors[0], "cannot write to standard output: .*; ")

    def test_results_of_a_sweep_and_its_report(self):
        for lost in self.LOST:
            with self.subTest(lost=lost):
                run = self.scratch / f"run {self.LOST.index(lost)}"
                self.check_lost(self.sweep(run, f">{lost}"))
                self.check_whole(run)
                (run / "verdict.txt").unlink()
                (run / "report.html").unlink()
                self.check_lost(self.run_with(f">{lost}", "report", run))
                self.check_whole(run)

    def test_results_of_a_plan(self):
        directory = self.scratch / "plan"
        self.check_lost(self.run_with(">/dev/full", "plan", "--ranks", "2", "--dropout", "0", "--hidden", "4", "--data",
                                      self.data, "--output", directory))
        self.assertIn("plan.csv", program.files_below(directory))

    def test_progress_and_warnings(self):
        for lost in self.LOST:
            with self.subTest(lost=lost):
                run = self.scratch / f"run {self.LOST.index(lost)}"
                result = self.sweep(run, f"2>{lost}")
                self.check_success(result)
                self.assertEqual(result.stdout.replace(str(run), str(self.whole)), self.stdout)
                self.check_whole(run)

    def test_errors(self):
        for lost in self.LOST:
            with self.subTest(lost=lost):
                for arguments in ["report", self.scratch / "nothing"], ["train", "--config", self.scratch / "nothing"]:
                    result = self.run_with(f"2>{lost}", *arguments)
                    self.assertEqual((result.code, result.stdout, result.stderr), (program.MISSING_INPUT, "", ""), result)

    def test_everything(self):
        """As behind `2>&1 | head -1`."""
        for lost in self.LOST:
            with self.subTest(lost=lost):
                run = self.scratch / f"run {self.LOST.index(lost)}"
                self.assertEqual(self.sweep(run, f">{lost} 2>{lost}").code, program.IO_ERROR)
                self.check_whole(run)


class NoMemoryTest(program.ProgramTest):
    def test_shared_memory_where_containers_have_little(self):
        """What ranks share does not lie in /dev/shm, and Open MPI's buffers only where they fit."""
        inside = small_disk(4 << 20, "/dev/shm")
        if subprocess.run([*inside, "true"], capture_output=True).returncode != 0:
            self.skipTest("no file system can be mounted here")
        data = small_data.write_data(self.scratch / "data", 200, 60, rows=28, columns=28)
        result = program.run("sweep", "--hidden", "768,768", "--epochs", "1", "--dropout", "0,0.5", "--data", data,
                             "--output", self.scratch / "run", ranks=4, prefix=inside)
        self.check_success(result)

    def test_no_work_buffer_for_the_blas(self):
        # Without a launcher, because under such a limit Open MPI has not enough for its own start with several ranks.
        # From too little for the buffer to enough for all: whatever the libraries take, none of the runs may hang.
        codes = set()
        for limit in range(350_000, 700_001, 50_000):
            result = program.run("train", "--hidden", "4", "--epochs", "1", "--data", self.data, "--output",
                                 self.scratch / f"run {limit}", seconds=30, env={"OPENBLAS_NUM_THREADS": "1"},
                                 prefix=["sh", "-c", f'ulimit -v {limit} && exec "$0" "$@"'])
            if "in internal_Init_thread" in result.stderr:
                continue  # MPICH has not enough for its own start
            codes.add(result.code)
            if result.code != program.NOTHING:
                self.assertEqual(result.code, program.FAILURE, result)
                self.assertEqual(len(result.errors), 1, result)
                self.assertIn("memory", result.errors[0])
        self.assertEqual(codes, {program.NOTHING, program.FAILURE})

    def test_out_of_memory_is_said_once(self):
        for limit in range(1_000_000, 1_400_001, 400_000):
            result = program.run("train", "--hidden", "9000,9000", "--epochs", "1", "--data", self.data, "--output",
                                 self.scratch / f"run {limit}", ranks=2, seconds=60,
                                 prefix=["sh", "-c", f'ulimit -v {limit} && exec "$0" "$@"'])
            with self.subTest(limit=limit):
                self.assertEqual(result.code, program.FAILURE, result)
                self.assertEqual(len(result.errors), 1, result)
                self.assertIn("out of memory; use a smaller model", result.errors[0])


class VanishingDirectoryTest(program.ProgramTest):
    def test_the_run_directory_is_removed_while_training(self):
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                run = self.scratch / f"run {ranks}"
                process = subprocess.Popen(program.command_line([*LONG, "--data", self.data, "--output", run], ranks),
                                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                           env=program.environment(), text=True, start_new_session=True)
                try:
                    program.wait_until((run / "history.csv").exists)
                    run.rename(self.scratch / f"moved {ranks}")  # at once, where removing takes its time
                    _, stderr = process.communicate(timeout=30)
                finally:
                    if process.poll() is None:
                        program.end(process)
                errors = [line for line in stderr.splitlines() if line.startswith("dropsweep: error: ")]
                self.assertEqual(process.returncode, program.IO_ERROR, stderr)
                self.assertEqual(len(errors), 1, stderr)
                self.assertRegex(errors[0], r"cannot write .*/run .*(\.csv|/checkpoints|/checksums\.txt).*; ")
                left = program.files_below(self.scratch / f"moved {ranks}")
                self.assertFalse([name for name in left if "tmp" in name], left)

    def test_it_is_removed_between_two_writes(self):
        """Long before the next one is due: the lock that is gone tells of it."""
        runs = {ranks: self.scratch / f"run {ranks}" for ranks in (None, 3)}
        started = {ranks: self.start(*LONG, "--leaf-rows", "43", "--data", self.data, "--output", run, "--inject",
                                     "hang@0:p0-s1:5:1", ranks=ranks) for ranks, run in runs.items()}

        def epochs(run):
            timing = run / "timing.csv"  # of all files the last one that is written
            return [row for row in program.rows_of(timing) if row["event"] == "epoch"] if timing.exists() else []

        for run in runs.values():
            program.wait_until(lambda: len(epochs(run)) == 5)
            shutil.rmtree(run)
        for ranks, run in runs.items():
            with self.subTest(ranks=ranks):
                result = started[ranks].result()
                self.assertEqual(result.code, program.IO_ERROR, result)
                self.assertEqual(len(result.errors), 1, result)
                self.assertIn(f"cannot go on in {run}: it was removed", result.errors[0])
                self.assertFalse(run.exists())


if __name__ == "__main__":
    program.main()
