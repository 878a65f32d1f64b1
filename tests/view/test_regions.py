from __future__ import annotations

import json
import operator

import numpy as np
import pytest
from echo import delay_callback
from glue.core.subset import InequalitySubsetState
from regions import CirclePixelRegion, CompoundPixelRegion, LinePixelRegion, PixCoord, PolygonPixelRegion

from imviz.plugin import Guide
from imviz.view.regions import PALETTE, colour
from imviz.viewer import ImageViewer

CIRCLE = CirclePixelRegion(PixCoord(20, 30), 5)
DRAWN = {"kind": "circle", "x": 40.1, "y": 50.2, "radius": 6.3}


def test_a_drawn_shape_becomes_a_region_with_exactly_its_numbers(session, hand):
    hand(type="draw", shape=DRAWN)
    assert session.region("Subset 1") == CirclePixelRegion(PixCoord(40.1, 50.2), 6.3)
    assert session.selected_region == "Subset 1"


def test_a_region_more_is_one_message_with_that_region_only(session, viewer, sent):
    for n in range(20):
        session.add_region(CirclePixelRegion(PixCoord(20 + n, 30), 5), "a")
    assert [[entry["label"] for entry in message["set"]] for message in sent.of("shapes")] == [
        [f"Subset {n + 1}"] for n in range(20)
    ]


def test_a_moved_region_is_sent_alone_and_a_removed_one_by_name(session, viewer, sent, hand):
    session.add_region(CIRCLE, "a")
    session.add_region(CIRCLE, "a")
    sent.clear()
    hand(type="update", shapes=[{"label": "Subset 1", "shape": DRAWN}])
    (message,) = sent.of("shapes")
    look = {"color": colour("Subset 1"), "opacity": 1.0, "locked": False, "hidden": False}
    assert message["set"] == [{"label": "Subset 1", "shape": DRAWN, **look}]
    sent.clear()
    hand(type="remove", labels=["Subset 1"])
    (message,) = sent.of("shapes")
    assert (message["set"], message["remove"]) == ([], ["Subset 1"])
    assert session.regions == ("Subset 2",)


def test_a_new_page_is_told_everything(session, viewer, sent, hand):
    session.add_region(CIRCLE, "a")
    viewer.view.regions_drawn.set_guides([Guide("a", CIRCLE, "aperture")])
    sent.clear()
    hand(type="ready")
    assert sent.of("shapes")[0]["all"]
    assert [entry["label"] for entry in sent.of("shapes")[0]["set"]] == ["Subset 1"]
    assert sent.of("guides")[0]["guides"][0]["style"] == "aperture"


def test_a_shape_that_is_refused_says_why_and_the_page_is_put_right(session, viewer, sent, hand):
    session.add_region(CIRCLE, "a")
    sent.clear()
    hand(type="update", shapes=[{"label": "Subset 1", "shape": {**DRAWN, "radius": -1}}])
    assert "radius" in viewer.controls.message
    assert sent.of("shapes")[-1]["set"][0]["shape"]["radius"] == 5
    assert session.region("Subset 1") == CIRCLE


def test_a_selection_goes_both_ways(session, viewer, sent, hand):
    session.add_region(CIRCLE, "a")
    hand(type="select", labels=["Subset 1"], n=7)
    assert session.selected_region == "Subset 1"
    assert sent.of("selected") == [{"type": "selected", "n": 7}]
    session.selected_region = None
    assert viewer.widgets[2].selected == []


def test_combining_draws_on_the_selected_region(session, viewer, sent, hand):
    session.selected_region = session.add_region(CIRCLE, "a")
    session.combine = "or"
    assert viewer.widgets[2].combining
    hand(type="draw", shape=DRAWN)
    assert session.regions == ("Subset 1",)
    assert isinstance(session.region("Subset 1"), CompoundPixelRegion)
    assert sent.of("shapes")[-1]["set"][0]["shape"]["kind"] == "compound"


def test_a_compound_region_is_drawn_as_its_parts(session, sent):
    session.add_region(CompoundPixelRegion(CIRCLE, CirclePixelRegion(PixCoord(60, 60), 9), operator.or_), "a")
    shape = sent.of("shapes")[-1]["set"][0]["shape"]
    assert [part["radius"] for part in shape["parts"]] == [5, 9]


def test_a_selection_by_value_has_no_outline_and_does_no_harm(session, sent):
    data = session.data("a")
    state = InequalitySubsetState(data.main_components[0], 5, operator.gt)
    session.glue.data_collection.new_subset_group("bright", state)
    assert sent.of("shapes")[-1]["set"] == []


def test_aligned_by_wcs_regions_are_drawn_where_they_are_on_the_sky(session, viewer, sent):
    session.add_region(CirclePixelRegion(PixCoord(140, 90), 8), "b")
    assert sent.of("shapes")[-1]["set"][0]["shape"]["x"] == 140
    session.align("wcs")
    shape = sent.of("shapes")[-1]["set"][0]["shape"]
    assert (shape["x"], shape["y"]) == pytest.approx((150, 100), abs=1e-6)


def test_guides_follow_the_alignment_and_other_images_guides_are_not_drawn(session, viewer, sent):
    guide = Guide("b", CirclePixelRegion(PixCoord(140, 90), 8), "background")
    viewer.view.regions_drawn.set_guides([guide])
    assert sent.of("guides")[-1]["guides"] == []
    viewer.add_image("b")
    session.align("wcs")
    (drawn,) = sent.of("guides")[-1]["guides"]
    assert drawn["style"] == "background"
    assert (drawn["shape"]["x"], drawn["shape"]["y"]) == pytest.approx((150, 100), abs=1e-6)


def test_a_viewer_without_images_draws_nothing_and_takes_no_drawing(session):
    viewer = ImageViewer(session, "imviz-5")
    viewer.widgets[2]._handle_custom_msg({"type": "draw", "shape": DRAWN}, [])
    assert session.regions == ()
    viewer.close()


def test_a_closed_viewer_follows_no_more(session):
    viewer = ImageViewer(session, "imviz-5")
    viewer.add_image("a")
    viewer.close()
    session.add_region(CIRCLE, "a")
    session.align("wcs")
    session.remove_image("a")


def test_a_region_keeps_its_colour():
    assert colour("Subset 1") == PALETTE[0]
    assert colour("Subset 9") == PALETTE[0]
    assert colour("my star") == colour("my star")


def test_many_regions_travel_as_binary_numbers_and_few_bytes(session, viewer, monkeypatch):
    told = []
    monkeypatch.setattr(
        viewer.widgets[2], "send", lambda content, buffers=None: told.append((content, buffers))
    )
    with delay_callback(session, "revision"):
        for n in range(1000):
            session.add_region(CirclePixelRegion(PixCoord(n / 7, n / 3), 1 + n / 1000), "a")
        session.add_region(PolygonPixelRegion(PixCoord([1, 2, 3], [1, 2, 1])), "a")
    (message,) = told
    (pack,), (buffer,) = message[0]["packed"], message[1]
    numbers = np.frombuffer(buffer, "<f8").reshape(1000, 3)
    assert pack["fields"] == ("x", "y", "radius")
    assert numbers[999].tolist() == [999 / 7, 333, 1 + 999 / 1000]
    assert pack["label"][999] == "Subset 1000"
    assert [entry["shape"]["kind"] for entry in message[0]["set"]] == ["polygon"]
    assert len(buffer) + len(json.dumps(message[0])) < 100_000


def test_several_are_selected_moved_and_deleted_together(session, viewer, hand):
    for _ in range(3):
        session.add_region(CIRCLE, "a")
    hand(type="select", labels=["Subset 1", "Subset 3"])
    assert session.selected_regions == ("Subset 1", "Subset 3")
    assert viewer.widgets[2].selected == ["Subset 1", "Subset 3"]
    hand(type="update", shapes=[{"label": f"Subset {n}", "shape": DRAWN} for n in (1, 3)])
    assert (
        session.region("Subset 3")
        == session.region("Subset 1")
        == CirclePixelRegion(PixCoord(40.1, 50.2), 6.3)
    )
    hand(type="remove", labels=["Subset 1", "Subset 3"])
    assert session.regions == ("Subset 2",)


def test_a_copy_is_pasted_at_the_cursor_or_beside(session, viewer, hand):
    session.add_region(CIRCLE, "a")
    hand(type="copy", labels=["Subset 1"])
    hand(type="paste", at={"x": 100.0, "y": 50.0})
    assert session.region("Subset 2") == CirclePixelRegion(PixCoord(100, 50), 5)
    assert session.selected_regions == ("Subset 2",)
    hand(type="paste", at=None)
    assert session.region("Subset 3").center.xy != CIRCLE.center.xy
    assert session.region("Subset 3").radius == 5


def test_a_copy_goes_through_the_sky_to_another_image(session, viewer, hand):
    session.align("wcs")
    session.add_region(CirclePixelRegion(PixCoord(140, 90), 8), "b")
    hand(type="copy", labels=["Subset 1"])
    hand(type="paste", at=None)
    x, y = session.region("Subset 2").center.xy
    assert session.region_image("Subset 2") == "a"
    assert (x - 150, y - 100) == pytest.approx((8, -8), abs=1e-6)


def test_a_compound_moves_as_a_whole(session, viewer, sent, hand):
    other = CirclePixelRegion(PixCoord(60, 60), 9)
    session.add_region(CompoundPixelRegion(CIRCLE, other, operator.and_), "a")
    shape = sent.of("shapes")[-1]["set"][0]["shape"]
    moved = {**shape, "parts": [{**part, "x": part["x"] + 5} for part in shape["parts"]]}
    hand(type="update", shapes=[{"label": "Subset 1", "shape": moved}])
    found = session.region("Subset 1")
    assert found.operator is operator.and_
    assert [found.region1.center.x, found.region2.center.x] == [25, 65]


def test_colour_lock_and_sight_are_the_documents_and_sent_when_they_change(session, viewer, sent):
    session.add_region(CIRCLE, "a")
    session.add_region(CIRCLE, "a")
    sent.clear()
    session.region_list.style(["Subset 2"], color="#123456", locked=True, visible=False)
    (message,) = sent.of("shapes")
    ((found),) = message["set"]
    assert (found["label"], found["color"], found["locked"], found["hidden"]) == (
        "Subset 2",
        "#123456",
        True,
        True,
    )


def test_a_gesture_is_one_step_that_is_taken_back_and_done_again(session, viewer, hand):
    for _ in range(2):
        session.add_region(CIRCLE, "a")
    steps = len(session.history)
    hand(type="update", shapes=[{"label": f"Subset {n}", "shape": DRAWN} for n in (1, 2)])
    assert len(session.history) == steps + 1
    hand(type="undo")
    assert session.region("Subset 1") == session.region("Subset 2") == CIRCLE
    hand(type="redo")
    assert session.region("Subset 2").radius == 6.3
    hand(type="remove", labels=["Subset 1", "Subset 2"])
    hand(type="undo")
    assert session.regions == ("Subset 1", "Subset 2")


def test_a_locked_region_is_not_moved_and_the_page_is_put_right(session, viewer, sent, hand):
    session.add_region(CIRCLE, "a")
    session.region_list.style(["Subset 1"], locked=True)
    sent.clear()
    hand(type="update", shapes=[{"label": "Subset 1", "shape": DRAWN}])
    assert "locked" in viewer.controls.message
    assert sent.of("shapes")[-1]["set"][0]["shape"]["radius"] == 5


def test_a_line_is_drawn_as_a_region(session, hand):
    hand(type="draw", shape={"kind": "line", "x": 2, "y": 3, "points": [[1, 2], [3, 4]]})
    assert session.region("Subset 1") == LinePixelRegion(PixCoord(1, 2), PixCoord(3, 4))


def test_the_smallest_move_and_a_vertex_more_are_changes(session, hand):
    label = session.add_region(CirclePixelRegion(PixCoord(30000, 20000), 5), "a")
    hand(
        type="update", shapes=[{"label": label, "shape": {**DRAWN, "x": 30000.001, "y": 20000, "radius": 5}}]
    )
    assert session.region(label).center.x == 30000.001
    label = session.add_region(PolygonPixelRegion(PixCoord([1, 5, 3], [1, 1, 4])), "a")
    points = [[1, 1], [3, 0], [5, 1], [3, 4]]
    hand(type="update", shapes=[{"label": label, "shape": {"kind": "polygon", "points": points}}])
    assert len(session.region(label).vertices) == 4
