"""One bench: whoever asks for a measurement is given the same numbers, and the bench needs no panel."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import NDData
from astropy.table import Table
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import InputError
from imviz.plugins.aperture_photometry.bench import Bench
from imviz.plugins.aperture_photometry.fields import OPTIONS
from imviz.session import Session
from imviz.view import LiveShape

X, Y, RADIUS = 31.0, 27.0, 6.0
LABEL = "image"


def star() -> NDData:
    """A round star of 1000 counts on a sky of 2 counts with noise."""
    y, x = np.mgrid[:60, :70]
    noise = np.random.default_rng(3).normal(2.0, 0.1, x.shape)
    light = np.exp(-((x - X) ** 2 + (y - Y) ** 2) / 2 / 2.0**2)
    return NDData(1000 / (2 * np.pi * 2.0**2) * light + noise, unit=u.ct)


class Fixed:
    """Settings that are what they were made with: what a bench needs instead of a panel."""

    def __init__(self, **values: object) -> None:
        self._values = dict.fromkeys(OPTIONS) | values

    def values(self, image: str, given: dict[str, object]) -> dict[str, object]:
        return self._values | given


def test_panel_batch_and_catalog_give_the_same_numbers() -> None:
    imviz = Imviz()
    imviz.load_data(star(), data_label=LABEL)
    imviz.load_regions(CirclePixelRegion(PixCoord(X, Y), RADIUS))
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.calculate()
    plugin.calculate_batch_photometry([{"dataset": LABEL, "aperture": "Subset 1"}])
    assert list(plugin.measure_many())[-1] == 1
    plugin.calculate_catalog_photometry(Table({"x": [X], "y": [Y]}), RADIUS)
    table = imviz.get_aperture_photometry_results()
    assert len(table) == 4
    for name in ("sum", "sum_err", "background", "snr", "fwhm"):
        values = u.Quantity(table[name]).value
        assert np.ptp(values) == 0, name
    assert table["sum"][0].value == pytest.approx(1000 * (1 - np.exp(-(RADIUS**2) / 2 / 2.0**2)), rel=0.02)


def test_the_hand_is_shown_what_the_button_would_measure() -> None:
    imviz = Imviz()
    imviz.load_data(star(), data_label=LABEL)
    imviz.load_regions(CirclePixelRegion(PixCoord(X, Y), RADIUS))
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.active = True
    plugin.calculate()
    measured = {line["function"]: line["result"] for line in plugin.results}
    plugin._viewers.live = LiveShape("Subset 1", CirclePixelRegion(PixCoord(X, Y), RADIUS), LABEL, LABEL)
    assert plugin.is_live
    live = {line["function"]: line["result"] for line in plugin.results}
    for name in ("sum", "background", "x centroid", "y centroid"):
        assert live[name] == measured[name]


def test_a_bench_measures_without_a_panel() -> None:
    session = Session()
    session.add_image(star(), LABEL)
    session.add_region(CirclePixelRegion(PixCoord(X, Y), RADIUS), LABEL)
    fixed = Fixed(background="Manual", background_value=2.0, background_estimator="median")
    data, measured = Bench(session, fixed).measured(LABEL, "Subset 1", {})
    assert data is session.image(LABEL)
    assert measured.values["sum"].value == pytest.approx(1000 * (1 - np.exp(-4.5)), rel=0.02)
    _, higher = Bench(session, fixed).measured(LABEL, "Subset 1", {"background_value": 1.0})
    area = np.pi * RADIUS**2
    assert (higher.values["sum"] - measured.values["sum"]).value == pytest.approx(area, rel=1e-9)


def test_a_bench_says_what_it_cannot_prepare() -> None:
    session = Session()
    session.add_image(star(), LABEL)
    with pytest.raises(InputError, match="Subset 9"):
        Bench(session, Fixed(background="Manual")).prepared(LABEL, "Subset 9", {})
