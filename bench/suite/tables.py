"""Prints tables to standard output and writes them as CSV."""

import csv


def text_of(value):
    """With four digits, more than any of these measurements is accurate to."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def show(title, rows):
    rows = [{column: text_of(value) for column, value in row.items()} for row in rows]
    print(f"\n{title}")
    if not rows:
        return
    widths = {column: max(len(column), *(len(row[column]) for row in rows)) for column in rows[0]}
    for row in [{column: column for column in widths}, *rows]:
        print("  ".join(row[column].ljust(width) for column, width in widths.items()).rstrip())


def write(path, rows):
    if not rows:
        return
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        table.writerows({column: text_of(value) for column, value in row.items()} for row in rows)
