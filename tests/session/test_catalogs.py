"""Catalogs of a session: names, viewers, and images that go."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.nddata import NDData
from astropy.table import Table

from imviz.errors import InputError, UnknownNameError
from imviz.session import Session
from imviz.session.catalogs import Catalog


@pytest.fixture
def session():
    session = Session()
    for label in ("a", "b"):
        session.add_image(NDData(np.zeros((9, 9))), label)
    return session


def catalog(session, image="a"):
    return Catalog(Table({"x": [1.0]}), x=np.array([1.0]), y=np.array([2.0]), ground=session.ground(image))


def test_each_viewer_has_names_of_its_own_and_sees_those_of_all(session):
    session.catalogs.add("stars", catalog(session), "one")
    session.catalogs.add("stars", catalog(session))
    session.catalogs.add("more", catalog(session), "two")
    assert list(session.catalogs.shown_in("one")) == ["catalog stars", "markers stars"]
    assert list(session.catalogs.shown_in("two")) == ["catalog stars", "markers more"]
    session.catalogs.clear("one")
    assert session.catalogs.names("one") == ()
    assert session.catalogs.names() == ("stars",)


def test_every_change_is_told_once_and_no_change_is_not(session):
    told = []
    session.catalogs.add_callback("revision", told.append)
    session.catalogs.add("stars", catalog(session))
    session.catalogs.remove("stars")
    session.catalogs.clear(None)
    assert len(told) == 2


def test_a_catalog_follows_its_image_by_any_name_and_outlives_it(session):
    session.catalogs.add("stars", catalog(session, "b"))
    session.rename_image("b", "c")
    assert session.catalogs.get("stars").image == "c"
    session.remove_image("c")
    assert session.catalogs.get("stars").image == "a"
    session.remove_image("a")
    assert session.catalogs.get("stars").image is None
    assert session.catalogs.get("stars").x.tolist() == [1]


def test_an_unknown_name_lists_those_there_are(session):
    session.catalogs.add("stars", catalog(session))
    with pytest.raises(UnknownNameError, match="stars"):
        session.catalogs.get("galaxies")
    with pytest.raises(InputError, match="give it a name"):
        session.catalogs.add("", catalog(session))
