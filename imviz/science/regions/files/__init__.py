"""Region files, read and written without loss: DS9, CRTF, FITS, ECSV and STC-S.

What a format cannot hold (a composite in DS9, a colour in FITS) is written beside, as a comment or a second
table that other programs pass over, and read back. A line that cannot be read is named and spares the
others. Where the regions then go is not this package's business.
"""

from imviz.science.regions.files.files import FORMATS, read, write
from imviz.science.regions.files.masks import from_labels, from_mask

__all__ = ["FORMATS", "from_labels", "from_mask", "read", "write"]
