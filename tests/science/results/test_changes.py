"""Whatever of a receipt is changed, once, is caught and named: columns, cards, pixels, versions."""

import json

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData, StdDevUncertainty
from astropy.time import Time
from astropy.wcs import WCS, Sip
from regions import CirclePixelRegion, PixCoord, RectanglePixelRegion

from imviz.science.bulk.rows import measure_rows
from imviz.science.calibration.header import autofill
from imviz.science.photometry import provenance
from imviz.science.photometry.annuli import Annulus, annulus_region
from imviz.science.photometry.apertures import box_of, centers_inside, coverage
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.results.receipts import verify
from imviz.science.results.row import COLUMNS, EXTRA_COLUMNS
from imviz.science.results.table import Results

from ..fields import verify_row

RNG = np.random.default_rng(11)
SHAPE = 60, 64
DATA = RNG.normal(100, 5, SHAPE)
DATA[25:35, 27:37] += 400
ERRORS = RNG.uniform(4, 6, SHAPE)
MASK = np.zeros(SHAPE, dtype=bool)
MASK[31, 30] = MASK[30, 42] = True
HEADER = {"GAIN": 2.5, "RDNOISE": 4.0, "MAGZERO": 24.5, "SATURATE": 5e4, "BUNIT": "adu", "EXPTIME": 30.0}
REGION = CirclePixelRegion(PixCoord(31.3, 29.8), 6.2)
BOX = RectanglePixelRegion(PixCoord(31.3, 29.8), 9.0, 7.0, 20 * u.deg)
SKY = Annulus(9.0, 4.0)


def sip_wcs():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN-SIP", "DEC--TAN-SIP"]
    wcs.wcs.crval, wcs.wcs.crpix = [150.1, 2.2], [32.0, 30.0]
    wcs.wcs.cd = np.array([[-1e-5, 2e-7], [3e-7, 1.1e-5]])
    wcs.wcs.radesys, wcs.wcs.equinox = "FK5", 2000.0
    a, b = np.zeros((2, 3, 3))
    a[2, 0], a[1, 1], b[0, 2] = 1e-6, -2e-6, 3e-6
    wcs.sip = Sip(a, b, None, None, [32.0, 30.0])
    return wcs


def a_scene(**changes):
    values = {"data": DATA, "meta": HEADER, "wcs": sip_wcs(), "errors": ERRORS, "mask": MASK, **changes}
    errors = None if values["errors"] is None else StdDevUncertainty(values["errors"])
    unit = u.Unit(values["meta"]["BUNIT"])
    return NDData(
        values["data"],
        wcs=values["wcs"],
        uncertainty=errors,
        mask=values["mask"],
        meta=values["meta"],
        unit=unit,
    )


def the_recipe(image, **more):
    filled = autofill(image.meta, image.unit, image.wcs)
    names = ("pixel_area", "zero_point", "gain", "read_noise", "saturation")
    return Recipe(background=SKY, **{name: getattr(filled, name) for name in names}, **more)


def measured(*regions, image=None, **more):
    """A table of rows, through the path that their shapes have."""
    image = a_scene() if image is None else image
    results, recipe = Results(), the_recipe(image, counts_factor=1.5, flux_scaling=3.0, **more)
    circles = [region for region in regions if isinstance(region, CirclePixelRegion)]
    if circles:
        labels = [f"S{n}" for n in range(len(circles))]
        many = measure_rows(image, circles, recipe, image_label="a", region_labels=labels)
        results.extend(many.columns, many.n)
    for region in regions:
        if region not in circles:
            results.append(measure(image, region, recipe, image_label="a", region_label="box").values)
    return results.table()


def several(n):
    return [CirclePixelRegion(PixCoord(31.3 + 0.1 * k, 29.8), 6.2) for k in range(n)]


@pytest.fixture(scope="module")
def table():
    return measured(*several(4), BOX)


def test_nothing_changed(table):
    for verdict in verify(table, lambda _: a_scene()):
        assert verdict.same, verdict
        assert verdict.what == verdict.notes == ()


def edited(column):
    """A column with another value in row 1."""
    column = column.copy()
    if isinstance(column, SkyCoord):
        return SkyCoord(
            column.data.lon + [0, 1e-7, 0, 0, 0] * u.deg, column.data.lat, frame=column.frame.name
        )
    if isinstance(column, Time):
        column[1] = column[1] + 1 * u.s
    elif column.dtype.kind == "U":
        text = str(column[1])
        column = column.astype(f"U{column.dtype.itemsize // 4 + 9}")
        column[1] = text.replace("1", "2", 1) if "1" in text else text + "x"
    elif column.dtype.kind in "iu":
        column[1] += 3
    else:
        column[1] = column[1] * (1 + 1e-7)
    return column


@pytest.mark.parametrize("name", [*COLUMNS, *EXTRA_COLUMNS])
def test_every_column_edited_is_named(table, name):
    if is_empty(table[name]):
        pytest.skip("holds nothing here")
    other = table.copy()
    other[name] = edited(table[name])
    verdicts = verify(other, lambda label: a_scene())
    told = str(verdicts[1])
    assert not verdicts[1].same, name
    assert verdicts[1].what[-1] == "the table itself", told
    assert name in told, told
    assert [verdict.same for verdict in verdicts] == [True, False, True, True, True], name


def is_empty(column):
    return getattr(column, "dtype", np.dtype(float)).kind == "O"


def test_no_other_column_of_these_rows_is_without_a_value(table):
    empty = {name for name in table.colnames if is_empty(table[name])}
    assert empty == {"pixarea_tot", "zero_point_err"}


@pytest.mark.parametrize("name", ["GAIN", "RDNOISE", "MAGZERO", "SATURATE"])
def test_every_card_of_the_header_that_was_used_is_named(table, name):
    image = a_scene(meta={**HEADER, name: HEADER[name] * 1.25})
    for verdict in verify(table, lambda _: image):
        assert verdict.what == ("header",)
        assert verdict.changes == (f"header: {name} {HEADER[name]} → {HEADER[name] * 1.25}",)
    gone = a_scene(meta={key: value for key, value in HEADER.items() if key != name})
    assert f"{name} {HEADER[name]} → none" in str(verify(table, lambda _: gone)[0])


def test_a_new_card_that_a_value_would_be_by_is_named():
    header = {name: value for name, value in HEADER.items() if name != "GAIN"} | {"EGAIN": 2.5}
    table = measured(*several(4), image=a_scene(meta=header))
    assert all(verdict.same for verdict in verify(table, lambda _: a_scene(meta=header)))
    (first, *_) = verify(table, lambda _: a_scene(meta={**header, "EGAIN": 3.0}))
    assert "EGAIN 2.5 → 3.0" in str(first)


def test_the_unit_is_a_card_too(table):
    image = a_scene(meta={**HEADER, "BUNIT": "electron"})
    assert "unit (BUNIT) adu → electron" in str(verify(table, lambda _: image)[0])


def test_a_card_that_is_not_used_is_none_of_the_receipt_s_business(table):
    image = a_scene(meta={**HEADER, "OBSERVER": "me", "AIRMASS": 2.0})
    assert all(verdict.same for verdict in verify(table, lambda _: image))
    typed = Results()
    typed.append(measure(a_scene(), REGION, Recipe(gain=7.0)).values)  # not the header's
    other = a_scene(meta={**HEADER, "GAIN": 9.0})
    assert verify(typed.table(), lambda _: other)[0].same


def cards():
    wcs = sip_wcs()
    return [name for name in provenance.wcs_cards(wcs) if name not in ("CUNIT1", "CUNIT2", "LATPOLE")]


def with_card(name):
    """The WCS with one of its cards another."""
    wcs = sip_wcs()
    header = wcs.wcs
    key, _, digits = name.partition("_")
    if key in ("A", "B"):
        i, j = map(int, digits.split("_"))
        terms = {"A": wcs.sip.a.copy(), "B": wcs.sip.b.copy()}
        terms[key][i, j] *= 1 + 1e-15
        wcs.sip = Sip(terms["A"], terms["B"], None, None, [32.0, 30.0])
    elif key.startswith("CD"):
        matrix = header.cd.copy()
        matrix[int(name[2]) - 1, int(name[4]) - 1] *= 1 + 1e-15
        header.cd = matrix
    elif name[:5] in ("CRVAL", "CRPIX"):
        values = np.array(getattr(header, name[:5].lower()))
        values[int(name[5]) - 1] = np.nextafter(values[int(name[5]) - 1], 1e9)
        setattr(header, name[:5].lower(), values)
    elif name.startswith("CTYPE"):
        header.ctype = ["RA---SIN", "DEC--SIN"]
        wcs.sip = None
    else:
        setattr(header, name.lower(), {"LONPOLE": 179.0, "EQUINOX": 1975.0, "RADESYS": "ICRS"}[name])
    return wcs


@pytest.mark.parametrize("name", cards())
def test_every_card_of_the_wcs_is_named(table, name):
    for verdict in verify(table, lambda _: a_scene(wcs=with_card(name))):
        assert "WCS" in verdict.what, verdict
        assert name in str(verdict)


def test_a_wcs_that_is_gone_or_new_is_told(table):
    (first, *_) = verify(table, lambda _: a_scene(wcs=None))
    assert "CRVAL1 150.1 → none" in str(first)
    assert "sky_center" in str(first)


def test_a_gwcs_is_known_by_its_models():
    gwcs = pytest.importorskip("gwcs")
    from astropy.modeling.models import Pix2Sky_TAN, RotateNative2Celestial, Scale, Shift
    from gwcs.coordinate_frames import CelestialFrame, Frame2D

    def built(shift=-30.0, frame="icrs"):
        model = (Shift(shift) & Shift(-28.0)) | (Scale(1e-5) & Scale(1e-5)) | Pix2Sky_TAN()
        model |= RotateNative2Celestial(150.0, 2.0, 180.0)
        sky = CelestialFrame(
            reference_frame=SkyCoord(0 * u.deg, 0 * u.deg, frame=frame).frame, unit=(u.deg, u.deg)
        )
        return gwcs.WCS([(Frame2D(), model), (sky, None)])

    code = provenance.wcs_cards(built())
    assert code == provenance.wcs_cards(built())
    assert code != provenance.wcs_cards(built(shift=np.nextafter(-30.0, 0)))
    assert provenance.differences({"wcs": code}, {"wcs": provenance.wcs_cards(built(-31.0))}) == {
        "wcs": ["WCS is another"]
    }


def pixels_of(region):
    """The pixels of an aperture that count, and those of its background."""
    box = box_of(region)
    used = (coverage(region, box) > 1e-9) & ~MASK[box.slices]
    sky = annulus_region(region, SKY.inner_radius, SKY.width)
    around = box_of(sky)
    inside = centers_inside(sky, around) & ~MASK[around.slices]
    return [
        [(y + one.y0, x + one.x0) for y, x in np.argwhere(chosen)]
        for one, chosen in ((box, used), (around, inside))
    ]


def one_ulp(array, at):
    other = array.copy()
    other[at] = np.nextafter(other[at], np.inf)
    return other


@pytest.mark.parametrize("region", [REGION, BOX], ids=["circle", "rectangle"])
def test_every_used_pixel_moved_by_one_ulp_is_caught_and_named(region):
    row = measure(a_scene(), region, the_recipe(a_scene()), image_label="a").values
    aperture, background = pixels_of(region)
    assert len(aperture) > 60
    assert len(background) > 200
    told = {
        "data": "the pixels in the aperture are others",
        "errors": "the uncertainties in the aperture are others",
    }
    for name, sentence in told.items():
        for at in aperture:
            image = a_scene(**{name: one_ulp(DATA if name == "data" else ERRORS, at)})
            again = measure(image, region, the_recipe(image)).values
            assert again["pixel_hash"] != row["pixel_hash"], at
        assert verify_row(row, lambda _, image=image: image).changes[0] == sentence
    for at in background:
        image = a_scene(data=one_ulp(DATA, at))
        assert measure(image, region, the_recipe(image)).values["pixel_hash"] != row["pixel_hash"], at
    assert verify_row(row, lambda _: image).changes[0] == "the pixels of the background are others"
    for at in aperture + background:
        other = MASK.copy()
        other[at] = True
        image = a_scene(mask=other)
        assert measure(image, region, the_recipe(image)).values["pixel_hash"] != row["pixel_hash"], at


def test_pixels_beside_the_aperture_and_its_background_are_nobody_s(table):
    box = [
        set(pixels_of(CirclePixelRegion(PixCoord(31.3 + 0.1 * k, 29.8), 6.2))[n])
        for k in range(4)
        for n in (0, 1)
    ]
    box += [set(some) for some in pixels_of(BOX)]
    used = set.union(*box)
    data = DATA.copy()
    for at in np.ndindex(SHAPE):
        if at not in used:
            data[at] += 1
    assert all(verdict.same for verdict in verify(table, lambda _: a_scene(data=data)))


def test_the_mask_the_uncertainties_and_the_background_are_told_apart(table):
    mask = MASK.copy()
    mask[28, 30] = True
    assert "the mask in the aperture is another" in verify(table, lambda _: a_scene(mask=mask))[0].changes
    errors = ERRORS.copy()
    errors[28, 30] *= 2
    (first, *_) = verify(table, lambda _: a_scene(errors=errors))
    assert first.changes[0] == "the uncertainties in the aperture are others"
    assert first.what == ("pixels",)
    (first, *_) = verify(table, lambda _: a_scene(errors=None))
    assert "kind of uncertainty std adu → none" in str(first)


def test_other_versions_are_told_and_make_no_row_another(table, monkeypatch):
    now = {**provenance.versions(), "photutils": "99.0"}
    monkeypatch.setattr(provenance, "versions", lambda: now)
    (first, *_) = verify(table, lambda _: a_scene())
    assert first.same
    assert "→ 99.0" in first.notes[0]
    assert "(versions: photutils" in str(first)
    other = table.copy()
    other["sum"] = edited(table["sum"])
    verdict = verify(other, lambda _: a_scene())[1]
    assert verdict.what == ("versions",)
    assert "→ 99.0" in str(verdict)


def old(table):
    """The table as the first imviz wrote it."""
    from hashlib import sha256

    old = table.copy()
    recipes = [json.loads(text) for text in table["recipe"]]
    for recipe in recipes:
        del recipe["made_of"], recipe["pixels"]
    old["recipe"] = [json.dumps(recipe) for recipe in recipes]
    hashes = []
    for region in (*several(4), BOX):
        box = box_of(region)
        used = (coverage(region, box) > 1e-9) & ~MASK[box.slices]
        hashes.append(sha256(np.ascontiguousarray(DATA[box.slices][used]).data).hexdigest())
    old["pixel_hash"] = hashes
    del old["seal"]
    return old


def test_a_table_of_an_earlier_imviz_is_verified_as_far_as_it_goes(table):
    for verdict in verify(old(table), lambda _: a_scene()):
        assert verdict.same, verdict
        assert "could not be compared" in str(verdict)
    (first, *_) = verify(old(table), lambda _: a_scene(data=one_ulp(DATA, (29, 31))))
    assert first.changes == ("the pixels in the aperture are others",)
    other = old(table)
    other["mean"] = edited(other["mean"])
    assert verify(other, lambda _: a_scene())[1].changes[0].startswith("mean ")


def test_one_path_verifies_what_the_other_measured(table):
    for place in range(len(table)):
        row = {name: table[name][place] for name in table.colnames}
        assert verify_row(row, lambda _: a_scene()).same


def test_receipts_share_what_is_the_same_of_an_image(table):
    texts = table["recipe"].tolist()
    shared = texts[0].index(', "aperture"')
    assert {text[:shared] for text in texts} == {texts[0][:shared]}
    assert len(texts[0]) - shared < 150  # bytes of a row's own
    made_of = json.loads(texts[0])["made_of"]
    assert made_of["versions"].keys() == set(provenance.VERSIONED)
    assert made_of["header"]["GAIN"] == 2.5
    assert made_of["wcs"]["CRVAL1"] == 150.1
