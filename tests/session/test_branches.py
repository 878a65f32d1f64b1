"""Lines of steps that were left for others: kept, followed, and forgotten with what they hold."""

import numpy as np
import pytest
from astropy.nddata import NDData
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.session import Session


def circle(x):
    return CirclePixelRegion(PixCoord(x, 20), 3)


def session_of_one():
    session = Session()
    session.add_image(NDData(np.zeros((40, 60), "f4")), "a")
    session.history.clear()
    return session


def labels(session):
    return {label: session.region(label).center.x for label in session.regions}


def test_what_was_undone_before_another_change_is_a_branch_that_can_be_followed_and_left_again():
    session = session_of_one()
    for x in (10, 20, 30):
        session.add_region(circle(x))
    session.history.undo(2)
    session.add_region(circle(50))
    (branch,) = session.history.branches
    assert branch.titles == ("Add Subset 2", "Add Subset 3")
    assert branch.after == "Add Subset 1"
    session.history.follow(branch)
    assert labels(session) == {"Subset 1": 10, "Subset 2": 20, "Subset 3": 30}
    (other,) = session.history.branches
    assert other.titles == ("Add Subset 4",)
    session.history.follow(other)
    assert labels(session) == {"Subset 1": 10, "Subset 4": 50}
    with pytest.raises(InputError, match="no longer there"):
        session.history.follow(other)


def test_any_step_of_the_line_can_be_gone_to_and_no_other():
    session = session_of_one()
    for x in (10, 20, 30):
        session.add_region(circle(x))
    for n in (0, 2, 3, 1):
        session.history.go_to(n)
        assert len(session.regions) == n
        assert len(session.history.line) == 3
    for n in (-1, 4):
        with pytest.raises(InputError, match="there are 3"):
            session.history.go_to(n)
    assert session.history.branches == ()


def test_a_step_says_when_it_was_done_and_on_which_image():
    session = session_of_one()
    session.add_region(circle(10))
    session.add_row({"subset_label": "Subset 1", "data_label": "a", "sum": 3.0})
    added, measured = session.history.line
    assert (added.title, added.image) == ("Add Subset 1", "a")
    assert (measured.title, measured.image) == ("Measure Subset 1", "a")
    assert added.when <= measured.when


def test_branches_go_before_steps_when_too_many_pixels_are_held():
    session = session_of_one()
    session.history.most_held = 2 * 40 * 60 * 4
    label = session.add_image(NDData(np.ones((40, 60), "f4")), "b")
    session.remove_image(label)
    session.history.undo(2)
    for n in range(2):
        label = session.add_image(NDData(np.full((40, 60), n, "f4")), f"more {n}")
        session.remove_image(label)
    assert session.history.branches
    label = session.add_image(NDData(np.full((40, 60), 7, "f4")), "last")
    session.remove_image(label)
    assert session.history.branches == ()
    session.history.undo()
    assert session.image("last").data[0, 0] == 7


def test_forgetting_the_history_forgets_its_branches():
    session = session_of_one()
    session.add_region(circle(10))
    session.history.undo()
    session.add_region(circle(20))
    assert len(session.history.branches) == 1
    session.history.clear()
    assert session.history.branches == ()


class Wandering(RuleBasedStateMachine):
    """However steps are undone, left and followed, each place has the document that it had."""

    @initialize()
    def begin(self):
        self.session = session_of_one()
        self.known = {(): labels(self.session)}

    def place(self):
        return tuple(id(step) for step in self.session.history)

    def check(self):
        here = labels(self.session)
        assert self.known.setdefault(self.place(), here) == here

    @rule(x=st.integers(5, 50))
    def add(self, x):
        self.session.add_region(circle(x))
        self.steps = [*getattr(self, "steps", []), *self.session.history.line]  # ids stay theirs
        self.check()

    @rule(data=st.data())
    def move(self, data):
        if self.session.regions:
            label = data.draw(st.sampled_from(self.session.regions))
            self.session.update_region(label, circle(data.draw(st.integers(5, 50))))
            self.steps = [*getattr(self, "steps", []), *self.session.history.line]
            self.check()

    @rule(data=st.data())
    def go(self, data):
        self.session.history.go_to(data.draw(st.integers(0, len(self.session.history.line))))
        self.check()

    @rule(data=st.data())
    def follow(self, data):
        branches = self.session.history.branches
        if branches:
            branch = data.draw(st.sampled_from(branches))
            self.session.history.follow(branch)
            assert self.session.history.titles == tuple(step.title for step in branch.steps)
            self.check()


TestWandering = Wandering.TestCase
TestWandering.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
