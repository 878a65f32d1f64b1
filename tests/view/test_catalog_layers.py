"""Markers as notebooks know them: per viewer, in pixels or on the sky, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import QTable, Table
from astropy.wcs.utils import pixel_to_pixel

from imviz.errors import InputError, NoSkyError
from imviz.viewer import ImageViewer


@pytest.fixture
def table(session):
    x, y = np.array([10.0, 20, 30]), np.array([5.0, 6, 7])
    coord = session.image("a").wcs.pixel_to_world(x, y)
    return QTable({"x": x, "y": y, "coord": coord, "flux": [1, 2, 3]})


def layer(viewer, name="default-marker-name"):
    return f"markers {name}"


def test_markers_lie_at_their_pixels_and_look_as_said(viewer, table):
    viewer.marker = {"color": "yellow", "alpha": 0.5, "markersize": 10, "fill": True}
    viewer.add_markers(table, marker_name="mine")
    drawn = viewer.vectors[layer(viewer, "mine")]
    assert (drawn.color, drawn.alpha, drawn.fill) == ("#ffff00", 0.5, True)
    assert [axis.tolist() for axis in viewer.vectors.positions(layer(viewer, "mine"))] == [
        [10, 20, 30],
        [5, 6, 7],
    ]
    assert viewer.get_marker_names() == ["mine"]


def test_sky_markers_lie_where_the_wcs_says(viewer, table):
    viewer.add_markers(table["coord",], use_skycoord=True)
    np.testing.assert_allclose(viewer.vectors.positions(layer(viewer)), [[10, 20, 30], [5, 6, 7]], atol=1e-6)


def test_other_columns_are_taken_by_name(viewer):
    viewer.add_markers(Table({"col": [1, 2], "row": [3, 4]}), x_colname="col", y_colname="row")
    assert viewer.vectors.positions(layer(viewer))[1].tolist() == [3, 4]


def test_the_same_name_in_another_viewer_is_another_layer(session, viewer, table):
    other = ImageViewer(session, "imviz-1")
    other.add_image("b")
    viewer.add_markers(table, marker_name="mine")
    other.add_markers(table[:1], marker_name="mine")
    assert len(viewer.vectors[layer(viewer, "mine")]) == 3
    assert len(other.vectors[layer(other, "mine")]) == 1
    other.reset_markers()
    assert viewer.get_marker_names() == ["mine"]
    other.add_markers(table)
    other.close()
    assert session.catalogs.names("imviz-1") == ()
    assert viewer.get_marker_names() == ["mine"]


def test_markers_are_removed_by_name_or_all(viewer, table):
    for name in (None, "one", "two"):
        viewer.add_markers(table, marker_name=name)
    viewer.remove_markers()
    viewer.remove_markers("one")
    assert viewer.get_marker_names() == ["two"]
    viewer.remove_markers("three")
    assert "three" in viewer.controls.message
    viewer.remove_markers("all")
    assert viewer.vectors.names == ()


def test_markers_survive_every_alignment_and_the_removal_of_their_image(session, viewer, table):
    viewer.add_image("b")
    viewer.add_markers(table)
    session.align("wcs")
    expected = pixel_to_pixel(
        session.image("a").wcs, session.image("b").wcs, table["x"].data, table["y"].data
    )
    viewer.remove_image("a")
    session.remove_image("a")
    assert session.catalogs.get("default-marker-name", "imviz-0").image == "b"
    np.testing.assert_allclose(viewer.vectors.positions(layer(viewer)), expected, atol=1e-6)


@pytest.mark.parametrize("sky", [False, True])
def test_a_catalog_of_no_sources_goes_everywhere(session, viewer, table, sky):
    viewer.add_image("b")
    viewer.add_markers(table[:0], use_skycoord=sky)
    session.align("wcs")
    viewer.set_orientation(session.orientations.north_up("a"))
    viewer.remove_image("a")
    session.remove_image("a")
    assert len(session.catalogs.get("default-marker-name", "imviz-0").table) == 0
    assert viewer.vectors.positions(layer(viewer))[0].size == 0


def test_a_masked_position_is_nowhere(viewer):
    table = Table({"x": [1.0, 2], "y": [3.0, 4]}, masked=True)
    table["x"].mask[0] = True
    viewer.add_markers(table)
    assert np.isnan(viewer.vectors.positions(layer(viewer))[0]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        ({"shape": "circle"}, KeyError, "shape"),
        ({"color": "redd"}, ValueError, "colour"),
        ({"alpha": 1.1}, ValueError, "0 to 1"),
        ({"alpha": "a"}, ValueError, "0 to 1"),
        ({"markersize": 0}, ValueError, "positive"),
        ({"fill": 1}, ValueError, "True or False"),
        ("red", ValueError, "dictionary"),
    ],
)
def test_a_marker_that_cannot_be_drawn_is_refused_and_nothing_changes(viewer, value, error, said):
    with pytest.raises(error, match=said):
        viewer.marker = value
    assert viewer.marker == {"color": "red", "alpha": 1.0, "markersize": 5}


def test_what_cannot_be_marked_says_why(session, viewer, table):
    with pytest.raises(ValueError, match="reserved"):
        viewer.add_markers(table, marker_name="all")
    with pytest.raises(KeyError, match="no column 'z'"):
        viewer.add_markers(table, x_colname="z")
    with pytest.raises(InputError, match="SkyCoord"):
        viewer.add_markers(table, skycoord_colname="flux", use_skycoord=True)
    viewer.remove_image("a")
    with pytest.raises(InputError, match="shows no image"):
        viewer.add_markers(table)
    viewer.add_image("plain")
    with pytest.raises(AttributeError, match="no celestial WCS"):
        viewer.add_markers(Table({"coord": SkyCoord([1], [2], unit="deg")}), use_skycoord=True)
    assert issubclass(NoSkyError, InputError)
