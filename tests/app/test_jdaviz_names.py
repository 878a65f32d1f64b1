import warnings

import astropy.units as u
import numpy as np
import pytest
from astropy.nddata import CCDData, NDData, StdDevUncertainty
from astropy.table import Table
from astropy.utils.exceptions import AstropyDeprecationWarning
from astropy.wcs import WCS
from glue.core import Component, Data, HubListener
from glue.core.message import DataCollectionAddMessage
from photutils.aperture import CircularAperture
from regions import CirclePixelRegion, PixCoord, RectanglePixelRegion

from imviz import Imviz
from imviz.demo import write_demo
from imviz.errors import InputError
from imviz.shell import display


class Listener(HubListener):
    """Hears glue's messages."""


CIRCLE = CirclePixelRegion(PixCoord(30, 20), 5)


@pytest.fixture
def imviz():
    imviz = Imviz()
    data = np.arange(2400.0).reshape(40, 60)
    mask = data == 0
    image = NDData(data, unit=u.Jy, mask=mask, uncertainty=StdDevUncertainty(np.sqrt(data)))
    imviz.load_data(image, data_label="image")
    imviz.load_regions(CIRCLE)
    return imviz


def test_an_image_is_had_masked_outside_of_a_region(imviz):
    image = imviz.get_data("image", spatial_subset="Subset 1")
    y, x = np.indices((40, 60))
    np.testing.assert_array_equal(image.mask, np.hypot(x - 30, y - 20) >= 5)
    assert image.unit == u.Jy
    assert not imviz.get_data().mask[20, 20]  # the image itself is as it was


def test_a_region_beside_the_image_masks_all_of_it(imviz):
    imviz.load_data(np.ones((600, 600)), data_label="large")
    imviz.load_regions(CirclePixelRegion(PixCoord(500, 500), 5), refdata_label="large")
    assert imviz.get_data("image", spatial_subset="Subset 2").mask.all()


def test_an_image_is_had_as_the_class_wanted(imviz):
    ccd = imviz.get_data(cls=CCDData, use_display_units=True)
    assert isinstance(ccd, CCDData)
    assert ccd.unit == u.Jy
    assert ccd.mask[0, 0]
    assert isinstance(ccd.uncertainty, StdDevUncertainty)
    assert imviz.get_data(cls=u.Quantity)[1, 0] == 60 * u.Jy
    assert type(imviz.get_data(cls=np.ndarray)) is np.ndarray
    with pytest.raises(TypeError, match="cannot be had as"):
        imviz.get_data(cls=Table)
    with pytest.raises(InputError, match="no option 'units'"):
        imviz.get_data(units="Jy")


def test_an_image_without_unit_is_a_ccd_without_dimension():
    imviz = Imviz()
    imviz.load_data(np.ones((4, 5)))
    assert imviz.get_data(cls=CCDData).unit == u.dimensionless_unscaled


def test_datasets_give_the_image_and_show_it(imviz):
    imviz.create_image_viewer("second")
    dataset = imviz.datasets["image"]
    dataset.add_to_viewer("second")
    assert imviz.viewers["second"].data_labels_loaded == ["image"]
    assert dataset.get_data("Subset 1", CCDData).mask.sum() == imviz.get_data("image", "Subset 1").mask.sum()
    with pytest.raises(InputError, match="There is no image 'other'"):
        imviz.datasets["other"]


def test_tables_and_plots_of_plugins_are_had_by_name(imviz, tmp_path):
    assert imviz.plugin_tables == {}
    imviz.plugins["Aperture Photometry"].calculate_photometry("image", "Subset 1")
    table, plot = (
        imviz.plugin_tables["Aperture Photometry: table"],
        imviz.plugin_plots["Aperture Photometry: plot"],
    )
    assert len(table.export_table(tmp_path / "rows.ecsv")) == 1
    assert (tmp_path / "rows.ecsv").exists()
    plot.export(tmp_path / "growth.png")
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(FileExistsError):
        plot.export(tmp_path / "growth.png")
    with pytest.raises(InputError, match="must end in one of"):
        plot.export(tmp_path / "growth.xyz")
    table.clear_table()
    assert imviz.get_aperture_photometry_results() is None


def test_load_takes_images_with_the_older_words(imviz, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_demo("demo.fits")
    imviz.load("demo.fits", loader="file", format="Image", extension="ERR", data_label="error", viewer="side")
    assert imviz.viewers["side"].data_labels_loaded == ["error[ERR,1]"]
    imviz.load(np.ones((4, 5)), data_label="hidden", viewer=[])
    assert all("hidden" not in viewer.data_labels_loaded for viewer in imviz.viewers.values())
    imviz.load(np.ones((4, 5)), data_label="all", viewer="*", parent="Auto", align_by="pixels")
    assert all("all" in viewer.data_labels_loaded for viewer in imviz.viewers.values())


@pytest.mark.parametrize(
    "thing", [CIRCLE, [CIRCLE], CircularAperture((30, 20), 5)], ids=["region", "list", "aperture"]
)
def test_load_takes_regions(imviz, thing):
    imviz.load(thing, format="Subset", subset_label="mine")
    assert imviz.get_interactive_regions()["mine"].radius == 5


def test_load_knows_a_region_and_a_catalog_and_no_other_format(imviz):
    imviz.load(CIRCLE)
    assert imviz.app.session.regions == ("Subset 1", "Subset 2")
    imviz.load(Table({"x": [3.0, 4.0], "y": [5.0, 6.0]}), format="Catalog")
    assert len(imviz.get_catalog_source_results()) == 2
    with pytest.raises(InputError, match="There is no format 'Spectrum'"):
        imviz.load(CIRCLE, format="Spectrum")


def test_places_by_their_older_names(imviz, monkeypatch):
    shown = []
    monkeypatch.setattr(display, "show", lambda window, *args: shown.append(args))
    imviz.show_in_sidecar(anchor="split-right", title="M 13")
    imviz.show_in_sidecar()
    imviz.show_in_new_tab("M 13")
    assert shown == [("sidecar:split-right", "M 13"), ("sidecar", None), ("sidecar:tab-after", "M 13")]


def test_the_application_s_older_words(imviz):
    app = imviz.app
    app.add_data(np.ones((4, 5)), data_label="b")
    app.add_data_to_viewer(viewer_reference="imviz-0", data_label="b")
    app.set_data_visibility(viewer_reference="imviz-0", data_label="b", visible=False)
    assert "b" not in app.get_viewer(viewer_reference="imviz-0").data_labels_visible
    app.remove_data_from_viewer(viewer_reference="imviz-0", data_label="b")
    assert app.get_viewer_by_id(vid="imviz-0").data_labels_loaded == ["image"]
    listener = Listener()  # glue keeps no listener alive
    heard: list[DataCollectionAddMessage] = []
    app.hub.subscribe(listener, DataCollectionAddMessage, handler=heard.append)
    app.add_data(np.ones((4, 5)), data_label="c")
    assert [message.data.label for message in heard] == ["c"]
    assert app.get_subsets("Subset 1", wrt_data="b")[0]["region"].center.x == 30


def test_link_data_takes_options_by_place(imviz):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        imviz.link_data("pixels", "pixels", True, False, True)
    with pytest.raises(TypeError, match="takes 4 more values by place"):
        imviz.link_data("pixels", "pixels", True, False, True, 1)


def test_a_tuple_of_names_is_several_extensions_and_a_name_with_a_number_is_one(tmp_path):
    imviz, path = Imviz(), tmp_path / "demo.fits"
    write_demo(str(path))
    imviz.load_data(path, ext=("SCI", "DQ"), data_label="both")
    assert imviz.data_labels == ["both[SCI,1]", "both[DQ,1]"]
    imviz.load_data(path, extension=("SCI", 1), format="Image", parent="Auto", data_label="one")
    assert imviz.data_labels[2:] == ["one[SCI,1]"]
    imviz.load(path, show_in_viewer=False, data_label="aside")
    assert "aside[SCI,1]" not in imviz.default_viewer.data_labels_loaded
    imviz.load_data(CIRCLE, format="Subset")
    assert imviz.app.session.regions == ("Subset 1",)


def test_glue_data_is_an_image_with_its_unit_and_its_wcs(imviz):
    coords = WCS(naxis=2)
    coords.wcs.ctype, coords.wcs.crval, coords.wcs.cdelt = ["RA---TAN", "DEC--TAN"], [10, 20], [-1e-3, 1e-3]
    data = Data(label="of glue", coords=coords)
    data.add_component(Component(np.arange(12.0).reshape(3, 4), units="mJy"), "flux")
    imviz.app.add_data(data)
    image = imviz.get_data("of glue")
    assert (image.unit, image.data[2, 3]) == (u.mJy, 11)
    assert image.wcs.pixel_to_world(0, 0).separation(coords.pixel_to_world(0, 0)).arcsec < 1e-9
    with pytest.raises(InputError, match="'cube' is no image: it has 3 axes"):
        imviz.load_data(Data(x=np.ones((2, 3, 4)), label="cube"))


def test_the_header_is_glue_s_metadata_too(tmp_path):
    imviz, path = Imviz(), tmp_path / "demo.fits"
    write_demo(str(path))
    imviz.load_data(path)
    meta = imviz.app.data_collection[0].meta
    assert meta["BUNIT"] == "MJy/sr"
    assert not [name for name in meta if name.startswith("imviz_")]


def test_choices_know_their_labels_and_have_a_value(imviz):
    phot, tools = imviz.plugins["Aperture Photometry"], imviz.plugins["Subset Tools"]
    assert phot.dataset.labels == ("image",)
    tools.combination_mode.selected = "andnot"
    assert (tools.combination_mode, tools.combination_mode.value) == ("andnot", "andnot")
    assert "xor" in tools.combination_mode.choices
    options = imviz.plugins["Plot Options"]
    options.layer.value = ["image"]
    assert options.layer.labels == options.layer.choices == ("image",)


def test_regions_are_had_by_their_older_option(imviz):
    imviz.load_regions(CIRCLE)
    assert list(imviz.get_regions(list_of_subset_labels="Subset 2")) == ["Subset 2"]
    assert list(imviz.get_regions(labels=["Subset 1"])) == ["Subset 1"]


def test_a_rectangle_is_given_its_edges(imviz):
    imviz.load_regions(RectanglePixelRegion(PixCoord(30, 20), 10, 6))
    imviz.plugins["Subset Tools"].update_subset("Subset 2", xmin=20, ymax=25)
    region = imviz.get_regions()["Subset 2"]
    assert (region.center.x, region.width, region.center.y, region.height) == (27.5, 15, 21, 8)
    with pytest.raises(InputError, match="no number 'xmin'"):
        imviz.plugins["Subset Tools"].update_subset("Subset 1", xmin=20)


def test_an_upper_cut_below_the_lower_takes_it_along(imviz):
    options = imviz.plugins["Plot Options"]
    options.stretch_vmin, options.stretch_vmax = 100, 300
    options.stretch_vmax = 50
    assert (options.stretch_vmin, options.stretch_vmax) == (-150, 50)
    options.stretch_vmin = 80
    assert (options.stretch_vmin, options.stretch_vmax) == (80, 280)


def test_the_table_of_results_is_counted_and_its_rows_selected(imviz):
    phot = imviz.plugins["Aperture Photometry"]
    for _ in range(3):
        phot.calculate_photometry()
    assert len(phot.table) == 3
    phot.table.select_rows([0, 2])
    assert [row["id"] for row in phot.table.selected_rows] == [1, 3]
    phot.table.select_rows(slice(1, 2))
    assert [row["id"] for row in phot.table.selected_rows] == [2]
    with pytest.raises(InputError, match="There is no row 3; the table has 3"):
        phot.table.select_rows(3)


def test_a_viewer_s_menu_and_alignment_by_their_older_words(imviz):
    imviz.load_data(np.ones((4, 5)), data_label="other")
    viewer, menu = imviz.default_viewer, imviz.default_viewer.data_menu
    menu.layer.selected = ["image"]
    assert menu.layer == ["image"]
    assert menu.layer.choices == ["image", "other", "Subset 1"]
    menu.rename("image", "renamed")
    menu.rename("Subset 1", "mine")
    assert (imviz.data_labels, imviz.app.session.regions) == (["renamed", "other"], ("mine",))
    assert menu.orientation.selected == "Default orientation"
    assert viewer.get_alignment_method("renamed") == "self"
    assert viewer.get_alignment_method("other") == "pixels"
    with pytest.raises(InputError):
        viewer.get_alignment_method("nobody")


def test_what_was_private_is_answered_by_the_public_object_with_a_word(imviz):
    with pytest.warns(AstropyDeprecationWarning, match=r"imviz\.app"):
        assert imviz._app is imviz.app
    phot = imviz.plugins["Aperture Photometry"]
    with pytest.warns(AstropyDeprecationWarning, match="is the plugin itself"):
        assert phot._obj is phot
