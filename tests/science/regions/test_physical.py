import astropy.units as u
import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from regions import CirclePixelRegion, PixCoord, Regions

from imviz import Imviz
from imviz.errors import InputError
from imviz.science.regions.described import Described, placed
from imviz.science.regions.files.ds9 import parse_ds9


def physical(text):
    (region,), bad = parse_ds9(text)
    assert not bad
    assert isinstance(region, Described) != text.startswith("image")
    return region


@pytest.mark.parametrize(
    "text",
    ["circle(41,31,5)", "physical\ncircle(41,31,5)", "# DS9\nglobal color=red\nphysical;circle(41,31,5)"],
)
def test_without_keywords_physical_pixels_are_the_image_s(text):
    region = placed(physical(text), {}, None)
    assert (region.center.x, region.center.y, region.radius) == (40, 30, 5)
    assert "frame" not in region.meta


def test_a_subarray_is_placed_as_wcslib_reads_the_same_keywords():
    """IRAF writes the same relation as a second WCS, "P", too."""
    header = fits.Header({"LTV1": -99.0, "LTV2": -49.5, "LTM1_1": 0.5, "LTM2_2": 0.5})
    second = {"CTYPE": "", "CRVAL": 0.0}
    for axis, shift in ((1, -99.0), (2, -49.5)):
        header.update({f"{name}{axis}P": value for name, value in second.items()})
        header.update({f"CRPIX{axis}P": shift, f"CDELT{axis}P": 2.0})  # image = physical / 2 + shift
    region = placed(physical("physical;circle(241,161,8)"), header, None)
    wanted = WCS(header, key="P", naxis=2).wcs_world2pix([[241.0, 161.0]], 0)[0]
    np.testing.assert_allclose((region.center.x, region.center.y), wanted)
    assert region.radius == 4


P = {"WCSNAMEP": "PHYSICAL", "CTYPE1P": "x", "CTYPE2P": "y"}
"""A frame as X-ray software writes it: of pixels twice as large, its cards in any order."""


@pytest.mark.parametrize(
    "cards",
    [
        P
        | {
            f"{name}{axis}P": value
            for axis in (1, 2)
            for name, value in (("CRPIX", 1.5), ("CRVAL", 100.5 * axis), ("CDELT", 4.0))
        },
        P
        | {
            f"{name}{axis}P": value
            for axis in (1, 2)
            for name, value in (("CRPIX", 10.0), ("CRVAL", 37.0), ("CDELT", 1.0))
        },
        {"WCSNAMEA": "Physical"}
        | {
            f"{name}{axis}A": value
            for axis in (1, 2)
            for name, value in (("CRPIX", 0.5), ("CRVAL", -3.0), ("CDELT", 2.0))
        },
        P | {"CRPIX1P": 1.0, "CRPIX2P": 1.0, "CRVAL1P": "1.1D+01", "CRVAL2P": 6.0, "CD1_1P": 1, "CD2_2P": 1},
    ],
)
def test_the_keywords_of_x_ray_software_are_read_as_wcslib_reads_them(cards):
    region = placed(physical("physical;circle(241,161,8)"), cards, None)
    key = "A" if "WCSNAMEA" in cards else "P"
    numbers = {name: float(str(value).replace("D", "E")) for name, value in cards.items() if name[:2] == "CR"}
    header = fits.Header({**cards, **numbers})
    wanted = WCS(header, key=key, naxis=2).wcs_world2pix([[241.0, 161.0]], 0)[0]
    np.testing.assert_allclose((region.center.x, region.center.y), wanted)
    assert region.radius == 8 / float(cards.get(f"CDELT1{key}", 1.0))


def test_a_frame_named_physical_counts_before_iraf_s():
    cards = P | {"CRPIX1P": 1.0, "CRPIX2P": 1.0, "CRVAL1P": 11.0, "CRVAL2P": 6.0, "LTV1": 500.0}
    assert placed(physical("circle(51,31,8)"), cards, None).center.x == 40


@pytest.mark.parametrize("keywords", [{"CDELT1P": -1.0}, {"CDELT1P": 2.0}, {"PC1_2P": 0.1}, {"CDELT1P": 0.0}])
def test_a_turned_physical_frame_is_refused(keywords):
    with pytest.raises(InputError, match=r"CRPIX1P … keywords turn or stretch"):
        placed(physical("circle(41,31,5)"), P | keywords, None)


def test_all_that_has_a_place_is_moved_and_no_angle():
    header = {"LTV1": 10, "LTV2": 20}
    moved = placed(physical("ellipse(2,3,1.5,2,30)"), header, None)
    assert (moved.center.x, moved.center.y, moved.width, moved.angle) == (11, 22, 3, 30 * u.deg)
    corners = placed(physical("polygon(1,1,5,1,3,4)"), header, None)
    np.testing.assert_allclose(corners.vertices.y, [20, 20, 23])


@pytest.mark.parametrize("keywords", [{"LTM1_2": 0.1}, {"LTM2_2": 2.0}, {"LTM1_1": -1.0, "LTM2_2": -1.0}])
def test_a_turned_or_stretched_image_is_refused(keywords):
    with pytest.raises(InputError, match="turn or stretch"):
        placed(physical("circle(41,31,5)"), keywords, None)


def test_a_region_in_image_pixels_is_left_alone():
    region = CirclePixelRegion(PixCoord(1, 2), 3)
    assert placed(region, {"LTV1": 10}, None) is region


def test_frames_of_one_file_are_told_apart(tmp_path):
    """As DS9 does: physical until a line says otherwise, and a bad line costs no other."""
    path = tmp_path / "mixed.reg"
    path.write_text("circle(41,31,5)\nimage\ncircle(41,31,5)\ngarbage\nphysical;box(41,31,4,2,0)\n")
    hdu = fits.ImageHDU(np.ones((60, 80), "f4"), fits.Header({"LTV1": 10.0, "LTV2": -10.0}), name="SCI")
    imviz = Imviz()
    imviz.load_data(hdu, data_label="cut")
    ((line, _),) = imviz.load_regions_from_file(path, return_bad_regions=True)
    assert line == "garbage"
    found = list(imviz.get_interactive_regions().values())
    assert [(one.center.x, one.center.y) for one in found] == [(50, 20), (40, 30), (50, 20)]
    assert found[2].width == 4


def test_image_coordinates_are_those_regions_reads():
    (theirs,) = Regions.parse("image\ncircle(41,31,5)", format="ds9")
    assert physical("image\ncircle(41,31,5)").center.x == theirs.center.x
