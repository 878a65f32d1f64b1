"""The contrast tool's end in the kernel: what the hand says becomes the top image's, and the other way."""

from __future__ import annotations

import pytest

from imviz.viewer.overlays.contrast import ContrastDrag


@pytest.fixture
def drag(viewer):
    return next(widget for widget in viewer.widgets if isinstance(widget, ContrastDrag))


def look(viewer, label):
    layer = next(layer for layer in viewer.controls.layers if layer.label == label)
    return layer.contrast, layer.bias


def test_what_the_hand_says_becomes_the_top_images_and_only_its(viewer, drag):
    viewer.add_image("b")
    drag.set_state({"contrast": 2.5, "bias": 0.25})
    assert look(viewer, "b") == (2.5, 0.25)
    assert look(viewer, "a") == (1, 0.5)


def test_the_hand_begins_with_what_the_top_image_has(viewer, drag):
    viewer.set_layer("a", contrast=3, bias=0.1)
    assert (drag.contrast, drag.bias) == (3, 0.1)
    viewer.add_image("b")
    assert (drag.contrast, drag.bias) == (1, 0.5)
    viewer.set_visible("b", False)
    assert (drag.contrast, drag.bias) == (3, 0.1)


def test_the_newest_values_are_not_sent_back_to_the_hand_that_made_them(viewer, drag, monkeypatch):
    sent = []
    monkeypatch.setattr(drag, "_send", lambda message, buffers=None: sent.append(message))
    drag.set_state({"contrast": 2.0, "bias": 0.75})
    assert [m for m in sent if {"contrast", "bias"} & set(m.get("state", {}))] == []


def test_without_an_image_nothing_happens(viewer, drag):
    viewer.remove_image("a")
    drag.set_state({"contrast": 2.0})
    assert (drag.contrast, drag.bias) == (2.0, 0.5)
