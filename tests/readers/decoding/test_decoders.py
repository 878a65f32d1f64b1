"""What the decoding process can do, asked in this one."""

import pytest
from astropy.io import fits

from imviz.readers.decoding import decoders


def test_an_extension_in_which_astropy_finds_no_image_is_the_file_s_fault(write):
    table = fits.BinTableHDU.from_columns([fits.Column("A", "J", array=[1, 2])])
    path = write("table.fits", fits.PrimaryHDU(), table)
    with pytest.raises(ValueError, match="finds no image there but a BinTableHDU"):
        decoders.fits_tiles(str(path), 1, [[0, 1], [0, 1]])
    decoders._OPEN.popitem()[1].close()
