"""The panel of what was done: its rows, and going to any of them."""

import numpy as np
import pytest
from astropy.nddata import NDData
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.plugins.history import History
from imviz.session import Session


@pytest.fixture
def plugin():
    session = Session()
    session.add_image(NDData(np.zeros((40, 60), "f4")), "a")
    plugin = History(session)
    plugin.active = True
    for x in (10, 20, 30):
        session.add_region(CirclePixelRegion(PixCoord(x, 20), 3))
    return plugin


def titles(plugin):
    return [row["Step"] for row in plugin.steps.rows(0, plugin.steps.n_rows)]


def test_every_step_is_a_row_and_those_undone_say_so(plugin):
    assert titles(plugin) == ["The beginning", "Open a", "Add Subset 1", "Add Subset 2", "Add Subset 3"]
    plugin.go_to(2)
    assert titles(plugin)[2:] == ["Add Subset 1", "Add Subset 2 (undone)", "Add Subset 3 (undone)"]
    assert plugin.steps.selected == (2,)
    assert (plugin.n_steps, plugin.n_done) == (4, 2)
    row = plugin.steps.rows(2, 3)[0]
    assert (row["#"], row["Image"]) == ("2", "a")
    assert len(row["When"].split(":")) == 3


def test_choosing_a_row_goes_there_and_a_branch_is_followed(plugin):
    plugin.steps.choose(2, more=False)
    assert plugin._session.regions == ("Subset 1",)
    plugin._session.remove_regions(["Subset 1"])
    assert plugin.n_branches == 1
    (row,) = plugin.branches.rows(0, 1)
    assert (row["After"], row["Steps"], row["Last of them"]) == ("Add Subset 1", "2", "Add Subset 3")
    plugin.branches.choose(0, more=False)
    assert len(plugin._session.regions) == 3
    assert plugin.n_branches == 1
    plugin.follow(1)
    assert plugin._session.regions == ()
    with pytest.raises(InputError, match="no branch 2; there are 1"):
        plugin.follow(2)


def test_a_closed_panel_makes_no_pages(plugin):
    plugin.active = False
    before = plugin.steps_revision
    plugin._session.history.undo()
    assert plugin.steps_revision == before
    assert plugin.n_done == 3
    plugin.active = True
    assert plugin.steps_revision == before + 1
