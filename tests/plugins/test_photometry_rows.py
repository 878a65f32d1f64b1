"""The table of Aperture Photometry: sorted, selected with its regions, deleted and brought back."""

import pytest
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import InputError


def circle(x, y, r=8):
    return CirclePixelRegion(PixCoord(x, y), r)


@pytest.fixture
def imviz():
    """Three regions, measured twice on the first of two images and once on the second."""
    app = Imviz()
    app.load_demo()
    app.load_regions([circle(250, 641, 6), circle(300, 300, 9), circle(400, 200, 7)])
    plugin = app.plugins["Aperture Photometry"]
    plugin.active = True
    for label in ("Subset 1", "Subset 2", "Subset 3", "Subset 1"):
        plugin.calculate_photometry(aperture=label)
    app.app.session.select(())
    return app


@pytest.fixture
def plugin(imviz):
    return imviz.plugins["Aperture Photometry"]


def ids(plugin):
    return [int(row["id"]) for row in plugin.table.rows(0, 99)]


def test_columns_sort_up_down_and_as_measured(plugin):
    plugin.table.sort("sum_aper_area")
    assert ids(plugin) == [1, 4, 3, 2]
    plugin.table.sort("sum_aper_area")
    assert ids(plugin) == [2, 3, 1, 4]
    plugin.table.sort("sum_aper_area")
    assert ids(plugin) == [1, 2, 3, 4]
    plugin.sort_rows("id", descending=True)
    assert ids(plugin) == [4, 3, 2, 1]
    plugin.calculate_photometry(aperture="Subset 3")
    assert ids(plugin) == [5, 4, 3, 2, 1]
    with pytest.raises(InputError, match="no column 'flux'"):
        plugin.sort_rows("flux")


def test_choosing_a_row_selects_its_region_and_its_image(imviz, plugin):
    session = imviz.app.session
    plugin.sort_rows("id", descending=True)
    plugin.table.choose(2, more=False)
    assert session.selected_regions == ("Subset 2",)
    assert (plugin.selected_rows, plugin.aperture) == ((1,), "Subset 2")
    assert plugin.table.selected == {2}
    plugin.table.choose(0, more=True)
    assert session.selected_regions == ("Subset 2", "Subset 1")
    plugin.table.choose(2, more=True)
    assert plugin.selected_rows == (3,)


def test_an_older_row_of_a_region_can_be_chosen_too(imviz, plugin):
    plugin.table.choose(0, more=False)
    assert plugin.selected_rows == (0,)
    assert imviz.app.session.selected_region == "Subset 1"


def test_selecting_a_region_highlights_its_newest_row_on_each_image(imviz, plugin):
    session = imviz.app.session
    session.selected_region = "Subset 1"
    assert plugin.selected_rows == (3,)
    imviz.load_data(session.image("demo[SCI,1]"), data_label="other")
    plugin.calculate_photometry(dataset="other", aperture="Subset 1")
    assert plugin.selected_rows == (3, 4)
    assert plugin.table.focus == 4
    session.select(("Subset 2", "Subset 3"))
    assert plugin.selected_rows == (1, 2)
    session.select(())
    assert plugin.selected_rows == ()


def test_deleted_rows_come_back_by_undo_and_go_by_redo(imviz, plugin):
    session = imviz.app.session
    before = imviz.get_aperture_photometry_results()
    plugin.select_rows([1, -1])
    plugin.remove_table()
    assert imviz.get_aperture_photometry_results()["id"].tolist() == [1, 3]
    assert (session.n_rows, plugin.selected_rows) == (2, ())
    assert session.history.titles[-1] == "Delete 2 rows"
    session.history.undo()
    assert imviz.get_aperture_photometry_results()["pixel_hash"].tolist() == before["pixel_hash"].tolist()
    session.history.redo()
    plugin.calculate_photometry(aperture="Subset 1")
    assert imviz.get_aperture_photometry_results()["id"].tolist() == [1, 3, 5]
    assert "session.remove_rows([1, 3])" in str(session.history)


def test_forgetting_all_rows_is_undone_too(imviz, plugin):
    plugin.clear_table()
    assert imviz.get_aperture_photometry_results() is None
    imviz.app.session.history.undo()
    assert ids(plugin) == [1, 2, 3, 4]


def test_without_a_selected_row_deleting_says_what_to_do(plugin):
    with pytest.raises(InputError, match="click one in the table first"):
        plugin.remove_table()
    with pytest.raises(InputError, match="There is no row 9; 4 are measured"):
        plugin.select_rows(9)
    with pytest.raises(InputError, match="There is no row 9"):
        plugin.remove_rows([9])


def test_an_aperture_that_no_region_shows_any_more_is_outlined_as_it_was(imviz, plugin):
    session = imviz.app.session
    plugin.background = "Manual"
    plugin.table.choose(1, more=False)
    assert plugin.guides == ()
    session.update_region("Subset 2", circle(310, 300, 9))
    (guide,) = plugin.guides
    assert (guide.image, guide.style, guide.region.center.x) == ("demo[SCI,1]", "aperture", 300)
    session.remove_region("Subset 2")
    plugin.select_rows(1)
    assert [guide.region.radius for guide in plugin.guides] == [9]
    plugin.select_rows([])
    assert plugin.guides == ()
