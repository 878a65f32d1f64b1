"""An aperture that is worked on strip by strip: the row of all its pixels together, in little memory."""

import tracemalloc

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import NDData, StdDevUncertainty
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    EllipsePixelRegion,
    PixCoord,
    PolygonPixelRegion,
    RectanglePixelRegion,
)

from imviz.errors import InputError
from imviz.science.bulk.rows import suits
from imviz.science.photometry import background, cutout, patch
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.photometry.strips import _median

CENTER = PixCoord(101.3, 88.6)
REGIONS = {
    "circle": CirclePixelRegion(CENTER, 60.2),
    "ellipse": EllipsePixelRegion(CENTER, 90, 50.5, 30 * u.deg),
    "rectangle": RectanglePixelRegion(CENTER, 90, 50.5, 12 * u.deg),
    "annulus": CircleAnnulusPixelRegion(CENTER, 20, 70),
    "polygon": PolygonPixelRegion(PixCoord([30, 170, 120, 90], [20, 40, 150, 90])),
    "composite": CirclePixelRegion(CENTER, 60) ^ CirclePixelRegion(PixCoord(130, 60), 30),
    "over the edge": CirclePixelRegion(PixCoord(10, 150), 70),
}


def _image(*, bad=False, errors=False, whole=False):
    rng = np.random.default_rng(7)
    y, x = np.mgrid[:181, :202]
    data = 1e4 * np.exp(-0.5 * ((x - 99) ** 2 / 30**2 + (y - 90) ** 2 / 20**2)) + rng.normal(100, 5, x.shape)
    mask = None
    if whole:
        data = np.round(data).astype(">i2")
    if bad:
        data[60:64, 90:99] = np.nan
        data[88, 101] = 6e4
        mask = np.zeros(data.shape, dtype=bool)
        mask[100, 80:120] = True
    uncertainty = StdDevUncertainty(np.full(data.shape, 5.0) + x / 100) if errors else None
    return NDData(data, mask=mask, uncertainty=uncertainty, unit=u.ct)


IMAGES = {
    "plain": _image(),
    "bad pixels": _image(bad=True),
    "errors": _image(errors=True),
    "integers": _image(whole=True),
    "all": _image(bad=True, errors=True),
}
RECIPES = {
    "raw": Recipe(),
    "ring": Recipe(background=Annulus(70.0, 9.0), sigma_clip=3.0, saturation=5e4, gain=1.5),
    "plane": Recipe(background=Annulus(70.0, 9.0), background_estimator="plane", scale_errors=True),
    "itself": Recipe(background=CirclePixelRegion(CENTER, 15)),
}
OF_THE_MOMENT = ("timestamp", "seal")


@pytest.fixture
def small_hands(monkeypatch):
    """Hold a thousand pixels at most, in strips of three rows."""
    for module in (background, cutout, patch):
        monkeypatch.setattr(module, "LARGEST", 1000)
    monkeypatch.setattr("imviz.science.photometry.apertures._STRIP", 600)


LOOSE = {"orientation": 1e-8, "xcentroid": 1e-10, "ycentroid": 1e-10}  # deg and pix; the rest to 1e-11


def _same(name, one, other):
    if one is None or isinstance(one, str | int):
        return one == other
    one, other = (getattr(value, "value", value) for value in (one, other))
    return bool(np.isclose(one, other, rtol=1e-11, atol=LOOSE.get(name, 0), equal_nan=True))


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize("region", REGIONS)
def test_the_row_is_that_of_all_pixels_together(region, image, recipe, request):
    region, image, recipe = REGIONS[region], IMAGES[image], RECIPES[recipe]
    whole = measure(image, region, recipe)
    request.getfixturevalue("small_hands")
    parts = measure(image, region, recipe)
    assert parts.held is None
    other = {
        name: (value, parts.values[name])
        for name, value in whole.values.items()
        if name not in OF_THE_MOMENT
        and not name.startswith("sky_")
        and not _same(name, value, parts.values[name])
    }
    assert other == {}
    with pytest.raises(InputError, match="profile, fit and radii need a smaller one"):
        parts.patch.data.sum()


def test_a_ring_of_very_many_pixels_is_made_of_some_of_them(monkeypatch, small_hands):
    region, recipe = CirclePixelRegion(PixCoord(100, 90), 30), Recipe(background=Annulus(40.0, 40.0))
    monkeypatch.setattr(background, "_MOST", 1000)
    m = measure(IMAGES["plain"], region, recipe)
    assert m.values["background_method"] == "annulus, median, one pixel in 16"
    assert 900 < m.background.n_pixels < 1000
    monkeypatch.setattr(background, "_MOST", 10**6)
    everything = measure(IMAGES["plain"], region, recipe)
    assert m.background.value == pytest.approx(everything.background.value, abs=5 * m.background.err)
    assert m.values["pixel_hash"] == everything.values["pixel_hash"]


@pytest.mark.parametrize("n", [1, 2, 3, 10, 9999, 10000])
@pytest.mark.parametrize("kind", ["normal", "steps", "one value", "in order"])
def test_a_median_of_pieces_is_the_median(n, kind):
    rng = np.random.default_rng(n)
    values = {
        "normal": rng.normal(size=n),
        "steps": rng.integers(0, 3, n).astype(float),
        "one value": np.full(n, 4.5),
        "in order": np.sort(rng.exponential(size=n)),
    }[kind]
    sample = values[:: max(1, n // 50)]
    if kind == "in order":
        sample = values[: max(1, n // 50)]  # as bad as it gets: all from one end
    pieces = np.array_split(values, 7)
    assert _median(lambda: iter(pieces), n, sample) == np.median(values)


class Endless:
    """A flat image of 30000 x 30000, of which every piece is made when it is asked for."""

    shape, dtype, ndim = (30000, 30000), np.dtype("f4"), 2

    def __getitem__(self, key):
        rows, columns = key
        return np.full((rows.stop - rows.start, columns.stop - columns.start), 3.0, dtype="f4")


def test_memory_follows_the_strip_and_a_flat_image_gives_the_area(monkeypatch):
    for module in (background, cutout, patch):
        monkeypatch.setattr(module, "LARGEST", 10**6)
    monkeypatch.setattr("imviz.science.photometry.apertures._STRIP", 2 * 10**5)
    image = NDData(np.zeros((2, 2)))
    image._data = Endless()
    region = EllipsePixelRegion(PixCoord(15000, 15000), 3000, 2800)  # 66 MB of doubles
    tracemalloc.start()
    try:
        m = measure(image, region, Recipe(background=Annulus(1600.0, 50.0), background_estimator="mode"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60e6  # of which the ring's half a million values and their places most
    assert m.values["sum"] == pytest.approx(0, abs=1e-9)
    assert m.background.value == 3
    m = measure(image, region)
    area = np.pi * 1500 * 1400
    assert m.values["sum"] == pytest.approx(3 * area, rel=1e-9)
    assert m.values["sum_aper_area"].value == pytest.approx(area, rel=1e-9)
    assert m.values["median"] == m.values["biweight_location"] == 3
    assert m.values["xcentroid"].value == pytest.approx(15000, abs=1e-3)
    assert m.values["semimajor_sigma"].value == pytest.approx(1500 / 2, rel=1e-4)


def test_such_a_one_is_not_measured_with_many_others():
    assert suits(CirclePixelRegion(PixCoord(0, 0), 3000))
    assert not suits(CirclePixelRegion(PixCoord(0, 0), 9000))
    assert not suits(REGIONS["polygon"])
