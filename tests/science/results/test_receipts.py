import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import NDData, StdDevUncertainty
from astropy.table import QTable
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    EllipsePixelRegion,
    PixCoord,
    PolygonPixelRegion,
)

from imviz.errors import InputError
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.estimators import ESTIMATORS
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.results.photutils_script import as_python
from imviz.science.results.reading import read_table
from imviz.science.results.receipts import methods_paragraph, verify
from imviz.science.results.table import Results

DATA = np.random.default_rng(1).normal(100, 5, (120, 130))
AT = PixCoord(60.3, 55.1)
SHAPES = {
    "circle": CirclePixelRegion(AT, 11.2),
    "ellipse": EllipsePixelRegion(AT, 30, 14, 30 * u.deg),
    "annulus": CircleAnnulusPixelRegion(AT, 4, 9),
}
SKY = Annulus(20, 10)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_script_gives_the_row_s_own_numbers(shape, estimator):
    recipe = Recipe(background=SKY, background_estimator=estimator, sigma_clip=3, gain=2.5, read_noise=3.0)
    row = measure(NDData(DATA, unit=u.ct), SHAPES[shape], recipe).values
    scope = {"data": DATA}
    exec(as_python(row, u.ct), scope)
    assert scope["total"] == pytest.approx(row["sum"].value, rel=1e-12)
    assert scope["total_err"] == pytest.approx(row["sum_err"].value, rel=1e-12)
    assert scope["area"] == pytest.approx(row["sum_aper_area"].value, rel=1e-12)


def test_the_script_uses_the_image_s_errors_and_the_pixel_s_steradians():
    image = NDData(DATA, unit=u.MJy / u.sr, uncertainty=StdDevUncertainty(np.full(DATA.shape, 5.0)))
    row = measure(image, SHAPES["circle"], Recipe(background=90.0, pixel_area=0.04)).values
    scope = {"data": DATA, "error": np.full(DATA.shape, 5.0)}
    exec(as_python(row, image.unit), scope)
    assert scope["total"] == pytest.approx(row["sum"].value, rel=1e-12)
    assert scope["total_err"] == pytest.approx(row["sum_err"].value, rel=1e-12)


def test_the_script_refuses_what_it_could_not_repeat():
    triangle = PolygonPixelRegion(PixCoord([50, 60, 55], [50, 50, 60]))
    with pytest.raises(InputError, match="polygon"):
        as_python(measure(NDData(DATA), triangle).values)
    for reason, recipe in {
        "plane": Recipe(background=SKY, background_estimator="plane"),
        "scatter": Recipe(background=SKY, gain=1.0, scale_errors=True),
    }.items():
        with pytest.raises(InputError, match=reason):
            as_python(measure(NDData(DATA), SHAPES["circle"], recipe).values)


def changed(*changes, data=DATA):
    """Pixels with some of them (rows, columns) at other values."""
    other = data.copy()
    for rows, columns, value in changes:
        other[rows, columns] = value
    return other


HOLE = np.hypot(*np.mgrid[-55:65, -60:70]) > 15  # all but the star, about (60, 55)
MASK = changed((slice(50, 53), 60, True), (55, slice(82, 84), True), data=np.zeros(DATA.shape, dtype=bool))
SCENES = {
    "NaN in the aperture and the sky": (changed((55, 60, np.nan), (58, 63, np.nan), (55, 85, np.nan)), {}),
    "an infinite pixel": (changed((54, 61, np.inf)), {}),
    "saturated": (changed((slice(53, 56), 60, 5e4)), {"saturation": 4e4}),
    "masked": (DATA, {}),
    "neighbours": (changed((slice(50, 58), slice(83, 88), 400.0)), {"mask_sources": 5.0}),
    "clipped": (changed((55, slice(82, 86), 600.0)), {"sigma_clip": 2.0}),
    "integers": (np.rint(np.random.default_rng(5).normal(20.3, 0.5, DATA.shape)), {"sigma_clip": 3.0}),
    "by the sky's scatter": (DATA, {"gain": None}),
    "no background": (DATA, {"background": 0.0}),
    "every noise": (DATA, {"read_noise": 4.0, "dark": 3.0, "digitization": 1.0}),
    "no sky where it was asked for": (np.where(HOLE, np.nan, DATA), {}),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", SCENES)
def test_the_script_leaves_out_and_undoes_what_the_row_did(kind, shape):
    data, more = SCENES[kind]
    mask, recipe = MASK if kind == "masked" else None, Recipe(**{"background": SKY, "gain": 2.0, **more})
    row = measure(NDData(data, unit=u.ct, mask=mask), SHAPES[shape], recipe).values
    scope = {"data": data} | ({} if mask is None else {"mask": mask})
    exec(as_python(row, u.ct), scope)
    assert scope["total"] == pytest.approx(row["sum"].value, rel=1e-11)
    assert scope["area"] == pytest.approx(row["sum_aper_area"].value, rel=1e-11)
    if row["sum_err"] is not None:
        assert scope["total_err"] == pytest.approx(row["sum_err"].value, rel=1e-11)


def test_the_script_at_an_edge_and_beside_invalid_errors():
    errors = np.full(DATA.shape, 5.0)
    errors[0, 0] = -1.0
    image = NDData(DATA, unit=u.ct, uncertainty=StdDevUncertainty(errors))
    row = measure(image, CirclePixelRegion(PixCoord(60.2, 1.7), 8.3), Recipe(background=SKY)).values
    scope = {"data": DATA, "error": errors}
    exec(as_python(row, u.ct), scope)
    assert scope["total"] == pytest.approx(row["sum"].value, rel=1e-11)
    assert scope["total_err"] == pytest.approx(row["sum_err"].value, rel=1e-11)


@pytest.mark.parametrize("estimator", ["median", "mean", "mode", "sextractor", "biweight"])
def test_the_plain_statistic_of_the_sky_is_the_row_s_where_nothing_is_undone(estimator):
    row = measure(
        NDData(DATA), SHAPES["circle"], Recipe(background=SKY, background_estimator=estimator)
    ).values
    scope = {"data": DATA}
    exec(as_python(row), scope)
    assert scope["plain"] == pytest.approx(row["background"], rel=1e-9)


@pytest.fixture
def table():
    results = Results()
    triangle = PolygonPixelRegion(PixCoord([50.1, 60.2, 55.7], [50.3, 50, 60]))
    for region in (*SHAPES.values(), triangle, SHAPES["circle"] & triangle):
        results.append(measure(NDData(DATA), region, Recipe(background=SKY), image_label="a").values)
    return results


def test_rows_measured_again_are_identical_also_after_a_file(table, tmp_path):
    assert [v.same for v in verify(table.table(), lambda _: NDData(DATA))] == [True] * 5
    table.write(tmp_path / "t.ecsv")
    assert all(v.same for v in verify(QTable.read(tmp_path / "t.ecsv"), lambda _: NDData(DATA)))


def test_a_changed_pixel_is_named_with_what_it_did(table):
    other = DATA.copy()
    other[55, 66] += 50  # in the circle, outside the annulus 4 to 9? 5.7 pixels away: in it, too
    verdicts = verify(table.table(), lambda _: NDData(other))
    assert not verdicts[0].same
    assert "the pixels in the aperture are others" in str(verdicts[0])
    assert "sum " in str(verdicts[0])


def test_a_changed_sky_is_told_as_the_background_s_and_not_the_aperture_s(table):
    other = DATA.copy()
    other[55 - 29 : 55 - 20, 50:70] += 100
    (first, *_) = verify(table.table(), lambda _: NDData(other))
    assert any(change.startswith("background ") for change in first.changes)
    assert "the pixels of the background are others" in first.changes
    assert "the pixels in the aperture are others" not in first.changes


def test_an_image_that_is_gone_is_said_in_its_row_s_place(table):
    def gone(label):
        raise InputError(f"There is no image {label!r}.")

    assert {v.changes for v in verify(table.table(), gone)} == {("There is no image 'a'.",)}
    with pytest.raises(InputError, match="no column"):
        verify(QTable({"sum": [1.0]}), gone)


def test_the_paragraph_names_what_was_done(table):
    told = methods_paragraph(table[0])
    assert "circular aperture of radius 11.2 pixels" in told
    assert "annulus of 20 to 30 pixels" in told
    assert "scatter of the background" in told
    assert "photutils" in told


def test_the_zero_point_and_its_error_are_in_script_paragraph_and_verdict():
    image = NDData(DATA, unit=u.ct)
    recipe = Recipe(background=SKY, gain=2.5, zero_point=25.125, zero_point_err=0.0125)
    row = measure(image, SHAPES["circle"], recipe, image_label="a").values
    scope = {"data": DATA}
    script = as_python(row, u.ct)
    exec(script, scope)
    assert scope["mag_ab"] == pytest.approx(row["mag_ab"].value, rel=1e-12)
    assert scope["mag_ab_err"] == pytest.approx(row["mag_ab_err"].value, rel=1e-12)
    assert "± 0.0125 besides" in script
    told = methods_paragraph(row)
    assert "zero point of 25.125 ± 0.013 mag, whose error is common to all sources" in told
    assert "zero point" not in methods_paragraph(measure(image, SHAPES["circle"]).values)
    results = Results()
    results.append(row)
    table = results.table()
    assert [verdict.same for verdict in verify(table, lambda _: image)] == [True]
    table["zero_point_err"] = 0.02 * u.mag
    (verdict,) = verify(table, lambda _: image)
    assert verdict.changes == ("zero_point_err 0.02 mag → 0.0125 mag",)
    assert verdict.what == ("the table itself",)


def test_the_script_brings_surface_brightness_to_ab():
    image = NDData(DATA, unit=u.MJy / u.sr)
    row = measure(image, SHAPES["circle"], Recipe(background=90.0, pixel_area=0.04)).values
    scope = {"data": DATA}
    exec(as_python(row, image.unit), scope)
    assert scope["mag_ab"] == pytest.approx(row["mag_ab"].value, rel=1e-12)
    flux = row["sum"].to_value(u.Jy)
    assert scope["mag_ab"] == pytest.approx(-2.5 * np.log10(flux / 3631), rel=1e-12)


@pytest.mark.parametrize("kind", ["ecsv", "fits", "vot"])
def test_the_error_of_the_zero_point_survives_a_file_also_beside_rows_without(kind, tmp_path):
    results = Results()
    for err in (0.0125, None):
        recipe = Recipe(zero_point=25.0, zero_point_err=err)
        results.append(measure(NDData(DATA, unit=u.ct), SHAPES["circle"], recipe, image_label="a").values)
    results.write(tmp_path / f"t.{kind}")
    read = read_table(tmp_path / f"t.{kind}")
    assert read["zero_point_err"][0] == 0.0125 * u.mag
    assert read["zero_point_err"].mask.tolist() == [False, True]
    assert all(verdict.same for verdict in verify(read, lambda _: NDData(DATA, unit=u.ct)))


def test_an_image_of_another_name_is_known_by_its_pixels(table):
    images = {"other": NDData(np.zeros_like(DATA)), "b": NDData(DATA)}

    def image(label):
        if label not in images:
            raise InputError(f"There is no image {label!r}.")
        return images[label]

    for verdict in verify(table.table(), image, images):
        assert verdict.same
        assert verdict.notes == ("by its pixels its image is b",)
    assert "(by its pixels its image is b)" in str(verdict)
    images["a"] = NDData(DATA + 1)  # another image that has the name
    assert all(verdict.same and verdict.notes for verdict in verify(table.table(), image, images))
    images["b"] = NDData(DATA + 2)  # none has the pixels: those of the name are what has changed
    assert not any(verdict.same or verdict.notes for verdict in verify(table.table(), image, images))
    del images["a"]
    assert {v.changes for v in verify(table.table(), image, images)} == {("There is no image 'a'.",)}
