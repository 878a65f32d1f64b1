"""A session with images and a viewer on it; no browser."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.nddata import NDData
from astropy.wcs import WCS

from imviz.session import Session
from imviz.viewer import ImageViewer


def tangent(x, y, ra=10.0, dec=20.0, scale=0.5, angle=0.0):
    """A TAN WCS of `scale` arcsec a pixel, turned by `angle` degrees, with (ra, dec) at pixel (x, y)."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [ra, dec]
    wcs.wcs.crpix = [x + 1, y + 1]
    wcs.wcs.cdelt = [-scale / 3600, scale / 3600]
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    wcs.wcs.pc = [[c, -s], [s, c]]
    return wcs


@pytest.fixture
def session():
    """Images "a" (200 rows, 300 columns, Jy, on the sky), "b" (the same sky, turned), "plain" (no WCS)."""
    session = Session()
    values = np.arange(200 * 300, dtype=float).reshape(200, 300)
    session.add_image(NDData(values, unit="Jy", wcs=tangent(150, 100)), "a")
    session.add_image(NDData(-values, wcs=tangent(140, 90, angle=30)), "b")
    session.add_image(NDData(np.ones((50, 60), dtype="i2")), "plain")
    return session


class Sent(list):
    """What a widget sends to the browser."""

    def of(self, kind):
        return [message for message in self if message["type"] == kind]


@pytest.fixture
def viewer(session):
    viewer = ImageViewer(session, "imviz-0")
    viewer.add_image("a")
    yield viewer
    viewer.close()


@pytest.fixture
def sent(viewer, monkeypatch):
    """Custom messages of the regions' overlay, from now on."""
    messages = Sent()
    monkeypatch.setattr(viewer.widgets[2], "send", lambda content, buffers=None: messages.append(content))
    return messages


@pytest.fixture
def hand(viewer):
    """hand(message): the regions' overlay hears what its browser side would say."""

    def say(**message):
        viewer.widgets[2]._handle_custom_msg(message, [])

    return say


@pytest.fixture
def browser(viewer):
    """browser(message): the mouse widget hears what its browser side would say."""

    def say(**message):
        viewer.widgets[1]._handle_custom_msg(message, [])

    return say
