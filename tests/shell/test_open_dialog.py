"""Choosing a file: what is listed, and what happens to a path."""

import pytest

from imviz.errors import InputError, MissingFileError, ReadError
from imviz.shell.open_dialog import OpenDialog, listing


@pytest.fixture
def folder(tmp_path):
    for name in ("b.fits", "A.FITS.gz", "notes.txt", ".hidden.fits", "pic.png"):
        (tmp_path / name).write_bytes(b"x" * 1500)
    (tmp_path / "night 1").mkdir()
    (tmp_path / "broken.fits").symlink_to(tmp_path / "nowhere")
    return tmp_path


@pytest.fixture
def opened():
    return []


@pytest.fixture
def dialog(folder, opened):
    dialog = OpenDialog(opened.append, folder)
    dialog.show()
    return dialog


def ask(dialog, name, data=None):
    dialog._handle_event(dialog, {"event": name, "data": data}, [])


def test_folders_come_first_then_images_by_name(folder):
    found = listing(folder)
    assert [entry["name"] for entry in found] == ["night 1", "A.FITS.gz", "b.fits", "broken.fits", "pic.png"]
    assert found[1] == {"name": "A.FITS.gz", "folder": False, "size": "2 kB"}


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(MissingFileError, match="There is no folder"):
        listing(tmp_path / "nowhere")


def test_a_file_is_handed_over_and_the_dialog_closes(dialog, folder, opened):
    ask(dialog, "choose", "b.fits")
    assert opened == [str(folder / "b.fits")]
    assert not dialog.shown
    assert not dialog.busy


def test_a_folder_is_entered_and_left(dialog, folder, opened):
    ask(dialog, "choose", "night 1")
    assert dialog.folder == str(folder / "night 1")
    assert dialog.entries == []
    ask(dialog, "choose", "..")
    assert dialog.folder == str(folder)
    assert opened == []


def test_an_extension_in_brackets_stays_with_the_path(dialog, folder, opened):
    ask(dialog, "open", f" {folder}/b.fits[SCI,1] ")
    assert opened == [f"{folder}/b.fits[SCI,1]"]


def test_what_cannot_be_loaded_is_told_in_the_dialog_which_stays(folder):
    def refuse(path):
        raise ReadError(f"{path} is not an image.")

    dialog = OpenDialog(refuse, folder)
    dialog.show()
    ask(dialog, "choose", "pic.png")
    assert dialog.problem == f"{folder / 'pic.png'} is not an image."
    assert dialog.shown
    assert not dialog.busy


def test_nothing_typed_is_told(dialog):
    ask(dialog, "open", "  ")
    assert dialog.problem.startswith("Type a path")


def test_a_folder_that_cannot_be_read_is_told(dialog, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        listing(dialog._folder)
