"""Anything that holds an image becomes `~astropy.nddata.NDData`, or is refused in one sentence.

`load` is the one door: files (FITS, pictures, ``.npy``) by name or open, patterns and lists of them, FITS
objects, arrays of numpy and of others, quantities, NDData; of a cube, one plane. Each image comes with its
unit, WCS, mask, uncertainty and metadata as far as the source tells; what could not be used is said in
``meta["imviz_notes"]``. No widget, no glue and no measuring here.

A reader of the code starts at `imviz.readers.sources`. By subject, each importing only from those after it:
`fits`, `asdf`, `chunked` (HDF5 and Zarr), `pictures`, `remote`; `memory` (arrays and what others make of
them); `wcs`; `headers` and `quality`, what cards and bits mean; `decoding`, the process where decoders may
die; `files`, bytes on disk; `pixels`, arrays read where they are looked at. `catalogs` reads tables and needs
none of these. A FITS file goes `fits.structure` (what is where, and is it all there) → `fits.extensions`
(its image extensions, unread) → `fits.selection` (which are meant) → `fits.images` (each with `wcs`,
`fits.companions`, `headers.units`). Plain pixels stay on disk (`files.on_disk`); a file that changes
meanwhile is noticed (`files.open_file`).
"""

from imviz.readers.loaded import Loaded
from imviz.readers.sources import load

__all__ = ["Loaded", "load"]
