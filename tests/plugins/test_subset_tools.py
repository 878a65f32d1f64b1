"""Subset Tools: the list, the form and the names that notebooks call."""

import numpy as np
import pytest
from astropy.nddata import NDData
from regions import CirclePixelRegion, CompoundPixelRegion, PixCoord, RectanglePixelRegion

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
    plugin.set_number(["radius", 7.5])
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
    for label in labels:
        plugin.tick([label, True])
    assert session.selected_regions == tuple(labels)
    numbers = [line["number"] for line in plugin.lines]
    session.region_list.rename(labels[1], "core")
    assert [line["number"] for line in plugin.lines] == numbers  # the lines of the list are the same ones
    plugin.tick([numbers[1], False])
    assert session.selected_regions == (labels[0],)
    plugin.tick([numbers[1], True])
    plugin.join()
    assert session.selected_region == labels[0]
    assert [(line["path"], line["join"], line["text"]) for line in plugin.tree] == [
        ([], "or", ""),
        ([0], "", "Circle at 30, 20"),
        ([1], "", "Rectangle at 33, 20"),
    ]
    plugin.delete_selected()
    assert session.regions == ()
    with pytest.raises(InputError, match="Select a region first"):
        plugin.delete_selected()


def test_the_tree_is_edited_and_undone(session, plugin):
    labels = session.add_regions([CIRCLE, RectanglePixelRegion(PixCoord(33, 20), 6, 6), CIRCLE])
    session.select(labels)
    plugin.join_by = "remove"
    plugin.join()
    before = session.region(labels[0])
    plugin.change_join([[0], "and"])
    assert [line["join"] for line in plugin.tree] == ["remove", "and", "", "", ""]
    plugin.free_part([0, 1])
    assert [line["text"] for line in plugin.tree] == ["", "Circle at 30, 20", "Circle at 30, 20"]
    assert type(session.region(session.regions[-1])) is RectanglePixelRegion
    plugin.drop_part([1])
    assert (plugin.tree, session.region(labels[0]).center) == ((), CIRCLE.center)
    session.history.undo(3)
    assert (session.region(labels[0]), session.regions) == (before, (labels[0],))
    session.region_list.style([labels[0]], locked=True)
    with pytest.raises(InputError, match="locked"):
        plugin.drop_part([1])


def test_notebooks_change_parts(session, plugin):
    assert plugin.import_region([CIRCLE], subset_label="a") == []
    other = RectanglePixelRegion(PixCoord(33, 20), 6, 6)
    plugin.subset = "a"
    plugin.add_part(other, "xor")
    plugin.set_join((), "andnot")
    assert [part["join"] for part in plugin.get_parts()] == ["remove", None, None]
    assert type(session.region("a")) is CompoundPixelRegion
    assert plugin.remove_part((1,), keep=True) == "Subset 1"
    assert plugin.get_parts("Subset 1")[0]["region"] == other
    with pytest.raises(InputError, match="no part of itself"):
        plugin.remove_part(())
    with pytest.raises(InputError, match="no combination mode"):
        plugin.set_join((), "zz")


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


def test_each_region_is_imported_in_its_own_way(session, plugin):
    inner = CIRCLE.copy(radius=CIRCLE.radius / 2)
    with pytest.raises(InputError, match="2 regions and 1 combination modes"):
        plugin.import_region([CIRCLE, inner], combination_mode=["new"])
    before = plugin.subset.choices
    assert (
        plugin.import_region([CIRCLE, inner], combination_mode=["new", "andnot"], subset_label="ring") == []
    )
    assert plugin.subset.choices == (*before, "ring")
    (ring,) = plugin.get_regions(list_of_subset_labels=["ring"]).values()
    assert (ring.inner_radius, ring.outer_radius) == (CIRCLE.radius / 2, CIRCLE.radius)
    session.history.undo()
    assert plugin.subset.choices == before


def test_older_words_for_centres_numbers_and_kinds(session, plugin):
    plugin.import_region(CIRCLE, subset_label="star")
    plugin.import_region(CIRCLE.copy(), edit_subset="star", combination_mode="replace")
    plugin.set_center((12, 13), subset_name="star", update=True)
    plugin.update_subset("star", subregion=0, xc=14, radius=3)
    assert plugin.get_center("star") == (14, 13)
    assert set(plugin.get_regions("spatial", ["star"])) == {"star"}
    with pytest.raises(InputError, match="no 'spectral' regions"):
        plugin.get_regions(region_type="spectral")
    with pytest.raises(InputError, match="no part 1"):
        plugin.update_subset("star", subregion=1, xc=3)
