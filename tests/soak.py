"""Kills small sweeps at random instants until they are through: each must end with the bytes of an uninterrupted run.

Usage: soak.py MINUTES [PROGRAM [MPIRUN]] [--seed N] [--kills N]

A round starts one command in one directory, each time on another number of ranks, and does something to it, until it
ends with 0. Then its files are compared with those of a quiet run on one rank. After every start, what the files hold
must be rows of the quiet run, and no trial that has ended may be lost. One line a round, a table at the end.

Exit code 1 where a byte differs, ranks do not end, a start ends with a code that its fault does not explain or says
more than one error line or an unexpected warning, or checkpoints, temporary files, the lock or processes are left
behind; the directory with all logs is kept then. An mpirun that outlives its ranks is only counted. In every third
start some files take longer to be written than the stall timeout, which is no fault.
"""

import argparse
import collections
import dataclasses
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

import soak_job
from soak_job import KILL, LAUNCHER, RANK, EVERYTHING, STOP, Fault, Job

sys.path.insert(0, str(pathlib.Path(__file__).parent / "cli"))
import program  # noqa: E402
import small_data  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
STALL_SECONDS = 2
QUIET_SECONDS = 120  # for a start that nothing happens to
LATEST_SECONDS = 3  # of a fault after the start; MPI takes about one of them to start
INTERRUPTED = 75  # with a checkpoint
OF_THE_CLOCK = {"timing.csv", "manifest.json", "checksums.txt", "report.html", "report.json",
                *(f"plots/timeline.{suffix}" for suffix in ("gp", "svg", "png"))}



def explained_faults():
    """How often each is to come, with the exit codes of mpirun that it explains.

    0 always is one: the run may have been at its end. It is 1 where a rank ends the job (MPI_Abort) or Open MPI's mpirun
    caught the signal itself, and 128 + signal where that ended mpirun or a rank; with Hydra the signal of a rank that has
    no supervisor (comm/supervisor.hpp), or none yet.
    """
    hydra = program.launcher_is("HYDRA")
    killed = KILL if hydra else 128 + KILL
    caught = INTERRUPTED if hydra else 1
    passed_on = 128 + signal.SIGUSR2 if hydra else INTERRUPTED
    return {
        Fault(RANK, KILL, (1, killed)): 5,
        Fault(RANK, STOP, (1,)): 4,
        Fault(RANK, signal.SIGTERM, (INTERRUPTED,)): 1,
        Fault(RANK, signal.SIGINT, (INTERRUPTED,)): 1,
        Fault(RANK, signal.SIGUSR1, (INTERRUPTED,)): 1,
        Fault(RANK, signal.SIGUSR2, (INTERRUPTED,)): 1,
        Fault(LAUNCHER, KILL, (137,)): 2,
        Fault(LAUNCHER, signal.SIGTERM, (caught,)): 2,
        Fault(LAUNCHER, signal.SIGINT, (caught,)): 1,
        Fault(LAUNCHER, signal.SIGUSR1, (INTERRUPTED,)): 2,
        Fault(LAUNCHER, signal.SIGUSR2, (passed_on,)): 1,
        Fault(EVERYTHING, KILL, (137,)): 1,
    }


COMMON = ("--verify", 0.01, "--leaf-rows", 4, "--batch-size", 16, "--stall-timeout", STALL_SECONDS)
CONFIGURATIONS = {
    "to the end": ("--dropout", "0,0.3,0.6", "--seeds", 2, "--hidden", "24,16", "--epochs", 100, "--patience", "none"),
    "early stopping": ("--dropout", "0:0.8:0.2", "--seeds", 3, "--hidden", 20, "--epochs", 100, "--patience", 9),
    "best weights": ("--dropout", "0.2,0.7", "--seeds", "3,8,11,12", "--hidden", "16,16", "--epochs", 100,
                     "--patience", 15, "--restore-best-weights"),
    "two long trials": ("--dropout", "0.5", "--seeds", 2, "--hidden", 24, "--epochs", 300, "--patience", "none",
                        "--shuffle", "off"),
}


@dataclasses.dataclass
class Outcomes:
    """What one kind of fault has led to."""

    codes: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    longest: float = 0.0  # seconds to the end of all processes
    named: int = 0  # with an error line that names the rank
    to_be_named: int = 0

    def count(self):
        return sum(self.codes.values())


class Soak:
    def __init__(self, numbers, scratch, wanted):
        self.numbers = numbers
        self.scratch = scratch
        self.wanted = wanted
        self.data = small_data.write_data(scratch / "data", train_count=15000, test_count=200)
        # Beside the program in a build tree.
        self.slow_files = {
            "LD_PRELOAD": str(pathlib.Path(program.program).parent / "tests" / "cli" / "libslow_fsync.so"),
            "SLOW_FSYNC": "/(checkpoints|models|[a-z]+[.]csv)", "SLOW_FSYNC_SECONDS": str(STALL_SECONDS + 2),
            "SLOW_FSYNC_ONE_IN": "100"}
        self.faults = explained_faults()
        self.golden = {}
        self.outcomes = collections.defaultdict(Outcomes)
        self.complaints = collections.Counter()
        self.starts = self.rounds = self.in_vain = 0
        self.stuck_launchers = 0

    def complain(self, kind, text, log):
        self.complaints[kind] += 1
        self.note(f"{kind.upper()}: {text}", log)

    @staticmethod
    def note(text, log):
        lines = log.read_text(errors="replace").splitlines()[-25:]
        print("\n    | ".join([f"  {text}", *lines]), flush=True)

    def command(self, name, directory, ranks, *more):
        return [*program.launch(ranks), program.program, "sweep",
                *map(str, (*COMMON, *CONFIGURATIONS[name], "--data", self.data, "--output", directory, *more))]

    def quiet_run(self, name):
        """The files of an uninterrupted run on one rank."""
        directory = self.scratch / f"golden {name}"
        with Job(self.command(name, directory, 1), self.scratch / f"golden {name}.log") as job:
            if job.wait(QUIET_SECONDS) != 0:
                sys.exit(f"the quiet run fails:\n{job.log.read_text()}")
        return directory

    def kills(self):
        return sum(each.count() for each in self.outcomes.values())

    def is_enough(self):
        return self.wanted is not None and self.kills() >= self.wanted

    def run_round(self, name, until):
        if name not in self.golden:
            self.golden[name] = self.quiet_run(name)
        self.rounds += 1
        directory = self.scratch / f"round {self.rounds}"
        story, ended, code = [], set(), None
        before = self.complaints.copy()
        while code != 0 and self.complaints == before:
            log = self.scratch / f"round {self.rounds} start {len(story) + 1}.log"
            calm = time.monotonic() > until or self.is_enough()
            code, what = self.start(name, directory, log, calm)
            story.append(f"{what} -> {code}")
            ended = self.check_kept(name, directory, ended, log)
        differences = self.check_ended(name, directory, log) if code == 0 else "not through"
        print(f"round {self.rounds}, {name}: {', '.join(story)}: {differences or 'the same bytes'}", flush=True)
        if self.complaints == before:
            shutil.rmtree(directory)

    def start(self, name, directory, log, calm):
        """Exit code (None: it does not end) and description of one start, to which something happens unless calm."""
        ranks = self.numbers.randint(1, 4)
        per_trial = self.numbers.choice((None, None, self.numbers.randint(1, ranks)))
        more = () if per_trial is None else ("--ranks-per-trial", per_trial)
        words = f"{ranks}" if per_trial is None else f"{ranks}/{per_trial}"
        fault = self.numbers.choices([*self.faults], self.faults.values())[0]
        self.starts += 1
        slow_files = {} if self.numbers.random() < 0.67 else self.slow_files
        words += " with slow files" if slow_files else ""
        with Job(self.command(name, directory, ranks, *more), log, slow_files) as job:
            done = None
            if not calm:
                self.wait_for_the_instant(job, directory)
                done = job.suffer(fault, ranks, self.numbers)
                self.in_vain += done is None
            if done is not None:
                return self.judge(job, done, words), f"{words} {fault}"
            code = job.wait(QUIET_SECONDS)
        text = f"{words} ranks, undisturbed"
        if code is None:
            self.complain("hang", f"{text}: not through after {QUIET_SECONDS} s", log)
        elif code != 0:
            self.complain("exit code", f"{text}: {code}", log)
        self.check_messages(log, text, 0)
        return code, words

    def wait_for_the_instant(self, job, directory):
        """A random one; now and then just when a trial has ended: then most is written and removed; or in the report."""
        file, share_of_second = self.numbers.choices(
            ((None, 0), (directory / "summary.csv", 0.01), (directory / "statistics.csv", 1)), (0.6, 0.25, 0.15))[0]
        job.wait(self.numbers.uniform(0, LATEST_SECONDS))
        if file is not None:
            before = soak_job.time_of(file)
            limit = time.monotonic() + LATEST_SECONDS
            while job.runs() and time.monotonic() < limit and soak_job.time_of(file) == before:
                time.sleep(0.0005)
            time.sleep(self.numbers.uniform(0, share_of_second))

    def judge(self, job, done, words):
        """Waits for the end of a start after a fault; returns its exit code."""
        fault, outcomes = done.fault, self.outcomes[str(done.fault)]
        bound = QUIET_SECONDS if done.continued else soak_job.END_SECONDS
        code = job.wait(bound)
        text = f"{words} ranks, {done}"
        if code is None and job.members():
            self.complain("hang", f"{text}: not at its end {bound} s later, {job.describe()}", job.log)
            job.end()
        elif code is None:  # a rank that vanishes while mpirun starts it can leave it in a state that it never leaves
            self.stuck_launchers += 1
            self.note(f"{text}: all ranks have ended, but mpirun does not", job.log)
            job.end()
        elif code not in {0, *fault.codes, *done.codes_of_an_early_instant}:
            self.complain("exit code", f"{text}: {code}", job.log)
        left = job.wait_for_ranks(soak_job.END_SECONDS)
        if left and code is not None:
            self.complain("left behind", f"{text}: {left} processes outlive it", job.log)
        outcomes.codes[code] += 1
        outcomes.longest = max(outcomes.longest, time.monotonic() - done.time)
        errors = self.check_messages(job.log, text, int(code == INTERRUPTED))
        if done.to_be_named and code != 0:
            outcomes.to_be_named += 1
            if any(f"rank {done.ranks[0]} on " in line for line in errors):
                outcomes.named += 1
            else:
                self.note(f"{text} -> {code}: the rank is not named", job.log)
        return code

    def check_messages(self, log, text, least_stops):
        """At most one error line and one that says that it stopped; no other warning. Returns the error lines."""
        lines = log.read_text(errors="replace").splitlines()
        errors = [line for line in lines if line.startswith("dropsweep: error: ")]
        warnings = [line for line in lines if line.startswith("dropsweep: warning: ")]
        stops = [line for line in warnings if line.startswith("dropsweep: warning: stopped ")]
        if len(errors) > 1 or warnings != stops or not least_stops <= len(stops) <= 1:
            self.complain("message", text, log)
        return errors

    def check_kept(self, name, directory, ended, log):
        """The rows of an unfinished run are those of the quiet one. Returns the trials that have ended."""
        rows = {}
        for file in ("history.csv", "summary.csv"):
            path = directory / file
            rows[file] = path.read_text().splitlines() if path.exists() else []
            golden = set((self.golden[name] / file).read_text().splitlines())
            for row in rows[file]:
                if row not in golden:
                    self.complain("difference", f"{file} of an unfinished run has {row!r}", log)
        if lost := ended - {*rows["summary.csv"]}:
            self.complain("difference", f"a trial that had ended is lost: {lost}", log)
        return {*rows["summary.csv"]}

    def check_ended(self, name, directory, log):
        """Returns what differs from the files of the quiet run."""
        golden = self.golden[name]
        here, there = {*program.files_below(directory)}, {*program.files_below(golden)}
        different = sorted(there - here)
        for file in sorted(there & here - OF_THE_CLOCK):
            if (golden / file).read_bytes() != (directory / file).read_bytes():
                different.append(file)
        if different:
            self.complain("difference", f"{different} in {directory.name}", log)
        extra = here - there
        if (directory / "checkpoints").exists():
            extra.add("checkpoints")
        if extra:
            self.complain("left behind", f"{sorted(extra)} in {directory.name}", log)
        return ", ".join(different)

    def print_summary(self):
        print(f"\n{'fault':24}{'times':>6}{'rank named':>12}{'longest':>9}  exit codes")
        for name, outcomes in sorted(self.outcomes.items()):
            codes = ", ".join(f"{code}: {count}" for code, count in sorted(outcomes.codes.items(), key=str))
            print(f"{name:24}{outcomes.count():6}{outcomes.named:7} of {outcomes.to_be_named}{outcomes.longest:7.1f} s  {codes}")
        kinds = ("difference", "hang", "exit code", "message", "left behind")
        print(f"{self.kills()} kills in {self.starts} starts of {self.rounds} rounds; {self.in_vain} came too late, "
              f"{self.stuck_launchers} times mpirun did not end after its ranks")
        print(", ".join(f"{self.complaints[kind]} x {kind}" for kind in kinds), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("minutes", type=float, help="no round begins later; one that has begun is let through")
    parser.add_argument("program", nargs="?", default=ROOT / "build" / "release" / "dropsweep")
    parser.add_argument("mpirun", nargs="?", default="mpirun")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--kills", type=int, help="enough is enough")
    arguments = parser.parse_args()
    program.program, program.mpirun = os.path.abspath(arguments.program), arguments.mpirun
    if not os.access(program.program, os.X_OK):
        sys.exit(f"{program.program} is not a program; build it, or name it as the second argument")
    print(f"seed {arguments.seed}, {arguments.minutes:g} minutes, {program.program}", flush=True)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # A shell lets what it starts in the background ignore this one, and so the ranks until they catch it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="dropsweep soak "))
    soak = Soak(random.Random(arguments.seed), scratch, arguments.kills)
    until = time.monotonic() + 60 * arguments.minutes
    try:
        while time.monotonic() < until and not soak.is_enough():
            soak.run_round(soak.numbers.choice([*CONFIGURATIONS]), until)
    finally:
        soak.print_summary()
        if soak.complaints:
            print(f"logs: {scratch}")
        else:
            shutil.rmtree(scratch)
    sys.exit(1 if soak.complaints or soak.rounds == 0 else 0)


if __name__ == "__main__":
    main()
