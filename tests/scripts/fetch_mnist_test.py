"""scripts/fetch-mnist.sh against HTTP servers on localhost: each fault that a mirror can have.

The script is copied beside a checksum list of small files, so no test needs the network or the real MNIST.
"""

import gzip
import hashlib
import http.server
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
NAMES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
# Incompressible, so that half a file is more than curl keeps in memory before it writes.
CONTENT = {name: random.Random(name).randbytes(50_000) for name in NAMES}
GZIPPED = {f"/{name}.gz": gzip.compress(content) for name, content in CONTENT.items()}
SECONDS_WITHOUT_NETWORK = 10


class Mirror(http.server.ThreadingHTTPServer):
    """Serves `files` (path -> bytes) and remembers the requests; `fault(handler, body)` answers GET in its place."""

    daemon_threads = True

    def __init__(self, files=None, fault=None):
        super().__init__(("127.0.0.1", 0), MirrorHandler)
        self.files = GZIPPED if files is None else files
        self.fault = fault
        self.requests = []
        self.released = threading.Event()  # ends the handlers that a test keeps waiting
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"

    def gets(self):
        return [path for command, path in self.requests if command == "GET"]

    def stop(self):
        self.released.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        pass  # a client that went away is what some tests want


class MirrorHandler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        self.server.requests.append((self.command, self.path))
        body = self.server.files.get(self.path)
        if body is None:
            self.send_error(404)
        elif self.command == "GET" and self.server.fault:
            self.server.fault(self, body)
        else:
            self.send_body(body)

    def send_body(self, body, length=None):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def corrupt(handler, body):
    """One bit of the compressed data is flipped."""
    handler.send_body(body[:40] + bytes([body[40] ^ 1]) + body[41:])


def other_content(handler, _):
    """Sound gzip, wrong content."""
    handler.send_body(gzip.compress(b"not these digits"))


def truncate(handler, body):
    """The connection ends halfway."""
    handler.send_body(body[: len(body) // 2], length=len(body))


def truncate_silently(handler, body):
    """The file on the mirror itself is cut off: the length is consistent."""
    handler.send_body(body[: len(body) // 2])


def html_page(handler, _):
    """A portal answers every request with its page."""
    handler.send_body(b"<!DOCTYPE html><html><body>Please sign in</body></html>")


def stall(handler, body):
    """Half of the file, then nothing until the test lets go."""
    handler.send_body(body[: len(body) // 2], length=len(body))
    handler.wfile.flush()
    handler.server.released.wait(60)


class FetchMnistTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.project = pathlib.Path(scratch.name) / "a project"  # a space, to catch a missing quote
        self.data = self.project / "data" / "mnist"
        self.script = self.project / "scripts" / "fetch-mnist.sh"
        self.script.parent.mkdir(parents=True)
        shutil.copy(PROJECT / "scripts" / "fetch-mnist.sh", self.script)
        sums = "".join(f"{hashlib.sha256(CONTENT[name]).hexdigest()}  {name}\n" for name in NAMES)
        (self.script.parent / "mnist.sha256").write_text(sums)

    def mirror(self, *args, **kwargs):
        mirror = Mirror(*args, **kwargs)
        self.addCleanup(mirror.stop)
        return mirror

    def listening_socket(self):
        """An address that accepts connections (in the kernel's queue) and never answers: a black hole."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    def closed_port(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    def start(self, *mirrors, args=()):
        env = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        env["DROPSWEEP_MNIST_MIRRORS"] = " ".join(m if isinstance(m, str) else m.url for m in mirrors)
        command = [str(self.script), *args]
        return subprocess.Popen(
            command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.project
        )

    def fetch(self, *mirrors, args=()):
        """Returns exit code, stdout, stderr and the wall time."""
        start = time.monotonic()
        with self.start(*mirrors, args=args) as process:
            try:
                out, err = process.communicate(timeout=60)
            finally:
                process.kill()
        return process.returncode, out, err, time.monotonic() - start

    def assert_complete(self, directory=None):
        directory = directory or self.data
        self.assertEqual(sorted(os.listdir(directory)), sorted(f"{name}.gz" for name in NAMES))
        for name in NAMES:
            self.assertEqual(gzip.decompress((directory / f"{name}.gz").read_bytes()), CONTENT[name])

    def assert_fetches(self, *mirrors):
        """In silence."""
        status, _, err, seconds = self.fetch(*mirrors)
        self.assertEqual((status, err), (0, ""))
        self.assert_complete()
        return seconds

    def assert_failed(self, result, code, *reasons):
        status, _, err, _ = result
        self.assertEqual(status, code, err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith("dropsweep: error: MNIST could not be fetched ("), err)
        self.assertIn("DROPSWEEP_MNIST_MIRRORS", err)  # the remedy
        for reason in reasons:
            self.assertRegex(err, reason)
        self.assertFalse(self.data.exists(), "an empty directory would look like data")

    def test_good_mirror(self):
        mirror = self.mirror()
        self.assert_fetches(mirror)
        self.assertEqual(sorted(mirror.gets()), sorted(GZIPPED), "each file once")

    def test_mirror_without_trailing_slash_and_another_directory(self):
        other = self.project / "elsewhere"
        status, _, err, _ = self.fetch(self.mirror().url.rstrip("/"), args=[str(other)])
        self.assertEqual((status, err), (0, ""))
        self.assert_complete(other)
        self.assertFalse(self.data.exists())

    def test_silent_without_a_request_when_all_is_there(self):
        self.fetch(self.mirror())
        mirror = self.mirror()
        self.assertEqual(self.fetch(mirror)[:3], (0, "", ""))
        self.assertEqual(mirror.requests, [])

    def test_plain_files_and_the_other_spelling_count_as_there(self):
        self.data.mkdir(parents=True)
        for name in NAMES[:2]:
            (self.data / name).write_bytes(CONTENT[name])
        (self.data / NAMES[2].replace("-idx", ".idx")).write_bytes(CONTENT[NAMES[2]])
        (self.data / (NAMES[3].replace("-idx", ".idx") + ".gz")).write_bytes(gzip.compress(CONTENT[NAMES[3]]))
        mirror = self.mirror()
        self.assertEqual(self.fetch(mirror)[:3], (0, "", ""))
        self.assertEqual(mirror.requests, [])

    def test_only_the_missing_file_is_fetched(self):
        self.fetch(self.mirror())
        (self.data / f"{NAMES[1]}.gz").unlink()
        mirror = self.mirror()
        self.assert_fetches(mirror)
        self.assertEqual(mirror.gets(), [f"/{NAMES[1]}.gz"])

    def test_a_fault_on_the_first_mirror_then_a_good_one(self):
        for fault in (corrupt, other_content, truncate, truncate_silently, html_page):
            with self.subTest(fault=fault.__name__):
                shutil.rmtree(self.data, ignore_errors=True)
                first, second = self.mirror(fault=fault), self.mirror()
                self.assert_fetches(first, second)
                self.assertEqual(len(first.gets()), 1, "a faulty mirror is left at its first fault")

    def test_wrong_content_everywhere(self):
        for fault in (corrupt, other_content, truncate_silently, html_page):
            with self.subTest(fault=fault.__name__):
                self.assert_failed(self.fetch(self.mirror(fault=fault)), 65, f"{NAMES[0]}.gz has wrong content")

    def test_connection_lost_everywhere(self):
        self.assert_failed(self.fetch(self.mirror(fault=truncate)), 66, "transfer closed|end of response")

    def test_file_not_found(self):
        self.assert_failed(self.fetch(self.mirror(files={})), 66, "404")

    def test_one_file_not_found_then_a_good_mirror(self):
        first = self.mirror(files={path: body for path, body in GZIPPED.items() if "t10k-images" not in path})
        second = self.mirror()
        self.assert_fetches(first, second)
        self.assertEqual(len(second.gets()), 2, "what the first mirror had is not fetched again")

    def test_dead_mirror_then_a_good_one(self):
        self.assert_fetches(self.closed_port(), self.mirror())

    def test_all_mirrors_dead(self):
        result = self.fetch(self.closed_port(), self.closed_port(), "http://no-such-host.invalid/")
        self.assert_failed(result, 66, "connect", "no-such-host.invalid")
        self.assertLess(result[3], SECONDS_WITHOUT_NETWORK)

    def test_black_holes_cost_their_time_once(self):
        result = self.fetch(*(self.listening_socket() for _ in range(4)))
        self.assert_failed(result, 66, "timed out")
        self.assertLess(result[3], SECONDS_WITHOUT_NETWORK)

    def test_a_mirror_that_stalls_is_given_up(self):
        self.assertLess(self.assert_fetches(self.mirror(fault=stall), self.mirror()), 15)

    def test_present_but_corrupt_file_is_replaced(self):
        self.fetch(self.mirror())
        damaged = self.data / f"{NAMES[0]}.gz"
        damaged.write_bytes(damaged.read_bytes()[:-20])
        mirror = self.mirror()
        self.assert_fetches(mirror)
        self.assertEqual(mirror.gets(), [f"/{NAMES[0]}.gz"])

    def test_present_but_corrupt_file_stays_until_the_right_one_is_there(self):
        self.fetch(self.mirror())
        damaged = self.data / f"{NAMES[0]}.gz"
        damaged.write_bytes(b"damaged")
        self.assertEqual(self.fetch(self.mirror(fault=corrupt))[0], 65)
        self.assertEqual(damaged.read_bytes(), b"damaged")
        self.assertEqual(len(os.listdir(self.data)), 4, "no litter")

    def test_a_signal_leaves_nothing_half_written(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number.name):
                mirror = self.mirror(fault=stall)
                with self.start(mirror) as process:
                    deadline = time.monotonic() + 10
                    # Until half of the first file has arrived.
                    while not any(path.stat().st_size for path in self.data.glob(".*/*.gz")):
                        self.assertLess(time.monotonic(), deadline, "the transfer did not start")
                        time.sleep(0.01)
                    start = time.monotonic()
                    process.send_signal(number)
                    process.communicate(timeout=30)
                    self.assertLess(time.monotonic() - start, 3, "the signal waits for no transfer")
                self.assertEqual(process.returncode, -number, "the caller sees that it was the signal")
                self.assertFalse(self.data.exists())

    def test_directory_that_cannot_be_written(self):
        self.data.parent.mkdir()
        self.data.write_text("a file where the directory should be")
        status, _, err, _ = self.fetch(self.mirror())
        self.assertEqual(status, 74)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith("dropsweep: error: cannot write to data/mnist; "), err)


if __name__ == "__main__":
    unittest.main()
