"""Where images came from: planes of a cube, files read anew, many at once, which pixels are bad."""

import gc
import os
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.nddata import NDData
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import ImvizError, InputError

CUBE = np.ones((4, 60, 80), "f4") * np.arange(1, 5)[:, None, None].astype("f4")
AREA = np.pi * 25


def header(**more):
    keys = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CDELT1": -1e-4, "CDELT2": 1e-4, "CRVAL1": 150.0}
    return fits.Header({**keys, "CRVAL2": 2.0, "CRPIX1": 40.0, "CRPIX2": 30.0, **more})


def measured(imviz, **options):
    options = {"background": "Manual", **options}  # of a flat image a ring would leave nothing
    row, _ = imviz.plugins["Aperture Photometry"].calculate_photometry(**options)
    return u.Quantity(row["sum"][0]).value


def circled(imviz):
    imviz.load_regions(CirclePixelRegion(PixCoord(30, 30), 5))


@pytest.mark.parametrize("alignment", ["pixels", "wcs"])
def test_another_plane_is_shown_and_measured_in_place(tmp_path, alignment):
    fits.writeto(tmp_path / "cube.fits", CUBE, header(CTYPE3="FREQ", CRVAL3=1e9, CDELT3=1e6))
    imviz = Imviz()
    imviz.load_data(tmp_path / "cube.fits")
    imviz.load_data(np.ones((60, 80)), data_label="flat")
    imviz.load_data(NDData(np.ones((60, 80)), wcs=imviz.get_data("cube[PRIMARY,1]").wcs), data_label="sky")
    imviz.link_data(alignment)
    circled(imviz)
    label = "cube[PRIMARY,1]"
    assert imviz.app.session.origins.planes(label) == (4,)
    assert measured(imviz, dataset=label) == pytest.approx(AREA)
    imviz.show_plane(label, 2)
    assert imviz.app.session.origins.plane(label) == (2,)
    assert imviz.data_labels == [label, "flat", "sky"]
    assert measured(imviz, dataset=label) == pytest.approx(3 * AREA)
    assert measured(imviz, dataset="sky") == pytest.approx(AREA)
    assert len(imviz.get_aperture_photometry_results()) == 3
    for wrong in (4, -1, (1, 1)):
        with pytest.raises(InputError, match="has no plane"):
            imviz.show_plane(label, wrong)
    with pytest.raises(InputError, match="is one image"):
        imviz.show_plane("flat", 0)


def test_planes_of_an_array_in_memory():
    imviz = Imviz()
    imviz.load_data(CUBE, data_label="c")
    circled(imviz)
    imviz.show_plane("c", 3)
    assert measured(imviz) == pytest.approx(4 * AREA)


@pytest.mark.parametrize(("shape", "keys"), [((60, 80), header()), ((90, 70), header()), ((60, 80), None)])
def test_a_changed_file_is_reloaded_in_place(tmp_path, shape, keys):
    path = tmp_path / "night.fits"
    fits.writeto(path, np.ones((60, 80), "f4"), header())
    imviz = Imviz()
    imviz.load_data(path)
    circled(imviz)
    assert measured(imviz) == pytest.approx(AREA)
    assert imviz.app.session.origins.changed() == ()
    fits.writeto(path, np.full(shape, 7, "f4"), keys, overwrite=True)
    assert imviz.app.session.origins.changed() == ("night[PRIMARY,1]",)
    imviz.reload_data()
    assert imviz.app.session.origins.changed() == ()
    assert imviz.get_data().data.shape == shape
    assert imviz.app.data_collection[0].shape == shape
    assert measured(imviz) == pytest.approx(7 * AREA)
    assert imviz.get_aperture_photometry_results()["sum"][0] == pytest.approx(AREA)


def test_a_file_that_cannot_be_read_again_costs_nothing(tmp_path):
    path = tmp_path / "night.fits"
    fits.writeto(path, np.ones((60, 80), "f4"))
    imviz = Imviz()
    imviz.load_data(path)
    path.write_bytes(b"SIMPLE")
    with pytest.raises(ImvizError, match=r"night\.fits is damaged"):
        imviz.reload_data("night[PRIMARY,1]")
    assert imviz.data_labels == ["night[PRIMARY,1]"]
    path.unlink()
    with pytest.raises(ImvizError, match=r"night\.fits does not exist"):
        imviz.reload_data("night[PRIMARY,1]")


def test_a_batch_is_one_piece_of_news(tmp_path):
    imviz = Imviz()
    news = []
    imviz.app.session.add_callback("revision", news.append)
    with imviz.batch_load():
        for n in range(5):
            imviz.load_data(np.full((20, 30), n), data_label=f"a{n}")
        assert imviz.data_labels == []
    assert imviz.data_labels == [f"a{n}" for n in range(5)]
    assert len(news) == 1
    assert [layer.label for layer in imviz.default_viewer.controls.layers] == imviz.data_labels
    imviz.link_data("wcs")


def test_one_bad_file_does_not_cost_the_others(tmp_path):
    paths = [tmp_path / f"{n}.fits" for n in range(6)]
    for n, path in enumerate(paths):
        fits.writeto(path, np.full((20, 30), n, "f4"))
    paths[2].write_bytes(b"nothing")
    imviz = Imviz()
    with pytest.raises(InputError, match=r"1 of 6 could not be opened: 2\.fits is not an image file"):
        imviz.load_data(paths)
    assert imviz.data_labels == [f"{n}[PRIMARY,1]" for n in (0, 1, 3, 4, 5)]
    np.testing.assert_array_equal(imviz.get_data("3[PRIMARY,1]").data, 3)


def mission_file(path, name="JWST"):
    primary = fits.PrimaryHDU()
    primary.header["TELESCOP"] = name
    quality = np.zeros((60, 80), "u4")
    quality[30, 30], quality[30, 31] = 1, 2
    hdus = [fits.ImageHDU(np.ones((60, 80), "f4"), name="SCI"), fits.ImageHDU(quality, name="DQ")]
    fits.HDUList([primary, *hdus]).writeto(path)


def test_which_flags_are_bad_is_the_users_for_images_now_and_later(tmp_path):
    for name in ("a", "b"):
        mission_file(tmp_path / f"{name}.fits")
    imviz = Imviz()
    imviz.load_data(tmp_path / "a.fits")
    circled(imviz)
    assert measured(imviz) == pytest.approx(AREA - 1)
    imviz.set_bad_flags("JWST", ["DO_NOT_USE", "SATURATED"])
    assert measured(imviz) == pytest.approx(AREA - 2)
    imviz.load_data(tmp_path / "b.fits")
    assert measured(imviz, dataset="b[SCI,1]") == pytest.approx(AREA - 2)
    assert imviz.get_data("b[SCI,1]").meta["imviz_mask"] == "DQ,1: DO_NOT_USE (1), SATURATED (2)"
    imviz.set_bad_flags("JWST", None)
    assert measured(imviz, dataset="b[SCI,1]") == pytest.approx(AREA - 1)
    imviz.set_bad_flags("JWST", ())
    assert measured(imviz, dataset="a[SCI,1]") == pytest.approx(AREA)
    with pytest.raises(InputError, match="JWST has no quality flag 'HOTT'"):
        imviz.set_bad_flags("JWST", ["HOTT"])
    with pytest.raises(InputError, match="There is no mission 'XMM'"):
        imviz.set_bad_flags("XMM", [])


def test_a_removed_image_lets_go_of_its_file(tmp_path):
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("looks at Linux's /proc")
    path = tmp_path / "a.fits"
    fits.writeto(path, np.ones((300, 400), "f4"), header())
    imviz = Imviz()
    for _ in range(3):
        imviz.load_data(path)
        imviz.default_viewer.save(tmp_path / "picture.png")
        imviz.app.session.remove_image(imviz.data_labels[0])
        gc.collect()
        assert str(path) not in {os.path.realpath(link) for link in folder.iterdir()}
