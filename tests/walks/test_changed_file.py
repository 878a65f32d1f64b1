"""A pipeline rewrites a file that is open: said, never shown or measured wrong; the app lives on."""

import numpy as np
import pytest
from astropy.io import fits
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import ReadError
from imviz.viewer.picture import render


def test_a_rewritten_file_is_said_and_the_app_lives_on(tmp_path):
    path = tmp_path / "night.fits"
    fits.writeto(path, np.ones((200, 300), "f4"))
    imviz = Imviz()
    imviz.load_data(path)
    imviz.load_regions(CirclePixelRegion(PixCoord(100, 100), 5))
    phot = imviz.plugins["Aperture Photometry"]
    before, _ = phot.calculate_photometry()

    fits.writeto(path, np.full((400, 300), 7, "f4"), overwrite=True)

    with pytest.raises(ReadError, match=r"night\.fits changed on disk"):
        phot.calculate_photometry()
    viewer = imviz.default_viewer
    viewer._on_cursor({"x": 100.0, "y": 100.0})
    assert viewer.controls.cursor is None
    viewer.controls.message = ""
    assert render(viewer).max() == 0
    assert "changed on disk" in viewer.controls.message

    imviz.load_data(path)
    row, _ = phot.calculate_photometry(dataset="night[PRIMARY,1] (2)")
    assert row["sum"][0] == pytest.approx(7 * before["sum"][0])
    assert len(imviz.get_aperture_photometry_results()) == 2
    assert render(viewer).max() > 0
