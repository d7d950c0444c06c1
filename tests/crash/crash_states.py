"""Goes on from the states that a crash may leave of a small sweep: each must end with the bytes of an undisturbed one.

Usage: crash_states.py PROGRAM MPIRUN RECORDER [--states N] [--seed S]

Some sweeps are recorded (recorder.c), operation by operation. file_system.py makes of each recording all states that a
crash at any instant may leave. Each that is different is laid out once in a directory of its own, and the same command
is run there, on one rank. Without --states that is all of them; with it, N that are spread evenly over the recordings.

Exit code 1 where a run that goes on fails or warns, its bytes differ, something is left behind, or an epoch is trained
again that was in history.csv when the crash came. The scratch directory is kept then, with the states concerned.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import typing

import file_system

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
import program  # noqa: E402
import small_data  # noqa: E402

SECONDS = 60  # for a run, which takes a tenth of one, or with plots half of one
MEMORY = "/dev/shm"  # no disk has to sync the files of thousands of runs
MOST_PRINTED = 10  # kinds of wrong ends
# 57 training samples: 4 steps an epoch. A checkpoint has 12 kB, which is more than a block of the disk.
SWEEP = ("sweep", "--dropout", "0,0.5", "--epochs", 3, "--patience", "none", "--hidden", 64, "--batch-size", 16)
SAMPLES = {"train_count": 64, "test_count": 20}
LAST_TRIAL = "p0-s1"  # p = 0.5 is expected to take longer and comes first
REPORT = ("--report", "on")
OF_THE_CLOCK = re.compile(r"timing\.csv|checksums\.txt|manifest\.json|report\.(html|json)|plots/timeline\..*")
# Open MPI starts a daemon for a process without mpirun, for which that waits in vain once in some hundred times, and
# looks for networks.
ALONE = {"OMPI_MCA_ess_singleton_isolated": "1", "OMPI_MCA_pml": "ob1", "OMPI_MCA_btl": "self"}

KINDS = ("killed", "entries", "lost", "length", "cut", "torn", "order")
OUTCOMES = ("starts over", "goes on", "had ended", "wrong")


@dataclasses.dataclass(frozen=True)
class Session:
    """One start of the program."""

    ranks: typing.Optional[int] = None  # without mpirun
    interrupted: bool = False  # in the middle of the last trial's second epoch
    options: tuple = ()

    def run(self, arguments, variables):
        """On whichever rank has the last trial, --inject stops the process; it finds the signal when it goes on."""
        faults = ",".join(f"stop@{rank}:{LAST_TRIAL}:1:2" for rank in range(self.ranks or 1))
        inject = ("--inject", faults) if self.interrupted else ()
        surroundings = variables if self.ranks else {**ALONE, **variables}
        started = program.Started(*arguments, *self.options, *inject, ranks=self.ranks, env=surroundings)
        try:
            if self.interrupted:
                program.wait_until(lambda: any(is_stopped(pid) for pid in started.ranks().values()))
                started.signal(signal.SIGTERM)
                started.signal(signal.SIGCONT)
            return started.result()
        finally:
            started.kill()


def is_stopped(pid):
    return program.process_text(pid, "stat").rpartition(b")")[2].split()[:1] == [b"T"]


@dataclasses.dataclass(frozen=True)
class Story:
    """What is recorded: some sessions in one directory."""

    name: str
    sessions: tuple
    first: int = 0  # session whose states are tried
    lost: typing.Optional[str] = None  # a trial whose model is removed before the last session
    options: tuple = ()  # of the run that goes on


STORIES = (
    Story("1 rank, stopped, continued", (Session(interrupted=True), Session())),
    Story("2 ranks, stopped, continued", (Session(2, interrupted=True), Session(2))),
    Story("a lost model is trained again", (Session(), Session()), first=1, lost=LAST_TRIAL),
    Story("the report is made", (Session(), Session(options=REPORT)), first=1, options=REPORT),
)


@dataclasses.dataclass
class Crash:
    """A state, and the last crash found that may leave it."""

    story: Story
    kind: str  # of the first crash found that may leave it
    tree: dict
    instant: str = ""
    # trial -> its epochs that were in history.csv at some instant of a crash that may leave this
    promised: collections.Counter = dataclasses.field(default_factory=collections.Counter)


def epochs_seen(tree):
    history = tree.get("run/history.csv", b"").decode()
    return collections.Counter(line.partition(",")[0] for line in history.splitlines()[1:])


def lay_out(tree, directory):
    directory.mkdir(parents=True)
    for path in sorted(tree):
        if path.endswith("/"):
            (directory / path).mkdir()
        else:
            (directory / path).write_bytes(tree[path])


def read_tree(directory):
    return {f"{path.relative_to(directory)}{'/' if path.is_dir() else ''}": b"" if path.is_dir() else path.read_bytes()
            for path in directory.rglob("*")}


class Explorer:
    def __init__(self, scratch, recorder):
        self.scratch = scratch
        self.recorder = recorder
        self.data = small_data.write_data(scratch / "data", **SAMPLES)
        self.expected = {}  # options -> files of an undisturbed run
        self.enumerated = collections.Counter()
        self.thread = threading.local()

    def arguments(self, directory):
        return [*SWEEP, "--data", self.data, "--output", directory / "run"]

    def expect(self, options):
        """Runs undisturbed."""
        directory = self.scratch / f"undisturbed {len(self.expected) + 1}"
        directory.mkdir()
        result = program.run(*self.arguments(directory), *options, env=ALONE)
        if result.code != program.NOTHING or result.warnings:
            sys.exit(f"an undisturbed run fails: {result}")
        self.expected[options] = read_tree(directory)

    def record(self, story):
        """What the sessions of a story do: all operations, and with which one the states begin that are tried."""
        root = self.scratch / story.name
        root.mkdir()
        log = self.scratch / f"{story.name}.log"
        variables = {"LD_PRELOAD": str(self.recorder), "RECORDER_ROOT": str(root), "RECORDER_LOG": str(log)}
        begins = []
        for session in story.sessions:
            begins.append(len(file_system.read_log(log)) if log.exists() else 0)
            if story.lost and session is story.sessions[-1]:
                subprocess.run(["rm", root / "run" / "models" / f"{story.lost}.safetensors"], check=True,
                               env={**os.environ, **variables})
            result = session.run(self.arguments(root), variables)
            if result.code != (program.INTERRUPTED if session.interrupted else program.NOTHING):
                sys.exit(f"{story.name}: a run that is recorded fails: {result}")
        return file_system.read_log(log), begins[story.first]

    def crashes(self, story):
        """The different states."""
        operations, begin = self.record(story)
        root = self.scratch / story.name
        files = file_system.FileSystem(root.stat().st_ino)
        found = {}
        enumerated = 0
        for number, operation in enumerate(operations):
            files.apply(operation)
            if number < begin:
                continue
            seen = epochs_seen(files.tree())
            seen.pop(story.lost, None)
            for kind, tree in files.crashes():
                self.enumerated[kind] += 1
                enumerated += 1
                crash = found.setdefault(frozenset(tree.items()), Crash(story, kind, tree))
                crash.instant = f"after operation {number + 1}, {operation}"
                crash.promised |= seen
        if files.tree() != read_tree(root):
            sys.exit(f"{story.name}: the recorder has missed something: its operations do not make the files in {root}")
        print(f"{story.name}: {len(operations) - begin} operations, {enumerated} states, {len(found)} different ones",
              flush=True)
        return [*found.values()]

    def environment(self):
        """One for each thread: two programs at once must not share a session directory of Open MPI."""
        if not hasattr(self.thread, "environment"):
            self.thread.environment = program.environment(**ALONE)
        return self.thread.environment

    def go_on(self, number, crash):
        """The outcome, and what is wrong with it."""
        directory = self.scratch / f"state {number}"
        lay_out(crash.tree, directory)
        command = program.command_line([*self.arguments(directory), *crash.story.options], None)
        try:
            ended = subprocess.run(command, env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True,
                                   text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return "wrong", [f"not at its end after {SECONDS} s"]
        result = program.Run(command, ended.returncode, ended.stdout, ended.stderr)
        if faults := self.faults(crash, result, directory):
            lay_out(crash.tree, directory / "before")
            return "wrong", faults
        shutil.rmtree(directory)
        if "nothing left to do" in result.stdout:
            return "had ended", []
        return "goes on" if "run/config.ini" in crash.tree else "starts over", []

    def faults(self, crash, result, directory):
        faults = []
        if result.code != program.NOTHING:
            faults.append(f"exit code {result.code}")
        faults += result.errors
        faults += [warning for warning in result.warnings
                   if not (crash.story.lost and warning.endswith(f"{crash.story.lost} is trained again"))]
        here, there = read_tree(directory), self.expected[crash.story.options]
        different = [path for path in sorted(here.keys() | there.keys())
                     if path not in here or path not in there
                     or here[path] != there[path] and not OF_THE_CLOCK.fullmatch(path.removeprefix("run/"))]
        if different:
            faults.append(f"missing, left behind or different: {', '.join(different)}")
        for trial, epoch in re.findall(r"(?m)^(\S+) +epoch +(\d+)/", result.stderr):
            if int(epoch) <= crash.promised[trial]:
                faults.append(f"epoch {epoch} of {trial} is trained again")
        return faults


def spread(crashes, count, seed):
    """So many of them, each at random from its share of the list."""
    if len(crashes) < count:
        sys.exit(f"there are only {len(crashes)} different states, fewer than {count}")
    numbers = random.Random(seed)
    return [crashes[int((part + numbers.random()) * len(crashes) / count)] for part in range(count)]


def print_table(rows):
    print(f"\n{'':10}" + "".join(f"{name:>13}" for name in ("enumerated", "different", "continued", *OUTCOMES)))
    for name, counts in rows:
        print(f"{name:10}" + "".join(f"{count:13}" for count in counts))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("program")
    parser.add_argument("mpirun")
    parser.add_argument("recorder", type=os.path.abspath)
    parser.add_argument("--states", type=int, help="not all")
    parser.add_argument("--seed", type=int, default=1, help="of the choice of states")
    arguments = parser.parse_args()
    program.program, program.mpirun = os.path.abspath(arguments.program), arguments.mpirun

    memory = MEMORY if os.access(MEMORY, os.W_OK) else None
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="dropsweep crash ", dir=memory)).resolve()
    explorer = Explorer(scratch, arguments.recorder)
    for options in {story.options for story in STORIES}:
        explorer.expect(options)
    different = [crash for story in STORIES for crash in explorer.crashes(story)]
    tried = spread(different, arguments.states, arguments.seed) if arguments.states else different

    outcomes = collections.defaultdict(collections.Counter)
    wrong = collections.defaultdict(list)  # what is wrong, without numbers -> states
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for number, (crash, (outcome, faults)) in enumerate(zip(tried, pool.map(explorer.go_on, range(len(tried)), tried))):
            outcomes[crash.kind][outcome] += 1
            if faults:
                example = f"state {number}, {crash.story.name}, {crash.kind} {crash.instant}: {'; '.join(faults)}"
                wrong[re.sub(r"\d+", "", "; ".join(faults[:2]))].append(example)

    different_by_kind = collections.Counter(crash.kind for crash in different)
    rows = [(kind, [explorer.enumerated[kind], different_by_kind[kind], sum(outcomes[kind].values()),
                    *(outcomes[kind][outcome] for outcome in OUTCOMES)]) for kind in KINDS]
    print_table([*rows, ("all", [sum(column) for column in zip(*(counts for _, counts in rows))])])
    if wrong:
        for same in sorted(wrong.values(), key=len, reverse=True)[:MOST_PRINTED]:
            print(f"{len(same)} like {same[0]}")
        sys.exit(f"the states that end wrongly are in {scratch}, each as it was in before/")
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
