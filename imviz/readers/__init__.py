"""Anything that holds an image becomes `~astropy.nddata.NDData`, or is refused in one sentence.

`load` is the one door: files (FITS, pictures, ``.npy``) by name or open, patterns and lists of them, FITS
objects, arrays of numpy and of others, quantities, NDData; of a cube, one plane. Each image comes with its
unit, WCS, mask, uncertainty and metadata as far as the source tells; what could not be used is said in
``meta["imviz_notes"]``. No widget, no glue and no measuring here.

A reader of the code starts at `imviz.readers.sources`. A FITS file goes `structure` (what is where, and
is it all there) → `extensions` (its image extensions, unread) → `selection` (which are meant) →
`fits_images` (each with `sky`, `companions`, `units`, `headers`). Plain pixels stay on disk (`on_disk`); a
file that changes meanwhile is noticed (`open_file`).
"""

from imviz.readers.loaded import Loaded
from imviz.readers.sources import load

__all__ = ["Loaded", "load"]
