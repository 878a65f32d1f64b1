"""The picture drawn in Python: against the pixels themselves, matplotlib, reproject and astropy's WCS."""

import matplotlib as mpl
import numpy as np
import pytest
from astropy.nddata import NDData
from astropy.visualization import AsinhStretch, LogStretch
from astropy.wcs.utils import pixel_to_pixel

from imviz import Imviz
from imviz.errors import InputError
from imviz.view.limits import Limits
from imviz.view.picture.render import png, render

RAMP = np.arange(200 * 300, dtype=float).reshape(200, 300)
WHOLE = Limits(-0.5, 299.5, -0.5, 199.5)


@pytest.fixture
def imviz():
    imviz = Imviz()
    imviz.load_data(RAMP, data_label="ramp")
    imviz.default_viewer.cuts = (0, 59999)
    return imviz


def gray(picture):
    """Brightness, first row at the bottom."""
    return picture[::-1, :, 0].astype(int)


def test_one_screen_pixel_for_each_of_the_image_is_the_image(imviz):
    picture = render(imviz.default_viewer.view, WHOLE, (200, 300))
    assert picture.shape == (200, 300, 3)
    assert np.abs(gray(picture) - RAMP / 59999 * 255).max() <= 1


def test_a_pixel_seen_large_is_a_square_in_its_place(imviz):
    data = np.zeros((20, 30))
    data[7, 11] = 1
    imviz.load_data(data, data_label="dot")
    imviz.default_viewer.cuts = (0, 1)
    seen = gray(render(imviz.default_viewer.view, Limits(-0.5, 29.5, -0.5, 19.5), (200, 300))) > 128
    rows, columns = np.nonzero(seen)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (70, 79, 110, 119)


def test_zoomed_out_a_star_is_dimmer_but_there(imviz):
    data = np.zeros((1600, 1600), "f4")
    data[801, 333] = 256
    imviz.load_data(data, data_label="star")
    imviz.default_viewer.cuts = (0, 2)
    picture = gray(render(imviz.default_viewer.view, Limits(-0.5, 1599.5, -0.5, 1599.5), (100, 100)))
    assert np.count_nonzero(picture) == 1  # 256 over 16 × 16 pixels is 1
    assert picture[801 // 16, 333 // 16] == pytest.approx(127, abs=1)


@pytest.mark.parametrize("colormap", ["gray", "viridis", "Reversed: Gray"])
@pytest.mark.parametrize(
    ("stretch", "theirs"), [("linear", None), ("log", LogStretch(1000)), ("arcsinh", AsinhStretch(0.1))]
)
def test_colours_are_matplotlib_s(imviz, colormap, stretch, theirs):
    viewer = imviz.default_viewer
    viewer.set_colormap(colormap)
    viewer.stretch, viewer.cuts = stretch, (5000, 50000)
    level = np.clip((RAMP - 5000) / 45000, 0, 1)
    shine = level if theirs is None else theirs(level)
    name = {"Reversed: Gray": "gray_r"}.get(colormap, colormap)
    expected = mpl.colormaps[name](shine, bytes=True)[:, :, :3].astype(int)
    assert np.abs(render(viewer.view, WHOLE, (200, 300))[::-1].astype(int) - expected).max() <= 3


def test_what_has_no_value_shows_what_lies_below(imviz):
    holed = np.full((200, 300), 59999.0)
    holed[50:60, 70:90] = np.nan
    imviz.load_data(holed, data_label="top")
    imviz.default_viewer.cuts = (0, 59999)
    picture = gray(render(imviz.default_viewer.view, WHOLE, (200, 300)))
    assert picture[55, 80] == pytest.approx(RAMP[55, 80] / 59999 * 255, abs=1)
    assert picture[10, 10] == 255
    imviz.default_viewer.set_layer("top", nan_color="red")
    assert tuple(render(imviz.default_viewer.view, WHOLE, (200, 300))[::-1][55, 80]) == (255, 0, 0)


def test_layers_mix_by_opacity_and_add_up(imviz):
    imviz.load_data(np.full((200, 300), 1.0), data_label="top")
    viewer = imviz.default_viewer
    viewer.set_layer("top", cuts=(0, 1), opacity=0.5)
    base = RAMP / 59999 * 255
    assert np.abs(gray(render(viewer.view, WHOLE, (200, 300))) - (base / 2 + 127.5)).max() <= 1.5
    viewer.set_layer("top", blend="add")
    assert np.abs(gray(render(viewer.view, WHOLE, (200, 300))) - np.minimum(base + 127.5, 255)).max() <= 1.5
    viewer.set_layer("top", visible=False)
    assert np.abs(gray(render(viewer.view, WHOLE, (200, 300))) - base).max() <= 1


def test_smooth_interpolation_is_linear_between_pixel_centres(imviz):
    data = np.tile(np.arange(10.0), (10, 1))
    imviz.load_data(data, data_label="slope")
    imviz.default_viewer.set_layer("slope", cuts=(0, 9), interpolation="smooth")
    picture = gray(render(imviz.default_viewer.view, Limits(0, 9, 0, 9), (90, 90)))
    expected = np.linspace(0.05, 8.95, 90) / 9 * 255
    assert np.abs(picture[45] - expected).max() <= 1.5


def tangent(angle, parity=-1, sip=False, gwcs=False):
    from astropy.wcs import WCS, Sip

    wcs = WCS(naxis=2)
    ending = "-SIP" if sip else ""
    wcs.wcs.ctype = [f"RA---TAN{ending}", f"DEC--TAN{ending}"]
    wcs.wcs.crval, wcs.wcs.crpix = [10.0, 20.0], [150.3, 99.6]
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs.wcs.cd = np.array([[parity * c, -parity * s], [s, c]]) * 0.5 / 3600
    if sip:
        a, b = np.zeros((3, 3)), np.zeros((3, 3))
        a[2, 0], b[0, 2], a[1, 1] = 3e-5, -2e-5, 1e-5
        wcs.sip = Sip(a, b, None, None, wcs.wcs.crpix)
    wcs.wcs.set()
    wcs.array_shape = (200, 300)
    return wcs


@pytest.mark.parametrize("sip", [False, True], ids=["TAN", "SIP"])
@pytest.mark.parametrize("parity", [-1, 1], ids=["east left", "east right"])
def test_an_image_drawn_through_its_wcs_is_where_astropy_says_at_1000_points(sip, parity):
    from imviz.view.picture.mesh import make_mesh

    reference, other = tangent(0), tangent(33, parity, sip)
    imviz = Imviz()
    imviz.load_data(NDData(RAMP, wcs=reference), data_label="reference")
    imviz.load_data(NDData(RAMP, wcs=other), data_label="other")
    imviz.link_data(align_by="wcs")
    viewer = imviz.default_viewer
    mesh = make_mesh((200, 300), viewer.frame.transform_from(imviz.app.session.data("other")))
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 299, 1000), rng.uniform(0, 199, 1000)
    rows, columns = mesh.cells
    u, v = (x + 0.5) / 300 * columns, (y + 0.5) / 200 * rows
    i, j = np.minimum(u.astype(int), columns - 1), np.minimum(v.astype(int), rows - 1)
    s, t = u - i, v - j
    found = [
        (n[j, i] * (1 - s) + n[j, i + 1] * s) * (1 - t) + (n[j + 1, i] * (1 - s) + n[j + 1, i + 1] * s) * t
        for n in (mesh.x, mesh.y)
    ]
    true = pixel_to_pixel(other, reference, x, y)
    assert np.hypot(found[0] - true[0], found[1] - true[1]).max() < 0.005


def test_a_rotated_pair_looks_as_reproject_draws_it():
    reproject = pytest.importorskip("reproject")
    rng = np.random.default_rng(5)
    from scipy.ndimage import gaussian_filter

    data = gaussian_filter(rng.normal(0, 1, (200, 300)), 4)
    reference, other = tangent(0), tangent(20, 1, sip=True)
    imviz = Imviz()
    imviz.load_data(NDData(np.zeros((200, 300)), wcs=reference), data_label="reference")
    imviz.load_data(NDData(data, wcs=other), data_label="other")
    imviz.link_data(align_by="wcs")
    imviz.default_viewer.set_layer("reference", visible=False)
    imviz.default_viewer.set_layer("other", cuts=(-0.3, 0.3), interpolation="smooth")
    picture = gray(render(imviz.default_viewer.view, WHOLE, (200, 300)))
    theirs, footprint = reproject.reproject_interp((data, other), reference, shape_out=(200, 300))
    inside = (footprint > 0) & np.isfinite(theirs)
    expected = np.clip((theirs + 0.3) / 0.6, 0, 1) * 255
    off = np.abs(picture - expected)[inside]
    assert np.percentile(off, 99.5) <= 2
    assert (picture[footprint == 0] == 0).mean() > 0.99


def test_nothing_shown_is_black_and_a_picture_is_a_png(imviz):
    imviz.default_viewer.set_layer("ramp", visible=False)
    picture = render(imviz.default_viewer.view)
    assert picture.shape == (600, 800, 3)
    assert picture.max() == 0
    assert png(picture).startswith(b"\x89PNG")


@pytest.mark.parametrize("shape", [(0, 5), (5, 10**6), (5.5, 5)])
def test_a_shape_that_no_picture_has_is_refused(imviz, shape):
    with pytest.raises(InputError, match="A picture is"):
        render(imviz.default_viewer.view, WHOLE, shape)
