"""Where pictures lie: a GWCS with distortion against astropy, and what has no place at all."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.wcs import WCS
from astropy.wcs.utils import pixel_to_pixel
from view.conftest import tangent

from imviz import Imviz
from imviz.science.sky.extrapolated import extrapolated
from imviz.view.limits import Limits
from imviz.view.picture.mesh import Mesh, make_mesh
from imviz.view.picture.render import render

SHAPE = 400, 600


@pytest.fixture
def gwcs_image():
    """An image with a bent GWCS."""
    return bent_image()


def bent_image(*, leads_back=True):
    """A GWCS turned by 25 degrees, with terms of second order that move its corners by some pixels."""
    gwcs = pytest.importorskip("gwcs")
    import astropy.units as u
    from astropy import coordinates
    from astropy.modeling import fitting, models

    centre = models.Shift(-300.0) & models.Shift(-200.0)
    mix, small, large = models.Mapping((0, 1, 0, 1)), models.Scale(1 / 300), models.Scale(300)
    east = models.Polynomial2D(2, c1_0=1, c2_0=9e-3, c1_1=-6e-3)
    north = models.Polynomial2D(2, c0_1=1, c0_2=12e-3)
    down, across = np.mgrid[-0.75:0.76:0.05, -1.1:1.11:0.05]
    fit, bent = fitting.LinearLSQFitter(), (mix | east & north)(across, down)
    back = [fit(models.Polynomial2D(5), *bent, straight) for straight in (across, down)]
    bend = mix | east & north
    if leads_back:
        bend.inverse = mix | back[0] & back[1]
    bend = small & small | bend | large & large
    c, s = np.cos(np.radians(25)) * 0.5 / 3600, np.sin(np.radians(25)) * 0.5 / 3600
    turn = models.AffineTransformation2D(matrix=[[-c, s], [s, c]])
    sky = models.Pix2Sky_TAN() | models.RotateNative2Celestial(10.0, 20.0, 180.0)
    model = centre | bend | turn | sky
    frames = [
        gwcs.coordinate_frames.Frame2D(name="detector", unit=(u.pix, u.pix)),
        gwcs.coordinate_frames.CelestialFrame(reference_frame=coordinates.ICRS(), unit=(u.deg, u.deg)),
    ]
    found = gwcs.WCS([(frames[0], model), (frames[1], None)])
    found.bounding_box = ((-0.5, SHAPE[1] - 0.5), (-0.5, SHAPE[0] - 0.5))
    found.array_shape = SHAPE
    return NDData(np.arange(SHAPE[0] * SHAPE[1], dtype=float).reshape(SHAPE), wcs=found)


def at(mesh, x, y):
    """Where the mesh puts pixel positions of the image: what `placeOf` in tiles.js does."""
    rows, columns = mesh.cells
    u, v = (x + 0.5) / SHAPE[1] * columns, (y + 0.5) / SHAPE[0] * rows
    i, j = np.clip(u.astype(int), 0, columns - 1), np.clip(v.astype(int), 0, rows - 1)
    s, t = u - i, v - j
    return [
        (n[j, i] * (1 - s) + n[j, i + 1] * s) * (1 - t) + (n[j + 1, i] * (1 - s) + n[j + 1, i + 1] * s) * t
        for n in (mesh.x, mesh.y)
    ]


def aligned(image):
    """The image over a larger one with a plain WCS, aligned on the sky."""
    imviz = Imviz()
    imviz.load_data(NDData(np.zeros((900, 900)), wcs=tangent(450, 450)), data_label="reference")
    imviz.load_data(image, data_label="other")
    imviz.link_data(align_by="wcs")
    return imviz


def test_a_bent_gwcs_lies_where_astropy_says_at_1000_points(gwcs_image):
    imviz = aligned(gwcs_image)
    viewer = imviz.default_viewer
    mesh = make_mesh(SHAPE, viewer.frame.transform_from(imviz.app.session.data("other")))
    rng = np.random.default_rng(8)
    x, y = rng.uniform(0, SHAPE[1] - 1, 1000), rng.uniform(0, SHAPE[0] - 1, 1000)
    true = pixel_to_pixel(gwcs_image.wcs, tangent(450, 450), x, y)
    found = at(mesh, x, y)
    assert np.hypot(found[0] - true[0], found[1] - true[1]).max() < 0.005  # 0.1 screen px at 20 a pixel
    one_cell = Mesh(*(nodes[[0, -1]][:, [0, -1]] for nodes in (mesh.x, mesh.y)))
    rough = at(one_cell, x, y)
    assert np.hypot(rough[0] - true[0], rough[1] - true[1]).max() > 1  # bent enough to tell


def test_a_star_on_a_bent_gwcs_is_drawn_at_its_place(gwcs_image):
    data = np.zeros(SHAPE)
    data[320, 500] = 1.0
    imviz = aligned(NDData(data, wcs=gwcs_image.wcs))
    viewer = imviz.default_viewer
    viewer.set_layer("reference", visible=False)
    viewer.set_layer("other", cuts=(0, 1))
    x, y = (float(one) for one in pixel_to_pixel(gwcs_image.wcs, tangent(450, 450), 500, 320))
    zoom = 20
    picture = render(viewer.view, Limits(x - 5, x + 5, y - 5, y + 5), (10 * zoom, 10 * zoom))[::-1, :, 0]
    rows, columns = np.nonzero(picture > 128)
    assert columns.mean() == pytest.approx(5 * zoom - 0.5, abs=1)  # a tenth of a pixel of the image is 2 here
    assert rows.mean() == pytest.approx(5 * zoom - 0.5, abs=1)
    assert len(rows) == pytest.approx(zoom**2, rel=0.1)


def test_the_same_pair_has_the_same_mesh_every_time(gwcs_image):
    meshes = []
    for _ in range(2):
        imviz = aligned(gwcs_image)
        data = imviz.app.session.data("other")
        meshes.append(make_mesh(SHAPE, imviz.default_viewer.frame.transform_from(data)).to_bytes())
    assert meshes[0] == meshes[1]


def test_what_is_on_the_other_side_of_the_sky_has_no_place():
    whole_sky = WCS(naxis=2)
    whole_sky.wcs.ctype = ["RA---CAR", "DEC--CAR"]
    whole_sky.wcs.crval, whole_sky.wcs.crpix, whole_sky.wcs.cdelt = [0, 0], [180.5, 90.5], [-1, 1]
    imviz = aligned(NDData(np.ones((180, 360)), wcs=whole_sky))
    mesh = make_mesh((180, 360), imviz.default_viewer.frame.transform_from(imviz.app.session.data("other")))
    rows, columns = mesh.cells
    y, x = np.meshgrid(np.linspace(1, 178, 30), np.linspace(1, 358, 60), indexing="ij")
    sky = whole_sky.pixel_to_world(x, y)
    away = sky.separation(SkyCoord(10, 20, unit="deg")).deg  # the reference is tangent there
    j, i = ((y + 0.5) / 180 * rows).astype(int), ((x + 0.5) / 360 * columns).astype(int)
    corners = np.stack([mesh.x[j, i], mesh.x[j + 1, i], mesh.x[j, i + 1], mesh.x[j + 1, i + 1]])
    drawn = np.isfinite(corners).all(axis=0)
    assert not drawn[away > 92].any()
    assert drawn[away < 75].all()


@pytest.mark.parametrize("first", ["reference", "other"])
def test_a_gwcs_of_one_direction_lies_exactly_as_frame_and_in_another_s(first):
    imviz, forward = Imviz(), bent_image(leads_back=False).wcs
    images = {
        "reference": NDData(np.zeros((900, 900)), wcs=tangent(450, 450)),
        "other": bent_image(leads_back=False),
    }
    for label in sorted(images, reverse=first == "reference"):
        imviz.load_data(images[label], data_label=label)
    imviz.link_data(align_by="wcs")
    session, viewer = imviz.app.session, imviz.default_viewer
    assert session.unaligned == {}
    assert viewer.view.reference_image == first
    x, y = np.random.default_rng(8).uniform(0, [[SHAPE[1] - 1], [SHAPE[0] - 1]], (2, 1000))
    true = tangent(450, 450).world_to_pixel(forward.pixel_to_world(x, y))
    if first == "reference":
        found, expected = viewer.frame.transform_from(session.data("other"))(x, y), true
    else:
        found, expected = viewer.frame.transform_from(session.data("reference"))(*true), (x, y)
    assert np.hypot(*np.subtract(found, expected)).max() < 1e-5


@pytest.mark.parametrize("leads_back", [True, False])
def test_another_image_is_whole_although_it_leaves_the_frame_s_bounding_box(leads_back):
    imviz, image = Imviz(), bent_image(leads_back=leads_back)
    imviz.load_data(image, data_label="frame")
    imviz.load_data(NDData(np.ones((900, 900)), wcs=tangent(450, 450)), data_label="larger")
    imviz.link_data(align_by="wcs")
    session, viewer = imviz.app.session, imviz.default_viewer
    wcs = session.image("frame").wcs
    x, y = np.random.default_rng(8).uniform(0, 899, (2, 1000))
    sky = tangent(450, 450).pixel_to_world(x, y)
    true = wcs.invert(sky.ra.deg, sky.dec.deg, with_bounding_box=False)
    outside = ~((np.abs(true[0] - 299.5) < 300) & (np.abs(true[1] - 199.5) < 200))
    assert outside.mean() > 0.5
    placed = viewer.frame.transform_from(session.data("larger"))(x, y)
    assert np.hypot(*np.subtract(placed, true)).max() < 1e-6
    back = viewer.frame.transform_to(session.data("larger"))(*placed)
    assert np.hypot(*np.subtract(back, (x, y))).max() < 0.05
    viewer.set_layer("frame", visible=False)
    viewer.set_layer("larger", cuts=(0, 1))
    far = [float(axis[np.argmax(np.abs(true[0]))]) for axis in true]
    assert render(viewer.view, Limits.around(*far, 4, 4), (8, 8)).min() == 255


def test_where_a_distortion_runs_wild_nothing_is_placed():
    wcs = extrapolated(bent_image().wcs)
    x, y = np.meshgrid(np.linspace(-3e4, 3e4, 50), np.linspace(-3e4, 3e4, 50))
    lon, lat = wcs.pixel_to_world_values(x, y)
    known = np.isfinite(lon)
    assert known[25, 25]
    assert not known.all()
    back = np.array(bent_image().wcs.invert(lon[known], lat[known], with_bounding_box=False))
    assert np.hypot(back[0] - x[known], back[1] - y[known]).max() < 0.5


def test_a_wcs_without_a_box_is_left_as_it_is():
    wcs = tangent(450, 450)
    assert extrapolated(wcs) is wcs
