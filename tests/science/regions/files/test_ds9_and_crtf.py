"""What DS9, CASA and CARTA write: each shape, unit, word and encoding is read, or named with why not."""

import math
import operator

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    CircleSkyRegion,
    CompoundPixelRegion,
    EllipseAnnulusPixelRegion,
    EllipsePixelRegion,
    PixCoord,
    PointPixelRegion,
    RectangleAnnulusPixelRegion,
    Regions,
    RegularPolygonPixelRegion,
)

from imviz import Imviz
from imviz.science.regions.described import Described, placed
from imviz.science.regions.files import read, write
from imviz.science.regions.files.crtf import parse_crtf
from imviz.science.regions.files.ds9 import parse_ds9


def tan():
    """Half an arcsecond a pixel about RA 150, Dec 2; pixel (40, 25) is near its middle."""
    cards = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 150.0, "CRVAL2": 2.0}
    cards |= {"CRPIX1": 45.5, "CRPIX2": 30.5, "CDELT1": -0.5 / 3600, "CDELT2": 0.5 / 3600}
    return WCS(fits.Header(cards))


RA, DEC = (float(angle.deg) for angle in (tan().pixel_to_world(40, 25).ra, tan().pixel_to_world(40, 25).dec))


# ---- shapes and units


RINGS = {
    "annulus(41,26,2,8,n=3)": (CircleAnnulusPixelRegion, [(2, 4), (4, 6), (6, 8)]),
    "annulus(41,26,2,4,8)": (CircleAnnulusPixelRegion, [(2, 4), (4, 8)]),
    "annulus 41 26 2 4 8": (CircleAnnulusPixelRegion, [(2, 4), (4, 8)]),
    "annulus(41,26,0,4,8)": (CirclePixelRegion, [(4,), (4, 8)]),
    "ellipse(41,26,2,1,8,4,n=3,30)": (EllipseAnnulusPixelRegion, [(4, 8), (8, 12), (12, 16)]),
    "ellipse(41,26,2,1,4,2,8,4,30)": (EllipseAnnulusPixelRegion, [(4, 8), (8, 16)]),
    "box(41,26,2,1,4,2,8,4,30)": (RectangleAnnulusPixelRegion, [(2, 4), (4, 8)]),
    "box(41,26,2,1,8,4,n=2,30)": (RectangleAnnulusPixelRegion, [(2, 5), (5, 8)]),
}


@pytest.mark.parametrize("line", RINGS)
def test_several_rings_in_one_line_are_regions_each(line):
    found, bad = parse_ds9(f"image\n{line}\n")
    kind, wanted = RINGS[line]
    assert (bad, type(found[0])) == ([], kind)
    sizes = [
        tuple(getattr(one, name) for name in one._params if name.endswith(("radius", "width")))
        for one in found
    ]
    assert sizes == wanted
    assert {getattr(one, "angle", 30 * u.deg) for one in found} == {30 * u.deg}


@pytest.mark.parametrize(
    "line", ["annulus(41,26,2,8,n=0)", "annulus(41,26,2,8,n=x)", "annulus(41,26,2)", "annulus(41,26,2,8,m=3)"]
)
def test_a_number_of_rings_that_is_none_is_named(line):
    found, bad = parse_ds9(f"image\n{line}\ncircle(41,26,8)\n")
    assert (len(found), len(bad)) == (1, 1)
    assert "could not convert" not in bad[0][1]


@pytest.mark.parametrize(
    ("angles", "radii"), [((0, 90, 3), (4, 10, 2)), ((350, 40, 1), (0, 7, 1)), ((30, 390, 4), (2, 3, 1))]
)
def test_the_sectors_of_a_panda_have_their_areas(angles, radii):
    first, last, n = angles
    inner, outer, rings = radii
    found, bad = parse_ds9(f"image\npanda(50,50,{first},{last},{n},{inner},{outer},{rings})\n")
    assert (bad, len(found)) == ([], n * rings)
    span = math.radians((last - first) % 360 or 360)
    assert sum(one.area for one in found) == pytest.approx(span / 2 * (outer**2 - inner**2), rel=1e-6)
    middle = math.radians(first) + span / n / 2
    edge = inner + (outer - inner) / rings / 2
    inside = PixCoord(49 + edge * math.cos(middle), 49 + edge * math.sin(middle))
    assert [inside in one for one in found].count(True) == 1


def test_a_panda_all_around_is_rings():
    found, _ = parse_ds9("image\npanda(50,50,0,360,1,4,10,2)\n")
    assert [(one.inner_radius, one.outer_radius) for one in found] == [(4, 7), (7, 10)]


def test_a_panda_on_the_sky_covers_what_it_does_in_pixels():
    (sky,), _ = parse_ds9(f'icrs\npanda({RA},{DEC},0,90,1,2",5",1)\n')
    (flat,), _ = parse_ds9("image\npanda(41,26,0,90,1,4,10,1)\n")
    x, y = sky.vertices.to_pixel(tan())
    np.testing.assert_allclose([x, y], [flat.vertices.x, flat.vertices.y], atol=0.01)


MIXED = [
    'image\ncircle(41,26,4")',
    "image\ncircle(41i,26i,0.0666666667')",
    f"icrs\ncircle({RA!r},{DEC!r},8i)",
    f"image\ncircle({RA!r}d,{DEC!r}d,8)",
    "fk5\ncircle(41i,26i,8i)",
    'physical\ncircle(41,26,4")',
    f"physical\ncircle({RA!r}d,{DEC!r}d,8p)",
]


@pytest.mark.parametrize("text", MIXED)
def test_a_place_in_one_frame_and_a_size_in_another_go_through_the_wcs(text):
    ((found,), bad), wcs = parse_ds9(text), tan()
    assert not bad
    region = placed(found, {}, wcs)
    region = region if isinstance(region, CirclePixelRegion) else region.to_pixel(wcs)
    assert (*region.center.xy, region.radius) == pytest.approx(
        (40, 25, 8), abs=0.06 if "d," in text else 2e-4
    )  # FK5


@pytest.mark.parametrize("line", ["circle [[40pix, 25pix], 4arcsec]", f"circle [[{RA}deg, {DEC}deg], 8pix]"])
def test_so_do_casa_s(line):
    (found,), _ = parse_crtf(f"#CRTFv0\n{line}, coord=ICRS\n")
    region = placed(found, {}, tan())
    region = region if isinstance(region, CirclePixelRegion) else region.to_pixel(tan())
    assert (*region.center.xy, region.radius) == pytest.approx((40, 25, 8), abs=1e-4)


def test_what_is_turned_keeps_its_angle_in_pixels_or_on_the_sky():
    (box,), _ = parse_ds9('image\nbox(41,26,4",2",30)')
    flat = placed(box, {}, tan())
    assert (flat.width, flat.height, flat.angle.value) == pytest.approx((8, 4, 30))
    (box,), _ = parse_ds9(f"icrs\nbox({RA},{DEC},8i,4i,30)")
    flat = placed(box, {}, tan())
    assert (flat.width, flat.height, flat.angle.value) == pytest.approx((8, 4, 30), abs=1e-3)


def test_without_a_wcs_it_is_named_and_costs_no_other(tmp_path):
    (tmp_path / "a.reg").write_text('image\ncircle(41,26,4")\ncircle(41,26,8)\n')
    imviz = Imviz()
    imviz.load_data(np.ones((60, 90)))
    ((_, reason),) = imviz.load_regions_from_file(tmp_path / "a.reg", return_bad_regions=True)
    assert "celestial WCS" in reason
    assert len(imviz.get_interactive_regions()) == 1


# ---- what has no area, or is no shape


BESIDE = [
    "# vector(41,26,8,30) vector=1",
    "# ruler(41,26,50,30) ruler=pixel",
    "# projection(41,26,50,30,4)",
    "# segment(41,26,50,30,4,5)",
    "# compass(41,26,20) compass=physical {N} {E} 1 1",
    "# text(41,26) text={a name; or two}",
    "epanda(41,26,0,90,1,2,1,4,2,1,30)",
    "bpanda(41,26,0,90,1,2,1,4,2,1,30)",
    "wcsa;circle(1,2,3)",
    "linear;circle(1,2,3)",
    "circle(41,26,8",
    "circle(41,26,4px)",
    "circle(41,26,nan)",
    "circle(41,26,8,9)",
    "squircle(41,26,8)",
]


@pytest.mark.parametrize("line", BESIDE)
def test_what_cannot_be_used_is_named_and_costs_no_other(line):
    found, bad = parse_ds9(f"image\n{line}\nimage\ncircle(41,26,8)\n")
    assert (len(found), len(bad)) == (1, 1)
    assert all("cannot be read" in reason for _, reason in bad)


@pytest.mark.parametrize(
    "remark", ["# circle(41,26,8)", "# a remark; circle(1,2,3)", "# text (see the paper)", "#"]
)
def test_a_remark_is_none(remark):
    assert parse_ds9(f"image\n{remark}\n") == ([], [])


@pytest.mark.parametrize("kind", ["vector", "text"])
def test_so_it_is_in_casa_s(kind):
    line = {"vector": "vector[[1pix,2pix],[3pix,4pix]]", "text": "text[[1pix,2pix],'my text']"}[kind]
    found, bad = parse_crtf(f"#CRTFv0\n{line}\ncircle[[1pix,2pix],3pix]\n")
    assert (len(found), len(bad)) == (1, 1)
    assert f"a {kind} has no area" in bad[0][1]


# ---- names


NAMES = [
    "plain",
    "S17; test",
    "Disk edge, red",
    "knot [b]",
    "NGC 1 # 2",
    "it's",
    'the "eye"',
    "a=b, c",
    "{braces}",
    """all of {}[]"',;#=""",
    "two\nlines",
    "étoile 4 ☆",
    "ends with }",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["ds9", "crtf", "fits", "ecsv", "stcs"])
def test_a_name_comes_back_as_it_was_and_other_programs_find_the_region(tmp_path, kind, name):
    circle = CirclePixelRegion(PixCoord(40, 25), 8, meta={"text": name})
    if kind == "stcs":
        circle = CircleSkyRegion(SkyCoord(1, 2, unit="deg"), 8 * u.arcsec, meta={"text": name})
    told = write([circle, circle], tmp_path / "a", kind)
    found, bad = read(tmp_path / "a", kind)
    assert ([one.meta["text"] for one in found], bad) == ([name] * 2, [])
    if kind in ("ds9", "crtf"):
        theirs = list(Regions.read(tmp_path / "a", format=kind))
        assert [(one.center.x, one.radius) for one in theirs] == [(40, 8)] * 2
        changed = "\n" in name or (kind == "ds9" and {"{", "}", '"', "'"} <= set(name))
        changed |= kind == "crtf" and {'"', "'"} <= set(name)
        assert len(told) == 2 * changed
        assert not changed or "other programs" in told[0]


@pytest.mark.parametrize("quoted", ["{S17; a}", '"S17; a"', "'S17; a'"])
def test_ds9_s_three_kinds_of_quotes(quoted):
    found, bad = parse_ds9(
        f'image;circle(41,26,8") # text={quoted} color=red;circle(1,2,3) # tag={{a}} tag={{b; c}}\n'
    )
    assert not bad
    assert [one.meta.get("text") for one in found] == ["S17; a", None]
    assert found[1].meta["tag"] == ["a", "b; c"]


ROUND = CirclePixelRegion(PixCoord(40, 25), 8)
ASIDE = CirclePixelRegion(PixCoord(44, 25), 5)


@pytest.mark.parametrize("kind", ["ds9", "crtf"])
@pytest.mark.parametrize("by", [operator.or_, operator.and_, operator.xor])
def test_other_programs_see_a_composite_s_parts_and_that_is_said(tmp_path, kind, by):
    both = CompoundPixelRegion(ROUND, ASIDE, by, meta={"text": "two"})
    (told,) = write([ROUND, both, ASIDE], tmp_path / "a", kind)
    assert "'two' is a composite; other programs see its 2 parts." in told
    theirs = list(Regions.read(tmp_path / "a", format=kind))
    assert [one.radius for one in theirs] == [8, 8, 5, 5]
    found, _ = read(tmp_path / "a", kind)
    assert [type(one) for one in found] == [CirclePixelRegion, CompoundPixelRegion, CirclePixelRegion]


@pytest.mark.parametrize("kind", ["ds9", "crtf"])
def test_what_is_cut_out_is_excluded_for_them(tmp_path, kind):
    rest = CompoundPixelRegion(CompoundPixelRegion(ROUND, ASIDE, operator.or_), ASIDE, operator.xor)
    write([rest], tmp_path / "a", kind)
    theirs = list(Regions.read(tmp_path / "a", format=kind))
    assert [bool(one.meta["include"]) for one in theirs] == [True, False]


@pytest.mark.parametrize(
    ("region", "kind"),
    [
        (RegularPolygonPixelRegion(PixCoord(40, 25), 6, 8), "ds9"),
        (CircleSkyRegion(SkyCoord(10, 20, unit="deg", frame="barycentricmeanecliptic"), 8 * u.arcsec), "ds9"),
        (CircleSkyRegion(SkyCoord(10, 20, unit="deg", frame="supergalactic"), 8 * u.arcsec), "crtf"),
        (EllipseAnnulusPixelRegion(PixCoord(40, 25), 4, 8, 2, 4, 30 * u.deg), "crtf"),
    ],
)
def test_a_shape_or_frame_that_a_format_has_not_is_shown_to_others_and_that_is_said(tmp_path, region, kind):
    (told,) = write([region], tmp_path / "a", kind)
    assert "other programs" in told
    assert len(Regions.read(tmp_path / "a", format=kind)) >= 1
    ((back,), _) = read(tmp_path / "a", kind)
    assert type(back) is type(region)


# ---- looks


LOOKS = {
    "carta": "#CRTFv0\ncircle [[40pix, 25pix], 8pix], color=2ee6d6\n",
    "casa": "#CRTFv0\ncircle [[40pix, 25pix], 8pix], linewidth=1, linestyle=-, symsize=1, symthick=1, "
    "color=magenta, font=Helvetica, fontsize=11, fontstyle=normal, usetex=false\n",
    "casa, odd": "#CRTFv0\ncircle [[40pix, 25pix], 8pix], linewidth=thick, linestyle=wavy, color=#12, "
    "symsize=-1, labelpos=top, labeloff=[1, 2], labelcolor=teal\n",
    "casa, point": "#CRTFv0\nsymbol [[40pix, 25pix], Q], symsize=huge, symthick=2\n",
    "ds9": "image;circle(41,26,8) # color=#0ff width=2 dash=1 dashlist=8 3 fill=1 "
    'font="times 14 bold roman"\n',
    "ds9, odd": "image;circle(41,26,8) # color=gray999 width=none dash=1 dashlist=a fill=2 what=ever "
    'font="x y z"\n',
    "ds9, point": "image;point(41,26) # point=diamond huge color=12345\n",
}


@pytest.mark.parametrize("case", LOOKS)
def test_any_look_of_a_file_can_be_drawn(tmp_path, case):
    path = tmp_path / ("a.crtf" if "CRTF" in LOOKS[case] else "a.reg")
    path.write_text(LOOKS[case])
    (region,), bad = read(path)
    assert not bad
    region.as_artist()  # matplotlib's own judgement
    imviz = Imviz()
    imviz.load_data(np.ones((60, 90)))
    imviz.load_regions_from_file(path)
    imviz.default_viewer.save(tmp_path / "a.png", regions=True)
    imviz.plugins["Export"].export(tmp_path / "b.png")


@pytest.mark.parametrize(
    "visual",
    [{"color": "no such"}, {"symsize": 1}, {"linestyle": "wavy"}, {"linewidth": "x"}, {"usetex": "?"}],
)
def test_so_can_any_look_of_a_script(tmp_path, visual):
    imviz = Imviz()
    imviz.load_data(np.ones((60, 90)))
    point = PointPixelRegion(PixCoord(20, 20), visual=visual)
    imviz.load_regions([CirclePixelRegion(PixCoord(40, 25), 8, visual=visual), point])
    imviz.load_regions(CompoundPixelRegion(ROUND.copy(visual=visual), ASIDE, operator.or_, visual=visual))
    imviz.default_viewer.save(tmp_path / "a.png", regions=True)
    for region in imviz.get_interactive_regions().values():
        getattr(region, "region1", region).as_artist()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("ds9", 'color=#00ffff width=2 dash=1 dashlist=8 3 fill=1 font="times 14 bold roman" edit=0 tag={a}'),
        ("ds9", "color=gray999 textangle=30"),
        ("crtf", "color=2ee6d6, linewidth=3, linestyle=--, font=Helvetica, fontsize=11, labelpos=top"),
        ("crtf", "restfreq=1.42GHz, range=[1.2GHz, 1.4GHz], symthick=2"),
    ],
)
def test_a_look_survives_saving_where_the_format_holds_it(tmp_path, kind, words):
    line = f"image;circle(41,26,8) # {words}" if kind == "ds9" else f"circle [[40pix, 25pix], 8pix], {words}"
    (tmp_path / "a").write_text(f"{'#CRTFv0' if kind == 'crtf' else ''}\n{line}\n")
    first, _ = read(tmp_path / "a", kind)
    write(first, tmp_path / "b", kind)
    second, _ = read(tmp_path / "b", kind)
    assert dict(second[0].meta) == dict(first[0].meta)
    assert dict(second[0].visual) == dict(first[0].visual)
    saved = (tmp_path / "b").read_text().replace("color=#2ee6d6", "color=2ee6d6")
    assert all(word in saved for word in words.split(", " if kind == "crtf" else " "))


@pytest.mark.parametrize("symbol", ["boxcircle", "arrow", "diamond"])
def test_a_symbol_of_the_library_s_reader_survives_saving_too(tmp_path, symbol):
    """Two of which are drawings there, that no file holds."""
    imviz = Imviz()
    imviz.load_data(np.ones((60, 90)))
    imviz.load_regions(Regions.parse(f"image;point(41,26) # point={symbol} 12", format="ds9"))
    imviz.save_regions(tmp_path / "a.reg")
    assert f"point={symbol} 12" in (tmp_path / "a.reg").read_text()


def test_ds9_s_green_is_x11_s():
    (circle,), _ = parse_ds9("global color=green\nimage;circle(41,26,8)\n")
    assert circle.visual["color"] == "#00ff00"


def test_a_group_s_look_is_its_members():
    text = (
        "image\n# composite(5,5,0) || composite=1 color=red\ncircle(1,2,3) ||\ncircle(1,2,4)\ncircle(1,2,5)\n"
    )
    found, bad = parse_ds9(text)
    assert not bad
    assert [one.visual.get("color") for one in found] == ["red", "red", None]


# ---- encodings


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_of_any_encoding_is_read(tmp_path, encoding, end):
    lines = ["# Region file format: DS9", "image", "circle(41,26,8) # text={étoile 4}", "circle(43,26,8)", ""]
    (tmp_path / "a.reg").write_bytes(end.join(lines).encode(encoding))
    found, bad = read(tmp_path / "a.reg")
    assert ([one.meta.get("text") for one in found], bad) == (["étoile 4", None], [])


def test_one_odd_byte_changes_no_other_line(tmp_path):
    lines = [
        "image",
        "circle(41,26,8) # text={Ångström}".encode().decode("latin-1"),
        "circle(43,26,8) # text={\xe9}",
    ]
    (tmp_path / "a.reg").write_bytes("\n".join(lines).encode("latin-1"))
    found, _ = read(tmp_path / "a.reg")
    assert [one.meta["text"] for one in found] == ["Ångström", "é"]


def test_a_format_is_told_by_the_first_words_before_the_ending(tmp_path):
    (tmp_path / "a.reg").write_text("#CRTFv0\ncircle [[40pix, 25pix], 8pix]\n")
    write([ROUND], tmp_path / "b.fits")
    (tmp_path / "b.fits").rename(tmp_path / "b.reg")
    for name in ("a.reg", "b.reg"):
        ((circle,), _) = read(tmp_path / name)
        assert (circle.center.x, circle.radius) == (40, 8)


def test_the_command_line_places_what_only_an_image_can(tmp_path):
    """As the window does: physical coordinates of a cut-out, and radii in arcsec at places in pixels."""
    from imviz.cli.targets import Targets

    found, _ = parse_ds9('physical\ncircle(51,31,4")\n')
    assert isinstance(found[0], Described)
    image = type("Image", (), {"meta": {"LTV1": -10.0, "LTV2": -5.0}, "wcs": tan()})()
    ((_, region),), _ = Targets([("a", found[0])]).on(image)
    flat = region.to_pixel(tan())
    assert (*flat.center.xy, flat.radius) == pytest.approx((40, 25, 8), abs=1e-4)


def test_a_damaged_row_of_a_fits_table_costs_no_other(tmp_path):
    table = Regions([ROUND, EllipsePixelRegion(PixCoord(9, 8), 6, 4, 30 * u.deg), ASIDE]).serialize(
        format="fits"
    )
    table["SHAPE"][1] = "blob"
    hdu = fits.table_to_hdu(table)
    hdu.name = "REGION"
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(tmp_path / "a.fits")
    found, bad = read(tmp_path / "a.fits")
    assert len(found) == 2
    assert len(bad) <= 1


# ---- what a line holds beside its shape


@pytest.mark.parametrize(
    "line",
    [
        "circle(41,26,8) || circle(50,26,8) # composite=1",
        "circle(41,26,8)&box(41,26,4,4,0)",
        "circle(41,26,8)*!circle(41,26,3)",
        "circle(41,26,8) && !circle(41,26,3)",
        "circle(41,26,8)-circle(41,26,3)",
        "circle(41,26,8)circle(50,26,8)",
    ],
)
def test_a_second_shape_in_a_line_is_not_lost_in_silence(line):
    found, bad = parse_ds9(f"image\n{line}\ncircle(70,50,2)\n")
    assert [one.radius for one in found] == [2]
    assert bad[0][0] == line
    assert "would be lost" in bad[0][1]


@pytest.mark.parametrize(
    "line", ["circle(41,26,8) || # color=red", "circle(41,26,8) color=red", "circle(41,26,8) ||"]
)
def test_words_behind_a_shape_are_no_second_one(line):
    found, bad = parse_ds9(f"image\n{line}\n")
    assert (len(found), bad) == (1, [])


@pytest.mark.parametrize("frame", ["supergalactic", "native", "wcsq", "SUPERGALACTIC # mine"])
def test_places_in_a_frame_that_is_not_known_are_put_nowhere(frame):
    found, bad = parse_ds9(f'image\n{frame}\ncircle(41,26,8)\nfk5\ncircle(150,2,3")\n')
    assert len(found) == 1
    assert isinstance(found[0], CircleSkyRegion)
    assert "is not known" in bad[0][1]


def test_the_name_of_a_shape_alone_is_no_frame():
    found, bad = parse_ds9("image\ncircle\ncircle(41,26,8)\n")
    assert (len(found), len(bad)) == (1, 1)


@pytest.mark.parametrize("byte", [b"\x00", b"\x01", b"\x1a"])
def test_one_odd_byte_costs_no_region(tmp_path, byte):
    path = tmp_path / "r.reg"
    path.write_bytes(b"image\ncircle(41,26,8) # text={a" + byte + b"b}\ncircle(50,26,3)\n" + byte)
    found, _ = read(path)
    assert [one.radius for one in found] == [8, 3]
