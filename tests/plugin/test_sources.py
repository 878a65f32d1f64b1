"""Choices of what comes and goes: offered by the framework, before the plugin hears of it."""

import weakref

import numpy as np
import pytest
from astropy.nddata import NDData
from astropy.table import QTable
from echo import CallbackProperty, HasCallbackProperties
from regions import CirclePixelRegion, PixCoord

from imviz.plugin import Choice, Plugin, Several, Viewers
from imviz.session import Session
from imviz.session.catalogs import Catalog


class Follower(Plugin):
    name = "Follower"
    image = Choice(of="images", doc="An image.")
    place = Choice(["All", "Seen"], of="regions", doc="Always one of two, or a region.")
    stars = Several(of="regions", doc="Some regions.")
    series = Several(of="images", joining=True, doc="All images, until one is taken out.")
    catalog = Choice(["From a file"], of="catalogs", doc="A catalog.")
    view = Choice(of="viewers", doc="A viewer.")

    def __init__(self, session, viewers=None):
        super().__init__(session, viewers)
        self._heard = []
        session.add_callback("images", lambda images: self._heard.append((images, self.image.choices)))


class Controls(HasCallbackProperties):
    cursor = CallbackProperty(None)


class Viewer:
    def __init__(self):
        self.controls = Controls()


class Listener:
    def __init__(self):
        self.told = []

    def hear(self, name, value):
        self.told.append((name, value))


def image():
    return NDData(np.zeros((20, 20)))


@pytest.fixture
def session():
    session = Session()
    session.add_image(image(), "a")
    session.add_region(CirclePixelRegion(PixCoord(5, 5), 3), label="star")
    return session


@pytest.fixture
def plugin(session):
    return Follower(session)


def test_what_is_there_is_offered_from_the_start_after_what_always_is(plugin):
    assert (plugin.image, plugin.image.choices) == ("a", ("a",))
    assert (plugin.place, plugin.place.choices) == ("All", ("All", "Seen", "star"))
    assert (plugin.stars, plugin.stars.choices) == ((), ("star",))
    assert plugin.series == ("a",)
    assert plugin.catalog.choices == ("From a file",)
    assert (plugin.view, plugin.view.choices) == ("", ())


def test_what_comes_is_offered_and_joins_only_where_that_is_wanted(plugin, session):
    session.add_region(CirclePixelRegion(PixCoord(9, 9), 3), label="other")
    assert plugin.stars.choices == ("star", "other")
    assert plugin.stars == ()
    session.add_image(image(), "b")
    assert plugin.series == ("a", "b")
    plugin.series = ["b"]
    session.add_image(image(), "c")
    assert plugin.series == ("b", "c")
    assert plugin.image == "a"


def test_what_goes_is_chosen_no_more(plugin, session):
    plugin.place, plugin.stars = "star", ["star"]
    session.remove_region("star")
    assert (plugin.place, plugin.place.choices) == ("All", ("All", "Seen"))
    assert plugin.stars == ()
    session.remove_image("a")
    assert (plugin.image, plugin.series) == ("", ())


def test_the_plugins_own_callback_finds_the_choices_as_they_are(plugin, session):
    session.add_image(image(), "b")
    assert [(list(images), list(choices)) for images, choices in plugin._heard] == [(["a", "b"], ["a", "b"])]


def test_a_catalog_shown_can_be_chosen(plugin, session):
    table = QTable({"x": [1.0], "y": [2.0]})
    session.catalogs.add(
        "mine", Catalog(table, x=np.array([1.0]), y=np.array([2.0]), ground=session.ground("a"))
    )
    assert plugin.catalog.choices == ("From a file", "mine")
    session.catalogs.remove("mine")
    assert plugin.catalog.choices == ("From a file",)


def test_news_that_change_nothing_for_a_field_are_not_told_to_it(plugin, session):
    heard = []
    plugin.add_callback("place", heard.append)
    session.add_image(image(), "b")
    assert heard == []
    session.add_region(CirclePixelRegion(PixCoord(9, 9), 3), label="other")
    assert heard == ["All"]


def test_viewers_are_offered_and_watched_as_they_come(session):
    found = {"one": Viewer()}
    viewers = Viewers(found)
    plugin = Follower(session, viewers)
    assert (plugin.view, plugin.view.choices) == ("one", ("one",))
    listener = Listener()
    viewers.watch("controls.cursor", listener.hear)
    found["two"] = Viewer()
    viewers.refresh()
    viewers.refresh()
    assert plugin.view.choices == ("one", "two")
    for name, one in found.items():
        one.controls.cursor = f"over {name}"
    assert listener.told == [("one", "over one"), ("two", "over two")]


def test_another_viewer_by_an_old_name_is_watched_too(session):
    found = {"one": Viewer()}
    viewers = Viewers(found)
    listener = Listener()
    viewers.watch("controls.cursor", listener.hear)
    found["one"] = Viewer()
    viewers.refresh()
    found["one"].controls.cursor = 1
    assert listener.told == [("one", 1)]


def test_who_watches_is_not_kept_alive(session):
    viewers = Viewers({"one": Viewer()})
    listener = Listener()
    viewers.watch("controls.cursor", listener.hear)
    gone = weakref.ref(listener)
    del listener
    assert gone() is None
    viewers["one"].controls.cursor = 1
    viewers.refresh()
