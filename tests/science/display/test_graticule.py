"""The sky grid: each line is where astropy says it is, over the meridian, round a pole, in any frame."""

import numpy as np
import pytest
from astropy.wcs import WCS

from imviz.errors import InputError
from imviz.science.display.graticule import graticule


def sky(ra, dec, scale=1e-4, angle=20.0, kind="TAN"):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = (f"RA---{kind}", f"DEC--{kind}"), (ra, dec), (300, 200)
    c, s = np.cos(np.radians(angle)) * scale, np.sin(np.radians(angle)) * scale
    wcs.wcs.cd = [[-c, s], [s, c]]
    return wcs


def off_by(wcs, found, frame, per_pixel):
    """How far, in pixels, the points of each line are from the meridian or parallel of its label."""
    worst, text = 0.0, ""
    for line, label in zip(found.lines, found.labels, strict=True):
        text = label or text
        places = wcs.pixel_to_world(*line.T).transform_to(frame).spherical
        hours = "h" in text
        latitude = text[0] in "+-"
        from astropy.coordinates import Angle

        plain = text.replace("°", "d").replace("′", "m").replace("″", "s")
        level = Angle(plain if not plain.endswith("d") else plain[:-1] + "d").deg
        if latitude:
            miss = np.abs(places.lat.deg - level)
        else:
            miss = np.abs((places.lon.deg - level + 180) % 360 - 180) * np.cos(places.lat.rad)
        assert hours == (frame == "icrs" and not latitude)
        worst = max(worst, float((miss / per_pixel).max()))
    return worst


@pytest.mark.parametrize(
    ("ra", "dec", "scale", "frame"),
    [
        (150.1, 2.2, 1e-5, "icrs"),
        (0.0, -40, 1e-4, "icrs"),  # over the meridian
        (359.99, 62, 1e-4, "galactic"),
        (83.6, 22, 5e-3, "icrs"),
        (30, 89.99, 1e-4, "icrs"),  # the pole is in the picture
        (200, -89.9, 1e-3, "icrs"),
    ],
)
def test_every_line_is_where_its_label_says(ra, dec, scale, frame):
    wcs = sky(ra, dec, scale)
    found = graticule(wcs, (-0.5, 599.5, -0.5, 399.5), frame)
    assert off_by(wcs, found, frame, scale) < 0.6  # of 600 pixels: less than a line's width
    parallels = [label for label in found.labels if label and label[0] in "+-"]
    meridians = [label for label in found.labels if label and label[0] not in "+-"]
    assert 2 <= len(parallels) <= 14
    assert 2 <= len(meridians) <= 14
    assert len(set(meridians)) == len(meridians)


def test_round_a_pole_meridians_go_all_round():
    wcs = sky(0, 90, 1e-3, 0)
    found = graticule(wcs, (-0.5, 599.5, -0.5, 399.5))
    hours = sorted(int(label[:2]) for label in found.labels if label and label[0] not in "+-")
    assert hours[0] == 0
    assert hours[-1] >= 18
    assert len({int(hour) % 24 for hour in hours}) == len(hours)


def test_a_whole_sky_has_no_line_across_the_outside():
    wcs = sky(0, 0, 0.6, 0, "MOL")
    found = graticule(wcs, (-0.5, 599.5, -0.5, 399.5))
    assert off_by(wcs, found, "icrs", 0.6) < 1.5
    points = np.concatenate(found.lines)
    ellipse = ((points[:, 0] - 299) / 270.1) ** 2 + ((points[:, 1] - 199) / 135.05) ** 2
    assert ellipse.max() < 1.01


def test_labels_have_as_many_fields_as_the_step_needs():
    def labels(scale):
        return [label for label in graticule(sky(150, 2, scale), (0, 600, 0, 400)).labels if label]

    assert any(label.count("″") and "." in label for label in labels(1e-7))
    assert all("″" not in label for label in labels(0.02))


def test_what_has_no_sky_is_refused():
    with pytest.raises(InputError, match="celestial"):
        graticule(None, (0, 10, 0, 10))
    with pytest.raises(InputError, match="frame"):
        graticule(sky(0, 0), (0, 10, 0, 10), "martian")
    with pytest.raises(InputError, match="area"):
        graticule(sky(0, 0), (0, 0, 0, 10))
