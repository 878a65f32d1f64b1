"""The history as a program: run, it makes the same document from the same files, measurements included."""

import ast
import subprocess
import sys

import astropy.units as u
import nbformat
import numpy as np
import pytest
from astropy.io import fits
from astropy.nddata import NDData
from astropy.table import QTable
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from regions import CirclePixelRegion, EllipsePixelRegion, PixCoord, PolygonPixelRegion

from imviz.errors import InputError
from imviz.readers import load
from imviz.science.bulk.rows import measure_rows
from imviz.science.photometry.background import Annulus
from imviz.science.photometry.measurement import measure
from imviz.science.photometry.recipe import Recipe
from imviz.science.results.program import IMPORTS
from imviz.session import Session
from imviz.session.program import notebook, statements

IMPORTS += "from imviz.readers.recorded import reload\n"


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Two images on the sky, with errors and flags, and a cube."""
    path = tmp_path_factory.mktemp("program")
    rng = np.random.default_rng(5)
    header = fits.Header()
    header.update(
        CTYPE1="RA---TAN",
        CTYPE2="DEC--TAN",
        CRVAL1=150.0,
        CRVAL2=2.0,
        CRPIX1=30,
        CRPIX2=20,
        CDELT1=-1e-4,
        CDELT2=1e-4,
        BUNIT="MJy/sr",
    )
    for name in ("a", "b"):
        pixels = rng.normal(5, 1, (60, 80)).astype("f4")
        pixels[20:24, 30:34] += 50
        hdus = [fits.PrimaryHDU(), fits.ImageHDU(pixels, header, name="SCI")]
        hdus.append(fits.ImageHDU(np.full((60, 80), 1.1, "f4"), name="ERR"))
        fits.HDUList(hdus).writeto(path / f"{name}.fits")
    fits.writeto(path / "cube.fits", rng.normal(3, 1, (4, 60, 80)).astype("f4"), header)
    return path


def opened(folder):
    session = Session()
    for name in ("a", "b", "cube"):
        session.origins.add(load(folder / f"{name}.fits")[0])
    return session


def document(session):
    """All that is to be the same; of rows, everything but when they were measured."""
    tables = session.results.tables
    for table in tables:
        table.remove_column("timestamp")
    records = {label: session.region_list[label] for label in session.regions}
    looks = {label: (one.color, one.excluded) for label, one in records.items()}
    regions = {label: repr(one.outline) for label, one in records.items()}
    planes = {label: session.origins.plane(label) for label in session.images}
    return session.images, session.alignment, session.orientations.names, regions, looks, planes, tables


def assert_same(one, other):
    assert one[:-1] == other[:-1]
    assert len(one[-1]) == len(other[-1])
    for mine, theirs in zip(one[-1], other[-1], strict=True):
        assert mine.colnames == theirs.colnames
        for name in mine.colnames:
            if name != "seal":  # which is of the time, too
                assert values(mine[name]) == values(theirs[name]), name
                assert getattr(mine[name], "unit", None) == getattr(theirs[name], "unit", None)


def values(column):
    """Every bit of a column of texts, numbers, quantities or positions."""
    if hasattr(column, "spherical"):
        return values(column.spherical.lon) + values(column.spherical.lat)
    bare = getattr(column, "value", column)
    mask = np.broadcast_to(getattr(column, "mask", False), bare.shape).tolist()
    return [None if gone else repr(one) for one, gone in zip(np.asarray(bare).tolist(), mask, strict=True)]


def run_again(session):
    again = Session()
    exec(IMPORTS + statements([step.code() for step in session.history]), {"session": again})
    return again


def circle(x, y, r=4.0):
    return CirclePixelRegion(PixCoord(float(x), float(y)), float(r))


FACTORS = [None, 3.0 * u.MJy / u.sr]


class Night(RuleBasedStateMachine):
    """Whatever is done, the program does it again."""

    @initialize()
    def begin(self):
        self.session = opened(self.folder)
        self.session.add_regions([circle(30, 20), circle(50.5, 40.25, 6)])

    def image(self, data):
        return data.draw(st.sampled_from(self.session.images))

    @rule(data=st.data(), x=st.floats(10, 60), y=st.floats(10, 50), r=st.floats(1, 9), kind=st.integers(0, 2))
    def draw(self, data, x, y, r, kind):
        center = PixCoord(x, y)
        region = (
            circle(x, y, r),
            EllipsePixelRegion(center, 2 * r, r, 0.3 * u.rad),
            PolygonPixelRegion(PixCoord([x, x + r, x], [y, y, y + r])),
        )[kind]
        self.session.add_region(region, on=self.image(data))

    @rule(
        data=st.data(), clip=st.sampled_from([None, 2.5]), factor=st.sampled_from([None, 3.0 * u.MJy / u.sr])
    )
    def measure(self, data, clip, factor):
        session = self.session
        if session.regions:
            label, image = data.draw(st.sampled_from(session.regions)), self.image(data)
            recipe = Recipe(background=Annulus(8.5, 4.0), sigma_clip=clip, flux_scaling=factor, gain=1.7)
            try:
                region = session.region(label, image)
                found = measure(session.image(image), region, recipe, image_label=image, region_label=label)
            except InputError:
                return
            session.add_row(found.values)

    @rule(data=st.data())
    def measure_all(self, data):
        session, image = self.session, self.image(data)
        regions = {label: session.region(label, image) for label in session.regions}
        round_ones = {k: one for k, one in regions.items() if isinstance(one, CirclePixelRegion)}
        found = measure_rows(
            session.image(image),
            list(round_ones.values()),
            Recipe(background=1.5 * u.MJy / u.sr),
            image_label=image,
            region_labels=list(round_ones),
        )
        if found.n:
            session.add_rows(found.columns, found.n)

    @rule(data=st.data(), plane=st.integers(0, 3))
    def show_plane(self, data, plane):
        cubes = [label for label in self.session.images if self.session.origins.planes(label)]
        if cubes:
            self.session.origins.show_plane(cubes[0], plane)

    @rule(data=st.data())
    def change(self, data):
        session = self.session
        if session.regions:
            label = data.draw(st.sampled_from(session.regions))
            match data.draw(st.integers(0, 3)):
                case 0:
                    session.region_list.style([label], color="red")
                case 1:
                    session.remove_regions([label])
                case 2:
                    session.update_region(label, circle(30.25, 21.5))
                case 3:
                    session.region_list.rename(label, f"{label} 'n' \"é\"")

    @rule(by=st.sampled_from(["pixels", "wcs"]))
    def align(self, by):
        self.session.align(by)

    @rule(data=st.data())
    def rename_image(self, data):
        label = self.image(data)
        self.session.rename_image(label, f"{label} deep"[:60])

    @rule(data=st.data())
    def remove_row(self, data):
        if len(self.session.results):
            self.session.remove_rows([data.draw(st.integers(0, len(self.session.results) - 1))])

    @rule(n=st.integers(1, 3))
    def undo(self, n):
        if len(self.session.history) - n >= 3:  # the images stay
            self.session.history.undo(n)

    @rule()
    def redo(self):
        self.session.history.redo()

    def teardown(self):
        if hasattr(self, "session"):
            self.rows.append(len(self.session.results))
            assert_same(document(run_again(self.session)), document(self.session))


def test_a_hundred_random_sessions_are_made_again_by_their_programs(folder):
    from hypothesis.stateful import run_state_machine_as_test

    machine = type("NightHere", (Night,), {"folder": folder, "rows": []})
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=100,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=slow,
            phases=[Phase.generate],
        ),
    )
    assert len(machine.rows) >= 100
    assert sum(machine.rows) > 100


def test_the_printed_program_runs_in_a_fresh_process_and_gives_the_same_table(folder, tmp_path):
    session = opened(folder)
    session.add_region(circle(31, 21))
    recipe = Recipe(background=Annulus(9, 5), zero_point=25.5)
    session.add_row(measure(session.image("a[SCI,1]"), circle(31, 21), recipe, image_label="a[SCI,1]").values)
    script, out = tmp_path / "again.py", tmp_path / "again.ecsv"
    script.write_text(
        f"{session.history}imviz.get_aperture_photometry_results().write({str(out)!r})\n", "utf-8"
    )
    subprocess.run([sys.executable, str(script)], check=True, capture_output=True, timeout=300)
    (mine,), theirs = session.results.tables, QTable.read(out)
    for name in ("sum", "sum_err", "background", "pixel_hash", "recipe", "mag_ab"):
        assert values(mine[name]) == values(theirs[name])


def test_arrays_are_to_be_put_in_and_the_program_says_which():
    session = Session()
    session.add_image(NDData(np.zeros((40, 60))), "mine")
    assert str(session.history).count("put in what came as arrays, as NDData: 'mine'") == 1
    ast.parse(str(session.history))
    with pytest.raises(KeyError, match="mine"):
        exec(IMPORTS + statements([step.code() for step in session.history]), {"session": Session()})


def test_planes_that_follow_each_other_are_one_step_that_goes_back_to_the_first(folder):
    session = opened(folder)
    (cube,) = (label for label in session.images if session.origins.planes(label))
    n = len(session.history)
    for plane in (1, 2, 3):
        session.origins.show_plane(cube, plane)
    assert session.history.titles[n:] == (f"Plane 3 of {cube}",)
    session.add_region(circle(30, 20))
    session.origins.show_plane(cube, 2)
    session.history.undo(3)
    assert session.origins.plane(cube) == (0,)
    session.history.redo(3)
    assert session.origins.plane(cube) == (2,)


def test_a_notebook_of_it_shows_the_window_and_the_table(folder):
    cells = [
        cell.source
        for cell in nbformat.reads(
            notebook([step.code() for step in opened(folder).history]), as_version=4
        ).cells
    ]
    assert "imviz.show()" in cells[2]
    for cell in cells:
        ast.parse(cell)
