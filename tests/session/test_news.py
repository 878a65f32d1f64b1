"""A change reaches all who hear of it, and is whole, whatever one of them cannot do."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.nddata import NDData
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError, ReadError
from imviz.session import Session

CIRCLE = CirclePixelRegion(PixCoord(5, 5), 2)


@pytest.fixture
def session():
    session = Session()
    for label in "ab":
        session.add_image(NDData(np.ones((20, 30))), label)
    session.add_region(CIRCLE, on="a", label="mine")
    return session


STEPS = {
    "remove an image": lambda session: session.remove_image("a"),
    "rename an image": lambda session: session.rename_image("a", "z"),
    "align": lambda session: session.align("wcs"),
    "add a region": lambda session: session.add_region(CIRCLE, on="b"),
    "delete a region": lambda session: session.remove_region("mine"),
    "undo": lambda session: session.history.undo(),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("error", [ReadError, OSError, MemoryError])
def test_an_observer_that_fails_costs_neither_the_change_nor_the_others(session, step, error):
    def fails(_):
        raise error("b.fits changed on disk")

    heard = []
    session.add_callback("revision", fails, priority=10)
    session.add_callback("revision", heard.append)
    before = session.history.titles
    STEPS[step](session)
    assert heard
    assert session.trouble == "b.fits changed on disk"
    assert session.history.titles != before
    if step != "undo":
        session.remove_callback("revision", fails)
        session.history.undo()
        assert session.history.titles == before
        assert (session.images, session.regions, session.alignment) == (("a", "b"), ("mine",), "pixels")


def test_the_same_trouble_is_told_again(session):
    told = []
    session.add_callback("trouble", told.append)
    for _ in range(2):
        session.amiss(ReadError("b.fits is gone"))
    assert [one for one in told if one] == ["b.fits is gone"] * 2


def test_several_changes_in_one_step_are_all_made_or_none(session):
    def part_of():
        with session.history.step("Two things"):
            session.add_region(CIRCLE, on="b")
            session.remove_image("a")
            session.remove_region("not there")

    before = session.history.titles
    with pytest.raises(InputError, match="not there"):
        part_of()
    assert (session.images, session.regions) == (("a", "b"), ("mine",))
    assert session.history.titles == before
    assert session.history.undone == ()


def test_a_joined_step_that_cannot_be_undone_whole_is_not_undone_at_all(session, monkeypatch):
    with session.history.step("Two things"):
        session.remove_image("a")
        session.add_region(CIRCLE, on="b", label="second")
    monkeypatch.setattr(session._images, "_put", _refuse)
    with pytest.raises(ReadError):
        session.history.undo()
    assert (session.images, session.regions) == (("b",), ("mine", "second"))
    assert session.history.titles[-1] == "Two things"


def _refuse(_):
    raise ReadError("a.fits is gone")
