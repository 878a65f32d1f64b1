"""What a tab's kernel does first, with a stand-in made from the real viewer."""

from unittest.mock import create_autospec

import pytest

from imviz.app import Application, Imviz
from imviz.app.session_files import SessionFiles
from imviz.errors import ReadError
from imviz.server import SESSION_VARIABLE, Opening, session


@pytest.fixture
def shown(monkeypatch):
    shown = []
    monkeypatch.setattr(session, "display", lambda data, raw: shown.append(data))
    return shown


@pytest.fixture
def viewer(monkeypatch, shown):
    viewer = create_autospec(Imviz, instance=True)
    viewer.app = create_autospec(Application, instance=True)
    viewer.app.files = create_autospec(SessionFiles, instance=True)
    monkeypatch.setattr(session, "_open", [])  # each test is a kernel of its own
    monkeypatch.setattr("imviz.app.Imviz", create_autospec(Imviz, return_value=viewer))
    return viewer


def open_with(monkeypatch, opening):
    monkeypatch.setenv(SESSION_VARIABLE, opening.to_json())
    return session.start()


def test_files_are_loaded_in_order_and_the_window_fills_the_page(monkeypatch, viewer, shown):
    assert open_with(monkeypatch, Opening(("/a.fits", "/b.fits"))) is viewer
    assert [call.args for call in viewer.load_data.call_args_list] == [("/a.fits",), ("/b.fits",)]
    viewer.load_demo.assert_not_called()
    viewer.show.assert_called_once_with(height="100vh")
    assert shown == []


def test_the_window_is_confined_when_asked_for(monkeypatch, viewer):
    open_with(monkeypatch, Opening(root="/data"))
    viewer.confine.assert_called_once_with("/data")
    open_with(monkeypatch, Opening())
    viewer.confine.assert_called_once()


def test_the_demo_is_loaded_when_asked_for(monkeypatch, viewer):
    open_with(monkeypatch, Opening(demo=True))
    viewer.load_demo.assert_called_once_with()


def test_without_instructions_the_window_is_empty(monkeypatch, viewer):
    monkeypatch.delenv(SESSION_VARIABLE, raising=False)
    session.start()
    viewer.load_data.assert_not_called()
    viewer.show.assert_called_once()


def test_a_bad_file_costs_a_sentence_and_not_the_others(monkeypatch, viewer, shown):
    viewer.load_data.side_effect = [ReadError("bad.fits is not an image."), None]
    open_with(monkeypatch, Opening(("/bad.fits", "/good.fits")))
    assert viewer.load_data.call_count == 2
    viewer.show.assert_called_once()
    assert shown == [{session.MESSAGES_MIME: ["bad.fits is not an image."]}]


def test_the_page_knows_the_notice_by_the_same_name():
    from imviz.server.page import TEMPLATES

    assert session.MESSAGES_MIME in (TEMPLATES / "index.html.j2").read_text()


def test_a_kernel_that_is_come_back_to_shows_the_window_it_has(monkeypatch, viewer):
    first = open_with(monkeypatch, Opening(("/a.fits",)))
    assert open_with(monkeypatch, Opening(("/b.fits",))) is first
    viewer.load_data.assert_called_once_with("/a.fits")
    assert viewer.show.call_count == 2


def test_a_session_s_file_comes_first_and_images_join_it(monkeypatch, viewer, shown):
    viewer.app.files.open.return_value = ["a is missing: There is no file 'a.fits'."]
    open_with(monkeypatch, Opening(("/b.fits", "/night3.imviz")))
    viewer.app.files.open.assert_called_once_with("/night3.imviz")
    viewer.load_data.assert_called_once_with("/b.fits")
    assert shown == [{session.MESSAGES_MIME: ["a is missing: There is no file 'a.fits'."]}]
