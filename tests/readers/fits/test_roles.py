"""What an extension is for, by its name, and what belongs together: each way that pipelines have."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.nddata import InverseVariance, StdDevUncertainty, VarianceUncertainty

from imviz.readers import load
from imviz.readers.fits.roles import is_auxiliary, role_and_stem


@pytest.mark.parametrize(
    ("name", "role", "stem"),
    [
        ("SCI", "SCI", ""),
        ("ERR", "ERR", ""),
        ("", "", ""),
        ("COMPRESSED_IMAGE", "COMPRESSED_IMAGE", ""),
        ("VAR_POISSON", "VAR_POISSON", ""),
        ("3-4.F.SCI", "SCI", "3-4.F"),
        ("3-4.F.RMS", "RMS", "3-4.F"),
        ("SCI_1", "SCI", "1"),
        ("ERR1", "ERR", "1"),
        ("DET11.SCI", "SCI", "DET11"),
        ("CCD3.WEIGHT", "WEIGHT", "CCD3"),
        ("CCD3-DQ", "DQ", "CCD3"),
        ("ERR_CCD3", "ERR", "CCD3"),
        ("N4", "", "N4"),
        ("CCD_1", "", "CCD_1"),
        ("F200W", "", "F200W"),
    ],
)
def test_a_name_is_a_role_and_a_stem(name, role, stem):
    assert role_and_stem(name) == (role, stem)
    assert is_auxiliary(name) == (role in {"ERR", "RMS", "WEIGHT", "DQ", "VAR_POISSON"})


def several(*names):
    """One image an extension, each of its own level: its place in the file."""
    images = [np.full((8, 9), float(n), "f4") for n in range(1, len(names) + 1)]
    return [
        fits.PrimaryHDU(),
        *(fits.ImageHDU(image, name=name) for image, name in zip(images, names, strict=True)),
    ]


@pytest.mark.parametrize(
    ("names", "science", "kind", "error"),
    [
        (("3-4.E.SCI", "3-4.E.RMS", "3-4.F.SCI", "3-4.F.RMS"), "3-4.F.SCI", StdDevUncertainty, 4),
        (("SCI_1", "SCI_2", "ERR_1", "ERR_2"), "SCI_2", StdDevUncertainty, 4),
        (("SCI1", "VAR1", "SCI2", "VAR2"), "SCI1", VarianceUncertainty, 2),
        (("CCD3.IMAGE", "CCD3.IVAR", "CCD4.IMAGE", "CCD4.IVAR"), "CCD4.IMAGE", InverseVariance, 4),
        (("CCD3", "CCD3-ERR", "CCD4", "CCD4-ERR"), "CCD4", StdDevUncertainty, 4),
        (("DATA", "STAT"), "DATA", VarianceUncertainty, 2),
        (("SCI", "RMS"), "SCI", StdDevUncertainty, 2),
    ],
)
def test_the_uncertainty_has_the_images_stem(write, names, science, kind, error):
    image = load(write("m.fits", *several(*names)), ext=science)[0].image
    assert type(image.uncertainty) is kind
    assert np.unique(image.uncertainty.array) == [error]


@pytest.mark.parametrize(
    ("names", "science"),
    [(("3-4.E.SCI", "3-4.F.RMS"), "3-4.E.SCI"), (("N4", "ERR"), "N4"), (("CCD3", "CCD4.RMS"), "CCD3")],
)
def test_another_detectors_is_not_taken(write, names, science):
    assert load(write("m.fits", *several(*names)), ext=science)[0].image.uncertainty is None


@pytest.mark.parametrize("flags", ["CCD3.FLG", "CCD3_DQ", "CCD3 MASK"])
def test_so_has_the_mask(write, flags):
    names = ("CCD4.SCI", "CCD3.SCI", flags)
    image = load(write("m.fits", *several(*names)), ext="CCD3.SCI")[0].image
    assert np.asarray(image.mask).all()
    assert load(write("n.fits", *several(*names)), ext="CCD4.SCI")[0].image.mask is None


def test_zero_weights_of_a_detector_are_masked(write):
    image, weight = several("CCD3.IMAGE", "CCD3.WEIGHT")[1:]
    weight.data[2, 3] = 0
    loaded = load(write("w.fits", fits.PrimaryHDU(), image, weight))[0].image
    assert np.argwhere(np.asarray(loaded.mask)).tolist() == [[2, 3]]
    assert loaded.uncertainty is None


def test_a_detectors_errors_are_never_the_default(write):
    path = write("d.fits", *several("3-4.E.RMS", "3-4.E.FLG", "3-4.E.SCI"))
    assert load(path)[0].label.endswith("[3-4.E.SCI,1]")


def test_euclids_flags_mask_what_is_invalid_and_no_object(write):
    _, science, flags = several("3-4.E.SCI", "3-4.E.FLG")
    flags.data = np.zeros((8, 9), "i4")
    flags.data[0, 0], flags.data[1, 1] = 1 | 16, 1 << 24
    primary = fits.PrimaryHDU(header=fits.Header({"TELESCOP": "EUCLID"}))
    image = load(write("e.fits", primary, science, flags))[0].image
    assert np.argwhere(np.asarray(image.mask)).tolist() == [[0, 0]]


def test_the_quality_file_of_wfpc2_goes_with_each_chip(write):
    """``c0m`` and ``c1m``: four chips each, all called SCI; the older ``c0f`` and ``c1f``: planes of one."""
    chips = [fits.ImageHDU(np.ones((8, 9), "f4"), name="SCI", ver=n) for n in (1, 2, 3)]
    bad = [fits.ImageHDU(np.zeros((8, 9), "i2"), name="SCI", ver=n) for n in (1, 2, 3)]
    bad[1].data[4, 5] = 8
    path = write("u1_c0m.fits", fits.PrimaryHDU(), *chips)
    write("u1_c1m.fits", fits.PrimaryHDU(), *bad)
    masks = [np.argwhere(np.asarray(load(path, ext=n)[0].image.mask)).tolist() for n in (1, 2, 3)]
    assert masks == [[], [[4, 5]], []]

    path = write("u2_c0f.fits", fits.PrimaryHDU(np.ones((3, 8, 9), "f4")))
    write("u2_c1f.fits", fits.PrimaryHDU(np.stack([hdu.data for hdu in bad])))
    masks = [np.argwhere(np.asarray(load(path, plane=n)[0].image.mask)).tolist() for n in (0, 1, 2)]
    assert masks == [[], [[4, 5]], []]


def test_nicmos_quality_spares_sources(write):
    """1024 says that a source is there, 2048 that its light in the zeroth read was seen to."""
    science, quality = several("SCI", "DQ")[1:]
    quality.data = np.zeros((8, 9), "i2")
    quality.data[1, 1], quality.data[2, 2], quality.data[3, 3] = 1024 | 2048, 64, 1024 | 32
    primary = fits.PrimaryHDU(header=fits.Header({"TELESCOP": "HST", "INSTRUME": "NICMOS"}))
    image = load(write("n_cal.fits", primary, science, quality))[0].image
    assert np.argwhere(np.asarray(image.mask)).tolist() == [[2, 2], [3, 3]]


def test_an_uncertaintys_strange_unit_is_told(write):
    science, error = several("SCI", "ERR")[1:]
    science.header["BUNIT"], error.header["BUNIT"] = "mJy", "mjy"
    image = load(write("u.fits", fits.PrimaryHDU(), science, error))[0].image
    assert any("mJy or MJy" in note for note in image.meta["imviz_notes"])
