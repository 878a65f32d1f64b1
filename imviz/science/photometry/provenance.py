"""What a row was made of besides its pixels: versions, unit, the header's cards that count, and the WCS.

A receipt carries it in few bytes, the same for all rows of an image, so that a row measured again can say
which of them have changed since. Cards are kept by keyword and value; of the many terms of a distortion only
a code of each; of a WCS that has no cards (gwcs) one code of its models. What pixels were used is
`imviz.science.photometry.fingerprints`' business.
"""

from __future__ import annotations

import hashlib
import zlib
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import astropy.units as u
import numpy as np
from astropy.wcs import WCS

from imviz.science.calibration.cards import Cards
from imviz.science.calibration.header import autofill
from imviz.science.photometry.cutout import uncertainty_kind
from imviz.science.photometry.noise_audit import filled_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from astropy.nddata import NDData

    from imviz.science.calibration.header import AutoFill
    from imviz.science.photometry.recipe import Recipe

__all__ = ["VERSIONED", "changed_since", "differences", "made_of", "versions", "wcs_cards"]

VERSIONED = ("imviz", "photutils", "astropy", "numpy", "regions", "scipy")
"""The packages whose arithmetic is in a row."""

_GRID = np.array(
    [0.0, 0.31, 0.5, 0.77, 1.0]
)  # where a WCS of an unknown kind is asked, in parts of the image


@cache
def versions() -> dict[str, str]:
    """The version of each of `VERSIONED`."""
    return {name: version(name) for name in VERSIONED}


def made_of(image: NDData, recipe: Recipe) -> dict[str, Any]:
    """Versions, unit, cards and WCS of a measurement by ``recipe`` on ``image``, for its receipt."""
    state = _state(image)
    filled = filled_in(image) if recipe.dark else _filled(image, state)
    names = [name for name in filled.cards if _equal(getattr(recipe, name), getattr(filled, name))]
    return state | {"filled": " ".join(names), "header": _header_cards(filled, names)}


_FILLED: WeakKeyDictionary[NDData, tuple[str, AutoFill]] = WeakKeyDictionary()


def _filled(image: NDData, state: Mapping[str, Any]) -> AutoFill:
    """What the header tells, remembered with its image: to find it costs as much as to measure a star."""
    told, known = _FILLED.get(image, ("", None))
    if known is None or told != _looked_at(image, state, known):
        known = autofill(image.meta, image.unit, image.wcs)
        _FILLED[image] = _looked_at(image, state, known), known
    return known


def _looked_at(image: NDData, state: Mapping[str, Any], filled: AutoFill) -> str:
    """All that the values depend on, as it is now."""
    header = Cards(image.meta)
    names = {name for cards in filled.cards.values() for name in cards}
    found = {name: header.find(*name.split(".")) for name in sorted(names)}
    return f"{[len(layer) for layer in header.layers]} {state['unit']} {state['wcs']} {found}"


def changed_since(before: Mapping[str, Any], image: NDData) -> dict[str, list[str]]:
    """`differences` between what a row was `made_of` and ``image`` as it is now.

    The cards of the header are those that the row's values are by, and those that they would be by now.
    """
    filled = filled_in(image)
    names = [name for name in str(before.get("filled", "")).split() if name in filled.cards]
    header, cards = _header_cards(filled, names), Cards(image.meta)
    for name in before.get("header", {}):
        value = cards.find(*name.split("."))
        if name not in header and value is not None:
            header[name] = _plain(value)
    return differences(before, _state(image) | {"header": header})


def _state(image: NDData) -> dict[str, Any]:
    """All that does not depend on a recipe."""
    kind = uncertainty_kind(image)
    unit = getattr(image.uncertainty, "unit", None)
    return {
        "versions": versions(),
        "unit": "" if image.unit is None else image.unit.to_string(),
        "errors": "" if kind is None else f"{kind} {'' if unit is None else unit}".rstrip(),
        "wcs": wcs_cards(image.wcs),
    }


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[str]]:
    """What differs, in words, by kind: ``versions``, ``header`` (with the units) and ``wcs``."""
    units = [
        f"{name} {before.get(part) or 'none'} → {now.get(part) or 'none'}"
        for part, name in (("unit", "unit (BUNIT)"), ("errors", "kind of uncertainty"))
        if (before.get(part) or "") != (now.get(part) or "")
    ]
    found = {
        part: _changed(before.get(part, {}), now.get(part, {})) for part in ("versions", "header", "wcs")
    }
    found["header"] = units + found["header"]
    return {part: changes for part, changes in found.items() if changes}


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Names whose values are others; of codes, which say nothing, only that."""
    found = []
    for name in dict.fromkeys([*before, *now]):
        old, new = before.get(name), now.get(name)
        if old != new:
            is_code = any(isinstance(value, str) and value.startswith("#") for value in (old, new))
            found.append(f"{name} is another" if is_code else f"{name} {_told(old)} → {_told(new)}")
    return found


def _told(value: Any) -> str:
    return "none" if value is None else str(value)[:60]


def _header_cards(filled: AutoFill, names: Sequence[str]) -> dict[str, Any]:
    """The cards that some values of a recipe were found by."""
    used = {card: _plain(value) for name in names for card, value in filled.cards[name].items()}
    return dict(sorted(used.items()))


def _equal(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return False
    one, other = u.Quantity(one), u.Quantity(other)
    return bool(one.unit == other.unit and one.value == other.value)


def _plain(value: Any) -> Any:
    """A card's value as JSON holds it."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return repr(value)
    return value if isinstance(value, str | bool | int | float) else str(value)


def wcs_cards(wcs: Any) -> dict[str, Any]:
    """The cards of a WCS that places depend on, by keyword; empty without one.

    Values as the WCS holds them; a code, beginning with '#', for each term of a distortion and for all of a
    WCS without cards.
    """
    if wcs is None:
        return {}
    if not isinstance(wcs, WCS):
        return {"WCS": _code_of_models(wcs)}
    with suppress(ValueError):  # astropy's family of WCS errors: it has no places, but it has cards
        wcs.wcs.set()
    return {name: _plain(value) for name, value in _cards(wcs)}


def _cards(wcs: WCS) -> Iterator[tuple[str, Any]]:
    cards = wcs.wcs
    for i in range(cards.naxis):
        yield f"CTYPE{i + 1}", cards.ctype[i]
        yield f"CUNIT{i + 1}", str(cards.cunit[i])
        yield f"CRVAL{i + 1}", cards.crval[i]
        yield f"CRPIX{i + 1}", cards.crpix[i]
    yield from _matrix(cards)
    for name in ("LONPOLE", "LATPOLE", "EQUINOX"):
        if np.isfinite(value := getattr(cards, name.lower())):
            yield name, value
    if cards.radesys:
        yield "RADESYS", cards.radesys
    for letter, terms in (("PV", cards.get_pv()), ("PS", cards.get_ps())):
        for i, m, value in terms:
            yield f"{letter}{i}_{m}", _code(repr(value))
    yield from _distortions(wcs)


def _matrix(cards: Any) -> Iterator[tuple[str, float]]:
    matrix, letters = (cards.cd, "CD") if cards.has_cd() else (cards.get_pc(), "PC")
    for i in range(cards.naxis):
        if not cards.has_cd():
            yield f"CDELT{i + 1}", cards.cdelt[i]
        for j in range(cards.naxis):
            if matrix[i, j] != (letters == "PC" and i == j):
                yield f"{letters}{i + 1}_{j + 1}", matrix[i, j]


def _distortions(wcs: WCS) -> Iterator[tuple[str, str]]:
    """SIP's polynomials, and the tables of pixels' offsets."""
    if wcs.sip is not None:
        for name in ("a", "b", "ap", "bp"):
            terms = getattr(wcs.sip, name)
            for i, j in [] if terms is None else np.argwhere(terms).tolist():
                yield f"{name.upper()}_{i}_{j}", _code(repr(terms[i, j]))
        if not np.array_equal(wcs.sip.crpix, wcs.wcs.crpix[:2]):
            yield "SIP's CRPIX", _code(repr(wcs.sip.crpix.tolist()))
    for name in ("cpdis1", "cpdis2", "det2im1", "det2im2"):
        table = getattr(wcs, name)
        if table is not None:
            where = [*table.crpix, *table.crval, *table.cdelt]
            yield f"{name.upper()}'s table", _code(repr(where), np.ascontiguousarray(table.data).tobytes())


def _code(text: str, more: bytes = b"") -> str:
    return f"#{zlib.crc32(text.encode() + more):08x}"


def _code_of_models(wcs: Any) -> str:
    """A code of the models and the frame of a gwcs, or of what any other WCS says of some places."""
    low = getattr(wcs, "low_level_wcs", wcs)
    model = getattr(low, "forward_transform", None)
    digest = hashlib.sha256(str(getattr(low, "output_frame", "")).encode())
    if model is None:
        size = low.array_shape or (1000,) * low.pixel_n_dim
        places = np.meshgrid(*(_GRID * n for n in reversed(size)))
        for values in np.atleast_2d(low.pixel_to_world_values(*places)):
            digest.update(np.array2string(np.asarray(values, dtype=float).ravel(), precision=10).encode())
        return f"#{digest.hexdigest()[:16]}"
    digest.update(np.asarray(model.parameters, dtype="<f8").tobytes())
    for n in range(model.n_submodels):
        leaf = model if model.n_submodels == 1 else model[n]
        digest.update(f"{type(leaf).__name__} {getattr(leaf, 'mapping', '')}".encode())
        if (table := getattr(leaf, "lookup_table", None)) is not None:
            digest.update(np.asarray(table, dtype="<f8").tobytes())
    return f"#{digest.hexdigest()[:16]}"
