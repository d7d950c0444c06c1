"""An error of one rank alone ends all of them with its code, is said once, by rank 0, and at once.

Usage: fatal_error_test.py LAUNCHER... fatal_error
"""

import subprocess
import sys
import time

IO_ERROR = 74
GRACE_SECONDS = 10  # after which a rank would end the run by itself

for culprit in ("keep_model", "listener"):
    start = time.monotonic()
    run = subprocess.run([*sys.argv[1:], culprit], stderr=subprocess.PIPE, text=True, timeout=60)
    seconds = time.monotonic() - start
    said = [line for line in run.stderr.splitlines() if "ends all" in line or "went on" in line]
    expected = [f"rank 0 ends all: {'the listener' if culprit == 'listener' else culprit} failed"]
    if run.returncode != IO_ERROR or said != expected or seconds >= GRACE_SECONDS:
        sys.exit(f"{culprit}: exit code {run.returncode} after {seconds:.1f} s\n{run.stderr}")
