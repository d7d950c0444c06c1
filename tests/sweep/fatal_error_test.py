"""An error of one rank alone ends all of them with its code, is said once, by rank 0, and at once.

Usage: fatal_error_test.py LAUNCHER... fatal_error
"""

import re
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
    # Of a rank that cannot go on it is said where it was.
    place = r" \(rank \d+ on \S+ \(process \d+\), in p0\.\d-s\d, epoch \d+, step \d+\)"
    expected = "rank 0 ends all: " + ("the listener failed" if culprit == "listener" else "keep_model failed" + place)
    is_said = len(said) == 1 and re.fullmatch(expected, said[0])
    if run.returncode != IO_ERROR or not is_said or seconds >= GRACE_SECONDS:
        sys.exit(f"{culprit}: exit code {run.returncode} after {seconds:.1f} s\n{run.stderr}")
