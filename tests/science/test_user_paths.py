"""A name that no file can have is refused in a sentence, at every door that takes one."""

from pathlib import Path

import numpy as np
import pytest
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import ImvizError, InputError
from imviz.science.user_paths import user_path

IMPOSSIBLE = {
    "long": "x" * 300,
    "deep": "d/" * 3000 + "x",
    "nul": "a\0b",
    "no home": "~nosuchuser",
    "in no home": "~nosuchuser/x",
    "loop": "loop/x",
    "not encoded": "\udcff\ud800",
    "under a file": "/dev/null/x",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")


@pytest.fixture(scope="module")
def imviz():
    imviz = Imviz()
    imviz.load_data(np.arange(3600.0).reshape(60, 60), data_label="a")
    imviz.load_regions([CirclePixelRegion(PixCoord(30, 30), 5)])
    imviz.plugins["Aperture Photometry"].calculate_photometry()
    return imviz


def in_dialog(imviz, name):
    imviz.app.window.vue_open(None)
    dialog = imviz.app.window.dialog
    dialog.busy = dialog.problem = ""
    dialog._handle_event(None, {"event": "open", "data": name}, None)
    raise InputError(dialog.problem)


def in_save_dialog(imviz, name):
    imviz.app.window.vue_save(None)
    dialog = imviz.app.window.save_dialog
    dialog._handle_event(None, {"event": "save", "data": name}, None)
    raise InputError(dialog.problem)


DOORS = {
    "load_data": lambda imviz, name: imviz.load_data(f"{name}.fits"),
    "an extension": lambda imviz, name: imviz.load_data(f"{name}.fits[1]"),
    "a pattern": lambda imviz, name: imviz.load_data(f"{name}*.fits"),
    "several": lambda imviz, name: imviz.load_data(f"{name}.fits,{name}.fits"),
    "save_regions": lambda imviz, name: imviz.save_regions(f"{name}.reg"),
    "regions": lambda imviz, name: imviz.load_regions_from_file(f"{name}.reg"),
    "a catalog": lambda imviz, name: imviz.plugins["Catalog Search"].import_catalog(f"{name}.ecsv"),
    "a table": lambda imviz, name: imviz.plugins["Aperture Photometry"].export_table(f"{name}.ecsv"),
    "a picture": lambda imviz, name: imviz.default_viewer.save(f"{name}.png"),
    "a picture, named by the standard": lambda imviz, name: imviz.default_viewer.aid.save(f"{name}.png"),
    "export": lambda imviz, name: imviz.plugins["Export"].export(f"{name}.png"),
    "verify": lambda imviz, name: imviz.verify(f"{name}.ecsv"),
    "confine": lambda imviz, name: imviz.confine(f"{name}"),
    "the dialog": in_dialog,
    "save_session": lambda imviz, name: imviz.save_session(name),
    "load_session": lambda imviz, name: imviz.load_session(f"{name}.imviz"),
    "a folder of missing images": lambda imviz, name: imviz.load_session(folder=name),
    "the dialog that saves": in_save_dialog,
}


@pytest.mark.parametrize("name", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
@pytest.mark.parametrize("door", DOORS)
def test_every_door_refuses_in_a_sentence_of_ours(imviz, folder, door, name):
    if name == "~nosuchuser" and door not in ("confine", "load_data"):
        name = "~nosuchuser/x"  # with an ending it is a file's name like any other
    if name == "~nosuchuser" and door == "load_data":
        name = "~nosuchuser[1]"
    with pytest.raises(ImvizError) as refused:
        DOORS[door](imviz, name)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert len(sentence) <= 400
    assert "Unexpected" not in sentence
    assert "Errno" not in sentence


def test_a_home_is_found_and_what_is_nobodys_is_a_file_of_that_name(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_path("~/a.fits") == tmp_path / "a.fits"
    assert user_path("~nosuchuser/a.fits") == Path("~nosuchuser/a.fits")
    assert user_path(tmp_path / "missing" / "a.fits") == tmp_path / "missing" / "a.fits"
    with pytest.raises(InputError, match=r"^'x+' is no name of a file here: File name too long; give"):
        user_path("x" * 300)
    with pytest.raises(InputError, match=r"it holds a NUL"):
        user_path("a\0b")
