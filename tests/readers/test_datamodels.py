"""Images of the missions' own datamodels, as their packages make them."""

import warnings

import numpy as np
import pytest
from astropy import units as u

from imviz.readers import load

PIXELS = np.arange(1200, dtype="f4").reshape(30, 40)


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_a_jwst_image_model():
    models = pytest.importorskip("stdatamodels.jwst.datamodels")
    with models.ImageModel(PIXELS) as model:
        model.err, model.dq = PIXELS / 10, np.zeros((30, 40), "u4")
        model.dq[2, 3] = 1
        model.meta.bunit_data, model.meta.telescope, model.meta.filename = "MJy/sr", "JWST", "jw01_cal.fits"
        (loaded,) = load(model)
        image = loaded.image
        assert loaded.label == "jw01_cal[DATA]"
        assert image.unit == u.MJy / u.sr
        np.testing.assert_array_equal(image.data, PIXELS)
        np.testing.assert_array_equal(image.uncertainty.array, PIXELS / 10)
        assert np.argwhere(np.asarray(image.mask)).tolist() == [[2, 3]]
        assert image.meta["imviz_quality"].mission == "JWST"
        np.testing.assert_array_equal(loaded.again(None).image.data, PIXELS)
        assert model.data.flags.writeable


def test_a_roman_image_model():
    models = pytest.importorskip("roman_datamodels.datamodels")
    model = models.ImageModel.create_fake_data(shape=(30, 40))
    model.data = PIXELS.copy()
    model.dq[4, 5] = 1
    image = load(model, label="r")[0].image
    assert image.unit == u.DN / u.s
    np.testing.assert_array_equal(image.data, PIXELS)
    assert np.argwhere(np.asarray(image.mask)).tolist() == [[4, 5]]
    there = model.meta.wcs.pixel_to_world_values(3.0, 4.0)
    assert image.wcs.pixel_to_world_values(3.0, 4.0) == pytest.approx(there)


def test_the_trees_own_name_of_the_science_image_opens_it(mef, pixels):
    (loaded,) = load(f"{mef()}[DATA]")
    assert loaded.label == "mef[SCI,1]"
    np.testing.assert_array_equal(loaded.image.data, pixels)
