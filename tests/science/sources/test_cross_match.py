"""Cross-matching: against trying every pair."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import QTable
from hypothesis import given, settings
from hypothesis import strategies as st

from imviz.errors import InputError
from imviz.science.sources.cross_match import cross_match


def pixels(x, y, **columns):
    return QTable(
        {"xcentroid": np.asarray(x, float) * u.pix, "ycentroid": np.asarray(y, float) * u.pix, **columns}
    )


def by_hand(first, second, radius):
    """Mutual nearest neighbours by trying every pair."""
    apart = np.hypot(first[:, 0, None] - second[:, 0], first[:, 1, None] - second[:, 1])
    pairs = []
    for i in range(len(first)):
        j = apart[i].argmin()
        if apart[:, j].argmin() == i and apart[i, j] <= radius:
            pairs.append((i, j))
    return pairs


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 40))
def test_pairs_are_the_mutual_nearest(seed, n, m):
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(0, 20, (n, 2)), rng.uniform(0, 20, (m, 2))
    found = cross_match(pixels(*a.T, id=np.arange(n)), pixels(*b.T, id=np.arange(m)), 2 * u.pix)
    assert list(zip(found["id_1"], found["id_2"], strict=True)) == by_hand(a, b, 2.0)
    true = [np.hypot(*(a[i] - b[j])) for i, j in by_hand(a, b, 2.0)]
    assert found["separation"].to_value(u.pix) == pytest.approx(true)


def test_on_the_sky_across_zero_hours_and_frames():
    sky = SkyCoord([0.0001, 180.0, 359.9999] * u.deg, [10, 20, 10] * u.deg)
    first = QTable({"sky_centroid": sky})
    moved = sky.directional_offset_by(0 * u.deg, 0.3 * u.arcsec).galactic
    second = QTable({"sky_centroid": moved[[2, 0]]})
    found = cross_match(first, second, 1 * u.arcsec)
    assert len(found) == 2
    assert found["separation"].to_value(u.arcsec) == pytest.approx([0.3, 0.3], abs=1e-6)
    assert found["sky_centroid_1"].ra.deg == pytest.approx([0.0001, 359.9999])


def test_fluxes_that_fit_give_a_ratio_and_others_none():
    one, two = pixels([1], [1], sum=[2.0] * u.Jy), pixels([1], [1], sum=[500.0] * u.mJy)
    found = cross_match(one, two, 1 * u.pix)
    assert found["flux_ratio"].value == pytest.approx(0.25)
    counted = pixels([1], [1], sum=[500.0] * u.ct)
    assert "flux_ratio" not in cross_match(one, counted, 1 * u.pix).colnames


def test_rows_without_a_position_are_not_matched():
    found = cross_match(pixels([np.nan, 5], [1, 5]), pixels([5], [5]), 1 * u.pix)
    assert found["xcentroid_1"].value == [5]


def test_no_pair_is_an_empty_table():
    found = cross_match(pixels([0], [0], id=[1]), pixels([9], [9], id=[7]), 1 * u.pix)
    assert len(found) == 0
    assert {"id_1", "id_2", "separation"} <= set(found.colnames)


@pytest.mark.parametrize("radius", [1 * u.s, -1 * u.pix, np.nan * u.arcsec, [1, 2] * u.pix])
def test_a_radius_must_be_one(radius):
    with pytest.raises(InputError, match="Match within"):
        cross_match(pixels([0], [0]), pixels([0], [0]), radius)


def test_tables_without_positions_are_refused_by_name():
    with pytest.raises(InputError, match="sky_centroid"):
        cross_match(pixels([0], [0]), pixels([0], [0]), 1 * u.arcsec)
    with pytest.raises(InputError, match="xcentroid"):
        cross_match(QTable({"a": [1]}), pixels([0], [0]), 1 * u.pix)


def test_the_tables_given_are_not_changed():
    one, two = pixels([1], [1], id=[1]), pixels([1], [1], id=[1])
    cross_match(one, two, 1 * u.pix)
    assert one.colnames == two.colnames == ["xcentroid", "ycentroid", "id"]
