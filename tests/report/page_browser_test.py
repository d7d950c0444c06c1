"""report.html in a real browser: it is silent, loads nothing, shows what report.json says, and answers to pointer and keys."""

import json
import re

import page_browser
from page_browser import DESK, PHONE, BrowserTest


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

    def test_names_from_outside_stay_text(self):
        if page_browser.given_page:
            self.skipTest("the names of a page that was given are not known")
        self.open()
        self.assertIn(self.page.parent.name, self.value_of("document.querySelector('.run').textContent"))
        self.assertEqual(self.value_of("[...document.scripts].map(e => e.type)"), ["application/json", ""])
        self.assertEqual(self.value_of("document.title"), f"dropsweep: {self.page.parent}")


class GridPageTest(BrowserTest):
    """Of a sweep of three options."""

    SWEEP = ["--dropout", "0,0.3", "--batch-size", "64,128", "--optimizer", "rmsprop,sgd", "--momentum", "0.9"]
    OPTIONS = ["dropout", "batch-size", "optimizer"]

    def setUp(self):
        super().setUp()
        if page_browser.given_page:
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


if __name__ == "__main__":
    page_browser.main()
