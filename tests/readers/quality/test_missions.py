"""Quality flags by name, against the missions' own packages; companions in files of their own."""

import warnings

import numpy as np
import pytest
from astropy.io import fits

from imviz.errors import InputError
from imviz.readers import load
from imviz.readers.quality.missions import MISSIONS


def own_flags(mission):
    """What the mission's own package says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if mission == "JWST":
            dqflags = pytest.importorskip("stdatamodels.jwst.datamodels.dqflags")
            return dict(dqflags.pixel)
        dqflags = pytest.importorskip("roman_datamodels.dqflags")
        return {flag.name: int(flag) for flag in dqflags.pixel}


@pytest.mark.parametrize("mission", ["JWST", "Roman"])
def test_names_and_values_are_the_missions_own(mission):
    theirs = {name: value for name, value in own_flags(mission).items() if value}
    theirs = {name: value for name, value in theirs.items() if not name.startswith("RESERVED_")}
    assert MISSIONS[mission].values == theirs


@pytest.mark.parametrize("flags", MISSIONS.values(), ids=list(MISSIONS))
def test_each_bit_has_one_name_and_what_is_named_harmless_is_a_flag(flags):
    assert len(set(flags.values.values())) == len(flags.values)
    assert set(flags.harmless) <= set(flags.values)
    assert flags.mission == "Rubin" or set(flags.bad) <= set(flags.values)


def test_a_value_is_decoded_by_name(mef):
    quality = load(mef())[0].image.meta["imviz_quality"]
    assert quality.mission == "JWST"
    assert quality.decode(0) == ()
    assert quality.decode(1 | 4 | 1 << 40) == ("DO_NOT_USE", "JUMP_DET", "bit 40")
    assert quality.values[2, 3] == 1


def test_which_bits_are_bad_is_the_users_and_the_mask_follows(mef):
    image = load(mef())[0].image
    quality = image.meta["imviz_quality"]
    assert np.argwhere(np.asarray(image.mask)).tolist() == [[2, 3]]
    quality.bad = ("DO_NOT_USE", "JUMP_DET")
    assert np.argwhere(np.asarray(image.mask)).tolist() == [[2, 3], [4, 5]]
    assert quality.bad == ("DO_NOT_USE", "JUMP_DET")
    quality.bad = ()
    assert not np.asarray(image.mask).any()
    assert quality.words == "none"
    with pytest.raises(InputError, match="JWST has no quality flag 'NOPE'; it has: DO_NOT_USE"):
        quality.bad = ["NOPE"]


def decam(folder, kind, values, **header):
    hdus = [fits.PrimaryHDU()]
    hdus[0].header["INSTRUME"] = "DECam"
    for n, name in enumerate(("S29", "S30")):
        hdus.append(fits.CompImageHDU(values + n, fits.Header(header), name=name))
    path = folder / f"c4d_180101_{kind}_r_v1.fits.fz"
    fits.HDUList(hdus).writeto(path)
    return path


def test_decams_quality_and_weight_files_are_found_by_detector(tmp_path, pixels):
    codes = np.zeros(pixels.shape, "i4")
    codes[3, 4] = 5
    path = decam(tmp_path, "ooi", pixels)
    decam(tmp_path, "ood", codes - 1)  # S30's are these + 1
    decam(tmp_path, "oow", np.full(pixels.shape, 4, "f4"))
    image = load(f"{path}[S30]")[0].image
    quality = image.meta["imviz_quality"]
    assert quality.mission == "DECam"
    assert quality.decode(5) == ("COSMIC_RAY",)
    assert np.argwhere(np.asarray(image.mask)).tolist() == [[3, 4]]
    assert type(image.uncertainty).__name__ == "InverseVariance"
    np.testing.assert_array_equal(np.asarray(image.uncertainty.array), 5)


def test_ztfs_mask_file_is_found_and_sources_are_not_defects(tmp_path, pixels):
    mask = np.zeros(pixels.shape, "i2")
    mask[1, 2], mask[3, 4] = 2, 256
    hdu = fits.PrimaryHDU(pixels)
    hdu.header["INSTRUME"] = "ZTF/MOSAIC"
    hdu.writeto(tmp_path / "ztf_1_sciimg.fits")
    fits.writeto(tmp_path / "ztf_1_mskimg.fits", mask)
    image = load(tmp_path / "ztf_1_sciimg.fits")[0].image
    assert np.argwhere(np.asarray(image.mask)).tolist() == [[3, 4]]


def test_a_companion_file_that_is_broken_is_left_out_and_said(tmp_path, pixels):
    fits.writeto(tmp_path / "ztf_1_sciimg.fits", pixels)
    (tmp_path / "ztf_1_mskimg.fits").write_bytes(b"SIMPLE")
    image = load(tmp_path / "ztf_1_sciimg.fits")[0].image
    assert image.mask is None
    assert image.meta["imviz_notes"] == [
        "MASK left out: ztf_1_mskimg.fits is damaged: a header has no END card; copy or download it again."
    ]
