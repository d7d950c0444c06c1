"""A real Slurm of two nodes on this one host: munged, slurmctld and two slurmd, on free ports, all in one directory.

Usage, as root: supervisor.py DIRECTORY
Says which SLURM_CONF to export once the cluster is ready, or in several lines why it is not. A line "n1" or "n2" on
standard input starts the slurmd of that node again. When standard input ends, the cluster and the directory go.
"""

import contextlib
import ctypes
import os
import pathlib
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

NODES = ("n1", "n2")
CPUS = 16  # of each node, more than there are
START_SECONDS = 30
PR_SET_CHILD_SUBREAPER = 36

# Both nodes are this host, so the host's own name stands behind them and only the ports differ. Everything that Slurm
# does at intervals is as quick as it allows: a job that goes back to the queue waits for cred_expire (at least 5 s).
CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={directory}/munge/socket,cred_expire=5
StateSaveLocation={directory}/state
SlurmdSpoolDir={directory}/spool.%n
TmpFS={directory}/tmp.%n
SlurmctldPidFile={directory}/slurmctld.pid
SlurmdPidFile={directory}/slurmd.%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
MailProg=/bin/true
JobRequeue=1
ReturnToService=2
KillWait=5
SlurmctldTimeout=10
SlurmdTimeout=6
NodeName={nodes[0]} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs={cpus} RealMemory=64000
NodeName={nodes[1]} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs={cpus} RealMemory=64000
PartitionName=low Nodes=ALL Default=YES PriorityTier=1 GraceTime=20
PartitionName=high Nodes=ALL PriorityTier=2 PreemptMode=OFF
"""


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def descendants():
    """The living processes below this one."""
    parents = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended in between
            state, parent = status.read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(status.parent.name)] = int(parent)
    found, above = set(), {os.getpid()}
    while above:
        above = {pid for pid, parent in parents.items() if parent in above}
        found |= above
    return found


class Supervisor:
    """The parent of all processes of the cluster, the orphaned ones included, so that it can end all of them."""

    def __init__(self, directory):
        self.directory = directory
        self.daemons = {}

    def start_daemon(self, name, *command):
        with open(self.directory / f"{name}.log", "ab") as log:
            self.daemons[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                  start_new_session=True)

    def start_slurmd(self, node):
        self.start_daemon(f"slurmd.{node}", "slurmd", "-D", "-N", node)

    def start(self):
        for name in ("munge", "mpi", "state", *(f"{kind}.{node}" for kind in ("spool", "tmp") for node in NODES)):
            (self.directory / name).mkdir()
        self.directory.chmod(0o755)
        munge = self.directory / "munge"
        (munge / "key").write_bytes(secrets.token_bytes(64))
        (munge / "key").chmod(0o600)
        host = socket.gethostname().split(".")[0]
        (self.directory / "slurm.conf").write_text(CONFIGURATION.format(
            directory=self.directory, host=host, ports=free_ports(3), nodes=NODES, cpus=CPUS))
        os.environ["SLURM_CONF"] = str(self.directory / "slurm.conf")

        files = {name: munge / name for name in ("socket", "pid", "log", "seed")}
        self.start_daemon("munged", "munged", "--foreground", "--force", f"--key-file={munge}/key",
                          *(f"--{name}{'' if name == 'socket' else '-file'}={path}" for name, path in files.items()))
        self.wait_for(files["socket"].exists)
        self.start_daemon("slurmctld", "slurmctld", "-D")
        for node in NODES:
            self.start_slurmd(node)
        self.wait_for(self.nodes_are_idle)

    def nodes_are_idle(self):
        done = subprocess.run(["sinfo", "--noheader", "--Node", "--partition=low", "--format=%T"], text=True,
                              capture_output=True, timeout=START_SECONDS, check=False)
        return done.stdout.split() == ["idle"] * len(NODES)

    def wait_for(self, condition):
        limit = time.monotonic() + START_SECONDS
        while not condition():
            ended = self.reap()
            failed = [name for name, process in self.daemons.items() if process.pid in ended]
            if failed:
                raise RuntimeError(f"{failed[0]} ended at once")
            if time.monotonic() > limit:
                raise RuntimeError(f"{list(self.daemons)[-1]} is not ready after {START_SECONDS} s")
            time.sleep(0.05)

    @staticmethod
    def reap():
        """Collects the children that have ended, adopted ones too."""
        ended = []
        with contextlib.suppress(ChildProcessError):
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                ended.append(pid)
        return ended

    def serve(self):
        """Starts the slurmd of each node that is named on standard input, until that ends."""
        buffer = b""
        while True:
            self.reap()
            if not select.select([0], [], [], 0.1)[0]:
                continue
            data = os.read(0, 4096)
            if not data:
                return
            *nodes, buffer = (buffer + data).split(b"\n")
            for node in nodes:
                self.start_slurmd(node.decode())

    def end(self):
        while found := descendants():
            for pid in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
            self.reap()
        shutil.rmtree(self.directory, ignore_errors=True)


def supervise(directory):
    supervisor = Supervisor(directory)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        supervisor.start()
        print(f"SLURM_CONF={directory}/slurm.conf", flush=True)
        supervisor.serve()
    except RuntimeError as error:
        logs = [*directory.glob("*.log"), directory / "munge" / "log"]
        tails = [f"{log.name}: {line}" for log in logs if log.exists()
                 for line in log.read_text(errors="replace").splitlines()[-5:]]
        print("\n".join([f"Slurm does not start: {error}", *tails]), flush=True)
    finally:
        supervisor.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} DIRECTORY")
    supervise(pathlib.Path(sys.argv[1]).resolve())
