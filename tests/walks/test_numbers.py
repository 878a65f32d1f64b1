"""Every invariant of `invariants`, and those of whole tables; each is on the documentation's page."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from astropy.nddata import NDData, StdDevUncertainty
from astropy.table import QTable
from walks import (
    page,
    truths,  # noqa: F401 - its checks join the list
)
from walks.invariants import CHECKS, SHAPE, Door, apart, check, circle, ellipse, places, sky, star
from walks.real_files import REAL

from imviz.science.photometry.measurement import Recipe, measure, measure_many

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "numbers.md"


@check("P14 the curve of growth never falls on an image without negative pixels", "monotony", 15, 1e-12)
def growth(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 30):
        door.imviz.load_data(NDData(rng.uniform(0, 5, SHAPE) + star(x, y, 2)), data_label="image")
        door.imviz.load_regions(circle(x, y, rng.uniform(4, 30)))
        label = door.imviz.app.session.regions[-1]
        door.plugin.current_plot_type, door.plugin.background = "Curve of Growth", "Manual"
        row, _ = door.plugin.calculate_photometry("image", label, add_to_table=False)
        values = np.asarray(door.plugin.plot.series[0].y)
        yield max(0.0, *(float(before - after) for before, after in pairwise(values))) / values[-1]
        yield apart(values[-1], float(row["sum"][0]))
        door.imviz.app.session.remove_region(label)
        door.imviz.app.session.remove_image("image")


@check("P24 many at once = one by one, sum in its errors", "the row of one", 60, 1e-12)
def many(door: Door, n: int) -> Iterator[float]:
    rng = np.random.default_rng(31)
    image = NDData(rng.normal(100, 5, SHAPE), uncertainty=StdDevUncertainty(np.full(SHAPE, 5.0)), unit="Jy")
    shapes = [circle(x, y, rng.uniform(1, 20)) for _, x, y in places(n, 32)]
    shapes += [ellipse(x, y, 12, 5, rng.uniform(-90, 90)) for _, x, y in places(n // 2, 33)]
    order = rng.permutation(len(shapes))
    found = measure_many(image, [shapes[i] for i in order], Recipe(background=100.0))
    for place, i in enumerate(order):
        one = measure(image, shapes[i], Recipe(background=100.0)).values
        yield abs(found.sum[place] - one["sum"].value) / one["sum_err"].value
        yield apart(found.sum_err[place], one["sum_err"].value)
        yield apart(found.area[place], one["sum_aper_area"].value)


@check("P25 a table written and read back", "the same bits, units and masks", 30, 0.0)
def round_trip(door: Door, n: int) -> Iterator[float]:
    import tempfile

    session = door.imviz.app.session
    session.clear_results()
    wcs = sky(0.2, 30)
    for rng, x, y in places(n, 34):
        door.imviz.load_data(
            NDData(rng.normal(1, 5, SHAPE) + star(x, y, 2), wcs=wcs, unit="Jy"), data_label="image"
        )
        door.imviz.load_regions(circle(x, y, rng.uniform(2, 20)))
        door.plugin.calculate_photometry("image", session.regions[-1], update_plots=False)
        session.remove_region(session.regions[-1])
        session.remove_image("image")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.ecsv"
        table = door.plugin.export_table(path)
        back = QTable.read(path)
    session.clear_results()
    for name in ("sum", "sum_aper_area", "xcentroid", "fwhm", "background", "median", "orientation"):
        yield float(np.count_nonzero(table[name] != back[name])) + (table[name].unit != back[name].unit)
    yield float((table["sky_centroid"].separation(back["sky_centroid"])).arcsec.max() > 1e-9)
    yield float(np.count_nonzero(table["timestamp"] != back["timestamp"]))
    yield float(list(table["recipe"]) != list(back["recipe"]))


@check("P26 one region through four doors", "drawn = object = DS9 file = aperture", 15, 1e-9)
def four_doors(door: Door, n: int) -> Iterator[float]:
    import tempfile

    from photutils.aperture import CircularAperture
    from regions import Regions

    session = door.imviz.app.session
    for rng, x, y in places(n, 35):
        r = rng.uniform(3, 25)
        door.imviz.load_data(NDData(rng.normal(100, 5, SHAPE)), data_label="image", show_in_viewer=False)
        drawn = session.draw_region(circle(x, y, r), on="image")
        door.imviz.load_regions(circle(x, y, r))
        door.imviz.load_regions(CircularAperture((x, y), r))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "one.reg"
            Regions([circle(x, y, r)]).write(path, format="ds9", precision=17)
            door.imviz.load_regions_from_file(path)
        sums = [
            float(
                door.plugin.calculate_photometry("image", label, add_to_table=False, update_plots=False)[0][
                    "sum"
                ][0]
            )
            for label in session.regions
        ]
        assert drawn == session.regions[0]
        assert len(sums) == 4
        yield from (apart(value, sums[0]) for value in sums[1:])
        for label in session.regions:
            session.remove_region(label)
        session.remove_image("image")


@check("P27 areas of one region on two images aligned by WCS", "(scale ratio)²", 12, 1e-6)
def linked_areas(door: Door, n: int) -> Iterator[float]:
    session = door.imviz.app.session
    for rng, _, _ in places(n, 36):
        fine, coarse = sky(0.1, rng.uniform(0, 360), rng.choice([-1, 1])), sky(0.25, rng.uniform(0, 360))
        for label, wcs in (("fine", fine), ("coarse", coarse)):
            door.imviz.load_data(NDData(np.ones(SHAPE), wcs=wcs), data_label=label, show_in_viewer=False)
        door.imviz.link_data(align_by="wcs")
        session.add_region(circle(55, 45, 20), on="fine", label="star")
        areas = [
            door.plugin.calculate_photometry(label, "star", add_to_table=False, update_plots=False)[0][
                "sum_aper_area"
            ][0].value
            for label in ("fine", "coarse")
        ]
        yield apart(areas[0] / areas[1], 6.25)
        session.remove_region("star")
        door.imviz.link_data(align_by="pixels")
        for label in ("fine", "coarse"):
            session.remove_image(label)


@pytest.fixture(scope="module")
def door():
    return Door()


FIGURES: dict[str, float] = {}


@pytest.mark.parametrize("one", CHECKS, ids=lambda one: one.name)
def test_the_number_is_right(door, one):
    worst = max(one.residuals(door, one.n))
    FIGURES[one.name] = worst
    assert worst <= one.tolerance


@pytest.mark.parametrize("real", REAL, ids=lambda one: one.name)
def test_a_real_files_value_is_that_of_its_makers(tmp_path, real):
    assert real.measured(tmp_path) == pytest.approx(real.truth, abs=real.allowed)


def test_the_documentation_tells_every_check_and_no_other(request, tmp_path):
    """Run with ``--numbers`` to write the page anew."""
    ours = [(real, real.measured(tmp_path)) for real in REAL]
    if request.config.getoption("--numbers"):
        PAGE.write_text(page.text(CHECKS, FIGURES, ours), encoding="utf-8")
    assert page.real_rows(PAGE.read_text(encoding="utf-8")) == [page.real_row(*one) for one in ours]
    assert page.cases(PAGE.read_text(encoding="utf-8")) == page.cases(page.text(CHECKS, {}))
