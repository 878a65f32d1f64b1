import numpy as np
import pytest
from astropy.nddata import NDData

from imviz.session.image_data import ImageData

rng = np.random.default_rng(5)
PIXELS = rng.normal(10, 2, (300, 400)).astype(">f4")
DATA = ImageData("image", NDData(PIXELS, unit="Jy"), None)
CID = DATA.id["DATA"]


def test_display_statistics_are_the_same_at_every_call():
    first = DATA.compute_statistic("percentile", CID, percentile=97.5, random_subset=10_000)
    assert first == DATA.compute_statistic("percentile", CID, percentile=97.5, random_subset=10_000)
    assert first == pytest.approx(np.percentile(PIXELS, 97.5), abs=0.2)


def test_an_image_without_a_finite_pixel_has_no_limits():
    empty = ImageData("empty", NDData(np.full((20, 20), np.nan)), None)
    assert np.isnan(empty.compute_statistic("minimum", empty.id["DATA"], random_subset=10))


def test_other_statistics_are_glue_s():
    assert DATA.compute_statistic("mean", CID) == pytest.approx(PIXELS.mean(), rel=1e-6)
    assert DATA.compute_statistic("minimum", CID) == PIXELS.min()
    assert DATA.get_component(CID).units == "Jy"


def test_the_array_that_was_given_can_still_be_written_to():
    given = np.zeros((4, 5), "f4")
    image = ImageData("mine", NDData(given), None)
    given += 1
    assert image["DATA"].sum() == 20
