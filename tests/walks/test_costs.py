"""What things cost, counted and not timed: pixels touched, bytes allocated, modules, widgets, messages.

A time depends on the machine and its neighbours; these numbers do not. Times are in benchmarks/.
"""

import gc
import json
import subprocess
import sys
import tracemalloc

import comm
import ipywidgets
import numpy as np
import pytest
from astropy.nddata import NDData
from comm.base_comm import BaseComm
from regions import CirclePixelRegion, PixCoord
from sparse_fits import write_star

from imviz import Imviz
from imviz.readers import load

HEAVY = ("glue", "glue_jupyter", "ipywidgets", "ipyvuetify", "bqplot", "photutils", "astropy", "numpy")
PLOTS = ("Curve of Growth", "Radial Profile", "Radial Profile (Raw)")
RADIUS = 50


class Counted:
    """An image that counts the pixels it gives away; it can be sliced and is nothing else."""

    def __init__(self, pixels):
        self.pixels, self.touched = pixels, 0
        self.shape, self.dtype, self.ndim, self.size = pixels.shape, pixels.dtype, pixels.ndim, pixels.size

    def __getitem__(self, key):
        piece = self.pixels[key]
        self.touched += piece.size
        return piece

    def __array__(self, dtype=None, copy=None):
        self.touched += self.size
        return np.asarray(self.pixels, dtype=dtype)


CODE = ("_esm", "_css", "template", "css")


class Traffic(list):
    """Each message to the browser, as (method, bytes); the browser's code is counted apart."""

    n_code = 0

    @property
    def n_bytes(self):
        return sum(size for _, size in self)

    def of(self, method):
        return [size for name, size in self if name == method]


@pytest.fixture
def traffic(monkeypatch):
    """Messages of the widgets made from now on."""
    found = Traffic()

    class CountingComm(BaseComm):
        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
            state = (data or {}).get("state", {})
            code = sum(len(json.dumps(state[name])) for name in CODE if name in state)
            size = len(json.dumps(data, default=str)) + sum(memoryview(part).nbytes for part in buffers or ())
            size -= code  # the program, the same for all users
            found.n_code += code
            found.append(((data or {}).get("method", msg_type), size))

    monkeypatch.setattr(comm, "create_comm", CountingComm)
    return found


def circle(x, y, radius=RADIUS):
    return CirclePixelRegion(PixCoord(x, y), radius)


def touched(tmp_path, side):
    """Pixels read by choosing an annulus around a star and by measuring it, by plot."""
    x, y = write_star(tmp_path / f"{side}.fits", side)
    image = load(tmp_path / f"{side}.fits")[0].image
    pixels = Counted(image.data)
    imviz = Imviz()
    session, plugin = imviz.app.session, imviz.plugins["Aperture Photometry"]
    plugin.background = "Manual"
    session.add_image(NDData(pixels, unit=image.unit, wcs=image.wcs), "large")
    session.add_region(circle(x, y))
    plugin.annulus_inner_radius, plugin.annulus_width = RADIUS, 10
    counts = {"before": pixels.touched}
    plugin.background, plugin.fit_radial_profile = "Annulus", True
    counts["annulus"] = pixels.touched
    for plot in PLOTS:
        plugin.current_plot_type = plot
        pixels.touched = 0
        plugin.calculate()
        counts[plot] = pixels.touched
    assert session.n_rows == len(PLOTS)
    assert "phot_radial_profile" in imviz.fitted_models
    return counts


def test_a_measurement_touches_its_own_pixels_however_large_the_image(tmp_path):
    small, large = touched(tmp_path, 2048), touched(tmp_path, 16384)
    assert large == small
    assert large["before"] == 0
    annulus_box = (2 * (RADIUS + 10) + 1) ** 2
    aperture_box = (2 * RADIUS + 1) ** 2
    assert large["annulus"] <= 2 * annulus_box
    assert max(large[plot] for plot in PLOTS) <= annulus_box + 2 * aperture_box  # the growth reads it twice


@pytest.mark.parametrize("plot", PLOTS)
def test_a_measurement_on_16k_takes_little_memory(tmp_path, plot):
    x, y = write_star(tmp_path / "large.fits", 16384)
    imviz = Imviz()
    imviz.load_data(tmp_path / "large.fits")
    imviz.load_regions(circle(x, y))
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.current_plot_type, plugin.fit_radial_profile = plot, True
    tracemalloc.start()
    try:
        plugin.background = "Annulus"
        plugin.calculate()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    row = imviz.get_aperture_photometry_results()[0]
    assert abs(row["xcentroid"].value - x) < 0.1  # the star itself was measured
    assert peak < 8e6  # bytes; the promise is 50e6, the image has 1.07e9


def test_loading_and_showing_16k_takes_little_memory(tmp_path):
    write_star(tmp_path / "large.fits", 16384)
    imviz = Imviz()
    imviz.default_viewer.frame.shape = 600, 800
    tracemalloc.start()
    try:
        imviz.load_data(tmp_path / "large.fits")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 50e6


@pytest.mark.parametrize("statement", ["import imviz", "from imviz.errors import ImvizError"])
def test_importing_the_package_loads_nothing_heavy(statement):
    code = f"{statement}; import sys; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_the_application_is_a_handful_of_widgets(traffic):
    live = ipywidgets.widgets.widget._instances
    first = Imviz()  # once: widgets shared by all
    gc.collect()  # what earlier tests have dropped
    before, code = len(live), traffic.n_code
    traffic.clear()
    second = Imviz()
    assert first is not second
    assert 0 < len(live) - before <= 36
    assert len(traffic) <= 64
    assert traffic.n_bytes <= 60_000
    assert traffic.n_code - code <= 290_000


def test_a_region_more_costs_one_shape_however_many_there_are(traffic):
    """Messages and bytes of the 100th, 1000th and 10 000th, with the panels open that choose among them."""
    gc.collect()  # what earlier tests have dropped
    imviz = Imviz()
    imviz.load_data(np.zeros((2000, 2000), "f4"), data_label="a")
    for name in ("Light Curve", "Export", "Source Detection", "Subset Tools"):
        imviz.plugins[name].active = True
    imviz.load_regions(circle(100, 100, 30))
    costs, widgets = {}, {}
    for n in (100, 1000, 10_000):
        imviz.load_regions(
            [circle(100 + k % 200 * 9, 100 + k // 200 * 9, 3) for k in range(n - 1 - count(imviz))]
        )
        traffic.clear()
        imviz.load_regions(circle(500, 500, 30))
        assert count(imviz) == n
        costs[n] = len(traffic), sum(traffic.of("custom")), traffic.n_bytes
        widgets[n] = len(ipywidgets.widgets.widget._instances)
    assert len({messages for messages, _, _ in costs.values()}) == 1
    (messages, shape, _), (_, last_shape, last_bytes) = costs[100], costs[10_000]
    assert messages <= 12
    assert last_shape <= shape + 10  # "Subset 10000" for "Subset 100"
    assert last_bytes <= 4000
    assert last_bytes <= costs[100][2] + 200  # digits of the names
    assert len(set(widgets.values())) == 1


def count(imviz):
    return len(imviz.app.session.regions)


def test_the_hundredth_row_sends_no_more_than_the_first(traffic):
    imviz = Imviz()
    values = np.random.default_rng(1).normal(10, 1, (500, 500))
    imviz.load_data(values, data_label="a")
    imviz.load_regions([circle(50 + n % 10 * 40, 50 + n // 10 * 40, 10) for n in range(100)])
    plugin = imviz.plugins["Aperture Photometry"]
    costs = []
    for label in imviz.app.session.regions:
        traffic.clear()
        plugin.calculate_photometry(aperture=label)
        costs.append((len(traffic), traffic.n_bytes))
    # the first also makes the plot; a page holds eight rows, so the last of a full page is compared
    # of the panel's texts only those are sent that differ from the row before: a warning comes or goes, too
    assert all(n <= costs[1][0] + 3 for n, _ in costs[1:])
    assert max(size for _, size in costs[1:]) <= costs[0][1]
    assert costs[95][1] <= 1.1 * costs[7][1]


def test_a_thousand_measurements_send_a_page_and_the_10000th_row_costs_what_the_first_did(traffic):
    imviz = Imviz()
    pixels = np.random.default_rng(1).normal(100, 5, (600, 600))
    imviz.load_data(NDData(pixels, unit="MJy/sr"), data_label="a")
    imviz.load_regions([circle(20 + n % 40 * 14, 20 + n // 40 * 14, 5) for n in range(1000)])
    plugin, session = imviz.plugins["Aperture Photometry"], imviz.app.session
    plugin.active = True
    job = {"aperture": list(session.regions)}
    traffic.clear()
    plugin.calculate_batch_photometry([job], update_plots=False)
    assert session.n_rows == 1000
    assert traffic.n_bytes < 30_000  # the promise is 300 kB
    first = _bytes_of_one_row(plugin, traffic)
    for _ in range(9):
        plugin.calculate_batch_photometry([job], update_plots=False)
    assert session.n_rows == 10_001
    assert _bytes_of_one_row(plugin, traffic) < 2 * first + 200  # its page has two rows, the first's had one


def _bytes_of_one_row(plugin, traffic):
    traffic.clear()
    plugin.calculate_photometry(update_plots=False)
    return traffic.n_bytes


def test_a_batch_sends_one_plot(traffic):
    imviz = Imviz()
    imviz.load_data(np.random.default_rng(1).normal(10, 1, (500, 500)), data_label="a")
    imviz.load_regions([circle(50 + n % 10 * 40, 50 + n // 10 * 40, 10) for n in range(20)])
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.calculate()
    traffic.clear()
    plugin.calculate_batch_photometry([{"aperture": list(imviz.app.session.regions)}])
    assert traffic.n_bytes / 20 < 2500
    assert len(traffic.of("comm_open")) <= 1
