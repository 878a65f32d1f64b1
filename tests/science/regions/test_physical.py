import astropy.units as u
import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from regions import CirclePixelRegion, EllipsePixelRegion, PixCoord, PolygonPixelRegion, Regions

from imviz import Imviz
from imviz.errors import InputError
from imviz.science.regions.files.text import parse_ds9
from imviz.science.regions.physical import from_physical


def physical(text):
    (region,), bad = parse_ds9(text)
    assert not bad
    return region


@pytest.mark.parametrize(
    "text",
    ["circle(41,31,5)", "physical\ncircle(41,31,5)", "# DS9\nglobal color=red\nphysical;circle(41,31,5)"],
)
def test_without_keywords_physical_pixels_are_the_image_s(text):
    region = from_physical(physical(text), {})
    assert (region.center.x, region.center.y, region.radius) == (40, 30, 5)
    assert "frame" not in region.meta


def test_a_subarray_is_placed_as_wcslib_reads_the_same_keywords():
    """IRAF writes the same relation as a second WCS, "P", too."""
    header = fits.Header({"LTV1": -99.0, "LTV2": -49.5, "LTM1_1": 0.5, "LTM2_2": 0.5})
    second = {"CTYPE": "", "CRVAL": 0.0}
    for axis, shift in ((1, -99.0), (2, -49.5)):
        header.update({f"{name}{axis}P": value for name, value in second.items()})
        header.update({f"CRPIX{axis}P": shift, f"CDELT{axis}P": 2.0})  # image = physical / 2 + shift
    region = from_physical(physical("physical;circle(241,161,8)"), header)
    wanted = WCS(header, key="P", naxis=2).wcs_world2pix([[241.0, 161.0]], 0)[0]
    np.testing.assert_allclose((region.center.x, region.center.y), wanted)
    assert region.radius == 4


def test_all_that_has_a_place_is_moved_and_no_angle():
    header = {"LTV1": 10, "LTV2": 20}
    shape = EllipsePixelRegion(PixCoord(1, 2), 3, 4, angle=30 * u.deg, meta={"frame": "physical"})
    moved = from_physical(shape, header)
    assert (moved.center.x, moved.center.y, moved.width, moved.angle) == (11, 22, 3, 30 * u.deg)
    corners = PolygonPixelRegion(PixCoord([0, 4, 2], [0, 0, 3]), meta={"frame": "physical"})
    np.testing.assert_allclose(from_physical(corners, header).vertices.y, [20, 20, 23])


@pytest.mark.parametrize("keywords", [{"LTM1_2": 0.1}, {"LTM2_2": 2.0}, {"LTM1_1": -1.0, "LTM2_2": -1.0}])
def test_a_turned_or_stretched_image_is_refused(keywords):
    with pytest.raises(InputError, match="turn or stretch"):
        from_physical(physical("circle(41,31,5)"), keywords)


def test_a_region_in_image_pixels_is_left_alone():
    region = CirclePixelRegion(PixCoord(1, 2), 3)
    assert from_physical(region, {"LTV1": 10}) is region


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
