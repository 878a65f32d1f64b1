"""Subset Tools: the list, the form and the names that notebooks call."""

import numpy as np
import pytest
from astropy.nddata import NDData
from regions import CirclePixelRegion, PixCoord, RectanglePixelRegion

from imviz.errors import InputError
from imviz.plugins.subset_tools import PAGE, SubsetTools
from imviz.session import Session

CIRCLE = CirclePixelRegion(PixCoord(30.0, 20.0), 5.0)


@pytest.fixture
def session():
    session = Session()
    session.add_image(NDData(np.ones((60, 80)), unit="Jy"), "a")
    return session


@pytest.fixture
def plugin(session):
    plugin = SubsetTools(session)
    plugin.active = True
    return plugin


def test_ten_thousand_regions_are_one_page(session, plugin):
    session.add_regions([CIRCLE] * 10_000)
    assert (len(plugin.lines), plugin.summary) == (PAGE, "10000 regions")
    plugin.page = 2
    assert plugin.lines[0]["label"] == f"Subset {PAGE + 1}"
    plugin.filter = "9999"
    assert ([line["label"] for line in plugin.lines], plugin.page) == (["Subset 9999"], 1)


def test_the_form_shows_and_changes_the_selected_region(session, plugin):
    session.selected_region = session.add_region(CIRCLE)
    assert [(one["name"], one["value"]) for one in plugin.parameters] == [("x", 30), ("y", 20), ("radius", 5)]
    assert float(plugin.figures[0]["result"].split()[0]) == pytest.approx(np.pi * 25, rel=1e-5)
    plugin.edited = ("radius", 7.5)
    plugin.color, plugin.visible = "red", False
    plugin.label = "star"
    record = session.region_list["star"]
    assert (session.region("star").radius, record.color, record.visible) == (7.5, "#ff0000", False)
    for _ in range(4):
        plugin.undo()
    assert session.region("Subset 1") == CIRCLE
    plugin.redo()
    assert session.region("Subset 1").radius == 7.5


def test_the_list_selects_and_joins_and_shows_the_tree(session, plugin):
    labels = session.add_regions([CIRCLE, RectanglePixelRegion(PixCoord(33, 20), 6, 6)])
    plugin.chosen = list(labels)
    assert session.selected_regions == tuple(labels)
    plugin.join()
    session.selected_region = labels[0]
    assert plugin.tree == ("∪", "· Circle", "· Rectangle")
    plugin.delete_selected()
    assert session.regions == ()
    with pytest.raises(InputError, match="Select a region first"):
        plugin.delete_selected()


def test_notebooks_names(session, plugin, tmp_path):
    assert plugin.import_region([CIRCLE], subset_label="star") == []
    plugin.subset = "star"
    assert (plugin.get_center(), plugin.combination_mode) == ((30, 20), "new")
    plugin.set_center((33, 21))
    plugin.update_subset(radius=6)
    assert plugin.get_regions()["star"] == CirclePixelRegion(
        PixCoord(33, 21), 6, meta=plugin.get_regions()["star"].meta
    )
    plugin.import_region(CIRCLE, combination_mode="andnot")
    plugin.rename_selected("ring")
    plugin.file_name = str(tmp_path / "a.reg")
    plugin.save()
    plugin.delete_subset("ring")
    plugin.load()
    assert session.regions == ("ring",)
    with pytest.raises(InputError, match="no combination mode"):
        plugin.combination_mode = "zz"
