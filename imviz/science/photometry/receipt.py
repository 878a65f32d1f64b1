"""The text of the ``recipe`` column: options, what the row was made of, its aperture and its pixels, as JSON.

What is the same for all rows of an image stands first and is made once, so that ten thousand rows cost their
apertures only. Comparing receipts is `imviz.science.results.receipts`' business.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imviz.science.photometry.fingerprints import codes
from imviz.science.photometry.provenance import made_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.nddata import NDData

    from imviz.science.photometry.recipe import Recipe

__all__ = ["receipt", "shared_part"]


def shared_part(recipe: Recipe, error_source: str | None, image: NDData | None) -> str:
    """The beginning of every receipt by ``recipe`` on ``image``; without an image only the options."""
    text = recipe.to_json(error=error_source).removesuffix("}")
    if image is None:
        return text
    return f'{text}, "made_of": {json.dumps(made_of(image, recipe), separators=(",", ":"))}'


def receipt(shared: str, aperture: str, parts: Sequence[str]) -> str:
    """The whole text: the `shared_part`, the aperture's record as JSON, codes of the pixels' fingerprints."""
    pixels = f', "pixels": "{codes(parts)}"' if parts else ""
    return f'{shared}, "aperture": {aperture}{pixels}}}'
