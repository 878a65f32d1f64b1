"""One region is meant, several may be selected: the two always agree."""

from __future__ import annotations

from regions import CirclePixelRegion, PixCoord

from imviz.session import Session


def test_the_last_one_selected_is_the_one_that_is_meant():
    selection = Session()
    selection.select(["a", "b"])
    assert (selection.selected_regions, selection.selected_region) == (("a", "b"), "b")
    selection.select([])
    assert (selection.selected_regions, selection.selected_region) == ((), None)


def test_selecting_one_by_name_selects_no_other():
    selection = Session()
    selection.select(["a", "b"])
    selection.selected_region = "a"
    assert selection.selected_regions == ("a",)
    selection.selected_region = None
    assert selection.selected_regions == ()


def test_whoever_observes_one_finds_the_other_right():
    selection, seen = Session(), []
    selection.add_callback("selected_region", lambda label: seen.append((label, selection.selected_regions)))
    selection.select(["a", "b"])
    selection.selected_region = "c"
    assert seen == [("b", ("a", "b")), ("c", ("c",))]


def test_a_region_that_is_gone_is_not_selected():
    import numpy as np
    from astropy.nddata import NDData

    session = Session()
    session.add_image(NDData(np.zeros((9, 9))), "a")
    labels = [session.add_region(CirclePixelRegion(PixCoord(3, 3), n), "a") for n in (1, 2, 3)]
    session.select(labels)
    session.remove_region(labels[2])
    assert session.selected_regions == tuple(labels[:2])
    assert session.selected_region == labels[1]
