"""Runs dropsweep as a user does, and makes data sets small enough that a run takes no time.

Each test is started as `NAME_test.py PROGRAM MPIRUN [unittest arguments]`. A run that does not end in time fails the
test: nothing may hang. A file whose tests are all skipped ends with 77, which CTest shows as skipped.
"""

import atexit
import concurrent.futures
import contextlib
import csv
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import small_data

SKIPPED = 77
NOTHING, FAILURE, USAGE, TRIAL_FAILED, BAD_DATA, MISSING_INPUT, IO_ERROR = 0, 1, 2, 3, 65, 66, 74
INTERRUPTED = 75
# Seconds that a rank waits at most in MPI_Finalize for Open MPI's daemon to answer, when everything of ours is done. Now
# and then the daemon takes one.
FAREWELL = 2

# What the surroundings of the tests may not decide.
FOREIGN = ("SLURM_", "PMI", "OMPI_COMM_", "DROPSWEEP_", "OPENBLAS_", "GOTO_", "OMP_")
# Knows the options of each mpirun.
LAUNCHER = str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "mpirun.sh")
RANK_VARIABLE = rb"(?:^|\0)(?:OMPI_COMM_WORLD|PMI)_RANK=(\d+)"

program = None
mpirun = None


@functools.cache
def launcher_is(pattern):
    """Whether what mpirun says of its version has this in it."""
    done = subprocess.run([mpirun, "--version"], capture_output=True, text=True, check=True)
    return re.search(pattern, done.stdout + done.stderr) is not None


def code_of_a_killed_rank():
    """Of a run that has lost one by SIGKILL: mpirun's own, or what the others end with."""
    return FAILURE if launcher_is("HYDRA") else 128 + signal.SIGKILL


def launch(ranks):
    """What starts a program under mpirun."""
    return [LAUNCHER, "none", str(ranks)]


def environment(**changes):
    """The environment of a run, with a session directory of its own (see tests/CMakeLists.txt); None removes a variable."""
    session = tempfile.mkdtemp(prefix="dropsweep-mpi-")
    atexit.register(shutil.rmtree, session, ignore_errors=True)
    variables = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    variables = {"OMPI_MCA_mpi_yield_when_idle": "1", "MPIRUN": mpirun, **variables, "OMPI_MCA_orte_tmpdir_base": session,
                 "PRTE_MCA_prte_tmpdir_base": session, **changes}
    return {name: value for name, value in variables.items() if value is not None}


class Run:
    """One run that has ended."""

    def __init__(self, command, code, stdout, stderr):
        self.command = command
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        lines = stderr.splitlines()
        self.errors = [line for line in lines if line.startswith("dropsweep: error: ")]
        self.warnings = [line for line in lines if line.startswith("dropsweep: warning: ")]

    def __str__(self):
        return f"{' '.join(self.command)}\nexit {self.code}\nstdout: {self.stdout}\nstderr: {self.stderr}"


def command_line(arguments, ranks):
    """Without a wish for it, a run leaves the report out: drawing takes longer than these small trainings."""
    arguments = [str(argument) for argument in arguments]
    if arguments[:1] in (["sweep"], ["train"]) and "--report" not in arguments and "--help" not in arguments:
        arguments[1:1] = ["--report", "off"]
    return [*([] if ranks is None else launch(ranks)), program, *arguments]


def process_text(pid, name):
    """What /proc says; empty where the process is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def parent_of(pid):
    """0 where the process is gone."""
    status = process_text(pid, "stat").rpartition(b")")[2].split()
    return int(status[1]) if status else 0


def is_alive(pid):
    status = process_text(pid, "stat").rpartition(b")")[2].split()
    return bool(status) and status[0] != b"Z"


def end(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Started:
    """A run that goes on while the test does something to it."""

    def __init__(self, *arguments, ranks=None, prefix=(), cwd=None, env=None):
        self.command = [*prefix, *command_line(arguments, ranks)]
        self.number_of_ranks = ranks
        self.all_ranks = {}
        self.files = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        stdout, stderr = self.files
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, cwd=cwd,
                                        env=environment(**(env or {})), start_new_session=True)

    def present_ranks(self):
        """rank -> process number"""
        if self.number_of_ranks is None:
            return {0: self.process.pid}
        ranks = {}
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            parent = parent_of(folder.name)
            # Hydra, of MPICH, has a proxy between, and starts what starts the ranks, if there are several.
            for _ in range(0 if not launcher_is("HYDRA") else 1 if self.number_of_ranks == 1 else 2):
                parent = parent_of(parent)
            if parent != self.process.pid:
                continue
            rank = re.search(RANK_VARIABLE, process_text(folder.name, "environ"))
            if rank and process_text(folder.name, "cmdline").startswith(os.fsencode(program) + b"\0"):
                ranks[int(rank[1])] = int(folder.name)
        return ranks

    def ranks(self):
        """As present_ranks, when all are there."""

        def are_there():
            self.all_ranks = self.present_ranks()
            return self.has_ended() or len(self.all_ranks) == (self.number_of_ranks or 1)

        if not self.all_ranks:
            wait_until(are_there)
        return self.all_ranks

    def has_ended(self):
        return self.process.poll() is not None

    def wait_for_ranks(self, ranks, seconds=30):
        """Until these process numbers are gone: Open MPI's launcher takes a second or two more to end after a failure."""
        wait_until(lambda: self.has_ended() or not any(is_alive(pid) for pid in ranks.values()), seconds)

    def signal(self, number, ranks=None):
        """To all ranks, or to some."""
        for rank, pid in self.ranks().items():
            if ranks is None or rank in ranks:
                os.kill(pid, number)

    def texts(self):
        """What it has written so far: on stdout, on stderr."""
        return [os.pread(file.fileno(), 1 << 24, 0).decode() for file in self.files]

    def kill(self):
        """Launcher and ranks, which Open MPI puts into process groups of their own."""
        ranks = self.present_ranks().values() if not self.has_ended() else ()
        if not self.has_ended():
            end(self.process)
        for pid in ranks:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.close()

    def close(self):
        for file in self.files:
            file.close()

    def result(self, seconds=60):
        """Of the run, which has to end in time."""
        try:
            code = self.process.wait(seconds)
            return Run(self.command, code, *self.texts())
        except subprocess.TimeoutExpired:
            raise AssertionError(f"hangs: not at its end after {seconds} s: {' '.join(self.command)}\n"
                                 f"{self.texts()[1]}") from None
        finally:
            self.kill()


def run(*arguments, seconds=60, **options):
    """Runs the program: under mpirun with so many ranks, or alone without."""
    return Started(*arguments, **options).result(seconds)


def run_side_by_side(calls):
    """Several runs, a few at a time (they mostly wait for MPI to start): the list of (args, kwargs) gives a list of runs."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(run, *arguments, **options) for arguments, options in calls]
        return [each.result() for each in runs]


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def report_of(run):
    """All facts of a run, as its page has them."""
    return json.loads((run / "report.json").read_text(encoding="utf-8"))


def files_below(directory):
    return sorted(str(path.relative_to(directory)) for path in pathlib.Path(directory).rglob("*") if path.is_file())


def path_without(directory, *names):
    """A PATH on which everything is found but some programs."""
    directory.mkdir()
    for folder in reversed(os.environ["PATH"].split(os.pathsep)):
        for tool in pathlib.Path(folder).glob("*"):
            link = directory / tool.name
            link.unlink(missing_ok=True)
            if tool.name not in names:
                link.symlink_to(tool)
    return str(directory)


def needs(*tools):
    """Skips a class of tests where one of the tools is missing."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return unittest.skipIf(missing, f"skipped: {', '.join(missing)} is not installed")


def wait_until(condition, seconds=30):
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise AssertionError(f"waited {seconds} s in vain")
        time.sleep(0.01)


@contextlib.contextmanager
def in_time(seconds):
    """What is done in it takes less, where each process that wants to run has a core. Where they share the cores, that
    much more: so many times as long as there were, on average, processes for one core, this one not counted."""
    cores = len(os.sched_getaffinity(0))
    shares, ended = [1.0], threading.Event()

    def look():
        while not ended.wait(0.02):
            running = pathlib.Path("/proc/loadavg").read_text().split()[3].partition("/")[0]
            shares.append(max(1.0, (int(running) - 1) / cores))

    looks = threading.Thread(target=look)
    begin = time.monotonic()
    looks.start()
    try:
        yield
    finally:
        taken = time.monotonic() - begin
        ended.set()
        looks.join()
    bound = seconds * sum(shares) / len(shares)
    if taken >= bound:
        raise AssertionError(f"it took {taken:.2f} s, more than {bound:.2f} s")


class ProgramTest(unittest.TestCase):
    """With a scratch directory of its own, `self.scratch`, whose name has a space."""

    maxDiff = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="dropsweep test ")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)

    @functools.cached_property
    def data(self):
        """A small data set."""
        return small_data.write_data(self.scratch / "data")

    def run_into(self, name, *arguments, code=NOTHING, **options):
        """A run with the small data set into a directory of the scratch; that directory and the run."""
        directory = self.scratch / name
        result = run(*arguments, "--data", self.data, "--output", directory, **options)
        self.check_success(result, code)
        return directory, result

    def with_gnuplot(self, script):
        """An environment in which gnuplot does this."""
        tools = self.scratch / "tools"
        tools.mkdir(exist_ok=True)
        (tools / "gnuplot").write_text(f"#!/bin/sh\n{script}\n")
        (tools / "gnuplot").chmod(0o755)
        return {"PATH": f"{tools}:/usr/bin:/bin"}

    def start(self, *arguments, **options):
        """A run that does not outlive the test."""
        started = Started(*arguments, **options)
        self.addCleanup(started.kill)
        return started

    def check_success(self, result, code=NOTHING):
        self.assertEqual(result.code, code, result)
        self.assertEqual(result.errors, [], result)

    def check_equal_files(self, run, other, *names):
        for name in names:
            self.assertEqual((run / name).read_bytes(), (other / name).read_bytes(), name)

    def check_refusal(self, result, code, *mentions):
        """One line on stderr that says what is wrong and, after the semicolon, what to do; nothing on stdout."""
        self.assertEqual(result.code, code, result)
        self.assertEqual(len(result.errors), 1, result)
        what, semicolon, remedy = result.errors[0].partition("; ")
        self.assertTrue(what and semicolon and remedy.strip(), f"no remedy: {result}")
        for mention in mentions:
            self.assertIn(str(mention), result.errors[0], result)
        self.assertEqual(result.stdout, "", result)
        if result.command[0] != LAUNCHER:  # mpirun adds words of its own
            self.assertEqual(result.stderr.splitlines(), result.warnings + result.errors, result)


def main():
    global program, mpirun
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} PROGRAM MPIRUN [unittest arguments]")
    program, mpirun = os.path.abspath(sys.argv[1]), sys.argv[2]
    ended = unittest.main(argv=[sys.argv[0], *sys.argv[3:]], exit=False, verbosity=2).result
    if not ended.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if ended.testsRun == len(ended.skipped) else 0)
