import sys
from types import SimpleNamespace

import pytest

from imviz.errors import ImvizError, InputError, MissingExtraError
from imviz.shell import display


class Window:
    """Records what is asked of a window."""

    def __init__(self):
        self.heights = []

    def set_height(self, height):
        self.heights.append(height)


@pytest.fixture
def window():
    return Window()


@pytest.fixture
def jupyter(monkeypatch):
    """In a Jupyter kernel; what is displayed."""
    shown = []
    monkeypatch.setattr(display, "get_ipython", lambda: SimpleNamespace(kernel=True))
    monkeypatch.setattr(display, "display", shown.append)
    return shown


def test_inline_shows_the_window_in_the_cell(window, jupyter):
    display.show(window)
    assert jupyter == [window]
    assert window.heights == []


def test_a_height_is_handed_on(window, jupyter):
    display.show(window, height="80vh")
    assert window.heights == ["80vh"]


@pytest.mark.parametrize("loc", ["beside", "sidecar:above", "inline:left", "popout:kitchen"])
def test_an_unknown_place_is_refused_with_those_there_are(window, jupyter, loc):
    with pytest.raises(InputError, match=r"inline, sidecar:right, .*popout:window, popout:tab"):
        display.show(window, loc)


def test_outside_jupyter_the_error_says_what_works_there(window):
    with pytest.raises(ImvizError, match="run `imviz FILE` instead"):
        display.show(window)


@pytest.mark.parametrize(("loc", "package"), [("sidecar", "sidecar"), ("popout:tab", "ipypopout")])
def test_a_missing_package_names_the_extra(window, jupyter, monkeypatch, loc, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"needs {package}: pip install 'imviz\[sidecar\]'"):
        display.show(window, loc)


@pytest.mark.parametrize(("loc", "anchor"), [("sidecar", "right"), ("sidecar:split-top", "split-top")])
def test_a_sidecar_is_put_at_its_anchor(window, jupyter, monkeypatch, loc, anchor):
    made = []

    class Sidecar:
        def __init__(self, **options):
            made.append(options)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setitem(sys.modules, "sidecar", SimpleNamespace(Sidecar=Sidecar))
    display.show(window, loc, title="M13")
    assert made == [{"anchor": anchor, "title": "M13"}]
    assert jupyter == [window]
