"""What cannot be opened leaves nothing behind; what comes in a batch or from threads is shown as always."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from astropy.io import fits

from imviz import Imviz
from imviz.app import opening
from imviz.errors import ImvizError, InputError, ReadError


@pytest.fixture
def imviz():
    return Imviz()


def damaged_rice(path, *others):
    """The bytes of its middle are gone: the header and the table of tiles are as they should be."""
    pixels = np.random.default_rng(1).normal(100, 10, (300, 300)).astype("f4")
    image = fits.CompImageHDU(pixels, compression_type="RICE_1")
    fits.HDUList([fits.PrimaryHDU(), *others, image]).writeto(path)
    content = bytearray(path.read_bytes())
    content[-50_000:-30_000] = b"\xff" * 20_000
    path.write_bytes(content)
    return path


def shrinks(path):
    """Whole when it is opened; cut short before its pixels are looked at."""
    fits.writeto(path, np.ones((300, 300), "f4"))
    return path


def of_two_extensions(path):
    """One good image and a damaged one, asked for together."""
    return damaged_rice(path, fits.ImageHDU(np.ones((9, 9)), name="GOOD"))


def nothing_is_left(imviz):
    session = imviz.app.session
    assert imviz.data_labels == []
    assert imviz.default_viewer.data_labels_loaded == []
    assert len(session.data_collection) == 0
    assert (session.history.titles, session.history.undone) == ((), ())


@pytest.mark.parametrize("make", [damaged_rice, of_two_extensions])
def test_a_refused_load_leaves_nothing(imviz, tmp_path, make):
    path = make(tmp_path / "bad.fits")
    options = {"ext": "*"} if make is of_two_extensions else {}
    with pytest.raises(ReadError, match="cannot be decoded"):
        imviz.load_data(path, **options)
    nothing_is_left(imviz)
    imviz.load_data(np.ones((5, 5)), data_label="good")
    assert imviz.default_viewer.data_labels_loaded == ["good"]


def test_a_file_cut_short_between_its_header_and_its_pixels_leaves_nothing(imviz, tmp_path, monkeypatch):
    path = shrinks(tmp_path / "short.fits")
    opener = imviz.app.opener
    take = opener.take

    def late(found, viewers=()):
        with open(path, "r+b") as file:
            file.truncate(10_000)
        return take(found, viewers)

    monkeypatch.setattr(opener, "take", late)
    with pytest.raises(ReadError):
        imviz.load_data(path)
    nothing_is_left(imviz)


def test_older_names_leave_nothing_either_not_even_the_viewer_made_for_it(imviz, tmp_path):
    with pytest.raises(ImvizError):
        imviz.load(damaged_rice(tmp_path / "bad.fits"), viewer="new")
    nothing_is_left(imviz)
    assert list(imviz.viewers) == ["imviz-0"]


def test_one_that_is_refused_costs_a_batch_no_other(imviz, tmp_path):
    bad = damaged_rice(tmp_path / "bad.fits")

    def batch():
        with imviz.batch_load():
            imviz.load_data(np.ones((9, 9)), data_label="one")
            imviz.load_data(bad)
            imviz.load_data(np.ones((9, 9)), data_label="two")

    with pytest.raises(InputError, match="1 of 3 could not be opened"):
        batch()
    assert imviz.data_labels == ["one", "two"]
    assert imviz.default_viewer.data_labels_loaded == ["one", "two"]
    assert imviz.app.session.history.titles == ("Open one", "Open two")


def test_a_list_says_of_all_that_were_refused(imviz, tmp_path):
    bad = damaged_rice(tmp_path / "bad.fits")
    with pytest.raises(InputError, match="2 of 3 could not be opened"):
        imviz.load_data([bad, np.ones((9, 9)), tmp_path / "missing.fits"])
    assert len(imviz.data_labels) == 1


def test_every_way_to_load_in_a_batch_ends_in_the_viewers_named(imviz):
    imviz.create_image_viewer()
    with imviz.batch_load():
        imviz.load(np.ones((9, 9)), data_label="older")
        imviz.load(np.ones((9, 9)), data_label="both", viewer="*")
        imviz.load(np.ones((9, 9)), data_label="new", viewer="mine")
        imviz.load(np.ones((9, 9)), data_label="hidden", viewer=[])
        imviz.load_data(np.ones((9, 9)), data_label="second", show_in_viewer="imviz-1")
        imviz.app.load(np.ones((9, 9)), "named", viewer="imviz-0")
        imviz.load_data([np.ones((9, 9)), np.zeros((5, 5))])
        assert imviz.data_labels == []
    shown = {name: viewer.data_labels_loaded for name, viewer in imviz.viewers.items()}
    assert shown["imviz-0"][:3] == ["older", "both", "named"]
    assert len(shown["imviz-0"]) == 5
    assert shown["imviz-1"] == ["both", "second"]
    assert shown["mine"] == ["new"]
    assert len(imviz.data_labels) == 8


def test_images_loaded_from_threads_are_all_there_and_later_ones_too(imviz):
    imviz.create_image_viewer()

    def load(n):
        viewer = ("imviz-0", "imviz-1")[n % 2]
        imviz.load_data(np.full((40, 40), float(n)), data_label=f"n{n}", show_in_viewer=viewer)
        imviz.viewers[viewer].set_layer(f"n{n}", cuts=(0, n + 1))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(load, range(24)))  # an error in one is raised here
    imviz.load_data(np.ones((5, 5)), data_label="later")
    assert len(imviz.data_labels) == 25
    shown = [viewer.data_labels_loaded for viewer in imviz.viewers.values()]
    assert [sorted(one, key=lambda label: label) for one in shown] == [
        sorted([*(f"n{n}" for n in range(0, 24, 2)), "later"]),
        sorted(f"n{n}" for n in range(1, 24, 2)),
    ]
    assert shown[0][-1] == "later"
    assert len(imviz.app.session.history) == 25


def test_images_removed_and_loaded_from_threads_leave_whole_viewers(imviz):
    for n in range(8):
        imviz.load_data(np.full((40, 40), float(n)), data_label=f"old{n}")

    def work(n):
        if n % 2:
            imviz.app.session.remove_image(f"old{n // 2}")
        else:
            imviz.load_data(np.full((40, 40), float(n)), data_label=f"new{n}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(16)))
    assert set(imviz.data_labels) == {f"new{n}" for n in range(0, 16, 2)}
    assert set(imviz.default_viewer.data_labels_loaded) == set(imviz.data_labels)


def test_of_many_notes_those_that_fit_are_said_and_where_the_others_are(imviz, tmp_path):
    """Two broken axes, an old keyword and a filter: more than one message holds."""
    cards = {"ROWORDER": "TOP-DOWN", "BAYERPAT": "RGGB", "CTYPE1": "ra---tan", "CTYPE2": "dec--tan"}
    fits.writeto(
        tmp_path / "notes.fits", np.ones((9, 9)), fits.Header(cards | {"CDELT1": 1e-4, "CDELT2": 1e-4})
    )
    imviz.load_data(tmp_path / "notes.fits")
    notes = imviz.get_data(imviz.data_labels[0]).meta["imviz_notes"]
    said = imviz.app.window.message
    assert len(said) <= 240
    shown = sum(note in said for note in notes)
    assert 0 < shown < len(notes)
    assert said.endswith(f"{len(notes) - shown} more in Metadata.")


def test_images_that_are_opened_together_are_noted_together(imviz, tmp_path):
    """A note that several share is said once; none is lost because another image came after it."""
    for name, cards in (("a", {"ROWORDER": "TOP-DOWN"}), ("b", {"ROWORDER": "TOP-DOWN"}), ("c", {})):
        header = fits.Header(cards | ({} if cards else {"BAYERPAT": "RGGB"}))
        fits.writeto(tmp_path / f"{name}.fits", np.ones((9, 9)), header)
    with imviz.batch_load():
        for name in "abc":
            imviz.load_data(tmp_path / f"{name}.fits")
    said = imviz.app.window.message
    assert said.startswith("2 images: ROWORDER = 'TOP-DOWN'")
    assert said.endswith("1 more in Metadata.") or "c[PRIMARY,1]: BAYERPAT" in said


def test_a_note_that_is_too_long_ends_at_a_word_and_says_where_the_rest_is():
    said = opening._as_many_as_fit(["word " * 100])
    assert said.endswith("word … All of it is in Metadata.")
    assert len(said) <= 240
