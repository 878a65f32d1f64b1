"""The words of ``imviz phot`` and what they mean; nothing heavy is needed to refuse a wrong one."""

from __future__ import annotations

import argparse
from math import isfinite

__all__ = ["EXAMPLES", "parser"]

EXAMPLES = """\
examples:
  imviz phot m13.fits --regions stars.reg -o stars.ecsv
  imviz phot "night3/*.fits[SCI]" --catalog targets.ecsv --radius 0.6arcsec --recentre moments -o night3.ecsv
  imviz phot m13.fits --regions stars.reg > stars.ecsv
  imviz verify stars.ecsv

exit codes: 0 all was measured; 1 some was not, and is named (the other rows are written);
2 nothing was measured, or an argument cannot be used.
"""


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number.")
    return value


def _positive(text: str) -> float:
    value = _number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0.")
    return value


def _not_negative(text: str) -> float:
    value = _number(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is below 0.")
    return value


def _annulus(text: str) -> tuple[float | None, float]:
    """``INNER,WIDTH``, or only the width."""
    inner, comma, width = text.rpartition(",")
    return (_positive(inner) if comma else None), _positive(width)


def parser() -> argparse.ArgumentParser:
    """The command's parser."""
    made = argparse.ArgumentParser(
        prog="imviz phot",
        description="Measure regions, or circles about the sources of a catalog, on images; write a table.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("images", nargs="+", metavar="IMAGE", help="file, 'file[SCI,1]', or a quoted pattern")
    where = made.add_mutually_exclusive_group(required=True)
    where.add_argument("--regions", metavar="FILE", help="regions: DS9, CRTF, FITS, ECSV or STC-S")
    where.add_argument(
        "--catalog", metavar="FILE", help="table with positions, on the sky or in pixels from 0"
    )
    made.add_argument("--radius", metavar="R", help="of a catalog's circles: 5 (pixels), or 0.5arcsec")
    made.add_argument(
        "-o", "--output", metavar="TABLE", help=".ecsv, .fits, .vot or .csv; default: ECSV to standard output"
    )
    made.add_argument("--overwrite", action="store_true", help="replace the table if there is one")
    made.add_argument(
        "--row-order",
        choices=["file", "header"],
        default="file",
        help="whether ROWORDER = TOP-DOWN turns an image over (default: file, rows as they stand)",
    )
    made.add_argument("--quiet", action="store_true", help="say only what went wrong")
    _add_background(made.add_argument_group("background"))
    _add_errors(
        made.add_argument_group("errors (default: ERR in the file, else gain, else background scatter)")
    )
    _add_place(made.add_argument_group("place"))
    _add_factors(made.add_argument_group("factors (default: from each image's header)"))
    return made


def _add_background(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--background",
        default="annulus",
        metavar="B",
        help="the word annulus (default); per pixel a number, as 0, or '3 MJy/sr'; or a file with one region",
    )
    group.add_argument(
        "--annulus",
        type=_annulus,
        default=(None, None),
        metavar="[INNER,]WIDTH",
        help="pixels (default: the aperture's radius wide, 10 at least, after a gap of half the radius)",
    )
    group.add_argument(
        "--estimator",
        default="median",
        metavar="NAME",
        help="median, mean, mode, sextractor, biweight or plane (default: median)",
    )
    group.add_argument(
        "--sigma-clip",
        type=_not_negative,
        default=3.0,
        metavar="S",
        help="reject pixels beyond S deviations (default: 3; 0: keep all)",
    )
    group.add_argument(
        "--mask-neighbours",
        type=_positive,
        nargs="?",
        const=5.0,
        metavar="S",
        help="leave out sources above S deviations (default of S: 5)",
    )


def _add_errors(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--gain", type=_positive, metavar="G", help="electrons per data unit")
    group.add_argument("--read-noise", type=_number, metavar="E", help="electrons")
    group.add_argument("--dark", type=_number, metavar="E", help="electrons per pixel already subtracted")
    group.add_argument("--digitization", type=_number, metavar="D", help="the converter's step, data unit")
    group.add_argument(
        "--scale-errors",
        action="store_true",
        help="bring errors by ERR or gain to the scatter that the sky has",
    )
    group.add_argument("--saturation", type=_number, metavar="D", help="leave out pixels at D and above")


def _add_place(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--recentre", metavar="METHOD", default="", help="first: moments, Gaussian, quadratic or windowed"
    )
    group.add_argument(
        "--follow-distortion",
        action="store_true",
        help="outline regions on the sky through the whole WCS, point by point",
    )
    group.add_argument("--max-shift", type=_positive, default=5.0, metavar="PIX", help="at most (default: 5)")


def _add_factors(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--zero-point", type=_number, metavar="MAG", help="AB magnitude of one data unit")
    group.add_argument(
        "--zero-point-error", type=_number, metavar="MAG", dest="zero_point_err", help="of --zero-point"
    )
    group.add_argument("--flux-scaling", metavar="F", help="flux of magnitude 0: a number or '3631 Jy'")
    group.add_argument("--pixel-area", type=_positive, metavar="A", help="arcsec² per pixel")
    group.add_argument("--beam-area", type=_positive, metavar="A", help="arcsec² of the beam, for Jy/beam")
    group.add_argument("--counts-factor", type=_positive, metavar="F", help="data unit per count")
    group.add_argument(
        "--pixel-area-map",
        action="store_true",
        help="each pixel counts by its own area on the sky (distorted fields)",
    )
    group.add_argument("--no-header", action="store_true", help="take nothing from headers")
