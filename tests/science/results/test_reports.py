import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData, StdDevUncertainty
from astropy.time import Time
from regions import CirclePixelRegion, PixCoord

from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.results import reports
from imviz.science.results.table import Results

ROW = measure(
    NDData(np.ones((30, 30)), unit=u.Jy), CirclePixelRegion(PixCoord(15, 15), 5), image_label="a"
).values


def test_absent_values_are_a_dash():
    assert reports.text(None) == reports.text(np.ma.masked) == reports.ABSENT
    assert reports.text(SkyCoord(np.nan, np.nan, unit="deg")) == reports.ABSENT
    assert reports.text(np.nan * u.mag, "aperture_sum_mag") == reports.ABSENT  # a sum below zero has none


def test_values_are_short_and_carry_their_unit():
    assert reports.text(3.14159265 * u.Jy) == "3.14159 Jy"
    assert reports.text(12.3456 * u.pix, "xcentroid") == "12.35 pix"
    assert reports.text(1.80394e-14 * u.MJy, "sum_err") == "1.8e-14 MJy"  # an error has no six digits
    assert reports.text(642.843, "snr") == "642.8"
    assert reports.text(0.25 * u.MJy / u.sr) == "0.25 MJy/sr"
    assert reports.text(SkyCoord(10, 20, unit="deg")) == "00h40m00.000s +20d00m00.000s"
    assert reports.text(Time("2026-11-23T01:02:03.456")) == "2026-11-23 01:02:03"


@pytest.mark.parametrize(
    ("scale", "noise", "is_told"),
    [(1.0, 0.0, True), (1e-30, 0.0, True), (-1.0, 0.0, True), (1.0, 1e-6, False), (1.0, 1.0, False)],
)
def test_an_error_of_rounding_makes_no_signal_to_noise(scale, noise, is_told):
    y, x = np.mgrid[:61, :61]
    data = 1000 * np.exp(-0.5 * ((x - 30.2) ** 2 + (y - 29.7) ** 2) / 4) + 100.1
    data = scale * (data + np.random.default_rng(1).normal(0, noise, data.shape))
    region = CirclePixelRegion(PixCoord(30, 30), 8)
    row = measure(NDData(data), region, Recipe(background=Annulus(12, 8)), image_label="a").values
    told = {line["function"]: line["result"] for line in reports.results(row)}["signal to noise"]
    assert told.startswith("none: the pixels scatter by nothing") == is_told


def test_the_results_come_first_and_leave_out_what_is_absent():
    results, statistics = reports.results(ROW), reports.lines(ROW, reports.STATISTICS)
    assert results[0] == {"function": "x centroid", "result": "15.00 pix"}
    assert {"function": "AB magnitude", "result": "4.162 mag"} in results  # 78.5 Jy; no error is known
    assert not {"magnitude", "counts"} & {line["function"] for line in results}
    assert {"function": "median", "result": "1 Jy"} in statistics


def test_a_clean_row_has_no_warning_and_a_cut_one_says_so():
    assert reports.warning(ROW) == ""
    cut = measure(NDData(np.ones((30, 30))), CirclePixelRegion(PixCoord(0, 15), 5)).values
    assert reports.warning(cut).startswith("Part of the aperture is off the image")


def test_any_run_of_rows_is_given_as_text():
    results = Results()
    for _ in range(3):
        results.append(ROW)
    pages = reports.RowPages(results)
    assert pages.n_rows == 3
    assert [row["id"] for row in pages.rows(1, 99)] == ["2", "3"]
    assert set(pages.rows(0, 1)[0]) == set(pages.columns)


def test_results_stand_with_their_errors_in_units_one_would_say():
    image = NDData(np.full((30, 30), 2.0), StdDevUncertainty(np.full((30, 30), 0.1)), unit=u.MJy / u.sr)
    recipe = Recipe(pixel_area=0.01, zero_point=25.0, flux_scaling=3631 * u.Jy)
    row = measure(image, CirclePixelRegion(PixCoord(15, 15), 5), recipe).values
    found = {line["function"]: line["result"] for line in reports.results(row, 0.1)}
    flux = (2 * np.pi * 25 * u.MJy / u.sr * 0.01 * u.arcsec**2).to_value(u.uJy)
    err = flux * row["sum_err"] / row["sum"]
    assert found["sum"] == f"{flux:.2f} ± {err:.2f} µJy"
    assert found["AB magnitude"].endswith(" mag")
    assert "±" in found["AB magnitude"]
    assert found["background"] == "0 MJy/sr"
    assert found["background by"] == "manual"
    assert found["aperture area"] == "78.54 pix² (0.7854 arcsec²)"
    assert found["FWHM (moments)"].endswith("″)")
    assert "sky centroid" not in found  # it has no WCS
    assert "sum error" not in found
