"""The kernel's end of the picture: what is sent when the browser asks, and what never is. No browser."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.nddata import NDData

from imviz.session import Session
from imviz.viewer import ImageViewer
from imviz.viewer.picture.picture import PictureLayer


class Browser:
    """Asks as the page would, and keeps what comes."""

    def __init__(self, viewer, monkeypatch):
        self.viewer, self.sent = viewer, []
        (self.widget,) = (widget for widget in viewer.widgets if isinstance(widget, PictureLayer))
        monkeypatch.setattr(self.widget, "send", lambda content, buffers=None: self.sent.append(content))

    def say(self, **message):
        self.widget._handle_custom_msg(message, [])

    def layer(self, n=0):
        return self.widget.layers[n]

    def take(self):
        """Say that the oldest handful that has not been taken has come."""
        taken = self.taken = getattr(self, "taken", 0) + 1
        self.say(type="got", handful=self.of("tiles")[taken - 1]["handful"])

    def want(self, *places, n=0):
        layer = self.layer(n)
        self.say(type="want", tiles=[[layer["id"], layer["version"], *place] for place in places])

    def tiles(self):
        return [
            (tile["level"], tile["row"], tile["column"])
            for message in self.sent
            if message["type"] == "tiles"
            for tile in message["tiles"]
        ]

    def of(self, kind):
        return [message for message in self.sent if message["type"] == kind]


@pytest.fixture
def session():
    session = Session()
    session.add_image(NDData(np.arange(2048.0 * 2048).reshape(2048, 2048)), "large")
    session.add_image(NDData(np.zeros((300, 300))), "small")
    return session


@pytest.fixture
def browser(session, monkeypatch):
    viewer = ImageViewer(session, "imviz-0")
    viewer.add_image("large")
    yield Browser(viewer, monkeypatch)
    viewer.close()


PLACES = [(0, row, column) for row in range(8) for column in range(8)]


def test_two_handfuls_are_under_way_and_another_goes_when_one_is_taken(browser):
    browser.want(*PLACES)
    counts = [len(browser.tiles())]
    while len(browser.tiles()) < 64:
        browser.take()
        counts.append(len(browser.tiles()))
    assert counts == [32, 48, 64]
    assert sorted(browser.tiles()) == PLACES


def test_a_handful_acknowledged_twice_or_never_sent_brings_nothing(browser):
    browser.want(*PLACES)
    first = browser.of("tiles")[0]["handful"]
    for number in (first, first, 99):  # a second page of the notebook has heard it too
        browser.say(type="got", handful=number)
    assert len(browser.tiles()) == 48


def test_a_new_page_does_not_wait_for_what_an_old_one_was_sent(browser):
    browser.want(*PLACES)
    browser.say(type="hello")
    browser.want(*PLACES[:5])
    assert browser.tiles() == [*PLACES[:32], *PLACES[:5]]


def test_the_newest_wish_replaces_those_before(browser):
    browser.want(*PLACES)
    browser.want((0, 15, 15))
    for _ in range(3):
        browser.take()
    assert browser.tiles() == [*PLACES[:32], (0, 15, 15)]


def test_what_is_on_its_way_is_not_sent_twice(browser):
    browser.want(*PLACES)
    browser.want(*PLACES)  # the page has painted again before the first handful came
    while len(browser.tiles()) < 64:
        browser.take()
    assert sorted(browser.tiles()) == PLACES


def test_a_wish_for_an_older_coding_or_a_layer_that_is_gone_is_not_answered(browser):
    layer = browser.layer()
    browser.say(type="want", tiles=[[layer["id"], layer["version"] + 1, 0, 0, 0], [999, 0, 0, 0, 0]])
    assert browser.tiles() == []
    browser.want((0, 0, 0), (0, 500, 500), (99, 0, 0))  # and places that no image has
    assert browser.tiles() == [(0, 0, 0)]


def test_estimates_are_announced_as_refined_once_and_then_come_exact(browser):
    browser.want((4, 0, 0))
    (first,) = browser.of("tiles")[0]["tiles"]
    assert not first["exact"]
    browser.take()
    assert browser.of("refined") == [{"type": "refined", "layer": browser.layer()["id"]}]
    browser.want((4, 0, 0))
    assert browser.of("tiles")[1]["tiles"][0]["exact"]
    browser.take()
    assert len(browser.of("refined")) == 1


def test_the_pass_over_the_image_waits_until_all_that_is_asked_for_has_come(browser):
    (served,) = browser.viewer.picture._served.values()
    browser.want((4, 0, 0), *PLACES[:40])
    for _ in range(2):
        browser.take()
        assert not served.pyramid.complete
    browser.take()
    assert len(browser.tiles()) == 41
    assert served.pyramid.complete


def test_an_estimate_that_arrives_late_is_asked_for_again(browser):
    (served,) = browser.viewer.picture._served.values()
    browser.want((4, 0, 0))
    for _ in served.pyramid.make_overview():  # for another viewer, while the estimate is on its way
        pass
    assert served.estimated
    browser.take()
    assert len(browser.of("refined")) == 1
    assert not served.estimated


def test_an_image_removed_is_refined_no_further(session, browser):
    (served,) = browser.viewer.picture._served.values()
    browser.want((4, 0, 0))
    browser.viewer.remove_image("large")
    browser.viewer.picture._refine(served)
    assert not served.pyramid.complete
    assert browser.of("refined") == []


def test_two_viewers_of_an_image_share_its_pyramid_and_one_may_close(session, browser):
    other = ImageViewer(session, "imviz-1")
    other.add_image("large")
    data = session.data("large")
    assert other.picture.pyramid(data) is browser.viewer.picture.pyramid(data)
    other.close()
    browser.want((4, 0, 0))
    browser.take()
    assert len(browser.of("refined")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"cuts": (0, 3e6)},
        {"stretch": "log"},
        {"colormap": "viridis"},
        {"opacity": 0.5},
        {"invert": True},
        {"nan_color": "red"},
        {"blend": "add"},
        {"interpolation": "smooth"},
        {"visible": False},
    ],
)
def test_a_change_of_look_sends_no_pixel_and_makes_no_tile_old(browser, change):
    before = browser.layer()
    browser.viewer.set_layer("large", **change)
    assert browser.sent == []
    after = browser.layer()
    assert (after["id"], after["version"]) == (before["id"], before["version"])
    assert after != before


def test_a_change_of_one_layer_keeps_the_ids_of_the_others(browser):
    browser.viewer.add_image("small")
    ids = [layer["id"] for layer in browser.widget.layers]
    browser.viewer.set_layer("small", cuts=(0, 1))
    assert [layer["id"] for layer in browser.widget.layers] == ids
    browser.viewer.remove_image("small")
    assert [layer["id"] for layer in browser.widget.layers] == ids[:1]


def test_other_pixels_of_an_image_are_another_layer_for_the_browser(session):
    viewer = ImageViewer(session, "v")
    viewer.add_image("small")
    (widget,) = (widget for widget in viewer.widgets if isinstance(widget, PictureLayer))
    before = [layer["id"] for layer in widget.layers]
    session.replace_image("small", NDData(np.ones((300, 300))))
    assert [layer["id"] for layer in widget.layers] != before
    assert not viewer.picture.outdated
    viewer.close()


def test_a_slow_link_gets_packed_tiles_and_plain_ones_when_the_cuts_ask_for_more(browser):
    def asked(*places):
        layer = browser.layer()
        browser.say(
            type="want", unpacks=True, tiles=[[layer["id"], layer["version"], *place] for place in places]
        )
        browser.take()
        return browser.of("tiles")[-1]["tiles"][0]["packed"]

    link = browser.viewer.picture.link
    assert not asked(*PLACES[:4])
    link.limit = np.inf
    assert asked((0, 1, 1))
    version, (low, high) = browser.layer()["version"], browser.viewer.cuts
    browser.viewer.cuts = low, high - 0.1 * (high - low)
    assert browser.layer()["version"] == version  # none of it can be seen
    browser.viewer.cuts = high - 0.1 * (high - low), high
    assert browser.layer()["version"] == version + 1
    link.limit = 0
    assert not asked((0, 0, 0))
