"""One header, one reading: odd cards mean on the sky what they mean in the metadata, and doubts are said.

The truth is astropy's WCS of the same header in plain words, asked for pixels; or the FITS standard.
"""

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from imviz.readers import load

PLAIN = {
    "CTYPE1": "'RA---TAN'",
    "CTYPE2": "'DEC--TAN'",
    "CRVAL1": "150.0",
    "CRVAL2": "2.0",
    "CRPIX1": "20.0",
    "CRPIX2": "15.0",
    "CDELT1": "-2.0E-4",
    "CDELT2": "2.0E-4",
}
SIP = {
    "CTYPE1": "RA---TAN-SIP",
    "CTYPE2": "DEC--TAN-SIP",
    "A_ORDER": 2,
    "B_ORDER": 2,
    "A_2_0": 1e-4,
    "B_0_2": 1e-4,
}
X, Y = np.array([0.0, 7.0, 39.0]), np.array([0.0, 21.0, 29.0])


def card(name, value, equals="= "):
    return f"{name:8}{equals}{value:>20}"


def raw(path, lines, shape=(30, 40)):
    """A FITS file with these lines for a header, byte by byte."""
    first = ["SIMPLE  =                    T", card("BITPIX", "-32"), card("NAXIS", str(len(shape)))]
    first += [card(f"NAXIS{n}", str(size)) for n, size in enumerate(shape[::-1], 1)]
    header = "".join(line.ljust(80) for line in [*first, *lines, "END"]).encode()
    data = np.arange(np.prod(shape), dtype=">f4").tobytes()
    path.write_bytes(
        header.ljust(2880 * -(-len(header) // 2880)) + data.ljust(2880 * -(-len(data) // 2880), b"\0")
    )
    return path


def opened(path):
    image = load(path)[0].image
    return image.wcs, " ".join(image.meta["imviz_notes"])


def values(cards):
    return {name: value.strip("'") if "'" in value else float(value) for name, value in cards.items()}


@pytest.fixture
def of_cards(write, pixels):
    """WCS and notes of an image with these cards beside, or instead of, plain ones; `None` takes one out."""

    def make(shape=None, **cards):
        given = {name: value for name, value in (values(PLAIN) | cards).items() if value is not None}
        header = fits.Header(list(given.items()))
        data = pixels if shape is None else np.zeros(shape, "f4")
        return opened(write("cards.fits", fits.PrimaryHDU(data, header)))

    return make


def there(**cards):
    """Where astropy has the pixels by a header that says plainly what is meant."""
    return np.array(WCS(fits.Header(values(PLAIN) | cards)).all_pix2world(X, Y, 0))


WRITTEN = {
    "D exponent": (["CRVAL1"], "CRVAL1  =             1.50D+02"),
    "d exponent": (["CRVAL1"], "CRVAL1  =             1.50d+02"),
    "e exponent": (["CRVAL1"], "CRVAL1  =              1.5e+02"),
    "no blank before the comment": (["CRVAL1"], "CRVAL1  =             1.50D+02/ degrees"),
    "D exponent of a pixel": (["CRPIX1"], "CRPIX1  =              2.0D+01"),
    "D exponent of a scale": (["CDELT1"], "CDELT1  =              -2.0D-4"),
    "a tab before the value": (["CRVAL1"], "CRVAL1  =\t150.0"),
    "a tab behind the value": (["CRVAL1"], "CRVAL1  = 150.0\t/ degrees"),
    "equals in column 8": (["CRVAL1"], "CRVAL1 = 150.0"),
    "equals behind the keyword": (["CRVAL1"], "CRVAL1= 150.0"),
    "no blank behind equals": (["CRVAL1"], "CRVAL1  =150.0"),
    "lower case": (["CRVAL1"], "crval1  = 150.0"),
    "text in column 8": (["CTYPE1"], "CTYPE1 = 'RA---TAN'"),
    "more digits than fit in twenty": (["CRVAL1"], "CRVAL1  = 150.00000000000000000000"),
    "a number of 23 digits": (["CRVAL1"], "CRVAL1  = 15000000000000000000000E-20"),
}


@pytest.mark.parametrize(("instead", "line"), WRITTEN.values(), ids=WRITTEN)
def test_a_card_means_the_same_in_the_metadata_and_on_the_sky(tmp_path, instead, line):
    lines = [line if name in instead else card(name, value) for name, value in PLAIN.items()]
    image = load(raw(tmp_path / "written.fits", lines))[0].image
    (name,) = instead
    assert image.meta[name] == values(PLAIN)[name]
    np.testing.assert_allclose(image.wcs.pixel_to_world_values(X, Y), there(), rtol=0, atol=1e-12)


def test_scaling_cards_are_read_as_the_others_are(tmp_path):
    lines = ["bscale  =                2.0D0", "BZERO  =\t10.0"]
    image = load(raw(tmp_path / "scaled.fits", lines))[0].image
    assert (image.meta["BSCALE"], image.meta["BZERO"]) == (2.0, 10.0)
    assert image.data[0, 3] == 16.0


def test_a_card_that_stands_twice_is_told_and_the_first_used(tmp_path):
    lines = [card(name, value) for name, value in PLAIN.items()] + [card("CRVAL1", "151.0")]
    wcs, said = opened(raw(tmp_path / "twice.fits", lines))
    np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), there(), rtol=0, atol=1e-12)
    assert "CRVAL1 stands twice, 150.0 and 151.0; the first is used" in said


def test_an_integer_of_more_than_64_bits_is_that_number_or_out_of_range(tmp_path):
    for value, known in ((10**25, True), (10**31, False)):
        lines = [card(name, str(value) if name == "CRPIX1" else text) for name, text in PLAIN.items()]
        wcs, said = opened(raw(tmp_path / f"{known}.fits", lines))
        assert (wcs is not None) == known
        assert ("CRPIX1 = 1e+25 leaves no digits" if known else "out of range") in said
        if known:
            np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), there(CRPIX1=1e25), atol=1e-9)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("CRVAL1", "1E16", "CRVAL1 = 1e+16 leaves no digits"),
        ("CRVAL1", "-3.0E12", "CRVAL1 = -3e+12 leaves no digits"),
        ("CRVAL1", "1000.0", "CRVAL1 = 1000 is more than a turn; taken as 280 degrees"),
        ("CRVAL1", "-400.0", "CRVAL1 = -400 is more than a turn; taken as 320 degrees"),
        ("CRVAL1", "-10.0", ""),
        ("CRPIX2", "1E15", "CRPIX2 = 1e+15 leaves no digits"),
        ("CRPIX2", "-1E6", ""),
    ],
)
def test_a_reference_beyond_sense_is_told(tmp_path, key, value, told):
    lines = [card(name, value if name == key else text) for name, text in PLAIN.items()]
    wcs, said = opened(raw(tmp_path / "far.fits", lines))
    assert wcs is not None
    assert told in said
    assert bool(said) == bool(told)


def test_record_valued_cards_of_a_look_up_table_are_kept_apart(write, pixels):
    header = fits.Header(values(PLAIN))
    for axis in (1, 2):
        header[f"CPDIS{axis}"] = "Lookup"
        for record in ("EXTVER: 1", "NAXES: 2", "AXIS.1: 1", "AXIS.2: 2"):
            header.append(fits.Card(f"DP{axis}", record), end=True)
    table = fits.ImageHDU(np.full((30, 40), 3.0, "f4"), name="WCSDVARR")
    table.header.update(
        {"CRPIX1": 1.0, "CRVAL1": 1.0, "CDELT1": 1.0, "CRPIX2": 1.0, "CRVAL2": 1.0, "CDELT2": 1.0}
    )
    wcs, _ = opened(write("table.fits", fits.PrimaryHDU(pixels, header), table))
    moved = np.array(WCS(fits.Header(values(PLAIN))).all_pix2world(X + 3, Y + 3, 0))
    np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), moved, rtol=0, atol=1e-9)


OTHER_AXIS = {
    "microns": {"CTYPE3": "WAVE", "CUNIT3": "micron"},
    "KM/S": {"CTYPE3": "VRAD", "CUNIT3": "KM/S"},
    "a type that is none": {"CTYPE3": "WAVELENGTH-FOO", "CUNIT3": "Angstroms"},
    "text for a number": {"CTYPE3": "FREQ", "CRVAL3": "1.4 GHz"},
    "no step": {"CTYPE3": "STOKES", "CDELT3": 0.0},
    "a type that is a number": {"CTYPE3": 7},
    "a matrix element that is text": {"CTYPE3": "FREQ", "PC3_3": "one"},
    "a look-up table that is not there": {"CTYPE3": "WAVE-TAB", "PS3_0": "NOWHERE", "PS3_1": "COORDS"},
}


@pytest.mark.parametrize("cards", OTHER_AXIS.values(), ids=OTHER_AXIS)
def test_a_fault_in_an_axis_that_is_not_shown_costs_nothing(of_cards, cards):
    third = {"CRVAL3": 1.0, "CRPIX3": 1.0, "CDELT3": 1.0} | cards
    wcs, said = of_cards((3, 30, 40), **third)
    np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), there(), rtol=0, atol=1e-12)
    assert "WCS" not in said


def test_axes_that_are_mixed_with_one_that_is_not_shown_are_refused_with_a_sentence(of_cards):
    wcs, said = of_cards((3, 30, 40), CTYPE3="FREQ", PC1_3=0.5)
    assert wcs is None
    assert "mixes the image's axes with one that is not shown; loaded without WCS" in said


CD = {"CD1_1": -3e-4, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": 3e-4}
NONE = {"CDELT1": None, "CDELT2": None}
LINEAR = {
    "zeros beside CDELT": ({"CD1_1": 0.0, "CD2_2": 0.0}, {}, "the CD matrix holds only zeros; CDELT is used"),
    "PC of zeros": ({"PC1_1": 0.0, "PC2_2": 0.0}, {}, "the PC matrix holds only zeros"),
    "CD and another CDELT": (CD, CD, "the CD matrix gives pixels of 1.08 arcsec, CDELT 0.72"),
    "CD and PC": (CD | {"PC1_1": 1.0}, {"PC1_1": 1.0}, "a CD and a PC matrix that differ; PC is used"),
    "CD and PC without CDELT": (CD | NONE | {"PC1_1": 1.0}, CD, "that differ; CD is used"),
    "CD and the same CDELT": (CD | {"CDELT1": -3e-4, "CDELT2": 3e-4, "CROTA2": 40.0}, CD, ""),
    "CD and CDELT of 1": (CD | {"CDELT1": 1.0, "CDELT2": 1.0}, CD, ""),
    "PC and CROTA2": ({"PC1_1": 1.0, "CROTA2": 30.0}, {}, ""),
    "PC as AIPS wrote it": (
        {"PC001001": 0.0, "PC001002": -1.0, "PC002001": 1.0, "PC002002": 0.0},
        {"PC1_1": 0.0, "PC1_2": -1.0, "PC2_1": 1.0, "PC2_2": 0.0},
        "",
    ),
    "no size at all": (
        NONE,
        {"CDELT1": 1.0, "CDELT2": 1.0},
        "no CDELT1 and CDELT2, so a pixel is taken to be 1 degree",
    ),
    "one reference pixel missing": ({"CRPIX2": None}, {"CRPIX2": 0.0}, "no CRPIX2, which is taken as 0"),
}


@pytest.mark.parametrize(("cards", "meant", "words"), LINEAR.values(), ids=LINEAR)
def test_of_two_descriptions_of_the_scale_one_is_used_and_a_difference_told(of_cards, cards, meant, words):
    wcs, said = of_cards(**cards)
    np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), there(**meant), rtol=0, atol=1e-12)
    assert words in said
    assert bool(said) == bool(words)


@pytest.mark.parametrize(
    "cards", [{"CD1_1": 0.0, "CD2_2": 0.0}, {"CD1_1": 1e-4}, {"CD1_1": 0.0, "CD1_2": 0.0}]
)
def test_a_cd_matrix_of_zeros_is_not_one_degree_a_pixel(of_cards, cards):
    wcs, said = of_cards(**cards, CDELT1=None, CDELT2=None)
    assert wcs is None
    assert "zeros" in said


DISTORTED = {
    "no suffix": (
        {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"},
        {},
        "SIP coefficients are applied although CTYPE",
    ),
    "one suffix": ({"CTYPE2": "DEC--TAN"}, {}, "SIP coefficients are applied although CTYPE"),
    "suffixes": ({}, {}, ""),
    "no coefficients": (
        dict.fromkeys(("A_ORDER", "B_ORDER", "A_2_0", "B_0_2")),
        None,
        "has no SIP coefficients",
    ),
    "a lone polynomial": ({"B_ORDER": None}, None, "A_ORDER stands alone"),
}


@pytest.mark.parametrize(("cards", "meant", "words"), DISTORTED.values(), ids=DISTORTED)
def test_sip_that_is_in_doubt_is_told(of_cards, cards, meant, words):
    wcs, said = of_cards(**(SIP | cards))
    truth = there() if meant is None else there(**SIP)
    np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), truth, rtol=0, atol=1e-12)
    assert words in said


SCAMP = {f"PV{axis}_{n}": 1.0 if n == 1 else 1e-3 * n for axis in (1, 2) for n in (0, 1, 2, 4, 5, 6, 7)}


def test_scamps_polynomial_under_tan_is_applied_and_told(of_cards):
    wcs, said = of_cards(**SCAMP)
    truth = there(**SCAMP, CTYPE1="RA---TPV", CTYPE2="DEC--TPV")
    np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), truth, rtol=0, atol=1e-12)
    assert said == "PV coefficients under TAN are SCAMP's polynomial; read as TPV"


def test_projection_parameters_by_their_old_name_are_those_of_the_latitude(of_cards):
    zpn = {"CTYPE1": "RA---ZPN", "CTYPE2": "DEC--ZPN"}
    wcs, said = of_cards(**zpn, PROJP1=1.0, PROJP3=-50.0)
    truth = there(**zpn, PV2_1=1.0, PV2_3=-50.0)
    np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), truth, rtol=0, atol=1e-12)
    assert said == ""


def test_a_card_that_only_looks_like_a_plates_takes_no_part(of_cards):
    _, said = of_cards(PLTSOLVD=True)
    assert said == ""


def test_what_doubtful_sip_does_is_told_in_pixels(of_cards):
    _, said = of_cards(**(SIP | {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"}))
    x, y = np.meshgrid([0, 39], [0, 29])
    most = np.hypot(1e-4 * (x - 19.0) ** 2, 1e-4 * (y - 14.0) ** 2).max()
    assert f"(they move the corners by up to {most:.3g} pixels)" in said


def test_what_astropy_says_while_a_wcs_is_built_is_a_note_and_not_on_the_console(of_cards, capfd):
    pv = {f"PV{axis}_{n}": 1.0 if n == 1 else 1e-6 for axis in (1, 2) for n in (0, 1, 2, 4, 5, 6, 7)}
    wcs, said = of_cards(**(SIP | {"CTYPE1": "RA---TPV", "CTYPE2": "DEC--TPV"} | pv))
    assert wcs is not None
    assert "Removed redundant SIP distortion parameters" in said
    assert capfd.readouterr() == ("", "")


def test_an_alternate_description_of_the_sky_is_used_where_the_primary_has_none(of_cards):
    second = {f"{name}A": value for name, value in values(PLAIN).items()}
    wcs, said = of_cards(CTYPE1="LINEAR", CTYPE2="LINEAR", CRVAL1=1.0, CRVAL2=1.0, **second)
    np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), there(), rtol=0, atol=1e-12)
    assert "positions are by the header's second WCS, A" in said


def test_numbers_of_the_wcs_without_types_are_told(of_cards):
    wcs, said = of_cards(CTYPE1=None, CTYPE2=None)
    assert wcs is None
    assert "no CTYPE that says what they mean" in said


@pytest.mark.parametrize("number", [0, 1000, 10**25])
def test_a_number_of_axes_that_cannot_be_costs_nothing(of_cards, number):
    wcs, said = of_cards(WCSAXES=number)
    np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), there(), rtol=0, atol=1e-12)
    assert f"WCSAXES = {number} cannot be and is not used" in said


@pytest.mark.parametrize("pair", [("OBJCTRA", "OBJCTDEC"), ("RA", "DEC")])
def test_a_pointing_is_no_place_of_pixels_and_told(write, pixels, pair):
    header = fits.Header(dict(zip(pair, ("10 00 28", "+02 12 00"), strict=True)))
    wcs, said = opened(write("unsolved.fits", fits.PrimaryHDU(pixels, header)))
    assert wcs is None
    assert (
        said == f"no WCS: {pair[0]} and {pair[1]} say where the telescope pointed, not where each pixel lies"
    )


@pytest.mark.parametrize(
    ("n_images", "inherit", "counts"), [(1, None, True), (2, None, False), (2, True, True)]
)
def test_the_primary_headers_wcs_counts_where_it_is_inherited(write, pixels, n_images, inherit, counts):
    own = fits.Header({"INHERIT": True} if inherit else {})
    images = [fits.ImageHDU(pixels, own, name=f"CHIP{n}") for n in "AB"[:n_images]]
    wcs, said = opened(write("inherited.fits", fits.PrimaryHDU(None, fits.Header(values(PLAIN))), *images))
    assert (wcs is not None) == counts
    assert ("the WCS is that of the primary header" in said) == counts
    if counts:
        np.testing.assert_allclose(wcs.pixel_to_world_values(X, Y), there(), rtol=0, atol=1e-12)
