"""The cluster of supervisor.py from the outside: jobs, their states, their ranks."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

COMMAND_SECONDS = 30
FINAL = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT")
PACKAGES = {"munged": "munge", "slurmctld": "slurmctld", "slurmd": "slurmd", "srun": "slurm-client"}

os.environ["PATH"] += os.pathsep + "/usr/sbin"


def missing():
    """What a cluster needs and does not find here; None: it is all there."""
    absent = [f"{name} (package {package})" for name, package in PACKAGES.items() if shutil.which(name) is None]
    if absent:
        return f"{', '.join(absent)} is not installed"
    return None if os.geteuid() == 0 else "slurmd and munged need root"


class Cluster:
    """Lives until `close`, or the end of this process, whatever ends it: the supervisor waits for that."""

    def __init__(self, environment):
        """The environment is that of all commands, and so of all jobs."""
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="dropsweep-slurm-"))
        # Both nodes are one host: to MPI, memory shared between them would look possible.
        self.environment = {**environment, "SLURM_CONF": str(self.directory / "slurm.conf"),
                            "OMPI_MCA_btl": "tcp,self", "OMPI_MCA_orte_tmpdir_base": str(self.directory / "mpi")}
        self.supervisor = subprocess.Popen(
            [sys.executable, "-B", pathlib.Path(__file__).with_name("supervisor.py"), self.directory],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True)
        said = self.supervisor.stdout.readline()
        if not said.startswith("SLURM_CONF="):
            raise RuntimeError(said + self.supervisor.stdout.read())

    def close(self):
        self.supervisor.stdin.close()
        self.supervisor.stdout.close()
        self.supervisor.wait(timeout=COMMAND_SECONDS)

    def command(self, *arguments, cwd=None, **environment):
        """Standard output of one of Slurm's commands."""
        arguments = [str(argument) for argument in arguments]
        done = subprocess.run(arguments, env=self.environment | environment, cwd=cwd, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(arguments)}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def kill_slurmd(self, node):
        os.kill(int((self.directory / f"slurmd.{node}.pid").read_text()), signal.SIGKILL)

    def start_slurmd(self, node):
        self.supervisor.stdin.write(f"{node}\n")
        self.supervisor.stdin.flush()

    def node_state(self, node):
        return re.search(r"State=(\S*)", self.command("scontrol", "show", "node", node))[1]

    def wait_until_empty(self, seconds=60):
        """Waits until there is no job any more."""
        limit = time.monotonic() + seconds
        while jobs := self.command("squeue", "--noheader"):
            if time.monotonic() > limit:
                raise AssertionError(f"still there after {seconds} s:\n{jobs}")
            time.sleep(0.1)

    def submit(self, script, *arguments, options=(), cwd=None, **environment):
        """sbatch; returns the job."""
        number = self.command("sbatch", "--parsable", *options, script, *arguments, cwd=cwd, **environment)
        return Job(self, number.strip())


class Job:
    """A job, or one task of an array (number_task)."""

    def __init__(self, cluster, number):
        self.cluster = cluster
        self.number = number

    def fields(self):
        """What scontrol says of it: JobState, ExitCode, Restarts ..."""
        text = self.cluster.command("scontrol", "--oneliner", "show", "job", self.number)
        return dict(re.findall(r"(\w+)=(\S*)", text))

    def state(self):
        return self.fields()["JobState"]

    def restarts(self):
        return int(self.fields()["Restarts"])

    def wait_for(self, *states, seconds=60):
        """Waits for one of the states and returns it; another final one is an error."""
        limit = time.monotonic() + seconds
        while (state := self.state()) not in states:
            if state in FINAL or time.monotonic() > limit:
                raise AssertionError(f"job {self.number} is {state} and not {' or '.join(states)}; {self.fields()}")
            time.sleep(0.1)
        return state

    def ranks(self, program):
        """Process number of each rank of that program; several starts of the job are not told apart."""
        found = {}
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(process / "exe") != program:
                    continue
                variables = dict(re.findall(r"(SLURM_\w+)=([^\0]*)", (process / "environ").read_text(errors="replace")))
            except OSError:  # it has ended in between
                continue
            if variables.get("SLURM_JOB_ID") == self.number:
                found[int(variables["SLURM_PROCID"])] = int(process.name)
        return found
