import numpy as np
import pytest
from astropy.nddata import NDData
from scipy.ndimage import map_coordinates

from imviz.errors import InputError
from imviz.science.sources import examine

Y, X = np.mgrid[:60, :70]
IMAGE = NDData(50 + 400 * np.exp(-((X - 30.4) ** 2 / 8 + (Y - 25.7) ** 2 / 8)))


def test_rows_and_columns_are_the_image_s_own():
    row = examine.cut_along(IMAGE, 30.2, 26.4, "row")
    assert np.array_equal(row.y, IMAGE.data[26])
    column = examine.cut_along(IMAGE, 30.2, 26.4, "column", half=5)
    assert np.array_equal(column.x, np.arange(21, 32))
    assert np.array_equal(column.y, IMAGE.data[21:32, 30])


def test_the_fit_of_a_cut_finds_place_and_width():
    fit = examine.fit_cut(examine.cut_along(IMAGE, 30, 26, "row", 15))
    assert fit.center == pytest.approx(30.4, abs=1e-3)
    assert fit.fwhm == pytest.approx(2 * np.sqrt(2 * np.log(2)) * 2, rel=1e-3)
    assert fit.level == pytest.approx(50, abs=0.1)
    with pytest.raises(InputError):
        examine.fit_cut(examine.cut_along(NDData(np.ones((20, 20))), 10, 10, "row"))


def test_statistics_are_numpy_s_of_the_square_without_bad_pixels():
    data = IMAGE.data.copy()
    data[25, 30] = np.nan
    found = examine.statistics(NDData(data), 30.4, 25.2, 5)
    square = data[20:31, 25:36]
    good = square[np.isfinite(square)]
    assert found["npix"] == 120
    assert found["median"] == np.median(good)
    assert found["stddev"] == pytest.approx(np.std(good, ddof=1), rel=1e-12)


def test_contours_lie_on_their_level():
    for line in examine.contours(IMAGE, 30, 26, 12):
        values = map_coordinates(IMAGE.data, line.T[::-1], order=1)
        assert np.ptp(values) < 0.02 * values.mean()


def test_a_vector_is_interpolated_between_pixels_and_absent_off_the_image():
    found = examine.vector(IMAGE, (20.0, 20.0), (41.0, 33.5))
    steps = found.x / found.x[-1]
    expected = map_coordinates(IMAGE.data, [20 + 13.5 * steps, 20 + 21 * steps], order=1)
    assert found.y == pytest.approx(expected, rel=1e-12)
    assert np.isnan(examine.vector(IMAGE, (60, 50), (90, 50)).y[-1])


def test_a_place_off_the_image_is_refused():
    for look in (examine.around, examine.statistics):
        with pytest.raises(InputError, match="off the image"):
            look(IMAGE, 500, 20, 5)
