"""FITS extensions as images: which are opened, under what label, and what comes with them."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.nddata import InverseVariance, StdDevUncertainty, VarianceUncertainty

from imviz.errors import InputError
from imviz.readers import load


@pytest.mark.parametrize(
    ("bracket", "labels"),
    [
        ("", ["mef[SCI,1]"]),
        ("[SCI]", ["mef[SCI,1]"]),
        ("[sci]", ["mef[SCI,1]"]),
        ("[SCI,2]", ["mef[SCI,2]"]),
        ("[SCI, 2]", ["mef[SCI,2]"]),
        ("[1]", ["mef[SCI,1]"]),
        ("[5]", ["mef[ERR,2]"]),
        ("[DQ,2]", ["mef[DQ,2]"]),
        ("[*]", ["mef[SCI,1]", "mef[ERR,1]", "mef[DQ,1]", "mef[SCI,2]", "mef[ERR,2]", "mef[DQ,2]"]),
    ],
)
def test_brackets_choose_extensions(mef, bracket, labels):
    assert [loaded.label for loaded in load(f"{mef()}{bracket}")] == labels


@pytest.mark.parametrize(
    ("ext", "labels"),
    [
        (None, ["mef[SCI,1]"]),
        (4, ["mef[SCI,2]"]),
        (np.int64(4), ["mef[SCI,2]"]),
        ("4", ["mef[SCI,2]"]),
        ("SCI", ["mef[SCI,1]"]),
        ("SCI,2", ["mef[SCI,2]"]),
        (("sci", 2), ["mef[SCI,2]"]),
        (["SCI", ("DQ", 1)], ["mef[SCI,1]", "mef[DQ,1]"]),
    ],
)
def test_ext_chooses_extensions(mef, ext, labels):
    assert [loaded.label for loaded in load(mef(), ext=ext)] == labels


def test_brackets_win_over_ext(mef):
    assert load(f"{mef()}[SCI,2]", ext="DQ")[0].label == "mef[SCI,2]"


def test_a_user_label_replaces_the_stem(mef):
    assert load(mef(), label="field")[0].label == "field[SCI,1]"


def test_the_extension_is_the_one_asked_for(mef, pixels):
    np.testing.assert_array_equal(load(f"{mef()}[SCI,2]")[0].image.data, pixels * 2)


def test_err_of_the_same_version_is_the_uncertainty(mef, pixels):
    image = load(f"{mef()}[SCI,2]")[0].image
    assert isinstance(image.uncertainty, StdDevUncertainty)
    np.testing.assert_array_equal(image.uncertainty.array, pixels / 10)
    assert image.uncertainty.unit == image.unit == u.MJy / u.sr


@pytest.mark.parametrize(
    ("primary", "bad"),
    [
        ({"telescope": "JWST"}, [(2, 3)]),
        ({"telescope": "Roman"}, [(2, 3)]),
        ({"telescope": "HST", "INSTRUME": "WFPC2"}, [(2, 3), (4, 5)]),
        ({"telescope": "VLT"}, [(2, 3), (4, 5)]),
    ],
)
def test_dq_is_the_mask_by_the_missions_bits(mef, primary, bad):
    mask = np.asarray(load(mef(**primary))[0].image.mask)
    assert mask.dtype == bool
    assert [tuple(index) for index in np.argwhere(mask)] == bad


def test_the_mask_is_read_when_looked_at_and_by_parts(mef):
    mask = load(mef())[0].image.mask
    assert not mask.is_read
    assert mask[1:4, 2:5].tolist() == [[False] * 3, [False, True, False], [False] * 3]


def test_what_makes_a_pixel_bad_is_said(mef):
    assert load(mef())[0].image.meta["imviz_mask"] == "DQ,1: DO_NOT_USE (1)"


def test_an_extension_of_another_shape_is_left_out_with_a_note(write, pixels):
    path = write(
        "odd.fits",
        fits.PrimaryHDU(),
        fits.ImageHDU(pixels, name="SCI"),
        fits.ImageHDU(pixels[1:], name="ERR"),
    )
    image = load(path)[0].image
    assert image.uncertainty is None
    assert image.meta["imviz_notes"] == ["[ERR,1] left out: (29, 40) pixels, the image has (30, 40)"]


@pytest.mark.parametrize(("name", "kind"), [("VAR", VarianceUncertainty), ("IVAR", InverseVariance)])
def test_variances_keep_their_kind(write, pixels, name, kind):
    path = write(
        "v.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, name="SCI"), fits.ImageHDU(pixels, name=name)
    )
    assert type(load(path)[0].image.uncertainty) is kind


def test_zero_weight_is_masked(write, pixels):
    path = write(
        "w.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, name="SCI"), fits.ImageHDU(pixels, name="WHT")
    )
    assert np.argwhere(np.asarray(load(path)[0].image.mask)).tolist() == [[0, 0]]


def test_an_error_unit_that_cannot_belong_is_noted(write, pixels):
    err = fits.ImageHDU(pixels, fits.Header([("BUNIT", "s")]), name="ERR")
    science = fits.ImageHDU(pixels, fits.Header([("BUNIT", "Jy")]), name="SCI")
    image = load(write("u.fits", fits.PrimaryHDU(), science, err))[0].image
    assert image.uncertainty.unit == u.Jy
    assert "does not go with Jy" in image.meta["imviz_notes"][0]


def test_ccddata_comes_back_as_it_was_written(tmp_path, pixels):
    from astropy.nddata import CCDData

    mask = pixels > 1190
    CCDData(pixels, unit="adu", mask=mask, uncertainty=VarianceUncertainty(pixels)).write(tmp_path / "c.fits")
    image = load(tmp_path / "c.fits")[0].image
    assert image.unit == u.adu
    np.testing.assert_array_equal(np.asarray(image.mask), mask)
    assert isinstance(image.uncertainty, VarianceUncertainty)
    np.testing.assert_array_equal(image.uncertainty.array, pixels)


def test_tile_compressed_companions_are_decoded_when_used(write, pixels):
    dq = np.zeros(pixels.shape, dtype=np.int32)
    dq[7, 8] = 1
    path = write(
        "z.fits",
        fits.PrimaryHDU(),
        fits.CompImageHDU(pixels, name="SCI"),
        fits.CompImageHDU(pixels, name="ERR", quantize_level=0),
        fits.CompImageHDU(dq, name="DQ"),
    )
    image = load(path)[0].image
    assert not isinstance(image.uncertainty.array, np.ndarray)
    np.testing.assert_array_equal(np.asarray(image.uncertainty.array), pixels)
    assert np.argwhere(np.asarray(image.mask)).tolist() == [[7, 8]]


def test_meta_is_the_header_with_the_primary_one_beside_it(mef):
    meta = load(mef())[0].image.meta
    assert meta["EXTNAME"] == "SCI"
    assert meta["BUNIT"] == "MJy/sr"
    assert meta["primary_header"]["FILTER"] == "F200W"
    assert meta["imviz_source"].endswith("mef.fits")


def test_a_primary_image_has_no_second_header(write, pixels):
    assert "primary_header" not in load(write("p.fits", fits.PrimaryHDU(pixels)))[0].image.meta


def test_axes_of_length_one_are_dropped_with_a_note(write, pixels, tan_header):
    path = write("radio.fits", fits.PrimaryHDU(pixels[np.newaxis, np.newaxis], tan_header))
    image = load(path)[0].image
    np.testing.assert_array_equal(image.data, pixels)
    assert image.meta["imviz_notes"] == [
        "axes of length 1 dropped: (1, 1, 30, 40) pixels are shown as (30, 40)"
    ]
    sky = image.wcs.pixel_to_world(19.0, 14.0)
    assert (sky.ra.deg, sky.dec.deg) == pytest.approx((150.0, 2.0))


def test_science_is_preferred_to_what_comes_first(write, pixels):
    path = write("s.fits", fits.PrimaryHDU(pixels), fits.ImageHDU(pixels, name="SCI"))
    assert load(path)[0].label == "s[SCI,1]"


def test_error_and_quality_are_never_the_default(write, pixels):
    path = write(
        "d.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, name="DQ"), fits.ImageHDU(pixels, name="N1")
    )
    assert load(path)[0].label == "d[N1,1]"


def test_extensions_without_a_name_go_by_index(write, pixels):
    path = write("n.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels), fits.ImageHDU(pixels))
    assert [loaded.label for loaded in load(path, ext="*")] == ["n[1]", "n[2]"]


@pytest.mark.parametrize("kind", [fits.PrimaryHDU, fits.ImageHDU, fits.CompImageHDU])
def test_single_hdus_open(kind, pixels):
    hdu = kind(pixels) if kind is fits.PrimaryHDU else kind(pixels, name="SCI")
    name = "PRIMARY,1" if kind is fits.PrimaryHDU else "SCI,1"
    (loaded,) = load(hdu)
    assert loaded.label == f"Unknown HDU object[{name}]"
    np.testing.assert_array_equal(loaded.image.data, pixels)
    assert load(hdu, label="mine")[0].label == f"mine[{name}]"


def test_an_hdulist_in_memory_is_left_as_it_was(pixels):
    hdus = fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(pixels, name="SCI")])
    image = load(hdus)[0].image
    assert np.shares_memory(image.data, hdus[1].data)
    assert hdus[1].data.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        image.data[0, 0] = 1


def test_an_unknown_extension_is_answered_with_what_there_is(mef):
    with pytest.raises(InputError, match=r"mef.fits has no extension \[SCI,7\]; it has 0 PRIMARY,1"):
        load(f"{mef()}[SCI,7]")


def test_jwst_gwcs_is_read_from_the_asdf_extension(write, pixels):
    gwcs = pytest.importorskip("gwcs")
    asdf = pytest.importorskip("asdf")
    from io import BytesIO

    from astropy import coordinates
    from astropy.modeling import models

    frames = gwcs.coordinate_frames
    detector = frames.Frame2D(name="detector", axes_order=(0, 1), unit=(u.pix, u.pix))
    sky = frames.CelestialFrame(reference_frame=coordinates.ICRS(), name="world", unit=(u.deg, u.deg))
    model = (
        (models.Shift(-20) & models.Shift(-15))
        | (models.Scale(1e-5) & models.Scale(1e-5))
        | models.Pix2Sky_TAN()
        | models.RotateNative2Celestial(5.6, -72.05, 180)
    )
    tree = BytesIO()
    asdf.AsdfFile({"meta": {"wcs": gwcs.WCS([(detector, model), (sky, None)])}}).write_to(tree)
    raw = np.frombuffer(tree.getvalue(), np.uint8)
    column = fits.Column("ASDF_METADATA", f"{raw.size}B", array=raw[np.newaxis])
    table = fits.BinTableHDU.from_columns([column], name="ASDF")
    path = write("jw.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, name="SCI"), table)
    wcs = load(path)[0].image.wcs
    position = wcs.pixel_to_world(20.0, 15.0)
    assert (position.ra.deg, position.dec.deg) == pytest.approx((5.6, -72.05))


ALIASES = b"".join(b"a%d: &a%d [%s]\n" % (k, k, b",".join([b"*a%d" % (k - 1)] * 9)) for k in range(1, 12))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"a0: &a0 [x, x]\n" + ALIASES, "nested aliases make"),
        (b"meta:\n  wcs: !core/ndarray-1.1.0\n    source: http://localhost/x.asdf\n", "outside the file"),
        (b"meta: [unclosed\n", "YAML is broken"),
        (b"meta: {wcs: {a: 1}}\n", "does not describe a 2-D image"),
    ],
)
def test_hostile_asdf_is_not_built(write, pixels, body, why):
    pytest.importorskip("gwcs")
    head = b"#ASDF 1.0.0\n#ASDF_STANDARD 1.5.0\n%YAML 1.1\n%TAG ! tag:stsci.edu:asdf/\n--- !core/asdf-1.1.0\n"
    raw = np.frombuffer(head + body + b"...\n", np.uint8)
    table = fits.BinTableHDU.from_columns(
        [fits.Column("ASDF_METADATA", f"{raw.size}B", array=raw[np.newaxis])], name="ASDF"
    )
    path = write("bomb.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, name="SCI"), table)
    (note,) = load(path)[0].image.meta["imviz_notes"]
    assert why in note
