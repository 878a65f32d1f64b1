"""Where images lie in a view: exactly, in any frame, and the same again after any number of relinkings."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import coordinates as coord
from astropy import units as u
from astropy.modeling import models
from astropy.nddata import NDData
from astropy.wcs import Sip
from astropy.wcs.utils import pixel_to_pixel
from gwcs import WCS as GWCS
from gwcs import coordinate_frames as frames
from regions import CirclePixelRegion, PixCoord
from view.conftest import tangent

from imviz.errors import InputError
from imviz.science.sky.orientation import directions
from imviz.view.compass import arrows

VALUES = np.zeros((200, 300))


def mirrored():
    wcs = tangent(120, 80, angle=25)
    wcs.wcs.cdelt = [0.5 / 3600, 0.5 / 3600]
    return wcs


def distorted():
    wcs = tangent(140, 90, angle=10)
    wcs.wcs.ctype = ["RA---TAN-SIP", "DEC--TAN-SIP"]
    a, b = np.zeros((3, 3)), np.zeros((3, 3))
    a[2, 0], b[0, 2], b[1, 1] = 2e-5, -1e-5, 1.5e-5
    wcs.sip = Sip(a, b, None, None, wcs.wcs.crpix)
    wcs.wcs.set()
    return wcs


def generalised():
    step = 0.5 / 3600
    to_sky = models.Shift(-140) & models.Shift(-90) | models.Scale(-step) & models.Scale(step)
    to_sky = to_sky | models.Pix2Sky_TAN() | models.RotateNative2Celestial(10, 20, 180)
    detector = frames.Frame2D(name="detector", unit=(u.pix, u.pix))
    sky = frames.CelestialFrame(reference_frame=coord.ICRS(), name="sky")
    return GWCS([(detector, to_sky), (sky, None)])


@pytest.mark.parametrize("make", [mirrored, distorted, generalised])
@pytest.mark.parametrize("turned", [False, True])
def test_a_thousand_pixels_lie_where_astropy_says(session, viewer, make, turned):
    session.add_image(NDData(VALUES, wcs=make()), "other")
    viewer.add_image("other")
    session.align("wcs")
    frame = session.image("a").wcs
    if turned:
        viewer.set_orientation(session.orientations.add("a", 42, east_left=False))
        frame = viewer.frame.wcs
    x, y = np.random.default_rng(5).uniform(0, [[299], [199]], (2, 1000))
    found = viewer.frame.transform_from(session.data("other"))(x, y)
    expected = pixel_to_pixel(make(), frame, x, y)
    assert np.hypot(*np.subtract(found, expected)).max() < 1e-5
    back = viewer.frame.transform_to(session.data("other"))(*found)
    assert np.hypot(*np.subtract(back, (x, y))).max() < 1e-3


@pytest.mark.parametrize("make", [tangent, mirrored])
@pytest.mark.parametrize("east_left", [True, False])
def test_north_up_has_north_up_for_both_parities(session, make, east_left):
    wcs = make(150, 100, angle=33) if make is tangent else make()
    session.add_image(NDData(VALUES, wcs=wcs), "other")
    session.align("wcs")
    label = session.orientations.north_up("other", east_left=east_left)
    found = directions(session.orientations[label].coords, (149.5, 99.5))
    assert found.north == pytest.approx(90, abs=1e-3)
    assert np.cos(np.radians(found.east)) == pytest.approx(-1 if east_left else 1)
    assert found.scale * 3600 == pytest.approx(0.5, rel=1e-6)


def test_an_image_appears_turned_anticlockwise_by_the_angle_asked_for(session, viewer):
    session.align("wcs")
    viewer.set_orientation(session.orientations.add("a", 30))
    (x0, x1), (y0, y1) = viewer.frame.transform_from(session.data("a"))(
        np.array([150, 160]), np.array([100, 100])
    )
    assert np.degrees(np.arctan2(y1 - y0, x1 - x0)) == pytest.approx(30, abs=0.01)
    assert np.hypot(x1 - x0, y1 - y0) == pytest.approx(10, rel=1e-6)


def test_relinking_any_number_of_times_changes_nothing(session, viewer):
    viewer.add_image("b")
    session.add_region(CirclePixelRegion(PixCoord(100.25, 60.5), 8), on="b")
    viewer.set_limits(40, 120, 30, 90)
    limits, region = viewer.get_limits(), session.region("Subset 1")
    for _ in range(5):
        session.align("wcs")
        viewer.set_orientation(session.orientations.north_up("a"))
        viewer.set_orientation("Default orientation")
        session.align("pixels")
    assert viewer.get_limits() == pytest.approx(limits, abs=1e-6)
    assert session.region("Subset 1") == region


def test_relinking_keeps_what_the_top_image_shows_in_the_middle_and_its_size(session, viewer):
    viewer.add_image("b")
    viewer.set_limits(40, 120, 30, 90)
    before = viewer.frame.from_reference("b", *viewer.limits.centre)
    session.align("wcs")
    viewer.set_orientation(session.orientations.add("a", 77))
    after = viewer.frame.from_reference("b", *viewer.limits.centre)
    assert after == pytest.approx(before, abs=1e-6)
    assert viewer.zoom_level == pytest.approx(800 / 80, rel=1e-3)  # both have pixels of half an arcsecond


def test_a_shape_drawn_in_a_turned_frame_lands_on_the_top_image(session, viewer, hand):
    session.align("wcs")
    viewer.set_orientation(session.orientations.add("a", 90))
    hand(type="draw", shape={"kind": "circle", "x": 160.0, "y": 120.0, "radius": 6.0})
    assert session.region_image("Subset 1") == "a"
    drawn = session.region("Subset 1")
    expected = np.array(pixel_to_pixel(viewer.frame.wcs, session.image("a").wcs, 160.0, 120.0))
    assert (drawn.center.x, drawn.center.y) == pytest.approx(expected, abs=1e-6)
    shown = session.region("Subset 1", on=viewer.controls.reference)
    assert (shown.center.x, shown.center.y, shown.radius) == pytest.approx((160, 120, 6), rel=1e-4)


def test_an_image_with_a_broken_wcs_lies_by_its_pixels_and_the_others_do_not(session):
    broken = tangent(1, 1)
    broken.wcs.pc = [[np.nan, 0], [0, 1]]
    session.add_image(NDData(VALUES, wcs=broken), "broken")
    session.align("wcs")
    assert session.unaligned["broken"] == (
        "broken has a WCS that leads nowhere on the sky; it lies by its pixels."
    )
    assert session.sky_between("a", "broken") is None
    assert session.sky_between("a", "b") is not None
    with pytest.raises(InputError, match="plain has no celestial WCS"):
        session.align("wcs", strict=True)


def test_an_orientation_needs_images_on_the_sky(session, viewer):
    with pytest.raises(InputError, match="align_by='wcs' first"):
        session.orientations.north_up("a")
    session.align("wcs")
    with pytest.raises(InputError, match="plain has no celestial WCS"):
        session.orientations.north_up("plain")
    with pytest.raises(InputError, match="no orientation 'up'; there is: Default orientation"):
        viewer.set_orientation("up")
    with pytest.raises(InputError, match="number of degrees"):
        session.orientations.add("a", "steep")


def test_the_compass_points_north_and_east_whatever_the_parity(session, viewer):
    session.add_image(NDData(VALUES, wcs=mirrored()), "mirrored")
    session.align("wcs")
    viewer.set_orientation(session.orientations.north_up("a"))
    for label in ("a", "mirrored"):
        viewer.add_image(label)
        found = {arrow["label"]: (arrow["x"], arrow["y"]) for arrow in arrows(viewer.frame)}
        assert found["N"] == pytest.approx((0, 1), abs=2e-4)
        assert found["E"] == pytest.approx((-1, 0), abs=2e-4)
    assert found["X"][0] * found["Y"][1] - found["X"][1] * found["Y"][0] == pytest.approx(-1, abs=1e-3)


def test_layers_move_up_and_down_and_comparing_needs_two(viewer):
    with pytest.raises(InputError, match="needs two images"):
        viewer.compare("swipe")
    viewer.add_image("b")
    viewer.add_image("plain")
    viewer.move_layer("plain", -2)
    assert viewer.data_labels_loaded == ["plain", "a", "b"]
    viewer.move_layer("a", 5)
    assert viewer.data_labels_loaded == ["plain", "b", "a"]
    viewer.compare("fade", "a", "b", at=0.25)
    assert (viewer.comparison.mode, viewer.comparison.at) == ("fade", 0.25)
    assert viewer.comparison.images == ("a", "b")
    viewer.remove_image("b")
    assert viewer.comparison.mode == ""
    with pytest.raises(InputError, match="'fade' or 'swipe'"):
        viewer.compare("blink")
