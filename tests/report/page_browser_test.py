"""report.html in a real browser: headless Chromium without a network. The page has to be silent, load nothing, show all
its images, say values on hover, and fit a phone, a desk and paper, in light and in dark.

Usage: page_browser_test.py PROGRAM MPIRUN [--page FILE] [--screenshots DIRECTORY] [unittest arguments]
With --page that file is opened, otherwise a small sweep is run and the page it writes.
"""

import argparse
import base64
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import program  # noqa: E402

PHONE, DESK = 375, 1280
PAPER = 687  # A4 without the margins: (210 - 2 * 14) mm at 96 pixels an inch
SWEEP = ["sweep", "--dropout", "0,0.3,0.6", "--seeds", "2", "--hidden", "8", "--epochs", "3", "--quiet",
         "--report", "on"]

given_page = None
screenshots = None


def missing():
    """What this test needs and does not find here; None: it is all there."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "selenium (python3-selenium)"
    for name, package in (("chromium", "chromium"), ("chromedriver", "chromium-driver"), ("gnuplot", "gnuplot-nox")):
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


class PageTest(unittest.TestCase):
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
        data = program.write_data(scratch / "data", classes=4)
        result = program.run(*SWEEP, "--data", data, "--output", run, ranks=2)
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

    def background(self):
        """The lightness of the page's background, 0 (black) to 255."""
        color = self.value_of("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in color.strip("rgb()").split(",")) / 3

    def test_is_silent_and_loads_nothing_but_itself(self):
        for theme in ("light", "dark"):
            self.open(theme=theme)
            self.assertEqual(self.browser.get_log("browser"), [])
            messages = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
            requested = [message["params"]["request"]["url"] for message in messages
                         if message["method"] == "Network.requestWillBeSent"]
            loaded = [url for url in requested if not url.startswith("data:")]
            self.assertEqual(loaded, [self.page.resolve().as_uri()])

    def test_the_browser_would_have_told(self):
        """The check above sees a message and a request, or it checks nothing."""
        self.open()
        self.browser.execute_script("console.info('seen'); fetch('http://192.0.2.1/').catch(() => {});")
        told = " ".join(entry["message"] for entry in self.browser.get_log("browser"))
        self.assertIn("seen", told)
        self.assertIn("Content Security Policy", told)

    def test_every_image_is_loaded(self):
        self.open()
        images = self.value_of(
            "[...document.images].map(i => [i.complete, i.naturalWidth, i.naturalHeight, i.alt, i.src.slice(0, 22)])")
        self.assertGreater(len(images), 0)
        for complete, width, height, text, source in images:
            self.assertTrue(complete and width > 0 and height > 0, text)
            self.assertRegex(text, r"^true \d+, read as \d+ \(\d+ %\), test image \d+$")
            self.assertEqual(source, "data:image/png;base64,")

    def test_ids_are_unique_and_references_lead_somewhere(self):
        self.open()
        ids = self.value_of("[...document.querySelectorAll('[id]')].map(e => e.id)")
        self.assertEqual(len(ids), len(set(ids)))
        targets = self.value_of("[...document.querySelectorAll('[href]')].map(e => e.getAttribute('href'))")
        self.assertEqual([target for target in targets if target[1:] not in ids], [])

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

    def titles_in_file(self):
        """What the values of the plots say, as the file has them: the script takes them over."""
        return set(self.value_of(
            "[...new DOMParser().parseFromString(arguments[0], 'text/html').querySelectorAll('.value > title')]"
            ".map(t => t.textContent)", self.page.read_text(encoding="utf-8")))

    def test_values_show_on_hover(self):
        titles = self.titles_in_file()
        self.assertGreater(len(titles), 0)
        for width in (DESK, PHONE):
            self.open(width)
            for plot in self.value_of("[...document.querySelectorAll('svg.plot')]"):
                values = self.value_of("[...arguments[0].querySelectorAll('.value')]", plot)
                for value in values[:: max(1, len(values) // 5)]:
                    said = [self.hover(value)] + ([self.tap(value)] if width == PHONE else [])
                    for text in said:
                        self.assertTrue(text in titles, f"the tooltip says {text!r}")
            tile = self.value_of("document.querySelector('.tile')")
            self.assertEqual(self.hover(tile), self.value_of("arguments[0].querySelector('img').alt", tile))
            self.command("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
            shown = self.value_of("getComputedStyle(document.getElementById('tooltip')).visibility")
            self.assertEqual(shown, "hidden")
        self.assertEqual(self.browser.get_log("browser"), [])

    def test_arrow_keys_go_from_value_to_value(self):
        self.open()
        self.browser.execute_script("document.querySelector('svg.plot').focus()")
        said = []
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
            for kind in ("keyDown", "keyUp"):
                self.command("Input.dispatchKeyEvent", type=kind, key=key, code=key)
            self.wait_for_frame()
            said.append(self.tooltip())
        self.assertTrue(set(said) <= self.titles_in_file(), said)
        self.assertEqual(said[0], said[2])
        self.assertNotEqual(said[0], said[1])

    def test_nothing_scrolls_sideways(self):
        for width, media in ((PHONE, ""), (DESK, ""), (PAPER, "print")):
            self.open(width, media=media)
            self.browser.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
            self.assertEqual(self.value_of("innerWidth"), width)
            self.assertLessEqual(self.value_of("document.documentElement.scrollWidth"), width)

    def test_light_dark_and_paper(self):
        self.open(theme="light")
        self.assertGreater(self.background(), 200)
        light = self.colors_of_plot()
        self.open(theme="dark")
        self.assertLess(self.background(), 60)
        self.assertNotEqual(self.colors_of_plot(), light)
        # On paper the page is light whatever the screen is, and everything is open.
        self.open(theme="dark", media="print")
        self.assertGreater(self.background(), 200)
        self.assertEqual(self.colors_of_plot(), light)
        self.assertTrue(self.value_of("document.querySelector('details table').checkVisibility("
                                      "{contentVisibilityAuto: true})"))
        self.assertGreater(self.value_of("document.querySelector('details table').getBoundingClientRect().height"), 0)
        # What a command is stands on the same sheet as the command.
        self.assertEqual(set(self.value_of("[...document.querySelectorAll('.command')]"
                                           ".map(e => getComputedStyle(e.previousElementSibling).breakAfter)")),
                         {"avoid"})

    def test_every_color_of_a_plot_has_a_dark_partner(self):
        self.open()
        colors = set(self.value_of(
            "[...document.querySelectorAll('svg.plot :not(defs, defs *)')]"
            ".flatMap(e => [e.getAttribute('fill'), e.getAttribute('stroke'), e.getAttribute('color')])"))
        fixed = {color for color in colors - {None, "none", "currentColor"} if not color.startswith(("var(--", "url(#"))}
        self.assertEqual(fixed, set())
        for color in colors - {None}:
            if color.startswith("var("):
                self.assertTrue(self.value_of("getComputedStyle(document.documentElement).getPropertyValue(arguments[0])",
                                              color[4:-1]), color)

    def colors_of_plot(self):
        """Of the background and of all texts of the first plot, resolved by the browser."""
        return self.value_of("[...document.querySelectorAll('svg.plot')[0].querySelectorAll('rect, text')]"
                             ".map(e => getComputedStyle(e).fill)")

    def test_names_from_outside_stay_text(self):
        if given_page:
            self.skipTest("the names of a page that was given are not known")
        self.open()
        self.assertIn(self.page.parent.name, self.value_of("document.querySelector('.run').textContent"))
        self.assertEqual(self.value_of("document.scripts.length"), 1)

    def test_keep_screenshots(self):
        if not screenshots:
            self.skipTest("wanted with --screenshots only")
        screenshots.mkdir(parents=True, exist_ok=True)
        for width in (PHONE, DESK):
            for theme in ("light", "dark"):
                self.open(width, theme)
                height = self.value_of("document.documentElement.scrollHeight")
                image = self.command("Page.captureScreenshot", captureBeyondViewport=True,
                                     clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})
                (screenshots / f"{width}-{theme}.png").write_bytes(base64.b64decode(image["data"]))
        self.open()
        paper = self.command("Page.printToPDF", printBackground=False, paperWidth=8.27, paperHeight=11.69)
        (screenshots / "paper.pdf").write_bytes(base64.b64decode(paper["data"]))


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
    sys.argv = [sys.argv[0], options.program, options.mpirun, *rest]
    program.main()


if __name__ == "__main__":
    main()
