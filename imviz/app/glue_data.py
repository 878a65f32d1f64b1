"""glue's own data as images: what notebooks that build a `~glue.core.Data` by hand hand over.

The first component of two axes is the pixels, glue's coordinates are the WCS if they are one. What glue
calls a subset or a link is not taken along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy import units as u
from astropy.nddata import NDData
from astropy.wcs.wcsapi import BaseLowLevelWCS

from imviz.errors import InputError

if TYPE_CHECKING:
    from glue.core import Data

__all__ = ["as_image"]


def as_image(data: Data) -> NDData:
    """The pixels, unit, WCS and metadata of glue data.

    Raises
    ------
    InputError
        If it has no numbers of two axes.
    """
    numbers = [name for name in data.main_components if data.get_component(name).numeric]
    if data.ndim != 2 or not numbers:
        raise InputError(
            f"The glue data {data.label[:60]!r} is no image: it has {data.ndim} axes and "
            f"{len(numbers)} components of numbers; two axes and one component are needed."
        )
    component = data.get_component(numbers[0])
    coords = data.coords if isinstance(data.coords, BaseLowLevelWCS) else None
    unit = u.Unit(component.units, parse_strict="silent") if component.units else None
    return NDData(np.asarray(component.data), unit=unit, wcs=coords, meta=dict(data.meta))
