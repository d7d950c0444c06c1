"""Draws the roofline plot: the bounds of one core at each arithmetic intensity, and the kernels.

Source: Williams, Waterman, Patterson (2009), "Roofline: an insightful visual performance model".
"""

import subprocess

from measuring import NotMeasured

LEVELS = {"l1": "L1", "l2": "L2", "l3": "L3", "dram": "memory"}
# Title, colour (as in the plots of a run) and point type of each group of kernels. The first two are the same kernels,
# once by the operations that are done, once by those of the dense products that they replace.
GROUPS = {"product": ("own products, operations that are done", "#0072b2", 7),
          "product as dense": ("the same, counted as dense products", "#0072b2", 6),
          "product-openblas": ("products, OpenBLAS fp32", "#2a7f3f", 5),
          "product-bf16": ("products, oneDNN bf16", "#8c4b9c", 9),
          "elementwise": ("elementwise kernels", "#c44e00", 13)}
STYLE = """set encoding utf8
set title "Roofline of one core: kernels of a training step with 128, 64 and 32 rows"
set logscale xy
set xrange [0.05:200]
set xlabel "operations per byte"
set ylabel "GFLOP/s of one core"
set key bottom right
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
"""


def block(group):
    """The name of a group's datablock in the script."""
    return "$" + group.replace("-", "_").replace(" ", "_")


def points(kernels, group):
    lines = [f"{block(group)} << EOD"]
    counter = "dense_operations" if group.endswith(" as dense") else "operations"
    for kernel in kernels.values():
        if kernel["group"] == group.split()[0] and kernel[counter] and kernel["bytes"]:
            intensity = kernel[counter] / kernel["bytes"]
            lines.append(f"{intensity:.5g} {kernel[counter] / kernel['seconds'].median / 1e9:.5g}")
    return "\n".join([*lines, "EOD\n"])


def script(kernels, machine):
    text = STYLE + "".join(points(kernels, group) for group in GROUPS)
    top = max(machine.peak.values()) / 1e9
    layers = []
    for level, bandwidth in machine.bandwidth.items():
        layers.append(f"(x * {bandwidth / 1e9:.5g} < {top:.5g} ? x * {bandwidth / 1e9:.5g} : 1/0) "
                      f"linecolor rgb '#8c8c8c' linewidth 2 dashtype {len(layers) + 1} "
                      f"title '{LEVELS[level]}, {bandwidth / 1e9:.3g} GB/s'")
    for precision, peak in machine.peak.items():
        layers.append(f"{peak / 1e9:.5g} linecolor rgb '#1a1a1a' linewidth 2 "
                      f"title '{precision} peak, {peak / 1e9:.4g} GFLOP/s'")
    for group, (title, color, point) in GROUPS.items():
        if any(kernel["group"] == group.split()[0] for kernel in kernels.values()):
            layers.append(f"{block(group)} with points pointtype {point} pointsize 1 linecolor rgb '{color}' "
                          f"title '{title}'")
    text += "plot " + ", \\\n     ".join(layers) + "\n"
    return (f"set terminal pngcairo size 960,640 font 'DejaVu Sans,12'\nset output 'roofline.png'\n{text}"
            "set terminal svg size 960,640 font 'DejaVu Sans,12' background '#ffffff'\nset output 'roofline.svg'\n"
            "replot\n")


def draw(directory, kernels, machine):
    path = directory / "roofline.gp"
    path.write_text(script(kernels, machine), encoding="utf-8")
    try:
        done = subprocess.run(["gnuplot", path.name], cwd=directory, capture_output=True, text=True, check=False)
    except OSError:
        raise NotMeasured("gnuplot is not there") from None
    if done.returncode != 0:
        raise NotMeasured(f"gnuplot failed: {done.stderr.strip().splitlines()[-1]}")
