"""File names as people write them."""

import pytest
from astropy.io import fits

from imviz.errors import InputError, MissingFileError
from imviz.readers import load
from imviz.readers.addresses import parse_ext

ODD_NAMES = [
    "a,b.fits",
    "a[1].fits",
    "a.fits[SCI,2]",
    "with space.fits",
    "a#1%20.fits",
    "größe-星.fits",
    "no-suffix",
    "[0]",
    "-x.fits",
    "a;b&c.fits",
    "a'b\"c.fits",
    "x.FITS",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_that_exists_is_taken_literally(write, pixels, name):
    plain = write("plain.fits", fits.PrimaryHDU(pixels))
    target = plain.rename(plain.with_name(name))
    for source in (str(target), target):
        assert load(source)[0].label == f"{target.stem}[PRIMARY,1]"


def test_a_literal_bracket_name_can_be_asked_for_extensions(write, pixels):
    path = write("a[1].fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, name="SCI"))
    assert load(f"{path}[SCI,1]")[0].label == "a[1][SCI,1]"


def test_names_joined_by_commas_are_several_files(write, pixels):
    one, two = (write(f"{name}.fits", fits.PrimaryHDU(pixels)) for name in ("one", "two"))
    assert [x.label for x in load(f"{one}, {two}[PRIMARY,1]")] == ["one[PRIMARY,1]", "two[PRIMARY,1]"]


def test_one_label_cannot_name_several_files(write, pixels):
    one, two = (write(f"{name}.fits", fits.PrimaryHDU(pixels)) for name in ("one", "two"))
    with pytest.raises(InputError, match="cannot name 2 files"):
        load(f"{one},{two}", label="x")


def test_a_home_directory_is_expanded(write, pixels, monkeypatch, tmp_path):
    write("h.fits", fits.PrimaryHDU(pixels))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load("~/h.fits")[0].label == "h[PRIMARY,1]"


def test_a_tilde_before_nobody_s_name_is_a_character(write, pixels, monkeypatch, tmp_path):
    write("~no-such-user.fits", fits.PrimaryHDU(pixels))
    monkeypatch.chdir(tmp_path)
    assert load("~no-such-user.fits[0]")[0].label == "~no-such-user[PRIMARY,1]"
    with pytest.raises(MissingFileError, match="does not exist"):
        load("~no-other-user.fits")


def test_a_missing_file_with_brackets_is_named_without_them(tmp_path):
    with pytest.raises(MissingFileError, match=r"no.fits does not exist"):
        load(f"{tmp_path / 'no.fits'}[SCI,1]")


@pytest.mark.parametrize(
    ("ext", "selection"),
    [
        (None, None),
        ("*", "*"),
        (0, (0,)),
        ("2", (2,)),
        ("sci", (("SCI", None),)),
        ("SCI,2", (("SCI", 2),)),
        (("SCI", 2), (("SCI", 2),)),
        ([1, "DQ"], (1, ("DQ", None))),
    ],
)
def test_ext_has_many_spellings(ext, selection):
    assert parse_ext(ext) == selection


@pytest.mark.parametrize(
    "ext", [-1, 1.0, True, ("SCI", -1), ("SCI", 1, 2), "SCI,x", [], {}, b"SCI", ("SCI", True)]
)
def test_other_ext_is_refused(ext):
    with pytest.raises(InputError, match="ext="):
        parse_ext(ext)
