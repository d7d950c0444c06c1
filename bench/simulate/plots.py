"""Draws the plots of docs/scaling.md as PNG and SVG; each is a gnuplot script with its data."""

import subprocess
import sys

BLUE, ORANGE, GREEN, GREY = "#0072b2", "#c44e00", "#00765a", "#8c8c8c"
STYLE = """set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
"""


def series(rows, y, **where):
    """(ranks, y) of the rows whose columns have the values of `where`, by ascending ranks."""
    chosen = [row for row in rows if all(row[name] == str(value) for name, value in where.items())]
    return [(int(row["ranks"]), y(row)) for row in sorted(chosen, key=lambda row: int(row["ranks"]))]


def block(name, points):
    return "\n".join([f"${name} << EOD", *(f"{x} {y:.4f}" for x, y in points), "EOD\n"])


def lines(curves):
    """curves: title, colour, dash type and points of each."""
    data = "".join(block(f"curve{i}", points) for i, (_, _, _, points) in enumerate(curves))
    layers = [f"$curve{i} with linespoints linecolor rgb '{color}' linewidth 2 dashtype {dash} "
              f"pointtype {5 + 2 * dash} pointsize 0.8 title '{title}'"
              for i, (title, color, dash, _) in enumerate(curves)]
    return data + "plot " + ", \\\n     ".join(layers) + "\n"


def efficiency(row):
    return float(row["efficiency"])


def orders(rows):
    curves = []
    for dash, trials in ((1, 45), (2, 9)):
        for order, name, color in (("growing", "growing groups", BLUE), ("queue", "queue", ORANGE),
                                   ("waves", "static waves", GREY)):
            curves.append((f"{trials} trials, {name}", color, dash,
                           series(rows, efficiency, platform="ethernet-25", trials=trials, leaf_rows=32, batch_size=128,
                                  order=order)))
    return ('set title "Parallel efficiency, 4 leaves, batches of 128, 25 Gbit/s"\nset ylabel "parallel efficiency"\n'
            "set key bottom left\n" + lines(curves))


def batches(rows):
    curves = []
    for dash, leaves in ((1, 8), (2, 4)):
        for batch_size, color in ((128, BLUE), (512, ORANGE), (2048, GREEN)):
            curves.append((f"{leaves} leaves, batches of {batch_size:,}", color, dash,
                           series(rows, efficiency, platform="ethernet-25", trials=45, leaf_rows=batch_size // leaves,
                                  batch_size=batch_size, order="growing")))
    return ('set title "Larger batches: 45 trials, growing groups, 25 Gbit/s"\nset ylabel "parallel efficiency"\n'
            "set key bottom left\n" + lines(curves))


def shares(rows):
    """The shares of arithmetic, communication and idle time, in a panel for each batch size."""
    text = ('set style fill solid 1 noborder\n'
            'set multiplot layout 1,3 title "What the ranks do: 45 trials, growing groups, 25 Gbit/s"\n'
            'set ylabel "share of the time of all ranks"\nset key bottom left opaque\n')
    for leaves, batch_size in ((4, 128), (4, 512), (4, 2048)):
        chosen = {"platform": "ethernet-25", "trials": 45, "leaf_rows": batch_size // leaves, "batch_size": batch_size,
                  "order": "growing"}
        computing = series(rows, lambda row: float(row["computing"]), **chosen)
        busy = series(rows, lambda row: 1 - float(row["idle"]), **chosen)
        name = f"of_{leaves}_{batch_size}"
        text += block(f"{name}_computing", computing) + block(f"{name}_busy", busy)
        text += (f'set title "{leaves} leaves, batches of {batch_size:,}"\n'
                 f"plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', "
                 f"${name}_busy with filledcurves y1=0 linecolor rgb '{ORANGE}' title 'communication', "
                 f"${name}_computing with filledcurves y1=0 linecolor rgb '{BLUE}' title 'arithmetic'\n"
                 "unset ylabel\nunset key\n")
    return text + "unset multiplot\n"


def draw(directory, rows):
    for name, plot in (("efficiency", orders(rows)), ("batches", batches(rows)), ("shares", shares(rows))):
        text = ""
        for terminal in ("pngcairo", "svg"):
            picture = f"{name}.{'svg' if terminal == 'svg' else 'png'}"
            text += (f"reset\nset terminal {terminal} size 960,600 font 'DejaVu Sans,12' background '#ffffff'\n"
                     f"set output '{picture}'\n{STYLE}{plot}")
        (directory / f"{name}.gp").write_text(text, encoding="utf-8")
        done = subprocess.run(["gnuplot", f"{name}.gp"], cwd=directory, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"simulate: error: gnuplot: {done.stderr.strip().splitlines()[-1]}")
