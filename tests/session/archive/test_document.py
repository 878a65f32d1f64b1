"""A document as data: what is in it comes back as it was, to the last bit, and what comes is checked."""

import json
import os
import zipfile

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.modeling.models import Const1D, Gaussian1D
from astropy.nddata import NDData, StdDevUncertainty
from astropy.table import QTable
from astropy.time import Time
from astropy.wcs import WCS
from regions import CirclePixelRegion, CircleSkyRegion, PixCoord, PolygonPixelRegion, RectanglePixelRegion

from imviz.errors import ImvizError, InputError, MissingFileError, ReadError
from imviz.readers.files.places import confined
from imviz.session import Session
from imviz.session.archive import described, read, read_archive, restore, write_archive
from imviz.session.catalogs import Catalog

CIRCLE = CirclePixelRegion(PixCoord(30.123456789012345, 20.0), 5.0)
SKY = SkyCoord(10.001234567890123, 20.0, unit="deg")


def tan(angle=0.3):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
    wcs.wcs.crval, wcs.wcs.crpix = (10.000123456789012, 20), (50.123456789012345, 40)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    wcs.wcs.cd = 1e-4 * turn @ np.diag([-1, 1])
    return wcs


def values(seed=1):
    return np.random.default_rng(seed).normal(10, 1, (80, 100)).astype("f4")


@pytest.fixture
def night(tmp_path):
    """A folder with one image in it."""
    fits.writeto(tmp_path / "a.fits", values(), tan().to_header())
    return tmp_path


def load(session, path, **options):
    from imviz.readers import load as read_images

    return [session.origins.add(one) for one in read_images(path, **options)]


@pytest.fixture
def session(night):
    """A document with something of every kind."""
    session = Session()
    (label,) = load(session, night / "a.fits")
    mask = np.zeros((80, 100), bool)
    mask[3, 4] = True
    errors = StdDevUncertainty(np.ones((80, 100)))
    session.add_image(NDData(values(2), wcs=tan(0.1), unit="Jy", mask=mask, uncertainty=errors), "in memory")
    session.align("wcs")
    session.orientations.north_up(label)
    session.add_regions([CIRCLE, CircleSkyRegion(SKY, 1.25 * u.arcsec)], label)
    session.add_region(PolygonPixelRegion(PixCoord([1.5, 20, 3], [4.5, 5, 60])), "in memory", "three corners")
    session.combine_region("Subset 1", RectanglePixelRegion(PixCoord(31, 20), 4, 3, 20 * u.deg), "remove")
    session.region_list.style(["Subset 2"], color="red", visible=False, opacity=0.25, locked=True)
    stars = QTable({"name": ["a", "b"], "flux": [1.5, 2.5] * u.Jy})
    session.catalogs.add("stars", Catalog(stars, sky=SkyCoord([1, 2], [3, 4.000000001], unit="deg")))
    here = session.ground("in memory")
    session.catalogs.add(
        "marks", Catalog(stars[:1], x=np.array([1.0]), y=np.array([2.5]), ground=here), "imviz-0"
    )
    session.add_row({"sum": 1.23456789012345 * u.Jy, "note": "", "at": Time("2026-01-02T03:04:05.123456789")})
    session.add_row({"sum": None, "note": None, "at": None})
    session.add_row({"sum": np.nan * u.mJy, "note": "three", "at": Time("2026-01-02")})
    session.remove_rows([0])
    session.add_row({"sum": 3.0 * u.m, "place": SKY})
    session.fitted_models["profile"] = Gaussian1D(2.0, 0.0, 1.5) + Const1D(0.125)
    session.select(["Subset 1", "three corners"])
    session.combine = "xor"
    return session


def save(session, path, pixels="arrays"):
    document, inside, _ = described(session, path.parent, pixels)
    write_archive(path, document, inside, overwrite=True)
    return path.read_bytes()


def opened(path, look_in=None):
    session = Session()
    made = read(read_archive(path), look_in)
    restore(session, made)
    return session, made.notes


def same_rows(one, other):
    return [repr(row) for row in one.results] == [repr(row) for row in other.results]


def test_all_of_a_document_comes_back(session, night):
    save(session, night / "x.imviz")
    new, notes = opened(night / "x.imviz")
    assert notes == []
    assert (new.images, new.regions, new.alignment) == (session.images, session.regions, "wcs")
    assert new.orientations.names == session.orientations.names
    assert (new.selected_regions, new.combine) == (("Subset 1", "three corners"), "xor")
    for label in session.regions:
        assert new.region(label, "in memory") == session.region(label, "in memory")
        assert new.region_list[label].on_sky == session.region_list[label].on_sky
    look = new.region_list["Subset 2"]
    assert (look.color, look.visible, look.opacity, look.locked) == ("#ff0000", False, 0.25, True)
    assert same_rows(new, session)
    assert [len(table) for table in new.results.tables] == [2, 1]
    assert new.fitted_models["profile"](0.3) == session.fitted_models["profile"](0.3)
    assert new.catalogs.get("stars").sky[1].dec.deg == 4.000000001
    assert new.catalogs.get("marks", "imviz-0").image == "in memory"
    assert (new.catalogs.get("stars").table["flux"] == [1.5, 2.5] * u.Jy).all()


def test_pixels_without_a_file_come_back_with_mask_errors_unit_and_every_digit_of_the_sky(session, night):
    save(session, night / "x.imviz")
    old, new = session.image("in memory"), opened(night / "x.imviz")[0].image("in memory")
    assert np.array_equal(new.data, old.data)
    assert np.array_equal(new.mask, old.mask)
    assert (new.unit, new.uncertainty.uncertainty_type) == (u.Jy, "std")
    assert np.array_equal(new.uncertainty.array, old.uncertainty.array)
    assert new.wcs.pixel_to_world_values(3.5, 70.25) == old.wcs.pixel_to_world_values(3.5, 70.25)


@pytest.mark.parametrize("kind", ["u1", "i2", "u2", "i4", "i8", "u8", "f2", "f4", "f8", ">f8"])
def test_each_type_of_pixels_keeps_its_values(kind, tmp_path):
    session = Session()
    session.add_image(NDData(np.arange(12).reshape(3, 4).astype(kind)), "a")
    save(session, tmp_path / "x.imviz")
    assert np.array_equal(opened(tmp_path / "x.imviz")[0].image("a").data, np.arange(12).reshape(3, 4))


@pytest.mark.parametrize("pixels", ["arrays", "all", None])
def test_the_same_session_gives_the_same_bytes_and_so_does_one_that_was_opened(session, night, pixels):
    first = save(session, night / "x.imviz", pixels)
    assert save(session, night / "y.imviz", pixels) == first
    if pixels == "arrays":
        assert save(opened(night / "x.imviz")[0], night / "z.imviz", pixels) == first


def test_without_pixels_it_is_text_that_people_and_git_read(session, night):
    session.remove_image("in memory")
    text = save(session, night / "x.imviz").decode()
    assert json.loads(text)["format"] == "imviz session"
    lines = text.splitlines()
    assert max(map(len, lines)) < 400
    session.add_region(CIRCLE)
    added = set(save(session, night / "y.imviz").decode().splitlines()) - set(lines)
    assert 0 < len(added) < 10  # a region more is a few lines more


def test_an_id_is_given_once_through_files_too(session, night):
    save(session, night / "x.imviz")
    new, _ = opened(night / "x.imviz")
    for one in (session, new):
        one.add_row({"sum": 4.0 * u.m})
        one.clear_results()
        one.add_row({"sum": 4.0 * u.m})
    assert new.results.last_id == session.results.last_id
    assert new.add_region(CIRCLE) == session.add_region(CIRCLE) == "Subset 3"


def test_regions_on_an_image_that_was_removed_stay_where_they_are(session, night):
    session.remove_image("in memory")
    before = session.region("three corners", "a[PRIMARY,1]")
    save(session, night / "x.imviz")
    new, notes = opened(night / "x.imviz")
    assert notes == []
    assert new.images == ("a[PRIMARY,1]",)
    moved = new.region("three corners", "a[PRIMARY,1]")
    assert np.allclose(
        [moved.vertices.x, moved.vertices.y], [before.vertices.x, before.vertices.y], atol=1e-9
    )
    assert save(new, night / "y.imviz") == (night / "x.imviz").read_bytes()


def test_opening_is_one_step_that_can_be_undone(session, night):
    save(session, night / "x.imviz")
    other = Session()
    other.add_image(NDData(values(7)), "own")
    label = other.add_region(CIRCLE)
    other.add_row({"sum": 1.0})
    restore(other, read(read_archive(night / "x.imviz")), "open it", "Open x.imviz")
    assert (other.history.titles[-1], other.images) == ("Open x.imviz", session.images)
    assert list(other.history)[-1].code() == "open it"  # which brings all of it
    other.history.undo()
    assert (other.images, other.regions, other.n_rows) == (("own",), (label,), 1)
    other.history.redo()
    assert (other.images, other.regions, other.n_rows) == (session.images, session.regions, session.n_rows)


def test_the_history_goes_on_from_what_was_saved(session, night):
    save(session, night / "x.imviz")
    new, _ = opened(night / "x.imviz")
    new.add_region(CIRCLE)
    titles = [title for title, _ in new.history.record]
    assert titles == [*session.history.titles, "Add Subset 3"]


def test_a_plane_of_a_cube_is_the_one_that_was_shown(tmp_path):
    fits.writeto(tmp_path / "cube.fits", np.arange(24.0).reshape(4, 2, 3))
    session = Session()
    (shown,) = load(session, tmp_path / "cube.fits")
    session.origins.show_plane(shown, 2)
    load(session, f"{tmp_path}/cube.fits[0][3]")
    save(session, tmp_path / "x.imviz")
    new, _ = opened(tmp_path / "x.imviz")
    assert [float(new.image(label).data[0, 0]) for label in new.images] == [12, 18]
    assert (new.origins.planes(shown), new.origins.plane(shown)) == ((4,), (2,))


# ---- images that are not where they were


def test_a_folder_that_was_moved_or_mailed_opens_with_all_that_is_in_it(session, night):
    save(session, night / "x.imviz")
    other = night.with_name("elsewhere")
    night.rename(other)
    new, notes = opened(other / "x.imviz")
    assert (new.images, notes) == (session.images, [])


def test_an_image_that_is_gone_is_named_and_costs_nothing_else(session, night):
    first = save(session, night / "x.imviz")
    (night / "a.fits").unlink()
    new, notes = opened(night / "x.imviz")
    assert len(notes) == 1
    assert "a[PRIMARY,1] is missing" in notes[0]
    assert new.images == ("in memory",)
    assert (new.regions, same_rows(new, session)) == (session.regions, True)
    assert new.region_list["Subset 1"].outline == session.region_list["Subset 1"].outline
    assert save(new, night / "y.imviz") == first  # nothing of it is lost by saving again


def test_the_place_of_a_missing_image_is_kept(session, night):
    """Its label is nobody else's, so that what is saved then can be opened."""
    save(session, night / "x.imviz")
    (night / "a.fits").rename(night / "gone")
    new, _ = opened(night / "x.imviz")
    label = new.add_image(NDData(values(4)), "a[PRIMARY,1]")
    assert label == "a[PRIMARY,1] (2)"
    assert new.rename_image(label, "a[PRIMARY,1]") == "a[PRIMARY,1] (3)"
    with pytest.raises(InputError, match="cannot be called"):
        new.orientations.add("in memory", 5, label="a[PRIMARY,1]")
    save(new, night / "y.imviz")
    (night / "gone").rename(night / "a.fits")
    assert set(opened(night / "y.imviz")[0].images) == {"a[PRIMARY,1]", "in memory", "a[PRIMARY,1] (3)"}


@pytest.mark.parametrize("parts", [{"beside": ""}, {"address": "."}])
def test_an_address_that_is_a_folder_is_no_image(parts, tmp_path):
    fields = {"address": "/nowhere/a.fits", "ext": ["SCI", 1], "beside": "a.fits", **parts}
    if fields["address"] == ".":
        fields["address"] = str(tmp_path)
    (tmp_path / "within").mkdir()
    path = written(tmp_path / "x.imviz", bare(images=[{**IMAGE, **fields}]))
    new, notes = opened(path)
    assert (new.images, len(notes)) == ((), 1)


def test_bad_flags_are_those_of_the_file_alone(tmp_path):
    """Flags that were bad in what was open before do not become part of what is opened."""
    save(Session(), tmp_path / "x.imviz")
    session = Session()
    session.origins.set_bad_flags("JWST", ["DO_NOT_USE"])
    restore(session, read(read_archive(tmp_path / "x.imviz")))
    assert session.origins.bad_flags == {}
    session.history.undo()
    assert session.origins.bad_flags == {"JWST": ("DO_NOT_USE",)}


@pytest.mark.skipif(os.name != "posix", reason="names of bytes")
def test_a_name_of_bytes_that_are_no_letters_is_no_hindrance(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/night\xff\xfe.fits")
    fits.writeto(tmp_path / "a.fits", values())
    try:
        (tmp_path / "a.fits").rename(path)
    except OSError:
        pytest.skip("the file system takes no such names")
    session = Session()
    assert load(session, path) == ["night\ufffd\ufffd[PRIMARY,1]"]
    session.add_region(CIRCLE)
    first = save(session, tmp_path / "x.imviz")
    new, notes = opened(tmp_path / "x.imviz")
    assert (new.images, notes) == (session.images, [])
    assert save(new, tmp_path / "y.imviz") == first


ODD = [
    "# one",
    " one ",
    "one\n",
    "\none\n\ntwo ",
    "\r\n",
    '"#\'\n "',
    "one\udcff",
    "null",
    '"one"',
    "\\n",
    "é☃",
]


@pytest.mark.parametrize("text", ODD)
def test_a_text_of_any_letters_comes_back(text, tmp_path):
    """Of a row, of a catalog's column, of a name; what is beside it stays beside it."""
    session = Session()
    session.add_row({"subset_label": text, "data_label": "plain", "note": text, "sum": 1.0})
    session.add_row({"subset_label": "other", "data_label": "plain", "note": None, "sum": 2.0})
    stars = QTable({"name": [text, "b"], "flux": [1.5, 2.5] * u.Jy})
    session.catalogs.add(f"stars {text}", Catalog(stars, sky=SkyCoord([1, 2], [3, 4], unit="deg")))
    first = save(session, tmp_path / "x.imviz")
    new, notes = opened(tmp_path / "x.imviz")
    assert (notes, save(new, tmp_path / "y.imviz")) == ([], first)
    (table,) = new.results.tables
    assert [table[name][0] for name in ("subset_label", "note", "data_label")] == [text, text, "plain"]
    assert table["note"].mask.tolist() == [False, True]
    ((_, name, catalog),) = new.catalogs.items()
    assert (name, catalog.table["name"].tolist()) == (f"stars {text}", [text, "b"])


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r"])
def test_a_name_with_a_line_s_end_of_any_kind_comes_back(end, tmp_path):
    session = Session()
    session.add_row({"sum": 1.0, "subset_label": f"one{end}two", "data_label": ""})
    save(session, tmp_path / "x.imviz")
    assert opened(tmp_path / "x.imviz")[0].results.tables[0]["subset_label"][0] == f"one{end}two"


def test_a_file_of_another_name_is_known_by_what_is_in_it(session, night):
    save(session, night / "x.imviz")
    deep = night / "archive" / "raw"
    deep.mkdir(parents=True)
    (night / "a.fits").rename(deep / "renamed.fits")
    fits.writeto(deep / "b.fits", values(9), tan().to_header())  # as large, and another
    new, notes = opened(night / "x.imviz", night / "archive")
    assert (new.images, notes) == (session.images, [])
    assert np.array_equal(new.image("a[PRIMARY,1]").data, values())


def test_a_file_that_has_changed_is_told(session, night):
    save(session, night / "x.imviz")
    fits.writeto(night / "a.fits", values(8), tan().to_header(), overwrite=True)
    _, notes = opened(night / "x.imviz")
    assert len(notes) == 1
    assert "has changed since the session was saved" in notes[0]
    os.utime(night / "a.fits")
    session.origins.reload("a[PRIMARY,1]")
    save(session, night / "x.imviz")
    os.utime(night / "a.fits", (1, 1))  # the time alone is no change
    assert opened(night / "x.imviz")[1] == []


def test_all_pixels_in_the_file_need_no_other(session, night):
    save(session, night / "x.imviz", "all")
    (night / "a.fits").unlink()
    new, notes = opened(night / "x.imviz")
    assert (new.images, notes) == (session.images, [])
    assert np.array_equal(new.image("a[PRIMARY,1]").data, values())


def test_an_address_that_may_hold_a_secret_is_not_written(night):
    from dataclasses import replace

    from imviz.readers import load as read_images
    from imviz.readers.loaded import Source

    session = Session()
    (one,) = read_images(night / "a.fits")
    session.origins.add(replace(one, source=Source("https://example.org/a.fits?token=hidden")))
    content = save(session, night / "x.imviz")
    assert b"hidden" not in content
    assert opened(night / "x.imviz")[0].images == session.images  # its pixels are in the file


# ---- files that are none, or mean harm


def bare(**parts):
    return {"format": "imviz session", "version": 1, **parts}


def written(path, document):
    path.write_text(json.dumps(document))
    return path


REGION = {"shape": "CirclePixelRegion", "center": {"x": 1.0, "y": 2.0}, "radius": 3.0}
IMAGE = {"label": "a", "address": "/nowhere/a.fits", "ext": [0], "shape": [8, 9], "wcs": None}
EVIL = "<script>alert(1)</script> {{ 7*7 }} !!python/object/apply:os.system ['touch owned'] ${x} `id`"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"SIMPLE  = T", "not JSON"),
        (b"\x80\x04\x95", "not JSON"),
        (b"[" * 10_000 + b"]" * 10_000, "not JSON"),
        (b'{"format": "imviz session", "version": 1, "images": ' + b"[" * 300 + b"]" * 300 + b"}", "deep"),
        (b'{"format": "other", "version": 1}', "does not say"),
        (b'{"format": "imviz session", "version": 2}', "version 2"),
        (b'{"format": "imviz session", "version": true}', "version True"),
        (b"PK\x03\x04 and no more", "cannot be read"),
        (b'{"format": "imviz session", "version": 1, "regions": [' + b"0," * 2_100_000 + b"0]}", "a list of"),
    ],
)
def test_what_is_no_session_is_refused_in_a_sentence(content, why, tmp_path):
    (tmp_path / "x.imviz").write_bytes(content)
    with pytest.raises(ReadError, match=why):
        read_archive(tmp_path / "x.imviz")


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"images": {"a": 1}}, "images"),
        ({"images": [3]}, "images"),
        ({"images": [{**IMAGE, "shape": [8]}]}, "shape"),
        ({"images": [{**IMAGE, "shape": [8, 10**12]}]}, "shape"),
        ({"images": [{**IMAGE, "label": ""}]}, "label"),
        ({"images": [IMAGE, IMAGE]}, "same label"),
        ({"alignment": "sideways"}, "sideways"),
        ({"results": {"tables": [{"n": 10**9, "first_id": 1, "table": []}]}}, "rows"),
        (
            {"results": {"tables": [{"n": 1, "first_id": 1, "table": ["# %ECSV 1.0", "# ---", "- ["]}]}},
            "table",
        ),
        ({"history": [["one"]]}, "step"),
        ({"history": ["one"]}, "lists"),
        ({"orientations": [{"label": "up", "image": "a", "shape": [3, 3], "wcs": None}]}, "place on the sky"),
    ],
)
def test_what_is_not_as_it_should_be_changes_nothing(parts, why, tmp_path):
    archive = read_archive(written(tmp_path / "x.imviz", bare(**parts)))
    with pytest.raises(ImvizError, match=why):
        read(archive)


@pytest.mark.parametrize(
    "region",
    [
        {},
        {"shape": "os.system", "command": "true"},
        {"shape": "Region"},
        {**REGION, "radius": -1.0},
        {**REGION, "radius": "nan"},
        {**REGION, "radius": 1e999},
        {**REGION, "center": {"lon": 1, "lat": 2, "frame": "icrs"}},
        {**REGION, "more": 3},
        {"shape": "CompoundPixelRegion", "region1": REGION, "region2": REGION, "operator": "__import__"},
    ],
)
def test_a_region_that_is_none_costs_no_other(region, tmp_path):
    regions = [
        {"label": "bad", "on": "a", "region": region},
        {"label": "good", "on": "a", "region": REGION},
        {"label": "good", "on": "a", "region": REGION},
        {"label": "lost", "on": "b", "region": REGION},
    ]
    made = read(read_archive(written(tmp_path / "x.imviz", bare(images=[IMAGE], regions=regions))))
    assert [one.label for one in made.regions] == ["good"]
    assert "3 regions cannot be used" in made.notes[-1]


@pytest.mark.parametrize(
    "address",
    ["/etc/passwd", "../../../etc/passwd", "/dev/zero", "/proc/self/mem", "~/x.fits", "a\0b", "*", "/*/*"],
)
def test_an_address_outside_the_folder_that_files_are_opened_from_is_not_opened(address, tmp_path):
    (tmp_path / "root").mkdir()
    outside = {**IMAGE, "address": address, "beside": address}
    path = written(tmp_path / "root" / "x.imviz", bare(images=[outside]))
    with confined(tmp_path / "root"):
        made = read(read_archive(path), tmp_path / "root")
    assert [one.loaded for one in made.images] == [None]


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "http://127.0.0.1/a.fits", "http://169.254.169.254/latest", "ftp://x/a.fits"],
)
def test_an_address_passes_the_guards_of_one_that_is_typed(address, tmp_path):
    made = read(read_archive(written(tmp_path / "x.imviz", bare(images=[{**IMAGE, "address": address}]))))
    assert [one.loaded for one in made.images] == [None]
    assert "a is missing" in made.notes[0]


def test_a_session_file_itself_is_opened_only_where_files_are(tmp_path):
    (tmp_path / "root").mkdir()
    path = written(tmp_path / "x.imviz", bare())
    with confined(tmp_path / "root"), pytest.raises(InputError, match="outside"):
        read_archive(path)
    with pytest.raises(MissingFileError, match="no session file"):
        read_archive(tmp_path / "y.imviz")


def test_words_of_a_program_are_words(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    image = {**IMAGE, "label": EVIL, "meta": {EVIL: EVIL}}
    document = bare(
        images=[image],
        regions=[{"label": EVIL, "on": EVIL, "region": {**REGION, "meta": {"text": EVIL}}}],
        results={
            "tables": [{"n": 1, "table": ["# %ECSV 1.0", "# ---", "# datatype:", f"# - {EVIL}", "a", "1"]}]
        },
        history=[[EVIL, "import os; os.system('touch owned')"]],
    )
    archive = read_archive(written(tmp_path / "x.imviz", document))
    with pytest.raises(ReadError, match="table"):
        read(archive)
    del document["results"]
    session, _ = opened(written(tmp_path / "x.imviz", document))
    assert session.regions == (EVIL,)
    assert os.listdir(tmp_path) == ["x.imviz"]


def test_a_model_is_one_of_those_that_are_known(tmp_path):
    models = {
        "a": {"model": "Tabular1D", "parameters": {}},
        "b": {"model": "Const1D", "parameters": {"x": 1.0}},
    }
    made = read(read_archive(written(tmp_path / "x.imviz", bare(results={"models": models}))))
    assert made.models == {}
    assert len(made.notes) == 2


def test_a_bomb_is_not_unpacked(tmp_path):
    bomb = tmp_path / "bomb.imviz"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", b" " * (2**28 + 1))
    with pytest.raises(ReadError, match="larger than 256 MB"):
        read_archive(bomb)
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", b" " * 2**28)
    with pytest.raises(ReadError, match="unpacks from"):
        read_archive(bomb)
    inside = {"label": "a", "pixels": "images/1.fits", "shape": [8, 9]}
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", json.dumps(bare(images=[inside])))
        archive.writestr("images/1.fits", b"\0" * 200_000_000)
    made = read(read_archive(bomb))
    assert "a is missing" in made.notes[0]
    assert "unpacks from" in made.notes[0]


def test_pixels_that_are_no_image_are_missing_ones(tmp_path):
    path = tmp_path / "x.imviz"
    inside = [{"label": name, "pixels": f"images/{name}.fits", "shape": [8, 9]} for name in ("a", "b")]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("session.json", json.dumps(bare(images=inside)))
        archive.writestr("images/a.fits", b"\x80\x04 a pickle")
    made = read(read_archive(path))
    assert [one.loaded for one in made.images] == [None, None]
