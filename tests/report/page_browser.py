"""A browser test's page: headless Chromium without a network, and what a reader does with pointer, finger and keys.

Usage: page_..._test.py PROGRAM MPIRUN [--page FILE] [--screenshots DIRECTORY] [unittest arguments]
With --page that file is opened, otherwise a small sweep is run and the page it writes.
"""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import program  # noqa: E402
import small_data  # noqa: E402

PHONE, DESK = 375, 1280
PAPER = 687  # A4 without the margins: (210 - 2 * 14) mm at 96 pixels an inch

given_page = None
screenshots = None


def missing():
    """What this test needs and does not find here; None: it is all there."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "selenium (python3-selenium)"
    for name, package in (("chromium", "chromium"), ("chromedriver", "chromium-driver")):
        if not shutil.which(name):
            return f"{name} ({package})"
    return None


def start_browser():
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    # CI runs as root, where Chromium has no sandbox, and containers have little shared memory.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
                     "--disable-background-networking", "--no-first-run"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


class BrowserTest(unittest.TestCase):
    SWEEP = None

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="dropsweep test ")
        cls.addClassCleanup(scratch.cleanup)
        cls.page = given_page or cls.write_page(pathlib.Path(scratch.name))
        cls.browser = start_browser()
        cls.addClassCleanup(cls.browser.quit)

    @classmethod
    def write_page(cls, scratch):
        # A name that would break a page that does not escape it.
        run = scratch / "<script>alert('run')</script> & \"run\""
        data = small_data.write_data(scratch / "data", classes=4)
        result = program.run("sweep", *cls.SWEEP, "--seeds", "2", "--hidden", "8", "--epochs", "3", "--quiet", "--report", "on",
                             "--data", data, "--output", run, ranks=2)
        if result.code != 0:
            raise AssertionError(f"no run to look at: {result}")
        return run / "report.html"

    def setUp(self):
        self.browser.get_log("browser")
        self.browser.get_log("performance")

    def command(self, name, **parameters):
        return self.browser.execute_cdp_cmd(name, parameters)

    def open(self, width=DESK, theme="light", media=""):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
                     mobile=width == PHONE)
        self.command("Emulation.setEmulatedMedia", media=media,
                     features=[{"name": "prefers-color-scheme", "value": theme}])
        self.browser.get(self.page.resolve().as_uri())

    def value_of(self, script, *arguments):
        return self.browser.execute_script(f"return {script}", *arguments)

    def text_of(self, selector):
        return self.value_of("[...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)

    def facts(self):
        return json.loads(self.value_of("document.getElementById('report').textContent"))

    def middle_of(self, element):
        """Where the middle of an element is in the window, after scrolling it there."""
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center', inline: 'center'})", element)
        self.wait_for_frame()  # the scroll event hides the tooltip
        x, y = self.value_of("(b => [(b.left + b.right) / 2, (b.top + b.bottom) / 2])"
                             "(arguments[0].getBoundingClientRect())", element)
        return {"x": x, "y": y}

    def wait_for_frame(self):
        self.browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    def hover(self, element):
        self.command("Input.dispatchMouseEvent", type="mouseMoved", **self.middle_of(element))
        return self.tooltip()

    def tap(self, element):
        self.command("Input.dispatchTouchEvent", type="touchStart", touchPoints=[self.middle_of(element)])
        self.command("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        return self.tooltip()

    def tooltip(self):
        """What the tooltip says; None when it does not show as a whole."""
        return self.value_of(
            "(t => { const b = t.getBoundingClientRect(); return getComputedStyle(t).visibility === 'visible' &&"
            " b.left >= 0 && b.top >= 0 && b.right <= innerWidth && b.bottom <= innerHeight ? t.textContent : null; })"
            "(document.getElementById('tooltip'))")

    def places_of_values(self, plot):
        """Markers, cells and bars of a plot, as elements that can be pointed at."""
        return self.value_of("[...arguments[0].querySelectorAll('path[transform], rect[fill]')]", plot)

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.command("Input.dispatchKeyEvent", type=kind, key=key, code=key, text="\r" if key == "Enter" else "")
        self.wait_for_frame()

    def check_width(self):
        """Nothing scrolls sideways."""
        for width, media in ((PHONE, ""), (DESK, ""), (PAPER, "print")):
            self.open(width, media=media)
            self.browser.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
            self.assertEqual(self.value_of("innerWidth"), width)
            self.assertLessEqual(self.value_of("document.documentElement.scrollWidth"), width)


def main():
    global given_page, screenshots
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("mpirun")
    parser.add_argument("--page", type=pathlib.Path)
    parser.add_argument("--screenshots", type=pathlib.Path)
    options, rest = parser.parse_known_args()
    if needed := missing():
        print(f"skipped: {needed} is not installed")
        sys.exit(program.SKIPPED)
    given_page, screenshots = options.page, options.screenshots
    if given_page and not given_page.is_file():
        parser.error(f"--page: {given_page} is no file")  # of which the browser would show a page of its own
    sys.argv = [sys.argv[0], options.program, options.mpirun, *rest]
    program.main()
