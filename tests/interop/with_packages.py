"""Runs a script in a virtual environment that has the packages of the model formats and Keras, and makes that first if
needed.
Usage: with_packages.py DIRECTORY SCRIPT [ARGUMENTS]

Exit code: the script's, or 77 when the environment cannot be made: without Python's venv, or without the network.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

PACKAGES = ["jax", "keras", "numpy", "onnx", "onnxruntime", "safetensors", "tensorboard"]
SKIPPED = 77
SECONDS = 600  # to install them


def skip(reason):
    print(f"skipped: {reason}", flush=True)
    sys.exit(SKIPPED)


def attempt(command, failure):
    """Runs a command that is part of making the environment; its last words are the reason when it fails."""
    try:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               timeout=SECONDS, text=True, errors="replace", check=False)
    except subprocess.TimeoutExpired:
        skip(f"{failure}: not done after {SECONDS} s")
    if ended.returncode != 0:
        words = [line.strip() for line in ended.stdout.splitlines() if line.strip()]
        skip(f"{failure}: {words[-1] if words else f'exit code {ended.returncode}'}")


def prepare(directory):
    """The environment's Python. It is complete when the file `complete` says what for: written last, by one process at a
    time, so what an interrupted run or another Python has left is made anew."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    python = directory / "bin" / "python"
    complete = directory / "complete"
    contents = "\n".join([sys.executable, sys.version, *PACKAGES, ""])
    with open(directory.with_name(directory.name + ".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if complete.is_file() and complete.read_text(encoding="utf-8") == contents:
            return python
        shutil.rmtree(directory, ignore_errors=True)
        attempt([sys.executable, "-I", "-m", "venv", directory],
                "this Python cannot make a virtual environment (Debian: install python3-venv)")
        # Wheels only: to compile one of these takes longer than any test may.
        attempt([python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1",
                 "--only-binary", ":all:", *PACKAGES], f"PyPI is out of reach or lacks one of {', '.join(PACKAGES)}")
        complete.write_text(contents, encoding="utf-8")
        return python


def main():
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} DIRECTORY SCRIPT [ARGUMENTS]")
    python = prepare(pathlib.Path(sys.argv[1]).absolute())
    os.execv(python, [python, "-I", *sys.argv[2:]])


if __name__ == "__main__":
    main()
