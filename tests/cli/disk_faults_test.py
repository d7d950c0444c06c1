"""A disk that is full or read-only while a run trains: one line, exit code 74; with room again the run goes on."""

import os
import shutil
import signal
import subprocess

import long_run
import program


class DiskTest(long_run.LongRunTest):
    """On a file system of its own, which a process that sleeps keeps: the test sees it through that process."""

    COMMAND = ["sweep", "--dropout", "0,0.5", "--seeds", "2", "--epochs", "400", *long_run.MODEL]

    def setUp(self):
        super().setUp()
        disk = self.scratch / "disk"
        disk.mkdir()
        self.keeper = subprocess.Popen(["unshare", "--mount", "sh", "-c",
                                        'mount -t tmpfs -o size=4m tmpfs "$1" && echo ready && exec sleep 300', "sh", disk],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.keeper.communicate)
        self.addCleanup(self.keeper.kill)
        if self.keeper.stdout.readline() != "ready\n":
            self.skipTest(f"no file system can be mounted here: {self.keeper.stderr.read().strip()}")
        self.inside = ["nsenter", f"--mount=/proc/{self.keeper.pid}/ns/mnt", "--"]
        self.seen_disk = self.scratch / "seen"
        self.seen_disk.symlink_to(f"/proc/{self.keeper.pid}/root{disk}")
        self.run_directory = disk / "run"
        self.seen_run = self.seen_disk / "run"

    def fill(self):
        with open(self.seen_disk / "filler", "wb", buffering=0) as filler:
            size = 1 << 16
            while size > 0:
                try:
                    filler.write(bytes(size))
                except OSError:
                    size //= 2

    def mount(self, *arguments):
        subprocess.run([*self.inside, *arguments], check=True, capture_output=True)

    def check_disturbed(self, disturb, restore, reason):
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                started = self.start_sweep("--quiet", ranks=ranks, prefix=self.inside)
                self.freeze(started, run=self.seen_run)
                disturb()
                started.signal(signal.SIGCONT)
                result = started.result()
                self.assertEqual(result.code, program.IO_ERROR, result)
                self.assertEqual(len(result.errors), 1, result)
                self.assertRegex(result.errors[0], rf"cannot write .*/run/.*{reason}.*; ")
                self.assertTrue(long_run.checkpoints_of(self.seen_run))
                program.rows_of(self.seen_run / "summary.csv")
                restore()
                result = self.start_sweep("--quiet", ranks=2, prefix=self.inside).result()
                self.check_success(result)
                self.assertEqual(result.warnings, [], result)
                self.check_same_bytes(self.seen_run)
                shutil.rmtree(self.seen_run)

    def test_full(self):
        self.check_disturbed(self.fill, lambda: os.unlink(self.seen_disk / "filler"), "No space left")

    def test_read_only(self):
        def disturb():
            self.mount("mount", "--bind", self.run_directory, self.run_directory)
            self.mount("mount", "-o", "remount,bind,ro", self.run_directory)

        self.check_disturbed(disturb, lambda: self.mount("umount", self.run_directory), "Read-only file system")


if __name__ == "__main__":
    program.main()
