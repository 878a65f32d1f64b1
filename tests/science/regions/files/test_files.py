"""What is written and read back is equal, in each format; what is bad is named and spares the rest."""

import operator

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import QTable
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regions import (
    CircleAnnulusPixelRegion,
    CircleAnnulusSkyRegion,
    CirclePixelRegion,
    CircleSkyRegion,
    CompoundPixelRegion,
    EllipseAnnulusPixelRegion,
    EllipsePixelRegion,
    EllipseSkyRegion,
    LinePixelRegion,
    PixCoord,
    PointPixelRegion,
    PointSkyRegion,
    PolygonPixelRegion,
    PolygonSkyRegion,
    RectangleAnnulusPixelRegion,
    RectanglePixelRegion,
    RectangleSkyRegion,
    Regions,
)

from imviz.errors import ImvizError, InputError, MissingFileError, ReadError
from imviz.science.regions.files import FORMATS, read, write
from imviz.science.regions.files.crtf import parse_crtf
from imviz.science.regions.files.ds9 import parse_ds9
from imviz.science.regions.files.stcs import parse_stcs

place = st.floats(-1e4, 1e4)
size = st.floats(1e-3, 1e4)
angle = st.floats(-360, 360).map(lambda value: value * u.deg)
centre = st.builds(PixCoord, place, place)
sky = st.builds(
    lambda lon, lat, frame: SkyCoord(lon, lat, unit="deg", frame=frame),
    *(st.floats(0, 359.9), st.floats(-89, 89), st.sampled_from(["icrs", "fk5", "galactic"])),
)
arcsec = st.floats(1e-2, 3e3).map(lambda value: value * u.arcsec)
NAMES = st.sampled_from(
    [
        {},
        {"text": "M 31"},
        {"text": "#hash"},
        {"text": "it's; [odd] # {name}"},
        {"include": False, "text": "b"},
    ]
)
LOOKS = st.sampled_from([{}, {"edgecolor": "#ff0000", "facecolor": "#ff0000"}])


def polygon(points):
    return PixCoord(*np.transpose(points))


def sky_polygon(point):
    near = [0, 0.1, 0.05] * u.deg
    return PolygonSkyRegion(
        SkyCoord(point.spherical.lon + near, point.spherical.lat + near[::-1], frame=point.frame)
    )


PIXEL = st.one_of(
    st.builds(CirclePixelRegion, centre, size),
    st.builds(EllipsePixelRegion, centre, size, size, angle),
    st.builds(RectanglePixelRegion, centre, size, size, angle),
    st.builds(lambda c, r: CircleAnnulusPixelRegion(c, r, 2 * r), centre, size),
    st.builds(
        lambda c, a, b, t: EllipseAnnulusPixelRegion(c, a, 2 * a, b, 3 * b, t), centre, size, size, angle
    ),
    st.builds(
        lambda c, a, b, t: RectangleAnnulusPixelRegion(c, a, 2 * a, b, 3 * b, t), centre, size, size, angle
    ),
    st.builds(
        lambda p: PolygonPixelRegion(polygon(p)), st.lists(st.tuples(place, place), min_size=3, max_size=8)
    ),
    st.builds(PointPixelRegion, centre),
    st.builds(lambda a: LinePixelRegion(a, PixCoord(a.x + 3, a.y - 2)), centre),
)
COMPOUND = st.builds(
    CompoundPixelRegion,
    PIXEL,
    st.one_of(PIXEL, st.builds(CompoundPixelRegion, PIXEL, PIXEL, st.just(operator.xor))),
    st.sampled_from([operator.or_, operator.and_, operator.xor]),
)
ON_SKY = st.one_of(
    st.builds(CircleSkyRegion, sky, arcsec),
    st.builds(EllipseSkyRegion, sky, arcsec, arcsec, angle),
    st.builds(RectangleSkyRegion, sky, arcsec, arcsec, angle),
    st.builds(lambda c, r: CircleAnnulusSkyRegion(c, r, 2 * r), sky, arcsec),
    st.builds(PointSkyRegion, sky),
    st.builds(sky_polygon, sky),
)


def named(region, meta, visual):
    region.meta.update(meta)
    region.visual.update(visual)
    return region


def look(region):
    """What of a region's attributes a user has given: name, exclusion, colour."""
    color = region.visual.get("color", region.visual.get("edgecolor"))
    return region.meta.get("text"), bool(region.meta.get("include", True)), color


def same(one, other):
    assert type(one) is type(other)
    assert look(one) == look(other)
    for name in one._params:
        a, b = getattr(one, name), getattr(other, name)
        if isinstance(a, PixCoord):
            np.testing.assert_allclose(np.array(a.xy), np.array(b.xy), rtol=1e-12, atol=1e-11)
        elif isinstance(a, SkyCoord):
            assert np.all(a.separation(b) < 1e-9 * u.arcsec)
        elif isinstance(a, u.Quantity):
            assert abs((a - b).to_value(u.arcsec)) <= max(1e-9, 1e-12 * abs(a.to_value(u.arcsec)))
        elif callable(a):
            assert a is b
        elif hasattr(a, "meta"):
            same(a, b)
        else:
            assert a == pytest.approx(b, rel=1e-12)


@pytest.mark.parametrize("file_format", FORMATS)
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_what_is_written_and_read_back_is_equal(tmp_path, file_format, data):
    shapes = ON_SKY if file_format == "stcs" else st.one_of(PIXEL, COMPOUND, ON_SKY)
    drawn = data.draw(st.lists(st.builds(named, shapes, NAMES, LOOKS), min_size=1, max_size=4))
    path = tmp_path / f"regions.{file_format}"
    write(drawn, path, file_format, overwrite=True)
    back, bad = read(path, file_format)
    assert bad == []
    assert len(back) == len(drawn)
    for one, other in zip(drawn, back, strict=True):
        same(one, other)


def test_other_programs_read_what_is_written(tmp_path):
    drawn = [CirclePixelRegion(PixCoord(3.25, 4), 5), EllipsePixelRegion(PixCoord(9, 8), 6, 4, 30 * u.deg)]
    for file_format, options in (("ds9", {}), ("crtf", {}), ("fits", {})):
        write(drawn, tmp_path / "one", file_format, overwrite=True)
        theirs = list(Regions.read(tmp_path / "one", format=file_format, **options))
        assert [type(region) for region in theirs] == [CirclePixelRegion, EllipsePixelRegion]
        assert theirs[0].center == drawn[0].center
        assert theirs[1].width == pytest.approx(6)


def test_a_bad_line_names_itself_and_spares_the_others():
    text = "image\ncircle(3,4,5)\nsquircle(1,2,3)\ncircle(1,2)\n-box(4,5,6,7,0) # color=red\ncircle(1,2,-3)\n"
    found, bad = parse_ds9(text)
    assert [type(region) for region in found] == [CirclePixelRegion, RectanglePixelRegion]
    assert (found[1].meta["include"], found[1].visual["color"]) == (0, "red")
    assert [line for line, _ in bad] == ["squircle(1,2,3)", "circle(1,2)", "circle(1,2,-3)"]
    assert all(line in reason for line, reason in bad)


def test_a_bad_line_of_crtf_and_of_stcs_too():
    found, bad = parse_crtf("#CRTFv0\ncircle[[1pix, 2pix], 3pix]\nfoo[[1pix, 2pix], 3pix]\n")
    assert (len(found), [line for line, _ in bad]) == (1, ["foo[[1pix, 2pix], 3pix]"])
    found, bad = parse_stcs("Circle ICRS 10 20 0.01\nCircle ICRS 10 20\nCircle NOWHERE 1 2 3\nBlob ICRS 1\n")
    assert (len(found), len(bad)) == (1, 3)


def test_stcs_position_angle_runs_from_north_through_east():
    (ellipse,), _ = parse_stcs("Ellipse ICRS 10 20 0.2 0.1 30")
    assert (ellipse.width, ellipse.height, ellipse.angle) == (0.4 * u.deg, 0.2 * u.deg, 120 * u.deg)


def test_a_table_of_sources_is_circles(tmp_path):
    QTable({"ra": [10.0, 11], "dec": [1.0, 2], "radius": [3, 4] * u.arcsec}).write(tmp_path / "a.ecsv")
    found, bad = read(tmp_path / "a.ecsv")
    assert bad == []
    assert [region.radius for region in found] == [3 * u.arcsec, 4 * u.arcsec]
    QTable({"x": [10.0, 11], "y": [1.0, 2], "radius": [3.0, -4]}).write(tmp_path / "b.ecsv")
    found, bad = read(tmp_path / "b.ecsv")
    assert (len(found), bad[0][0]) == (1, "row 1")


def test_what_is_no_region_file_is_refused(tmp_path):
    with pytest.raises(MissingFileError):
        read(tmp_path / "none.reg")
    with pytest.raises(InputError, match="no region format"):
        read(tmp_path / "none.doc")
    for file_format in FORMATS:
        (tmp_path / "bad").write_bytes(b"\x00\xff\x13 hello")
        with pytest.raises(ReadError, match="bad cannot be read as"):
            read(tmp_path / "bad", file_format)
    write([CirclePixelRegion(PixCoord(1, 1), 1)], tmp_path / "a.reg")
    with pytest.raises(InputError, match="exists already"):
        write([], tmp_path / "a.reg")
    with pytest.raises(InputError, match="on the sky only"):
        write([CirclePixelRegion(PixCoord(1, 1), 1)], tmp_path / "a.stcs")


WORDS = [
    "circle",
    "ellipse",
    "image",
    "fk5",
    "(",
    ")",
    "[[",
    "]]",
    "1",
    "-3",
    "nan",
    "1e999",
    ";",
    "#",
    "\n",
    ",",
]
WORDS += [
    "10:0:0",
    '3"',
    "pix",
    "deg",
    "global",
    "text={",
    "}",
    "# imviz 0 ",
    '{"shape":',
    "__import__('os')",
    "Box",
]


@pytest.mark.parametrize("parse", [parse_ds9, parse_crtf, parse_stcs])
@given(words=st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), max_size=25))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_text_breaks_a_reader(parse, words):
    try:
        found, bad = parse(" ".join(words))
    except ImvizError:
        return
    assert all(hasattr(region, "meta") for region in found)
    assert all(isinstance(reason, str) for _, reason in bad)
