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

REAL_HEAD = """
## Real files

The headers of files as people have them, each with a value that somebody else published: a file with such a
header is opened and one unit of its pixels measured. The last column says where the claim ends.

| file | whose value | theirs | ours | holds for |
|---|---|---|---|---|
"""

RANGES = """
## Where the claims hold

Trials draw their numbers from these ranges; beyond them nothing is claimed here.

| lines | drawn from |
|---|---|
| P1, P2, P5, P8, P10, P11, P13 | circles of 0.4 to 34 pixels, ellipses of 2 to 34, rectangles of 1 to 44 |
| P6, P7 | Gaussian stars of σ 1 to 4 pixels, in 1 to 8 σ |
| P15, P16, T2, T3 | independent noise; of drizzled noise T4: dithers of three frames to half the pixel |
| P18, P19, T7 | isolated stars without noise, σ 1 to 3, 3 to 6, 2 to 3 pixels; from 1.5 pixels away at most |
| T5 | round stars without noise: half maximum σ 2.5 to 5 (Moffat α 1.5 to 4), moments σ 4 to 6 |
| T6 | round stars without noise, σ 3 to 5 |
| P20w, P21, P22 | tangential projections of 0.05 to 0.5 arcsec a pixel, any angle, both parities |
| T8 | one distorted field (SIP), circles on the sky |
"""

FOOT = """
The suite itself is tested: twelve defects (pixels by their centre only, half a pixel off, x and y swapped,
the sky's area forgotten, the mask inverted, the sky not subtracted, tiny factors taken as none, a wrong
steradian, the sign of a magnitude, single precision, an angle's sign, a mirrored sky) are planted one by one,
and each must trip at least one of these checks.

To write this page anew: `make numbers`.
"""


def text(checks, figures, reals=()):
    """The whole page; ``reals`` are records of `real_files` with our value of each."""
    rows = []
    for one in checks:
        truth = one.truth.replace("|", r"\|")
        cells = one.name, truth, str(one.n), f"{one.tolerance:.2g}", _figure(figures, one.name)
        rows.append(f"| {' | '.join(cells)} |")
    real = REAL_HEAD + "\n".join(real_row(*one) for one in reals) + "\n" if reals else ""
    return HEAD + "\n".join(rows) + "\n" + real + RANGES + FOOT


def real_row(real, ours):
    """One file's line."""
    values = (f"{value:.6g} {real.unit}" for value in (real.truth, ours))
    return f"| {' | '.join((real.name, real.whose, *values, real.holds))} |"


def real_rows(page):
    """The lines of the page's table of real files."""
    return re.findall(r"^\| R\d.* \|$", page, re.MULTILINE)


def cases(page):
    """What the page says of each check but the figure of the last run."""
    rows = re.findall(r"^\| ([PT]\d.*) \| [^|]+ \|$", page, re.MULTILINE)
    return sorted(rows)


def _figure(figures, name):
    return f"{figures[name]:.1e}" if name in figures else "—"
