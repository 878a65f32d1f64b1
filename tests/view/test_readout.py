from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import ICRS, SkyCoord
from astropy.modeling import models
from astropy.nddata import NDData
from view.conftest import tangent

from imviz.errors import InputError
from imviz.view.readout import SkyStyle, readout, sky_at

VALUES = np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize(
    ("x", "y", "value"), [(0, 0, 0.0), (-0.5, -0.5, 0.0), (0.5, 0, 1.0), (1.5, 0, 2.0), (2.499, 1, 6.0)]
)
def test_a_pixel_spans_half_a_pixel_to_each_side_the_lower_edge_included(x, y, value):
    assert readout(NDData(VALUES), "im", x, y).value == value


@pytest.mark.parametrize(("x", "y"), [(-0.51, 0), (3.5, 0), (0, 2.5), (1e9, 0)])
def test_outside_there_is_no_value(x, y):
    assert readout(NDData(VALUES), "im", x, y).value is None


def test_the_lines_say_pixel_value_unit_and_sky():
    found = readout(NDData(VALUES, unit="MJy / sr", wcs=tangent(1, 1)), "im", 1, 1)
    assert found.lines[0] == "x 1.0  y 1.0   5 MJy/sr"
    assert found.lines[1:] == ("RA 00h40m00.0000s  Dec +20d00m00.000s", "(10.0000000, +20.0000000)°")
    assert found.world == pytest.approx((10, 20))


def test_the_sky_is_icrs_whatever_the_image_has():
    wcs = tangent(1, 1)
    wcs.wcs.ctype = ["GLON-TAN", "GLAT-TAN"]
    expected = SkyCoord(10, 20, unit="deg", frame="galactic").icrs
    world = readout(NDData(VALUES, wcs=wcs), "im", 1, 1).world
    assert world == pytest.approx((expected.ra.deg, expected.dec.deg))


def test_without_a_wcs_the_lines_of_the_sky_are_empty():
    assert readout(NDData(VALUES), "im", 1, 1).lines[1:] == ("", "")


def test_a_masked_pixel_says_so_and_an_integer_stays_one():
    image = NDData(VALUES.astype("i2"), mask=VALUES == 5)
    assert readout(image, "im", 1, 1).lines[0].endswith("(masked)")
    assert readout(image, "im", 1, 1).value == 5


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("i4", 1234567, "1234567"),
        ("i4", 16777217, "16777217"),
        ("u8", 2**64 - 1, "18446744073709551615"),
        ("f4", 0.1, "0.1"),
        ("f4", 1234567.9, "1234567.9"),
        ("f8", 2459876.543210987, "2459876.543210987"),
    ],
)
def test_the_value_has_every_digit_that_its_kind_holds(kind, value, shown):
    found = readout(NDData(np.full((3, 4), value, kind), unit="adu"), "im", 1, 1)
    assert found.lines[0] == f"x 1.0  y 1.0   {shown} adu"
    assert found.value == np.array(value, kind).item()


def test_a_frame_that_needs_an_observer_is_no_place_on_the_sky():
    """A GWCS of the horizon: its frame has a way to ICRS only with a time and a place."""
    from astropy.coordinates import AltAz
    from gwcs import WCS, coordinate_frames

    horizon = coordinate_frames.CelestialFrame(reference_frame=AltAz(), unit=(u.deg, u.deg))
    pixels = coordinate_frames.Frame2D(name="pixels")
    model = models.Shift(10) & models.Shift(20)
    image = NDData(VALUES, wcs=WCS([(pixels, model), (horizon, None)]))
    found = readout(image, "im", 1, 1)
    assert found.world is None
    assert found.lines[2] == "(11.0000000, +21.0000000)°"


def test_positions_are_told_in_any_frame_as_astropy_converts_them():
    image = NDData(np.zeros((20, 30)), wcs=tangent(15, 10))
    sky = SkyCoord(10, 20, unit="deg")
    for frame, (lon, lat) in {
        "galactic": (sky.galactic.l.deg, sky.galactic.b.deg),
        "barycentricmeanecliptic": (sky.barycentricmeanecliptic.lon.deg, sky.barycentricmeanecliptic.lat.deg),
    }.items():
        told = readout(image, "a", 15, 10, SkyStyle(frame=frame, degrees=True, fits=True)).lines
        assert f"{lon:.7f}°" in told[1]
        assert f"{lat:+.7f}°" in told[1]
        assert "(FITS 16.0, 11.0)" in told[0]
    with pytest.raises(InputError, match="no sky frame 'mars'"):
        SkyStyle(frame="mars")


def test_outside_the_box_of_a_gwcs_the_sky_is_told_as_unreliable_and_is_no_position():
    gwcs = pytest.importorskip("gwcs")
    step = 0.5 / 3600
    model = models.Shift(-2) & models.Shift(-1) | models.Scale(-step) & models.Scale(step)
    model = model | models.Pix2Sky_TAN() | models.RotateNative2Celestial(10, 20, 180)
    detector = gwcs.coordinate_frames.Frame2D(name="detector", unit=(u.pix, u.pix))
    sky = gwcs.coordinate_frames.CelestialFrame(reference_frame=ICRS(), name="sky")
    wcs = gwcs.WCS([(detector, model), (sky, None)])
    wcs.bounding_box = (-0.5, 3.5), (-0.5, 2.5)
    image = NDData(VALUES, wcs=wcs)
    inside, outside = readout(image, "im", 2, 1), readout(image, "im", 2, 21)
    assert inside.lines[1] == "RA 00h40m00.0000s  Dec +20d00m00.000s"
    assert outside.lines[1:] == (
        "RA 00h40m00.0000s  Dec +20d00m10.000s  (unreliable)",
        "(10.0000000, +20.0027778)°",
    )
    assert outside.world is None
    with pytest.raises(InputError, match="does not say"):
        sky_at(image, "im", 2, 21)
