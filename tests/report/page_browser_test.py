"""report.html in a real browser: headless Chromium without a network. The page has to be silent, load nothing, show what
report.json says, say values to pointer and keys, sort its tables, switch its series, and fit a phone, a desk and paper,
in light and in dark.

Usage: page_browser_test.py PROGRAM MPIRUN [--page FILE] [--screenshots DIRECTORY] [unittest arguments]
With --page that file is opened, otherwise a small sweep is run and the page it writes.
"""

import argparse
import base64
import json
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import program  # noqa: E402

PHONE, DESK = 375, 1280
PAPER = 687  # A4 without the margins: (210 - 2 * 14) mm at 96 pixels an inch
SOURCES = pathlib.Path(__file__).resolve().parents[2] / "src" / "report"

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
        data = program.write_data(scratch / "data", classes=4)
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

    def background(self):
        """The lightness of the page's background, 0 (black) to 255."""
        color = self.value_of("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in color.strip("rgb()").split(",")) / 3

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

    def colors_of_plot(self):
        """Of all texts of the first plot, resolved by the browser."""
        return self.value_of("[...document.querySelector('svg.plot').querySelectorAll('text')]"
                             ".map(e => getComputedStyle(e).fill)")

    def check_width(self):
        for width, media in ((PHONE, ""), (DESK, ""), (PAPER, "print")):
            self.open(width, media=media)
            self.browser.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
            self.assertEqual(self.value_of("innerWidth"), width)
            self.assertLessEqual(self.value_of("document.documentElement.scrollWidth"), width)


class PageTest(BrowserTest):
    SWEEP = ["--dropout", "0,0.3,0.6"]

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

    def test_it_shows_what_report_json_says(self):
        self.open()
        report = self.facts()
        self.assertEqual(report, json.loads((self.page.parent / "report.json").read_text()))
        self.assertEqual(self.text_of(".verdict"), [report["verdict"]["text"]])
        rows = self.text_of("#results > .scroll tbody tr")
        self.assertEqual(len(rows), len(report["settings"]))
        for row, setting in zip(rows, report["settings"]):
            self.assertIn(f"{setting['best_val_loss']['mean']:.4f}", row)
            self.assertIn(f"{100 * setting['test_accuracy']['mean']:.2f}", row)
        chosen = self.text_of("tr.is-chosen th")
        self.assertEqual(chosen, [report["settings"][report["verdict"]["setting"]]["values"]["dropout"] + "chosen"])
        self.assertEqual(len(self.text_of("#results details tbody tr")), len(report["trials"]))
        self.assertEqual(len(self.text_of("#test > .scroll tbody tr")), len(report["classification"]["classes"]) + 2)
        self.assertEqual(self.value_of("[...document.querySelectorAll('main > section')].map(e => e.id)"),
                         ["results", "plots", "test", "timeline", "configuration", "provenance", "repeat"])
        self.assertIn(report["parts"][0]["command"] + "\n", self.text_of(".command"))
        named = dict(zip(self.text_of("#provenance dt"), self.text_of("#provenance dd")))
        manifest = report["parts"][0]["manifest"]
        self.assertEqual(named["Data SHA-256"], manifest["data"]["sha256"])
        self.assertEqual(named["Rules"], "keras")
        self.assertIn("(ranks 0\u20131)", named["Machines"])
        for word in "NaN", "undefined", "null", "[object":
            self.assertNotIn(word, self.value_of("document.querySelector('main').textContent"))

    def test_every_misread_image_is_there(self):
        self.open()
        report = self.facts()["classification"]
        images = self.value_of(
            "[...document.querySelectorAll('canvas')].map(c => [c.width, c.height, c.ariaLabel, "
            "[...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((v, i) => i % 4 === 0)])")
        shown = {mistake["index"]: mistake for mistake in report["mistakes"] if "pixels" in mistake}
        self.assertGreater(len(images), 0)
        for width, height, text, levels in images:
            found = re.fullmatch(r"true (\d+), read as (\d+) \(\d+ %\), test image (\d+)", text)
            mistake = shown[int(found[3])]
            self.assertEqual([int(found[1]), int(found[2])], [mistake["true"], mistake["predicted"]])
            self.assertEqual([height, width], [report["image"]["rows"], report["image"]["columns"]])
            self.assertEqual(bytes(levels), bytes.fromhex(mistake["pixels"]))

    def test_ids_are_unique_and_references_lead_somewhere(self):
        self.open()
        ids = self.value_of("[...document.querySelectorAll('[id]')].map(e => e.id)")
        self.assertEqual(len(ids), len(set(ids)))
        targets = self.value_of("[...document.querySelectorAll('[href]')].map(e => e.getAttribute('href'))")
        self.assertEqual([target for target in targets if target[1:] not in ids], [])

    def test_values_show_on_hover(self):
        for width in (DESK, PHONE):
            self.open(width)
            plots = self.value_of("[...document.querySelectorAll('svg.plot')]")
            self.assertEqual(len(plots), 8)
            for plot in plots:
                values = self.places_of_values(plot)
                for value in values[:: max(1, len(values) // 4)]:
                    said = [self.hover(value)] + ([self.tap(value)] if width == PHONE else [])
                    for text in said:
                        self.assertRegex(text or "", r"\d", self.value_of("arguments[0].ariaLabel", plot))
            tile = self.value_of("document.querySelector('.tile')")
            self.assertEqual(self.hover(tile), self.value_of("arguments[0].querySelector('canvas').ariaLabel", tile))
            self.command("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
            shown = self.value_of("getComputedStyle(document.getElementById('tooltip')).visibility")
            self.assertEqual(shown, "hidden")
        self.assertEqual(self.browser.get_log("browser"), [])

    def test_a_value_is_that_of_the_report(self):
        self.open()
        plot = self.value_of("document.querySelector('#val_loss_dropout svg.plot')")
        setting = self.facts()["settings"][0]
        said = self.hover(self.places_of_values(plot)[0])
        curve = setting["curves"]["val_loss"]
        self.assertEqual(said, f"p = 0, epoch 0: val_loss {curve['mean'][0]:.4f} \u00b1 {curve['sd'][0]:.4f} (2 seeds)")

    def test_arrow_keys_go_from_value_to_value(self):
        self.open()
        self.browser.execute_script("document.querySelector('svg.plot').focus()")
        self.wait_for_frame()
        said = []
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
            self.press(key)
            said.append(self.tooltip())
        self.assertEqual(said[0], said[2])
        self.assertNotEqual(said[0], said[1])
        self.assertRegex(said[1], "test_accuracy")
        self.press("Escape")
        self.assertIsNone(self.tooltip())

    def test_tables_sort_by_the_column_that_is_pressed(self):
        self.open()
        heads = self.value_of("[...document.querySelectorAll('#results > .scroll th button')]")
        column = next(i for i, head in enumerate(heads) if head.text.startswith("best val_loss"))
        values = [setting["best_val_loss"]["mean"] for setting in self.facts()["settings"]]
        for order, wanted in ("ascending", sorted(values)), ("descending", sorted(values, reverse=True)):
            heads[column].click()
            shown = self.text_of(f"#results > .scroll tbody tr > :nth-child({column + 1})")
            self.assertEqual(shown, [f"{value:.4f}" for value in wanted])
            self.assertEqual(self.value_of("arguments[0].closest('th').ariaSort", heads[column]), order)

    def test_the_legend_switches_series_by_keyboard(self):
        self.open()
        figure = "#val_loss_dropout"
        count = len(self.places_of_values(self.value_of("document.querySelector(arguments[0])", figure + " svg.plot")))
        self.browser.execute_script("document.querySelector(arguments[0]).focus()", figure + " .legend .toggle")
        self.press("Enter")
        self.assertEqual(self.value_of("document.activeElement.ariaPressed"), "false")
        left = len(self.places_of_values(self.value_of("document.querySelector(arguments[0])", figure + " svg.plot")))
        self.assertEqual(count - left, len(self.facts()["settings"][0]["curves"]["val_loss"]["mean"]))
        self.press("Enter")
        self.assertEqual(self.value_of("document.activeElement.ariaPressed"), "true")

    def test_a_logarithmic_axis(self):
        self.open()
        ticks = "#val_loss_dropout svg.plot text[text-anchor=end]"
        before = [float(text) for text in self.text_of(ticks)]
        self.browser.execute_script("document.querySelector('#val_loss_dropout .controls .toggle').click()")
        after = [float(text) for text in self.text_of(ticks)]
        self.assertNotEqual(before, after)
        self.assertEqual(self.browser.get_log("browser"), [])

    def test_each_chart_has_its_table(self):
        self.open()
        figures = self.value_of("[...document.querySelectorAll('figure:has(svg.plot)')]")
        for figure in figures:
            self.browser.execute_script("arguments[0].querySelector('details').open = true", figure)
        self.wait_for_frame()
        for figure in figures:
            self.assertGreater(self.value_of("arguments[0].querySelectorAll('tbody tr').length", figure), 1)
        first = self.text_of("#val_loss_dropout tbody tr:first-child > *")
        curve = self.facts()["settings"][0]["curves"]["val_loss"]
        self.assertEqual(first[:3], ["0", "0", f"{curve['mean'][0]:.4f}"])

    def test_a_screen_reader_is_told_of_everything(self):
        """The rules of axe-core that can be asked of the elements themselves: names, labels, order of headings."""
        self.open()
        self.browser.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
        self.wait_for_frame()
        nameless = self.value_of(
            "[...document.querySelectorAll('button, select, [role=img], [role=region], [role=group]')]"
            ".filter(e => !(e.ariaLabel || e.textContent.trim() || e.closest('label'))).map(e => e.outerHTML.slice(0, 99))")
        self.assertEqual(nameless, [])
        levels = [int(tag[1]) for tag in self.value_of("[...document.querySelectorAll('h1, h2, h3, h4')].map(e => e.tagName)")]
        self.assertEqual(levels[0], 1)
        self.assertEqual([pair for pair in zip(levels, levels[1:]) if pair[1] > pair[0] + 1], [])

    def test_nothing_scrolls_sideways(self):
        self.check_width()

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

    def test_lines_and_text_stand_out_from_the_paper(self):
        """WCAG 2.1, 1.4.11 and 1.4.3."""
        def luminance(color):
            levels = [int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)]
            linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels]
            return sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear))

        def contrast(one, other):
            light, dark = sorted((luminance(one), luminance(other)), reverse=True)
            return (light + 0.05) / (dark + 0.05)

        for theme in ("light", "dark"):
            self.open(theme=theme)
            names = [f"stop{i}" for i in range(5)] + [f"heat{i}" for i in range(8)] + \
                ["paper", "ink", "muted", "idle", "first", "second", "correct", "accent", "chosen"]
            colors = {name: self.value_of("getComputedStyle(document.documentElement).getPropertyValue(arguments[0])",
                                          f"--{name}").strip() for name in names}
            for name in ["idle", "first", "second"] + [f"stop{i}" for i in range(5)]:
                self.assertGreaterEqual(contrast(colors[name], colors["paper"]), 3, (theme, name))
            for name in "ink", "muted", "accent":
                self.assertGreaterEqual(contrast(colors[name], colors["paper"]), 4.5, (theme, name))
            for level in range(8):
                text = colors["ink" if level < 4 else "paper"]
                self.assertGreaterEqual(contrast(text, colors[f"heat{level}"]), 3, (theme, level))
            for name in "correct", "chosen":
                self.assertGreaterEqual(contrast(colors["ink"], colors[name]), 4.5, (theme, name))
            stops = [luminance(colors[f"stop{i}"]) for i in range(5)]
            self.assertEqual(stops, sorted(stops))
            if theme == "light":
                # The pictures of gnuplot have the same colours.
                style = (SOURCES / "plots" / "style.gp").read_text()
                for name in [*names[:-2]]:
                    self.assertIn(colors[name], style, name)

    def test_names_from_outside_stay_text(self):
        if given_page:
            self.skipTest("the names of a page that was given are not known")
        self.open()
        self.assertIn(self.page.parent.name, self.value_of("document.querySelector('.run').textContent"))
        self.assertEqual(self.value_of("[...document.scripts].map(e => e.type)"), ["application/json", ""])
        self.assertEqual(self.value_of("document.title"), f"dropsweep: {self.page.parent}")

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


class GridPageTest(BrowserTest):
    """Of a sweep of three options."""

    SWEEP = ["--dropout", "0,0.3", "--batch-size", "64,128", "--optimizer", "rmsprop,sgd", "--momentum", "0.9"]
    OPTIONS = ["dropout", "batch-size", "optimizer"]

    def setUp(self):
        super().setUp()
        if given_page:
            self.skipTest("the page that was given may be of one option")

    def pick(self, figure, option):
        self.browser.execute_script(
            "const pick = document.querySelector(arguments[0]); pick.selectedIndex = arguments[1];"
            "pick.dispatchEvent(new Event('change', { bubbles: true }))", f"{figure} select", self.OPTIONS.index(option))

    def test_effects_and_pairs_are_those_of_the_report(self):
        self.open()
        report = self.facts()
        self.assertEqual([axis["option"] for axis in report["axes"]], self.OPTIONS)
        self.assertEqual(self.value_of("[...document.querySelectorAll('main > section')].map(e => e.id)")[:3],
                         ["results", "options", "plots"])
        rows = self.text_of("#options > .scroll tbody tr")
        effects = [(option["option"], value) for option in report["effects"] for value in option["values"]]
        self.assertEqual(len(rows), 6)
        for row, (option, value) in zip(rows, effects):
            for text in option, value["value"], f"{value['best_val_loss']['mean']:.4f}":
                self.assertIn(text, row)
        for pair in report["pairs"]:
            shown = self.text_of(f"#pair-{pair['rows']}-{pair['columns']} rect + text")
            losses = [loss for row in pair["best_val_loss"] for loss in row]
            self.assertEqual([text.removeprefix("\u25c6 ") for text in shown], [f"{loss:.3f}" for loss in losses])
            self.assertEqual(sum("\u25c6" in text for text in shown), 1, "the chosen setting")
        for word in "NaN", "undefined", "null", "[object":
            self.assertNotIn(word, self.value_of("document.querySelector('main').textContent"))

    def test_the_reader_picks_the_option(self):
        self.open()
        values = {axis["option"]: axis["values"] for axis in self.facts()["axes"]}
        for option in reversed(self.OPTIONS):
            self.pick("#val_loss_dropout", option)
            self.assertEqual(self.text_of("#val_loss_dropout .legend .toggle"), values[option])
            for figure in "#test_accuracy", "#effects":
                self.pick(figure, option)
                self.wait_for_frame()
                names = self.text_of(f"{figure} svg.plot text")
                for text in values[option]:
                    self.assertIn(text, names, (figure, option))
        self.assertEqual(self.browser.get_log("browser"), [])

    def test_nothing_scrolls_sideways(self):
        self.check_width()


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


if __name__ == "__main__":
    main()
