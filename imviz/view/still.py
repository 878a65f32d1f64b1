"""The view as a still picture, made in Python: no browser is asked, so it also works in a script.

As large as the view's window; regions are drawn as their outlines, in the colours of the overlay. Other
sizes and formats, grids and bars are the business of the export plugin.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from imviz.errors import InputError, MissingFileError
from imviz.science.regions.outlines import outlines
from imviz.science.safe_files import writing
from imviz.view.picture.render import render

if TYPE_CHECKING:
    from os import PathLike

    from imviz.view.view import View

__all__ = ["save_picture", "still_picture"]


def still_picture(view: View, *, regions: bool, exact: bool = True) -> Image.Image:
    """The view as a picture, with the outlines of the regions if they are to be drawn.

    Unless `exact`, a large image seen small is estimated from some of its rows, which is quick.
    """
    image = Image.fromarray(render(view, exact=exact))
    if regions:
        _draw_regions(view, image)
    return image


def save_picture(view: View, filename: str | PathLike[str], *, regions: bool) -> None:
    """Write the view to a PNG file; one that is there is replaced only when the new one is complete.

    Raises
    ------
    InputError
        If the folder is not there or cannot be written to.
    """
    path = Path(filename)
    if path.suffix.lower() != ".png":
        path = path.with_name(f"{path.name}.png")
    image = still_picture(view, regions=regions)
    try:
        with writing(path, overwrite=True) as whole:
            image.save(whole, "PNG")
    except MissingFileError as error:
        raise InputError(f"{path.name} cannot be written. {error}"[:240]) from None


def _draw_regions(view: View, image: Image.Image) -> None:
    shown = view.limits
    if shown is None:
        return
    per_x, per_y = image.width / shown.width, image.height / shown.height
    over = Image.new("RGBA", image.size)
    drawing = ImageDraw.Draw(over)
    for region, colour in view.regions_drawn.drawn():
        for line in outlines(region):
            x, y = line.T
            points = np.stack([(x - shown.x_min) * per_x, (shown.y_max - y) * per_y], axis=1)
            drawing.line([tuple(point) for point in points], fill=colour, width=2)
    image.paste(over, mask=over)
