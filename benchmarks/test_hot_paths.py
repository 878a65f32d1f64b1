"""Times of what a user waits for, by pytest-benchmark: ``make bench``, or ``pytest benchmarks``.

Each path is timed on a small and on a large image, because none may grow with the image. Extra memory
is in the report's ``extra_info``: ``peak_MB`` is tracemalloc's, ``private_MB`` the growth of RssAnon. Nothing
is asserted but that the right thing was done: limits that hold on any machine are in
``tests/walks/test_costs.py``, comparisons with others in ``against_jdaviz.py``.
"""

import tracemalloc
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
from regions import CirclePixelRegion, PixCoord
from sparse_fits import write_star

from imviz import Imviz
from imviz.readers import load
from imviz.science.display.cuts import auto_cuts
from imviz.view.limits import Limits
from imviz.view.picture.render import png, render

SIDES = pytest.mark.parametrize("side", [2048, 16384], ids=["2k", "16k"])
PLOTS = ("Radial Profile (Raw)", "Curve of Growth")
WINDOW = 600, 800  # height, width


def private():
    """Anonymous resident memory in bytes; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon")), 0)


def note_memory(benchmark, function):
    """Run `function` once more, untimed, and put what it needs beside the times."""
    before = private()
    tracemalloc.start()
    try:
        function()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    benchmark.extra_info["peak_MB"] = round(peak / 1e6, 1)
    benchmark.extra_info["private_MB"] = round((private() - before) / 1e6, 1)


@pytest.fixture
def star(tmp_path):
    """star(side): a new large image's path and the position of its star."""
    return lambda side: (tmp_path / f"{side}.fits", write_star(tmp_path / f"{side}.fits", side))


@pytest.fixture
def opened(star):
    """opened(side): the app with that image loaded and its star's photometry prepared."""

    def start(side):
        path, (x, y) = star(side)
        imviz = Imviz()
        imviz.default_viewer.frame.shape = WINDOW
        imviz.load_data(path)
        imviz.load_regions(CirclePixelRegion(PixCoord(x, y), 50))
        plugin = imviz.plugins["Aperture Photometry"]
        plugin.background, plugin.fit_radial_profile = "Annulus", True
        return imviz, plugin

    return start


def grid(n):
    return [CirclePixelRegion(PixCoord(50 + k % 40 * 45, 50 + k // 40 * 45), 20) for k in range(n)]


# ---- photometry


@SIDES
def test_one_star_with_everything(benchmark, opened, side):
    """All statistics, annulus background, raw profile with its fit, curve of growth: two clicks."""
    imviz, plugin = opened(side)

    def measure():
        for plot in PLOTS:
            plugin.current_plot_type = plot
            plugin.calculate()

    benchmark(measure)
    note_memory(benchmark, measure)
    assert imviz.fitted_models == {}  # the last plot has no fit
    assert np.isfinite(imviz.get_aperture_photometry_results()["sum"].value).all()


@SIDES
@pytest.mark.parametrize("plot", ["Radial Profile", *PLOTS])
def test_one_click(benchmark, opened, side, plot):
    _, plugin = opened(side)
    plugin.current_plot_type = plot
    benchmark(plugin.calculate)


@pytest.mark.parametrize("n_rows", [1, 1000])
def test_one_row_more(benchmark, opened, n_rows):
    """The first rows against those after a thousand."""
    imviz, plugin = opened(2048)
    row, _ = plugin.calculate_photometry(add_to_table=False)
    for _ in range(n_rows):
        imviz.app.session.results.append(row)
    benchmark.pedantic(plugin.calculate, rounds=20, warmup_rounds=2)


def test_a_batch_of_100(benchmark, opened):
    imviz, plugin = opened(2048)
    imviz.load_regions(grid(100))
    plugin.background = "Manual"
    jobs = [{"aperture": list(imviz.app.session.regions)[1:]}]
    benchmark.pedantic(plugin.calculate_batch_photometry, (jobs,), rounds=3)


# ---- start and load


def test_the_constructor(benchmark):
    Imviz()
    live = ipywidgets.widgets.widget._instances
    before = len(live)
    benchmark.pedantic(Imviz, rounds=10)
    benchmark.extra_info["widgets"] = (len(live) - before) // 10


@SIDES
def test_load_and_first_picture(benchmark, star, side):
    """Opening again a file whose pixels the system has read before, and drawing it once, as in a kernel."""
    path, _ = star(side)
    imviz = Imviz()
    imviz.default_viewer.frame.shape = WINDOW

    def load_once():
        imviz.load_data(path)
        render(imviz.default_viewer.view)

    def empty():
        imviz.app.session.remove_image(imviz.data_labels[0])

    load_once()
    benchmark.pedantic(load_once, setup=empty, rounds=10)
    empty()
    note_memory(benchmark, load_once)


@SIDES
@pytest.mark.parametrize("method", ["95%", "zscale", "minmax"])
def test_auto_cuts(benchmark, star, side, method):
    pixels = load(star(side)[0])[0].image.data
    auto_cuts(pixels, method)
    benchmark(auto_cuts, pixels, method)


# ---- regions


@pytest.mark.parametrize("n", [1, 100, 1000])
def test_the_nth_region(benchmark, opened, n):
    imviz, _ = opened(2048)
    imviz.load_regions(grid(n - 1))
    new = iter(grid(n + 12)[n:])
    benchmark.pedantic(lambda: imviz.load_regions(next(new)), rounds=10, warmup_rounds=1)


# ---- pictures


@SIDES
@pytest.mark.parametrize("view", ["pixels", "whole"])
def test_compose_a_frame(benchmark, opened, side, view):
    """The picture of an 800 × 600 window and its PNG: one image pixel a screen pixel, or the whole image."""
    viewer = opened(side)[0].default_viewer
    height, width = WINDOW
    if view == "pixels":
        limits = Limits(side / 4, side / 4 + width, side / 4, side / 4 + height)
    else:
        limits = Limits(-0.5, side - 0.5, -0.5, side - 0.5)
    picture = benchmark(render, viewer, limits, WINDOW)
    assert picture.shape == (*WINDOW, 3)
    benchmark.extra_info["png_kB"] = len(png(picture)) // 1000


@SIDES
def test_a_step_of_the_hand(benchmark, opened, side):
    """What the kernel does when the browser reports a pan by ten pixels."""
    viewer = opened(side)[0].default_viewer
    height, width = WINDOW
    corner = iter(range(side // 4, side // 4 + 100_000, 10))

    def pan():
        at = next(corner) % (side - width)
        viewer._follow_browser(Limits(at, at + width, at, at + height), WINDOW)

    benchmark(pan)
