"""Two hosts on this machine, each a network namespace with a name of its own, and a cable (veth) between them.

Everything lives in the namespaces of one process (processes, mounts, network): whatever ends it, also SIGKILL, ends the
processes on the hosts and takes hosts and cable away. Names cannot collide with those of other runs.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

ENTER = str(pathlib.Path(__file__).with_name("enter_host.sh"))
HOSTS = {"near": "10.231.0.1", "far": "10.231.0.2"}
SUBNET = "10.231.0.0/30"
UNSHARE = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--net"]
PROBE = """mount -t tmpfs none /run && ip netns add probe && ip link add probe type veth &&
tc qdisc add dev lo root tbf rate 1gbit burst 1mb limit 1mb && ip netns exec probe unshare --uts hostname probe"""
INSIDE = "DROPSWEEP_TEST_INSIDE"

os.environ["PATH"] += os.pathsep + "/usr/sbin"


def unshare():
    return UNSHARE if os.geteuid() == 0 else [*UNSHARE, "--map-root-user"]


def missing():
    """What the hosts need and do not get here; None: nothing."""
    absent = [tool for tool in ("ip", "tc", "unshare", "hostname") if shutil.which(tool) is None]
    if absent:
        return f"{', '.join(absent)} is not installed"
    done = subprocess.run([*unshare(), "sh", "-c", PROBE], capture_output=True, text=True, check=False)
    return f"no network namespaces here: {done.stderr.strip()}" if done.returncode != 0 else None


def enter_own_namespaces():
    """Starts this script again, in namespaces of its own; returns in there."""
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        os.execvp("unshare", [*unshare(), sys.executable, "-B", *sys.argv])


def command(text):
    return subprocess.run(text.split(), check=True, capture_output=True, text=True).stdout


def make():
    """Once, in namespaces of our own. The hosts' TCP is reno, which every kernel has, whatever this machine prefers."""
    command("mount -t tmpfs none /run")
    command("ip link set lo up")
    for host in HOSTS:
        command(f"ip netns add {host}")
    command("ip link add cable netns near type veth peer name cable netns far")
    for host, address in HOSTS.items():
        command(f"ip -n {host} addr add {address}/30 dev cable")
        command(f"ip -n {host} link set lo up")
        command(f"ip -n {host} link set cable up")
    for host in HOSTS:
        command(f"ip -n {host} route replace {SUBNET} dev cable congctl reno")


def limit(megabits):
    """In each direction. The burst is what passes in 4 ms: more than a busy machine's timer is late, and saved up only while
    nothing is sent."""
    for host in HOSTS:
        command(f"tc -n {host} qdisc replace dev cable root tbf rate {megabits}mbit burst {megabits * 500} limit 16mb")


def sent_bytes():
    """By the near host through the cable, and by the far one, so far."""
    return [json.loads(command(f"ip -n {host} -j -s link show cable"))[0]["stats64"]["tx"]["bytes"] for host in HOSTS]


# How the launchers enter a host, and which network they and MPI use: Open MPI 4, Open MPI 5, MPICH.
ENVIRONMENT = {"OMPI_MCA_plm_rsh_agent": ENTER, "OMPI_MCA_btl_tcp_if_include": SUBNET, "OMPI_MCA_oob_tcp_if_include": SUBNET,
               "PRTE_MCA_plm_ssh_agent": ENTER, "PRTE_MCA_prte_if_include": SUBNET,
               "HYDRA_LAUNCHER": "ssh", "HYDRA_LAUNCHER_EXEC": ENTER, "HYDRA_IFACE": "cable",
               "UCX_TLS": "tcp,self", "UCX_NET_DEVICES": "cable"}


def mpirun(launcher, ranks):
    """The launcher of so many ranks, half of them on each host."""
    half = ranks // 2
    return [ENTER, "near", *launcher, "-host", f"near:{half},far:{half}"]
