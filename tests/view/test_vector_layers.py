"""The vector layers in the kernel: what travels, when, and where it lies."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.wcs.utils import pixel_to_pixel

from imviz.errors import InputError
from imviz.view.vectors import Paths, Points


@pytest.fixture
def told(viewer, monkeypatch):
    """Messages of the vectors' overlay, from now on: (content, buffers)."""
    messages = []
    monkeypatch.setattr(
        viewer.widgets[3], "send", lambda content, buffers=None: messages.append((content, buffers or []))
    )
    return messages


def arrays(message):
    """The float64 positions in a message."""
    content, buffers = message
    found = dict(zip(content["arrays"], buffers, strict=True))
    return np.frombuffer(found["x"], "<f8"), np.frombuffer(found["y"], "<f8")


def test_points_travel_once_as_exact_binary_numbers(viewer, told):
    x, y = 32000 + np.arange(5) / 7, np.arange(5) / 3
    viewer.vectors.set("stars", Points(x, y, image="a"))
    (message,) = told
    assert message[0]["kind"] == "points"
    assert sum(len(buffer) for buffer in message[1]) == 5 * 16
    found = arrays(message)
    assert (found[0] == x).all()
    assert (found[1] == y).all()
    assert viewer.vectors.names == ("stars",)


def test_moving_the_view_sends_nothing(viewer, told):
    viewer.vectors.set("stars", Points([1, 2], [3, 4], image="a"))
    told.clear()
    viewer.center_on((10, 10))
    viewer.zoom(2)
    viewer.set_layer("a", cuts=(0, 9))
    assert told == []


def test_points_of_another_image_lie_where_the_sky_says(session, viewer, told):
    x, y = np.random.default_rng(1).uniform(0, 200, (2, 100))
    viewer.vectors.set("stars", Points(x, y, image="b"))
    assert (arrays(told[-1])[0] == x).all()
    session.align("wcs")
    expected = pixel_to_pixel(session.image("b").wcs, session.image("a").wcs, x, y)
    np.testing.assert_allclose(arrays(told[-1]), expected, atol=1e-9)
    session.align("pixels")
    assert (arrays(told[-1])[1] == y).all()


def test_points_on_the_sky_lie_where_astropy_puts_them(session, viewer, told):
    sky = SkyCoord([10.0, 10.001, 190.0], [20.0, 20.002, -20.0], unit="deg")
    viewer.vectors.set("stars", Points(sky=sky))
    x, y = arrays(told[-1])
    np.testing.assert_allclose([x[:2], y[:2]], session.image("a").wcs.world_to_pixel(sky[:2]), atol=1e-9)
    assert np.isnan(x[2])  # on the other half of the sky


def test_on_an_image_without_wcs_sky_points_have_no_place(session, viewer, told):
    viewer.remove_image("a")
    viewer.add_image("plain")
    viewer.vectors.set("stars", Points(sky=SkyCoord([10.0], [20.0], unit="deg")))
    assert np.isnan(arrays(told[-1])).all()


def test_paths_travel_as_one_row_of_points_with_where_each_begins(viewer, told):
    lines = [[(0, 0), (1, 2)], [(3, 4), (5, 6), (7, 8)]]
    viewer.vectors.set("contours", Paths(lines, image="a", color=["red", "#00ff00"], dash=(4, 2)))
    content, buffers = told[-1]
    found = dict(zip(content["arrays"], buffers, strict=True))
    assert np.frombuffer(found["starts"], "<u4").tolist() == [0, 2, 5]
    assert [content["colors"][n] for n in np.frombuffer(found["which"], "<u2")] == ["#ff0000", "#00ff00"]
    assert arrays(told[-1])[1].tolist() == [0, 2, 4, 6, 8]


def test_a_footprint_on_the_sky_follows_the_reference(session, viewer, told):
    square = SkyCoord([10.0, 10.01, 10.01], [20.0, 20.0, 20.01], unit="deg")
    viewer.vectors.set("field", Paths([square], closed=True))
    expected = session.image("a").wcs.world_to_pixel(square)
    np.testing.assert_allclose(arrays(told[-1]), expected, atol=1e-9)


def test_a_selection_is_four_bytes_a_point_and_a_new_page_gets_it_too(viewer, told):
    viewer.vectors.set("stars", Points(np.arange(1000), np.arange(1000), image="a"))
    told.clear()
    viewer.vectors.select("stars", [3, 999])
    ((content, buffers),) = told
    assert content == {"type": "select", "name": "stars"}
    assert np.frombuffer(buffers[0], "<u4").tolist() == [3, 999]
    viewer.widgets[3]._handle_custom_msg({"type": "ready"}, [])
    assert told[-1][0]["arrays"] == ["x", "y", "selected"]
    with pytest.raises(InputError, match="1000 points"):
        viewer.vectors.select("stars", [1000])


def test_a_click_in_the_browser_is_told_with_name_and_number(viewer):
    viewer.vectors.set("stars", Points([1, 2], [3, 4], image="a", pickable=True))
    heard = []
    viewer.vectors.add_callback("picked", heard.append)
    for index in (1, 1, 7):  # twice the same is two clicks; 7 is not there
        viewer.widgets[3]._handle_custom_msg({"type": "pick", "layer": "stars", "index": index}, [])
    viewer.widgets[3]._handle_custom_msg({"type": "pick", "layer": "gone", "index": 0}, [])
    viewer.widgets[3]._handle_custom_msg(
        {"type": "pick", "layer": "stars", "more": True}, [np.array([0, 1], "<u4").tobytes()]
    )
    found = [(pick.layer, pick.indices, pick.more) for pick in heard]
    assert found == [("stars", (1,), False), ("stars", (1,), False), ("stars", (0, 1), True)]
    assert heard[-1].index == 0


def test_a_layer_outlives_the_removal_of_its_image_and_follows_its_name(session, viewer, told):
    viewer.vectors.set("stars", Points([1], [2], image="b"))
    session.rename_image("b", "c")
    assert arrays(told[-1])[0].tolist() == [1]
    session.remove_image("c")
    assert np.isnan(arrays(told[-1])).all()


def test_a_removed_layer_is_gone(viewer, told):
    viewer.vectors.set("stars", Points([1], [2], image="a"))
    viewer.vectors.remove("stars")
    viewer.vectors.remove("stars")
    assert [content["type"] for content, _ in told] == ["layer", "remove"]
    assert viewer.vectors.names == ()
    with pytest.raises(InputError, match="no vector layer"):
        viewer.vectors["stars"]


def test_a_layer_of_an_unknown_image_is_refused(viewer):
    with pytest.raises(InputError, match="no image 'z'"):
        viewer.vectors.set("stars", Points([1], [2], image="z"))
