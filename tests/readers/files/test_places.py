"""A confined reader reads files of its folder only, also where a name becomes a link while it looks."""

import gzip
import os
from threading import Event, Thread

import numpy as np
import pytest
from astropy.io import fits

from imviz.errors import ImvizError, InputError
from imviz.readers import load
from imviz.readers.files import open_file, storage
from imviz.readers.files.places import confined

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


@pytest.fixture
def folders(tmp_path):
    """A folder that may be read, and a file beside it that may not."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    fits.writeto(inside / "a.fits", np.zeros((5, 5)))
    fits.writeto(outside / "a.fits", np.ones((5, 5)))
    return inside, outside


def swap(name, target):
    link = name.with_name("link")
    link.symlink_to(target)
    link.replace(name)


def test_a_name_that_becomes_a_link_after_it_was_checked_is_refused(folders, monkeypatch):
    inside, outside = folders
    check = open_file.check_place

    def check_and_swap(path):
        check(path)
        if not os.path.islink(path):
            swap(inside / "a.fits", outside / "a.fits")

    monkeypatch.setattr(storage, "check_place", lambda _: None)
    monkeypatch.setattr(open_file, "check_place", check_and_swap)
    with (
        confined(inside),
        pytest.raises(InputError, match=r"'a\.fits' lies outside .*inside, the"),
    ):
        load(inside / "a.fits")


def test_a_folder_that_becomes_a_link_is_refused_too(folders, monkeypatch):
    inside, outside = folders
    (inside / "night").mkdir()
    (inside / "a.fits").rename(inside / "night" / "a.fits")

    def swap_folder(_):
        if not (inside / "night").is_symlink():
            (inside / "night").rename(inside / "before")
            (inside / "night").symlink_to(outside)

    monkeypatch.setattr(storage, "check_place", lambda _: None)
    monkeypatch.setattr(open_file, "check_place", swap_folder)
    with confined(inside), pytest.raises(InputError, match="lies outside"):
        load(inside / "night" / "a.fits")


def test_a_packed_file_is_unpacked_from_what_is_held_open(folders, monkeypatch):
    inside, outside = folders
    for folder in folders:
        (folder / "a.fits.gz").write_bytes(gzip.compress((folder / "a.fits").read_bytes()))
    opened = storage.OpenFile

    def open_and_swap(path, *rest, **options):
        found = opened(path, *rest, **options)
        if not options.get("temporary"):
            swap(inside / "a.fits.gz", outside / "a.fits.gz")
        return found

    monkeypatch.setattr(storage, "OpenFile", open_and_swap)
    with confined(inside), pytest.raises(ImvizError, match="changed on disk"):
        load(inside / "a.fits.gz")


def test_links_and_files_inside_are_read_and_a_thousand_swaps_never_lead_out(folders):
    inside, outside = folders
    (inside / "link.fits").symlink_to(inside / "a.fits")
    (inside / "b.fits").write_bytes((inside / "a.fits").read_bytes())
    with confined(inside):
        assert load(inside / "link.fits")[0].image.data[0, 0] == 0
    ended = Event()

    def go_on():
        while not ended.is_set():
            swap(inside / "b.fits", outside / "a.fits")
            swap(inside / "b.fits", inside / "a.fits")

    swapping = Thread(target=go_on)
    swapping.start()
    read = 0
    try:
        with confined(inside):
            for _ in range(1000):
                try:
                    found = open_file.OpenFile(inside / "b.fits").read(0, 2880 + 200)
                except (ImvizError, OSError):
                    continue
                read += 1
                assert found[2880:] == bytes(200)
    finally:
        ended.set()
        swapping.join()
    assert read
