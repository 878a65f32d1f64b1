"""Every digit of a value, none it has not: the text read back is the number, and no shorter one would be."""

import numpy as np
import pytest

from imviz.science.display.digits import exact

WHOLE = [np.int32(n) for n in (1234567, 16777217, 2**31 - 1, -(2**31))]


@pytest.mark.parametrize("value", [*WHOLE, np.int64(2**63 - 1), np.uint64(2**64 - 1), np.uint8(0)])
def test_an_integer_has_all_its_digits(value):
    assert exact(value) == str(int(value))


FLOATS = [0.1, 1 / 3, 1234567.0, 16777216.0, 2.5e-7, 6.02e23, 2459876.54321, -0.0, 1e7, 9999999.0]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("value", FLOATS)
def test_a_float_has_the_digits_that_tell_it_from_its_neighbours(kind, value):
    number = kind(value)
    text = exact(number)
    assert kind(text) == number
    shorter = 9 if kind is np.float32 else 17
    enough = next(n for n in range(1, shorter + 1) if kind(f"{number:.{n - 1}e}") == number)
    digits = text.lower().split("e")[0].strip("-").replace(".", "").strip("0")
    assert len(digits) <= enough


def test_a_float_of_32_bits_has_no_digits_of_64():
    assert exact(np.float32(0.1)) == "0.1"
    assert exact(np.float64(np.float32(0.1))) == "0.10000000149011612"


@pytest.mark.parametrize(("value", "text"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
def test_what_is_no_number_is_named(value, text):
    assert exact(np.float32(value)) == text
