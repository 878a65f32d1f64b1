"""TNX and ZPX: how large the distortion is that is not applied, against numbers worked out by hand."""

import numpy as np
import pytest

from imviz.readers.wcs.iraf_distortions import left_out

AREA = "-0.1 0.1 -0.2 0.2"
ZERO = f'latcor = "3. 1. 1. 0. {AREA} 0."'


def cards(first, second=ZERO, kind="tnx", axes=(1, 2)):
    found = [("WAT0_001", "system=image")]
    for axis, text in zip(axes, (first, second), strict=True):
        whole = f"wtype={kind} axtype=ra {text}"
        pieces = [whole[n : n + 68].rstrip() for n in range(0, len(whole), 68)]
        found += [(f"WAT{axis}_{n:03d}", piece) for n, piece in enumerate(pieces, 1)]
    return found


@pytest.mark.parametrize(
    ("surface", "arcsec"),
    [
        # c0 + c1 x + c2 y + c3 xy, powers of degrees: 1e-3 + 0.01 * 0.1 + 0.005 * 0.2
        (f"3. 2. 2. 1. {AREA} 1E-3 0.01 0.005 0.", "11"),
        # half of the cross terms, x^2 last of the first row: 0.05 * 0.1 ** 2 = 5e-4 degrees
        (f"3. 3. 3. 2. {AREA} 0. 0. 0.05 0. 0. 0.", "1.8"),
        # Chebyshev, Legendre: each term is at most 1, all are in a corner
        (f"1. 3. 3. 2. {AREA} 1D-4 1D-4 1D-4 1D-4 1D-4 1D-4", "2.2"),
        (f"2. 3. 1. 0. {AREA} 0. 0. 2E-4", "0.72"),
        # no cross terms: 1, x, y
        (f"3. 2. 2. 0. {AREA} 0. 0. -0.01", "7.2"),
    ],
)
@pytest.mark.parametrize("axes", [(1, 2), (2, 3)])
def test_the_largest_value_of_a_surface_is_told(surface, arcsec, axes):
    said = left_out(cards(f'lngcor = "{surface}"', axes=axes), axes)
    assert f"WAT{axes[0]} and WAT{axes[1]} positions are off by up to {arcsec} arcsec" in said


def test_both_axes_add_as_the_sides_of_a_triangle():
    first, second = (
        f'{name} = "3. 1. 1. 0. {AREA} {size}"' for name, size in (("lngcor", 3e-3), ("latcor", 4e-3))
    )
    assert "up to 18 arcsec" in left_out(cards(first, second), (1, 2))


def test_the_radial_polynomial_of_zpx_counts():
    """The equidistant zenithal radius, 20 degrees from the pole, is 20.0 where tan reads 19.2 from it."""
    lng = 'projp1=1.0 lngcor = "3. 1. 1. 0. -20. 20. -0.001 0.001 0."'
    off = 20 - np.degrees(np.arctan(np.radians(20)))
    assert f"up to {off:.2g} degrees" in left_out(cards(lng, kind="zpx"), (1, 2))


@pytest.mark.parametrize(
    "text",
    [
        "",
        'lngcor = ""',
        'lngcor = "3. 2. 2. 1. -0.1 0.1"',
        f'lngcor = "3. 2. 2. 1. {AREA} 1. 2."',
        f'lngcor = "7. 1. 1. 1. {AREA} 1."',
        f'lngcor = "3. 1e9 1. 1. {AREA} 1."',
        f'lngcor = "3. 1. 1. 1. {AREA} nan"',
        f'lngcor = "3. inf 1. 1. {AREA} 1."',
        'lngcor = "3. one"',
    ],
)
def test_cards_that_do_not_tell_cost_nothing(text):
    assert left_out(cards(text, ""), (1, 2)) == ""
