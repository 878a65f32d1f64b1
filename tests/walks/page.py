"""The documentation's page *How our numbers are checked*, made from the checks themselves."""

from __future__ import annotations

import re

HEAD = """# How our numbers are checked

Each line is a test that runs with every change: an image and a region go in through the front door
(`load_data`, `load_regions`, *Aperture Photometry*), a row comes out, and the row is held against a truth
that is not ours: a closed form, another program (`sep`, photutils, astropy), or a simulation whose answer is
known. Simulations of thousands of exposures call the panel's own functions directly.
*Worst* is the largest residual over all trials of the run that wrote this page, relative unless a unit
is named; a test fails above *allowed*.

| what | held against | trials | allowed | worst |
|---|---|---|---|---|
"""

FOOT = """
The suite itself is tested: twelve defects (pixels by their centre only, half a pixel off, x and y swapped,
the sky's area forgotten, the mask inverted, the sky not subtracted, tiny factors taken as none, a wrong
steradian, the sign of a magnitude, single precision, an angle's sign, a mirrored sky) are planted one by one,
and each must trip at least one of these checks.

To write this page anew: `make numbers`.
"""


def text(checks, figures):
    """The whole page."""
    rows = []
    for one in checks:
        truth = one.truth.replace("|", r"\|")
        cells = one.name, truth, str(one.n), f"{one.tolerance:.2g}", _figure(figures, one.name)
        rows.append(f"| {' | '.join(cells)} |")
    return HEAD + "\n".join(rows) + "\n" + FOOT


def cases(page):
    """What the page says of each check but the figure of the last run."""
    rows = re.findall(r"^\| ([PT]\d.*) \| [^|]+ \|$", page, re.MULTILINE)
    return sorted(rows)


def _figure(figures, name):
    return f"{figures[name]:.1e}" if name in figures else "—"
