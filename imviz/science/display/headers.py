"""What an image's metadata says, as lines of text: its cards, and its WCS in a few words.

Text stays text: nothing is interpreted, a value that is very long is cut and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS

from imviz.science.sky.geometry import has_celestial, pixel_scale
from imviz.science.sky.spheres import Sphere, angles_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from astropy.nddata import NDData

__all__ = ["cards", "facts"]

LONGEST = 300  # characters of one value
DEEPEST = 6  # levels of a tree of metadata


def cards(meta: Mapping[str, Any], comments: Mapping[str, str] | None = None) -> list[tuple[str, str, str]]:
    """Key, value and comment of each entry; lines of COMMENT and HISTORY one by one, trees flattened."""
    comments = comments or {}
    found = []
    for key, value in _flat(meta, "", 0):
        for line in str(value).splitlines() or [""]:
            text = line if len(line) <= LONGEST else f"{line[:LONGEST]}… ({len(line)} characters)"
            found.append((key, text, str(comments.get(key, ""))))
    return found


def facts(image: NDData) -> list[tuple[str, str]]:
    """What matters of an image in a few lines: size, unit, where it is on the sky."""
    rows, columns = image.data.shape
    found = [("Size", f"{columns} × {rows} pixels, {np.dtype(image.data.dtype).name}")]
    if image.unit is not None:
        found.append(("Unit", str(image.unit)))
    found += _on_the_sky(image)
    meta = image.meta or {}
    if image.uncertainty is not None:
        found.append(("Uncertainty", str(image.uncertainty.uncertainty_type)))
    if meta.get("imviz_mask"):
        found.append(("Bad pixels", str(meta["imviz_mask"])))
    if meta.get("imviz_source"):
        found.append(("File", str(meta["imviz_source"])))
    return found + [("Note", str(note)) for note in meta.get("imviz_notes", ())]


def _on_the_sky(image: NDData) -> list[tuple[str, str]]:
    wcs = image.wcs
    if isinstance(wcs, Sphere):
        return _on_a_sphere(wcs, image.data.shape)
    if not has_celestial(wcs):
        return [("WCS", "none" if wcs is None else "not on the sky")]
    rows, columns = image.data.shape
    x, y = (columns - 1) / 2, (rows - 1) / 2
    kind = "" if isinstance(wcs, WCS) else type(wcs).__name__
    types = [str(name) for name in getattr(getattr(wcs, "wcs", None), "ctype", ())]
    try:
        centre, right = wcs.pixel_to_world(x, y), wcs.pixel_to_world(x + 0.5, y)
        up = wcs.pixel_to_world(x, y + 0.5)
        scale = pixel_scale(wcs, (x, y))
    except ValueError:  # a distortion that does not converge in the middle
        return [("WCS", f"{kind} {', '.join(types)}".strip())]
    north = -centre.position_angle(up).to_value(u.deg)
    handed = np.sin((centre.position_angle(right) - centre.position_angle(up)).rad)
    turned = "up" if abs(north) < 0.005 else f"{north % 360:.2f}° left of up"
    frame = centre.frame.name.upper() if isinstance(centre, SkyCoord) else ""
    return [
        ("WCS", " ".join(filter(None, [kind, ", ".join(types), frame]))),
        ("Centre", centre.to_string("hmsdms", precision=3) if frame != "GALACTIC" else centre.to_string()),
        ("Pixel", f"{scale:.6g} arcsec"),
        ("North", f"{turned}, east {'left' if handed < 0 else 'right'} of north"),
    ]


def _on_a_sphere(wcs: Sphere, shape: tuple[int, ...]) -> list[tuple[str, str]]:
    """Of a map of the Sun, a planet or the horizon."""
    found = [("WCS", f"{', '.join(wcs.types)}: angles, but not on the sky")]
    middle = angles_at(wcs, (shape[1] - 1) / 2, (shape[0] - 1) / 2)
    if middle is not None:
        found.append(("Centre", ", ".join(f"{name} {value:.6f}°" for name, value in middle)))
    scale = np.sqrt(abs(np.linalg.det(wcs.fits.pixel_scale_matrix))) * 3600
    return [*found, ("Pixel", f"{scale:.6g} arcsec at the reference point")]


def _flat(meta: Mapping[str, Any], above: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in meta.items():
        name = str(key)
        if not above and (name.startswith("imviz_") or name == "primary_header"):
            continue
        full = f"{above}.{name}" if above else name
        if isinstance(value, Mapping) and depth < DEEPEST:
            yield from _flat(value, full, depth + 1)
        elif isinstance(value, np.ndarray) and value.size > 16:
            yield full, f"array {value.shape} {value.dtype}"
        else:
            yield full, "" if value is None else value
