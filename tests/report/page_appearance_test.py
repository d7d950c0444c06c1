"""report.html on a phone, a desk and paper, in light and in dark, and for those who see little."""

import base64
import pathlib

import page_browser
from page_browser import DESK, PHONE, BrowserTest

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "src" / "report"


class AppearanceTest(BrowserTest):
    SWEEP = ["--dropout", "0,0.3,0.6"]

    def background(self):
        """The lightness of the page's background, 0 (black) to 255."""
        color = self.value_of("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in color.strip("rgb()").split(",")) / 3

    def colors_of_plot(self):
        """Of all texts of the first plot, resolved by the browser."""
        return self.value_of("[...document.querySelector('svg.plot').querySelectorAll('text')]"
                             ".map(e => getComputedStyle(e).fill)")

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

    def test_keep_screenshots(self):
        if not page_browser.screenshots:
            self.skipTest("wanted with --screenshots only")
        page_browser.screenshots.mkdir(parents=True, exist_ok=True)
        for width in (PHONE, DESK):
            for theme in ("light", "dark"):
                self.open(width, theme)
                height = self.value_of("document.documentElement.scrollHeight")
                image = self.command("Page.captureScreenshot", captureBeyondViewport=True,
                                     clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})
                (page_browser.screenshots / f"{width}-{theme}.png").write_bytes(base64.b64decode(image["data"]))
        self.open()
        paper = self.command("Page.printToPDF", printBackground=False, paperWidth=8.27, paperHeight=11.69)
        (page_browser.screenshots / "paper.pdf").write_bytes(base64.b64decode(paper["data"]))


if __name__ == "__main__":
    page_browser.main()
