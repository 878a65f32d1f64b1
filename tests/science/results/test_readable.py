"""Numbers as a person writes them. The right texts are by hand, from the rule: two digits of the error."""

import numpy as np
import pytest
from astropy import units as u

from imviz.science.results.readable import (
    ABSENT,
    alike,
    axis_of,
    beside_arcsec,
    readable,
    unit_text,
    with_error,
)

FLAM = u.Unit("erg s-1 cm-2 AA-1")
MUSE = u.Unit("10**(-20) erg s-1 cm-2 AA-1")


@pytest.mark.parametrize(
    ("value", "err", "unit", "text"),
    [
        (1.05517e-11, 2.4e-14, u.MJy, "10.552 ± 0.024 µJy"),
        (-4e-12, 1e-13, u.Jy, "-4.00 ± 0.10 pJy"),
        (0.35, 0.0021, u.MJy / u.sr, "0.3500 ± 0.0021 MJy/sr"),  # which nobody calls 350 kJy/sr
        (5e-5, 1e-6, u.MJy / u.sr, "50.0 ± 1.0 Jy/sr"),
        (4e-6, 1e-8, u.Jy / u.beam, "4.000 ± 0.010 µJy/beam"),
        (3.3e-4, 4e-5, u.Jy / u.beam * u.km / u.s, "330 ± 40 km µJy beam⁻¹ s⁻¹"),
        (0.001, 1e-5, u.Unit(1e-6 * u.Jy), "1.000 ± 0.010 nJy"),
        (1e-19, 2e-21, FLAM, "(1.000 ± 0.020) × 10⁻¹⁹ erg Å⁻¹ s⁻¹ cm⁻²"),
        (-3.2e-19, 1.14e-18, FLAM, "(-0.3 ± 1.1) × 10⁻¹⁸ erg Å⁻¹ s⁻¹ cm⁻²"),  # the error is the larger
        (512.0, 8.0, MUSE, "(5.120 ± 0.080) × 10⁻¹⁸ erg Å⁻¹ s⁻¹ cm⁻²"),
        (123456.7, 350, u.ct, "123460 ± 350 ct"),  # no kct
        (1234567.8, None, u.ct, "1234568 ct"),
        (1.2e9, 3e4, u.electron / u.s, "(1.200000 ± 0.000030) × 10⁹ e⁻/s"),
        (5, 1, u.Unit("nmgy"), "5.0 ± 1.0 nmgy"),
        (22.3941, 0.0024, "mag", "22.3941 ± 0.0024 mag"),
        (3.14159265, None, u.Jy, "3.1416 Jy"),
        (3.14159265, None, None, "3.1416"),
        (7.0, 0.996, None, "7.0 ± 1.0"),  # 0.996 has the two digits 1.0
        (7.0, 0.0996, None, "7.00 ± 0.10"),
        (99.96, 9.96, "pix", "100 ± 10 pix"),
        (0.0, 0.1, u.Jy, "0.00 ± 0.10 Jy"),
        (-0.001, 1.0, None, "0.0 ± 1.0"),  # no -0.0
        (10, 0, u.adu, "10 ± 0 adu"),
        (10, np.nan, u.adu, "10 adu"),
        (10, np.inf, u.adu, "10 ± inf adu"),
        (np.inf, 1, u.Jy, "inf ± 1 Jy"),
        (np.nan, 1, u.Jy, ABSENT),
        (None, 1, u.Jy, ABSENT),
        (np.ma.masked, None, None, ABSENT),
        (1e12, 1e-6, u.ct, "(1 ± 1e-18) × 10¹² ct"),  # below what a double can hold
    ],
)
def test_a_value_has_two_digits_of_its_error_and_a_unit_one_would_say(value, err, unit, text):
    assert readable(value, err, unit) == text


def test_quantities_bring_their_units_and_an_error_may_have_another():
    assert readable(10.552 * u.uJy, 24 * u.nJy) == "10.552 ± 0.024 µJy"
    assert readable(1.5e-5 * u.Jy, None) == "15 µJy"


def test_no_number_is_changed_by_its_prefix():
    for power in range(-18, 7):
        text = readable(2.5 * 10.0**power, None, u.Jy)
        assert u.Quantity(text.replace("µ", "u")).to_value(u.Jy) == pytest.approx(2.5 * 10.0**power)


def test_units_that_nobody_knows_stay_as_they_are():
    odd = u.Unit("widget/s", parse_strict="silent")
    assert readable(1e-9, None, odd) == "1 × 10⁻⁹ widget/s"
    assert unit_text("any text") == "any text"
    assert unit_text(None) == ""


def test_an_axis_is_in_the_prefix_of_its_largest_value():
    axis = axis_of([np.nan, 0, 2e-11], u.MJy)
    assert (axis.factor, axis.unit) == (pytest.approx(1e12), "µJy")
    assert axis.label("Sum") == "Sum (µJy)"
    assert axis_of([1e-19], FLAM).unit == "10⁻¹⁹ erg Å⁻¹ s⁻¹ cm⁻²"
    assert axis_of([1e-19], FLAM).factor == pytest.approx(1e19)
    assert axis_of([3e8], u.ct).label() == "10⁸ ct"
    assert axis_of([np.nan], None).label() == "Value"
    assert axis_of([], u.Jy).label() == "Jy"


def test_a_length_stands_in_arcseconds_too_where_the_scale_is_known():
    assert beside_arcsec(6.04, 0.02, 0.031) == "6.040 ± 0.020 pix (0.18724 ± 0.00062″)"
    assert beside_arcsec(6.04) == "6.04 pix"
    assert beside_arcsec(6.0109, scale=0.031) == "6.011 pix (0.1863″)"
    assert beside_arcsec(np.nan, scale=1.0) == ABSENT


@pytest.mark.parametrize("value", [1e300, 5e-324, -1e-300, 1e22, 0.0])
@pytest.mark.parametrize("err", [np.nan, 0.0, 1e-300, 1e290])
def test_any_double_gives_a_text(value, err):
    assert with_error(value, err)
    assert readable(value, err, u.Jy)


def test_values_read_together_are_in_one_prefix():
    found = alike([-6.6e-8 * u.MJy, 4.2e-6 * u.MJy, 1e-12 * u.MJy**2, None])
    assert found == ["-0.066 Jy", "4.2 Jy", "1 × 10⁻¹² MJy²", ABSENT]
