"""Cross-Match: pairs of two tables by the panel's words, marked, selected, refused with a sentence."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.demo import demo_stars
from imviz.errors import ImvizError, InputError

IMAGE = "demo[SCI,1]"
LAYER = "catalog matched pairs"


@pytest.fixture
def imviz():
    app = Imviz()
    app.load_demo()
    return app


@pytest.fixture
def plugin(imviz):
    return imviz.plugins["Cross-Match"]


@pytest.fixture
def truth(imviz):
    """Ten stars of the demo with their places on the sky, and one that is nowhere near."""
    stars = demo_stars()[:10]
    x, y = np.append(stars["x"].value, 5.0), np.append(stars["y"].value, 5.0)
    sky = imviz.get_data(IMAGE).wcs.pixel_to_world(x, y)
    return QTable({"name": [f"star {n}" for n in range(11)], "ra": sky.ra, "dec": sky.dec, "x": x, "y": y})


def measure(imviz, truth, rows):
    for n in rows:
        imviz.load_regions(CirclePixelRegion(PixCoord(truth["x"][n], truth["y"][n]), 6))
        imviz.plugins["Aperture Photometry"].calculate_photometry(IMAGE, list(imviz.get_regions())[-1])


def test_results_and_a_catalog_are_paired_on_the_sky(imviz, plugin, truth):
    imviz.plugins["Catalog Search"].import_catalog(truth)
    measure(imviz, truth, (3, 7, 1))
    assert list(plugin.first.choices) == ["Results", "catalog_results", "From a file"]
    assert (plugin.first, plugin.second) == ("catalog_results", "Results")
    plugin.first, plugin.second, plugin.radius = "Results", "catalog_results", 0.5
    plugin.match()
    assert plugin.sources["name_2"].tolist() == ["star 3", "star 7", "star 1"]
    assert plugin.sources["id_1"].tolist() == [1, 2, 3]
    assert plugin.sources["separation"].max() < 0.2 * u.arcsec
    assert plugin.message.startswith("3 pairs of 3 and 11 sources; typically 0.")


def test_pairs_are_marked_and_one_selection_with_their_rows(imviz, plugin, truth):
    moved = truth.copy()
    moved["ra"] += 0.3 * u.arcsec
    plugin.match_tables(truth, moved, 1 * u.arcsec)
    assert plugin.n_sources == 11
    x, y = imviz.default_viewer.vectors.positions(LAYER)
    np.testing.assert_allclose([x, y], [truth["x"], truth["y"]], atol=1e-6)
    plugin.select_rows([4])
    plugin.zoom()
    x0, x1, y0, y1 = imviz.default_viewer.get_limits()
    assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((truth["x"][4], truth["y"][4]), abs=0.01)


def test_files_are_matched_in_pixels_and_the_second_flux_is_set_beside_the_first(plugin, tmp_path):
    x, y = np.arange(5.0) * 20, np.arange(5.0) * 7
    QTable({"x": x, "y": y, "sum": np.full(5, 2.0)}).write(tmp_path / "one.ecsv")
    QTable({"x": x[:3] + 0.4, "y": y[:3], "sum": np.full(3, 3.0)}).write(tmp_path / "two.csv")
    plugin.first_file, plugin.second_file = str(tmp_path / "one.ecsv"), str(tmp_path / "two.csv")
    plugin.radius_unit = "pix"
    plugin.match()
    assert plugin.sources["flux_ratio"].value.tolist() == pytest.approx([1.5] * 3)
    assert plugin.message == (
        "3 pairs of 5 and 3 sources; typically 0.4 pix apart. Median ratio of the sums 1.5 (second to first)."
    )


def test_a_removed_mark_empties_the_panel_and_undo_of_a_match_takes_its_marks(imviz, plugin, truth):
    plugin.match_tables(truth, truth, 1 * u.arcsec)
    imviz.app.session.history.undo()
    assert plugin.n_sources == 0
    assert LAYER not in imviz.default_viewer.vectors.names
    plugin.match_tables(truth, truth, 1 * u.arcsec)
    plugin.clear_table()
    assert (plugin.n_sources, plugin.message) == (0, "")


def test_no_pair_is_said(plugin, truth):
    far = truth.copy()
    far["dec"] += 1 * u.deg
    assert len(plugin.match_tables(truth, far, 1 * u.arcsec)) == 0
    assert plugin.message == "No source of the two tables is within 1 arcsec of another."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "Give the name of a catalog file"),
        ({"first_file": "nowhere.csv"}, "There is no catalog file 'nowhere.csv'."),
        ({"radius": None}, "A radius is needed"),
        ({"radius": -1}, "Match within a positive radius"),
    ],
)
def test_what_cannot_be_matched_is_said(plugin, tmp_path, change, sentence):
    QTable({"x": [1.0], "y": [1.0]}).write(tmp_path / "a.csv")
    plugin.radius_unit = "pix"
    if change.get("radius", 0) != 0:
        plugin.first_file = plugin.second_file = str(tmp_path / "a.csv")
    for name, value in change.items():
        setattr(plugin, name, value)
    with pytest.raises(ImvizError, match=sentence):
        plugin.match()


def test_pixels_are_not_matched_on_the_sky(plugin, truth):
    with pytest.raises(InputError, match="positions in pixels only"):
        plugin.match_tables(truth["name", "x", "y"], truth, 1 * u.arcsec)
    with pytest.raises(InputError, match="on the sky only"):
        plugin.match_tables(truth["name", "ra", "dec"], truth["name", "ra", "dec"], 1 * u.pix)
