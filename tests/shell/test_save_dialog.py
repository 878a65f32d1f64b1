"""Saving and opening sessions by the window's dialogs."""

import numpy as np
import pytest
from astropy.io import fits

from imviz import Imviz


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    fits.writeto(tmp_path / "raw" / "a.fits", np.ones((8, 9)))
    return tmp_path


@pytest.fixture
def imviz(folder):
    imviz = Imviz()
    imviz.load_data(str(folder / "raw" / "a.fits"))
    return imviz


def ask(part, name, data=None):
    part._handle_event(part, {"event": name, "data": data}, [])


def saving(imviz):
    ask(imviz.app.window, "save", None)
    return imviz.app.window.save_dialog


def test_the_first_time_it_asks_where_to_and_then_no_more(imviz, folder):
    dialog = saving(imviz)
    assert (dialog.shown, dialog.path) == (True, str(folder / "session.imviz"))
    ask(dialog, "save", str(folder / "night3"))
    assert (dialog.shown, imviz.app.window.message) == (False, "Saved to night3.imviz.")
    before = (folder / "night3.imviz").read_bytes()
    imviz.app.session.rename_image("a[PRIMARY,1]", "first")
    assert not saving(imviz).shown
    assert (folder / "night3.imviz").read_bytes() != before


def test_a_file_that_is_there_is_replaced_after_a_second_click(imviz, folder):
    (folder / "session.imviz").write_text("mine")
    dialog = saving(imviz)
    ask(dialog, "save", dialog.path)
    assert (dialog.shown, dialog.there) == (True, True)
    assert "exists already" in dialog.problem
    assert (folder / "session.imviz").read_text() == "mine"
    ask(dialog, "replace", dialog.path)
    assert not dialog.shown
    assert (folder / "session.imviz").read_text().startswith("{")


@pytest.mark.parametrize(
    ("path", "why"), [("", "Name the file"), ("a\0b", "Name the file"), ("no/x", "does not exist")]
)
def test_what_cannot_be_written_is_said_and_the_dialog_stays(imviz, path, why):
    dialog = saving(imviz)
    ask(dialog, "save", path)
    assert dialog.shown
    assert why in dialog.problem


def test_nothing_is_written_outside_the_folder_that_files_are_opened_from(imviz, folder):
    (folder / "root").mkdir()
    imviz.confine(folder / "root")
    dialog = saving(imviz)
    assert dialog.path == str(folder / "root" / "session.imviz")
    ask(dialog, "save", str(folder / "x.imviz"))
    assert "outside" in dialog.problem
    assert not (folder / "x.imviz").exists()


def test_the_open_dialog_opens_sessions_and_finds_what_they_miss(imviz, folder):
    imviz.save_session(folder / "night3.imviz")
    (folder / "raw" / "a.fits").rename(folder / "raw" / "b.fits")
    (folder / "deep").mkdir()
    (folder / "raw").rename(folder / "deep" / "raw")
    new = Imviz()
    window = new.app.window
    ask(window, "open")
    assert "night3.imviz" in [entry["name"] for entry in window.dialog.entries]
    ask(window.dialog, "choose", "night3.imviz")
    assert (window.dialog.shown, window.dialog.problem) == (False, "")
    assert "1 image is missing: a[PRIMARY,1]" in window.message
    ask(window, "open")
    assert window.dialog.missing == ["a[PRIMARY,1]"]
    ask(window.dialog, "find")
    assert (window.dialog.shown, new.data_labels) == (False, ["a[PRIMARY,1]"])


def test_a_session_opens_images_of_the_folder_alone_that_files_are_opened_from(imviz, folder):
    (folder / "root").mkdir()
    imviz.save_session(folder / "root" / "night3.imviz")
    new = Imviz()
    new.confine(folder / "root")
    ask(new.app.window, "open")
    ask(new.app.window.dialog, "choose", "night3.imviz")
    assert new.data_labels == []
    assert "outside" in new.app.session.missing["a[PRIMARY,1]"].why
