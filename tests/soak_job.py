"""One mpirun that soak.py starts, with its ranks, and what can be done to it."""

import contextlib
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent / "cli"))
import program  # noqa: E402

KILL, STOP = signal.SIGKILL, signal.SIGSTOP
RANK, LAUNCHER, EVERYTHING = "rank", "launcher", "everything"
END_SECONDS = 30  # from a fault to the end of all processes


@dataclasses.dataclass(frozen=True)
class Fault:
    target: str
    signal: signal.Signals
    codes: tuple  # exit codes that it explains

    def __str__(self):
        return f"{self.signal.name.removeprefix('SIG')} {self.target}"


@dataclasses.dataclass
class Done:
    """A fault that has happened."""

    fault: Fault
    ranks: tuple  # that it met
    seconds: float  # after the start
    time: float
    codes_of_an_early_instant: tuple  # explained as well: the signal may have come before its handler was installed
    to_be_named: bool  # the other ranks were training and can miss the one that it met
    continued: bool  # a rank without others was stopped: nobody can end the job, so it was woken again

    def __str__(self):
        met = f" {','.join(map(str, self.ranks))}" if self.fault.target == RANK else ""
        early = ", before its handlers" if self.codes_of_an_early_instant else ""
        return f"{self.fault}{met} after {self.seconds:.2f} s{early}"


def time_of(path):
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def send(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


class Job:
    """Leaves no process and no file of MPI behind."""

    def __init__(self, command, log, variables=None):
        self.log = log
        environment = program.environment(**(variables or {}))
        self.session = environment["OMPI_MCA_orte_tmpdir_base"]
        # Nobody else would remove the shared memory after a kill of all.
        for component in ("vader", "sm"):  # of Open MPI 4 and 5
            environment[f"OMPI_MCA_btl_{component}_backing_directory"] = self.session
        with open(log, "wb") as file:
            file.write(f"{' '.join(command)}\n".encode())
            file.flush()
            self.start = time.monotonic()
            self.launcher = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                             env=environment, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
        shutil.rmtree(self.session, ignore_errors=True)

    def runs(self):
        return self.launcher.poll() is None

    def wait(self, seconds):
        """The exit code as a shell gives it; None: it goes on."""
        try:
            code = self.launcher.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        return 128 - code if code < 0 else code

    def members(self):
        """State of each living process that has the environment of this job, but for mpirun itself."""
        found = {}
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            if os.fsencode(self.session) in program.process_text(path.name, "environ"):
                state = program.process_text(path.name, "stat").rpartition(b")")[2].split()
                if state and state[0] not in b"ZX":
                    found[int(path.name)] = state[0].decode()
        found.pop(self.launcher.pid, None)
        return found

    def ranks(self):
        """The process of each rank."""
        found, parents = {}, set()
        for pid in self.members():
            with contextlib.suppress(OSError):
                if not os.path.samefile(f"/proc/{pid}/exe", program.program):
                    continue  # gnuplot has the environment of its rank
                if rank := re.search(program.RANK_VARIABLE, program.process_text(pid, "environ")):
                    found[pid] = int(rank[1])
                    parents.add(program.parent_of(pid))
        return {rank: pid for pid, rank in found.items() if pid not in parents}  # comm/supervisor.hpp

    def describe(self):
        return f"states of the processes: {self.members()}"

    def wait_for_ranks(self, seconds):
        """How many processes are there after so many seconds; it ends as soon as there is none."""
        limit = time.monotonic() + seconds
        while (left := len(self.members())) and time.monotonic() < limit:
            time.sleep(0.02)
        return left

    def end(self):
        while self.runs() or self.members():
            for pid in (self.launcher.pid, *self.members()) if self.runs() else self.members():
                send(pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.launcher.wait(0.05)

    def suffer(self, fault, ranks, numbers):
        """Does it now, or as soon as there are ranks; None: there is nobody to do it to any more."""
        while self.runs() and not (pids := self.ranks()) and fault.target == RANK:
            time.sleep(0.001)
        if not self.runs():
            return None
        chosen = (numbers.choice(sorted(pids)),) if fault.target == RANK else tuple(sorted(pids))
        all_up = len(pids) == ranks and all(catches(pid, fault.signal) for pid in (*pids.values(), self.launcher.pid))
        early = () if all_up or fault.signal in (KILL, STOP) else (1, 128 + fault.signal)
        targets = {RANK: [pids[rank] for rank in chosen if rank in pids], LAUNCHER: [self.launcher.pid],
                   EVERYTHING: [self.launcher.pid, *self.members()]}[fault.target]
        missed = (fault.target == RANK and fault.signal in (KILL, STOP) and ranks > 1
                  and b"\nplan: " in self.log.read_bytes())
        now = time.monotonic()
        for pid in targets:
            send(pid, fault.signal)
        continued = fault.signal == STOP and ranks == 1
        if continued:
            time.sleep(numbers.uniform(0, 1))
            for pid in targets:
                send(pid, signal.SIGCONT)
        return Done(fault, chosen, now - self.start, now, early, missed, continued)


def catches(pid, number):
    """Whether the process has a handler for the signal; none can be had for some."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False
