"""scripts/run.sh between its neighbours: what it hands to mpirun, says and returns.

cmake, mpirun and dpkg-query are stand-ins in front of the PATH, so nothing is installed, built or trained.
"""

import hashlib
import json
import math
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]

STAND_INS = {
    "cmake": """#!/bin/sh
[ "$1" != --build ] || exit "${CMAKE_BUILD_STATUS:-0}"
""",
    "dpkg-query": "#!/bin/sh\necho installed\n",
    "nproc": "#!/bin/sh\necho 4\n",
    "lscpu": "#!/bin/sh\nprintf '# core,socket\\n0,0\\n1,0\\n0,0\\n1,0\\n'\n",  # 4 hardware threads on 2 cores
    # Records its arguments; MPIRUN_REFUSES names the kind of binding that it will not do ("all": it never starts).
    "mpirun": """#!/usr/bin/env python3
import json, os, sys
if sys.argv[1:] == ["--version"]:
    sys.exit(print(os.environ.get("MPIRUN_VERSION", "mpirun (Open MPI) 4.1.4")))
refused = os.environ.get("MPIRUN_REFUSES")
if refused == "all" or refused and f"--bind-to {refused} " in " ".join(sys.argv):
    sys.exit("a long\\ncomplaint of mpirun")
if sys.argv[-1] == "true":
    sys.exit(0)
note = os.environ.get("DROPSWEEP_DATA_NOTE")
with open(os.environ["MPIRUN_LOG"], "x") as log:
    json.dump({"arguments": sys.argv[1:], "directory": os.getcwd(), "note": note}, log)
print("result table")
if note:
    print("dropsweep: warning:", note, file=sys.stderr)
print("progress", file=sys.stderr)
sys.exit(int(os.environ.get("MPIRUN_STATUS", "0")))
""",
}
WARNING = "dropsweep: warning: "
FALLBACK = "; training on the built-in synthetic digits instead"


def cpu_quota():
    """The CPUs that a container's quota leaves to this test, which run.sh respects."""
    try:
        quota, period = pathlib.Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return math.inf if quota == "max" else -(-int(quota) // int(period))
    except OSError:
        return math.inf


class RunTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name).resolve()
        self.project = self.scratch / "a project"  # a space, to catch a missing quote
        shutil.copytree(PROJECT / "scripts", self.project / "scripts")
        (self.project / "scripts" / "mnist.sha256").write_text(f"{hashlib.sha256(b'digits').hexdigest()}  digits\n")
        bin_ = self.scratch / "bin"
        bin_.mkdir()
        for name, text in STAND_INS.items():
            (bin_ / name).write_text(text)
            (bin_ / name).chmod(0o755)
        self.log = self.scratch / "mpirun.json"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("DROPSWEEP_", "OMPI_", "OMP_", "MPIRUN"))}
        self.env |= {"PATH": f"{bin_}:{os.environ['PATH']}", "MPIRUN_LOG": str(self.log)}
        self.env["DROPSWEEP_MNIST_MIRRORS"] = "http://127.0.0.1:9/"  # the discard port: nobody answers

    def run_sh(self, *args, **env):
        """Returns exit code, stdout, stderr; self.launched is what mpirun saw, or None."""
        self.log.unlink(missing_ok=True)
        command = [str(self.project / "scripts" / "run.sh"), *args]
        done = subprocess.run(
            command, env=self.env | env, cwd=self.scratch, capture_output=True, text=True, timeout=60, check=False
        )
        self.launched = json.loads(self.log.read_text()) if self.log.exists() else None
        return done.returncode, done.stdout, done.stderr

    def program_arguments(self):
        """What mpirun was asked to start, after the path of the program."""
        program = str(self.project / "build" / "release" / "dropsweep")
        arguments = self.launched["arguments"]
        self.assertEqual(arguments.count(program), 1, arguments)
        return arguments[arguments.index(program) + 1 :]

    def put_mnist(self):
        data = self.project / "data" / "mnist"
        data.mkdir(parents=True)
        (data / "digits").write_bytes(b"digits")
        return str(data)

    def test_arguments_are_forwarded_verbatim(self):
        data = self.put_mnist()
        args = ["--output", "my results", "--dropout=0:0.8:0.1", "*", "", "$HOME", "--quiet"]
        status, out, err = self.run_sh(*args)
        self.assertEqual((status, out), (0, "result table\n"))
        self.assertNotIn("warning", err)
        self.assertEqual(self.program_arguments(), ["sweep", "--data", data, *args])
        self.assertEqual(self.launched["directory"], str(self.scratch), "relative paths mean the caller's directory")
        self.assertIsNone(self.launched["note"])

    def test_one_rank_per_physical_core(self):
        self.put_mnist()
        self.run_sh(OMP_NUM_THREADS="1")
        arguments = self.launched["arguments"]
        self.assertEqual(arguments[arguments.index("-n") + 1], str(min(2, cpu_quota())))

    def test_falls_back_to_the_synthetic_digits_and_tells_the_program_why(self):
        status, _, err = self.run_sh("--seeds", "2")
        self.assertEqual(status, 0)
        self.assertEqual(self.program_arguments(), ["sweep", "--data", "synthetic", "--seeds", "2"])
        note = "MNIST could not be fetched (http://127.0.0.1:9: "
        self.assertTrue(self.launched["note"].startswith(note), self.launched["note"])
        self.assertTrue(self.launched["note"].endswith(FALLBACK), self.launched["note"])
        # The stand-in warns as dropsweep does; run.sh adds nothing.
        self.assertEqual([line for line in err.splitlines() if "MNIST" in line], [WARNING + self.launched["note"]])

    def test_data_that_the_user_names_is_left_to_the_program(self):
        cases = [(["--data", "x"], {}), (["--data=x"], {}), (["--config", "c.ini"], {}), (["--config=c.ini"], {})]
        cases += [(["--seeds", "2"], {"DROPSWEEP_DATA": "x"}), (["--help"], {})]
        for args, env in cases:
            with self.subTest(args=args, env=env):
                status, _, err = self.run_sh(*args, **env)
                self.assertEqual(status, 0)
                self.assertEqual(self.program_arguments(), ["sweep", *args])
                self.assertNotIn("MNIST", err)

    def test_exit_code_and_streams_are_those_of_the_program(self):
        for code in (0, 1, 2, 3, 65, 66, 74, 75):
            with self.subTest(code=code):
                status, out, err = self.run_sh("--data", "x", MPIRUN_STATUS=str(code))
                self.assertEqual((status, out), (code, "result table\n"))
                self.assertEqual([line for line in err.splitlines() if "building" not in line], ["progress"])

    def test_a_crash_is_named_in_one_line(self):
        status, _, err = self.run_sh("--data", "x", MPIRUN_STATUS="137")
        self.assertEqual(status, 137)
        self.assertIn("dropsweep: error: a process of the sweep was ended by SIGKILL; start it again", err)

    def test_each_mpi_is_told_in_its_own_words(self):
        self.put_mnist()
        for version, words in (("mpirun (Open MPI) 4.1.4", ["-q", "--bind-to", "--oversubscribe"]),
                               ("mpirun (Open MPI) 5.0.7", ["--bind-to", "--map-by", ":OVERSUBSCRIBE"]),
                               ("HYDRA build details:\n    Version: 4.0.2", ["-bind-to", "-disable-auto-cleanup"])):
            with self.subTest(version):
                status, _, err = self.run_sh(MPIRUN_VERSION=version)
                self.assertEqual(status, 0, err)
                # Bound or not: what the CPUs of this machine allow.
                told = [word for word in self.launched["arguments"] if word not in ("core", "none")]
                self.assertEqual(told[:len(words) + 1], [*words, "-n"])

    def test_without_permission_to_bind_it_does_not_bind(self):
        status, _, err = self.run_sh("--data", "x", MPIRUN_REFUSES="core")
        self.assertEqual(status, 0)
        self.assertIn("--bind-to none", " ".join(self.launched["arguments"]))
        self.assertNotIn("complaint", err)

    def test_mpirun_that_cannot_start_says_why(self):
        status, _, err = self.run_sh("--data", "x", MPIRUN_REFUSES="all")
        self.assertEqual(status, 1)
        self.assertIsNone(self.launched)
        self.assertIn("a long\ncomplaint of mpirun\ndropsweep: error: mpirun cannot start ", err)

    def test_a_failed_build_starts_nothing(self):
        status, _, err = self.run_sh("--data", "x", CMAKE_BUILD_STATUS="2")
        self.assertEqual(status, 1)
        self.assertIsNone(self.launched)
        self.assertTrue(err.endswith("dropsweep: error: the build failed; the compiler's messages are above\n"), err)


if __name__ == "__main__":
    unittest.main()
