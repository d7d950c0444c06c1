"""What a user sees: progress on stderr, results on stdout, a live display where there is a terminal."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

import program

SWEEP = ["sweep", "--dropout", "0,0.5", "--seeds", "2", "--hidden", "8", "--epochs", "3", "--patience", "none"]
TABLE = "dropout  seeds  epochs  best_val_loss  val_loss  val_accuracy    test_accuracy"


class ProgressTest(program.ProgramTest):
    def sweep(self, *more, **options):
        return program.run(*SWEEP, "--data", self.data, "--output", self.scratch / "run", *more, **options)

    def check_table(self, text):
        self.assertIn(TABLE, text)
        for dropout in ("0", "0.5"):
            self.assertRegex(text, rf"(?m)^ +{re.escape(dropout)} +2 +3\.0 .* \+- .* %$")
        self.assertIn("files: ", text)

    def test_plain_lines_without_a_terminal(self):
        result = self.sweep(ranks=2, env={"TERM": "xterm"})
        self.check_success(result)
        self.check_table(result.stdout)
        self.assertNotIn("\x1b", result.stderr)
        for trial in ("p0-s1", "p0-s2", "p0.5-s1", "p0.5-s2"):
            for epoch in (1, 2, 3):
                lines = re.findall(rf"(?m)^{re.escape(trial)} +epoch +{epoch}/3 .*val_loss.*images/s$", result.stderr)
                self.assertEqual(len(lines), 1, result)
            self.assertEqual(len(re.findall(rf"(?m)^{re.escape(trial)} +completed", result.stderr)), 1, result)
        self.assertIn("plan: 4 trials on 2 ranks", result.stderr)
        self.assertEqual(len(result.stdout.splitlines()), 6, "only table, verdict and place belong on stdout")

    def test_quiet(self):
        result = self.sweep("--quiet", ranks=2)
        self.check_success(result)
        self.assertEqual(result.stderr, "")
        self.check_table(result.stdout)

    def on_terminal(self, ranks, columns):
        """Runs the sweep on a pseudo terminal; what it wrote, and the screen at the end."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        command = program.command_line([*SWEEP, "--data", self.data, "--output", self.scratch / "run"], ranks)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                                   env=program.environment(TERM="xterm"), start_new_session=True)
        os.close(slave)
        written = b""
        try:
            while chunk := os.read(master, 65536):
                written += chunk
        except OSError:  # what Linux says when the other side is closed
            pass
        os.close(master)
        self.assertEqual(process.wait(60), 0, written)
        text = written.decode().replace("\r\n", "\n")
        return text, screen_of(text)

    def check_live_display(self, ranks, columns):
        text, screen = self.on_terminal(ranks, columns)
        self.assertIn("\x1b[", text, "no live display")
        self.assertRegex(text, r"\d/4 trials +\d+ images/s")
        self.check_table("\n".join(screen))
        self.assertFalse([line for line in screen if "images/s" in line], "the display was not taken away")
        displayed = [line for line in text.split("\n") if re.search(r"/4 trials|epoch +\d+/3", line)]
        for line in displayed:
            self.assertLess(len(re.sub(r"\x1b\[\d*[A-Z]", "", line)), columns, "the line wraps")

    def test_live_display_of_mpirun(self):
        self.check_live_display(2, 100)

    def test_live_display_without_a_launcher_on_a_narrow_terminal(self):
        self.check_live_display(None, 40)


def screen_of(text):
    """The lines of a terminal after the text; it knows the control sequences that dropsweep uses, and no others."""
    lines, row = [""], 0
    for part in re.findall(r"\x1b\[\d*[A-Z]|\n|[^\x1b\n]+|\x1b", text):
        if part == "\n":
            row += 1
            if row == len(lines):
                lines.append("")
        elif up := re.fullmatch(r"\x1b\[(\d+)F", part):
            row -= int(up[1])
            assert row >= 0, "above the first line"
        elif part == "\x1b[J":
            lines[row:] = [""]
        elif part.startswith("\x1b"):
            raise AssertionError(f"unknown control sequence {part!r}")
        else:
            lines[row] = part
    return lines


if __name__ == "__main__":
    program.main()
