import sys
import warnings

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.nddata import NDData
from astropy.wcs import WCS
from regions import CirclePixelRegion, CircleSkyRegion, PixCoord, Regions

from imviz import Imviz
from imviz.app import PLUGINS, Application
from imviz.errors import ImvizError, InputError, MissingFileError, UnknownNameError
from imviz.plugin import Plugin

CIRCLE = CirclePixelRegion(PixCoord(30.0, 20.0), 5.0)
LOST = CirclePixelRegion(PixCoord(np.nan, 20.0), 5.0)


def picture(unit=None, wcs=None):
    return NDData(np.arange(80.0 * 100).reshape(80, 100), unit=unit, wcs=wcs)


def tan():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [10, 20], [50, 40], [-1e-4, 1e-4]
    return wcs


@pytest.fixture
def imviz():
    return Imviz()


@pytest.fixture
def loaded(imviz):
    imviz.load_data(picture(), data_label="a")
    imviz.load_data(picture(), data_label="b")
    imviz.load_regions(CIRCLE)
    return imviz


def layers(imviz, viewer="imviz-0"):
    return [layer.label for layer in imviz.app.get_viewer(viewer).controls.layers]


def visible(imviz):
    return [layer.label for layer in imviz.default_viewer.controls.layers if layer.visible]


def test_it_works_in_a_plain_python_process_and_only_show_needs_jupyter(loaded):
    assert loaded.data_labels == ["a", "b"]
    with pytest.raises(ImvizError, match="Not in Jupyter"):
        loaded.show()


def test_older_notebooks_may_say_how_talkative_it_is():
    assert Imviz(verbosity="error", history_verbosity="debug").data_labels == []
    with pytest.raises(InputError, match="verbosity 'loud'"):
        Imviz(verbosity="loud")


def test_an_application_can_be_given(imviz):
    assert Imviz(imviz.app).app is imviz.app


def test_a_plugin_of_one_s_own_joins_the_tray():
    class Mine(Plugin):
        name = "Mine"

    assert list(Imviz(plugins=(*PLUGINS, Mine)).plugins) == [plugin.name for plugin in (*PLUGINS, Mine)]


def test_two_applications_share_nothing(loaded):
    other = Imviz()
    loaded.plugins["Aperture Photometry"].calculate_photometry()
    assert other.data_labels == []
    assert other.get_interactive_regions() == {}
    assert other.get_aperture_photometry_results() is None
    assert other.fitted_models is not loaded.fitted_models


# ---- images


def test_an_image_is_shown_in_the_default_viewer_unless_told_otherwise(imviz):
    imviz.create_image_viewer("side")
    imviz.load_data(picture(), data_label="a")
    imviz.load_data(picture(), data_label="b", show_in_viewer="side")
    imviz.load_data(picture(), data_label="c", show_in_viewer=False)
    assert (layers(imviz), layers(imviz, "side")) == (["a"], ["b"])
    assert imviz.data_labels == ["a", "b", "c"]


def test_an_unknown_viewer_is_refused_before_anything_is_loaded(imviz):
    with pytest.raises(InputError, match="no viewer 'imviz-7'; there are: imviz-0"):
        imviz.load_data(picture(), show_in_viewer="imviz-7")
    assert imviz.data_labels == []


def test_a_list_is_several_images_and_one_label_cannot_name_them(imviz):
    imviz.load_data([picture(), picture()])
    assert imviz.data_labels == ["NDData", "NDData (2)"]
    with pytest.raises(InputError, match="cannot name several"):
        imviz.load_data([picture(), picture()], data_label="x")
    with pytest.raises(InputError, match="list of images is empty"):
        imviz.load_data([])


def test_an_hdu_list_is_one_source_though_it_is_a_list(imviz):
    hdus = fits.HDUList(
        [
            fits.PrimaryHDU(),
            *(fits.ImageHDU(np.full((4, 5), n), name="SCI", ver=n) for n in (1, 2)),
            fits.ImageHDU(np.ones((4, 5)), name="ERR", ver=1),
        ]
    )
    imviz.load_data(hdus, data_label="a")
    imviz.load_data(hdus, data_label="b", ext=("SCI", 2))
    assert imviz.data_labels == ["a[SCI,1]", "b[SCI,2]"]
    assert imviz.get_data("a[SCI,1]").uncertainty is not None
    assert np.all(np.asarray(imviz.get_data("b[SCI,2]").data) == 2)


def test_options_of_older_versions_are_accepted_and_misspelt_ones_are_not(imviz):
    imviz.load_data(picture(), "a", True, True, parser_reference="imviz", gwcs_to_fits_sip=True)
    imviz.app.load_data(picture(), "imviz-parser", data_label="b")
    imviz.load(picture(), data_label="c")
    with imviz.batch_load():
        imviz.load_data(picture(), "d")
    assert imviz.data_labels == ["a", "b", "c", "d"]
    with pytest.raises(InputError, match="no option 'lable'"):
        imviz.load_data(picture(), lable="a")


def test_what_a_reader_had_to_leave_out_is_told_in_the_window(imviz):
    wcs = tan()
    wcs.wcs.cdelt = [0, 0]
    imviz.load_data(picture(wcs=wcs), data_label="a")
    assert imviz.app.window.message.startswith("a: WCS")
    assert "loaded without WCS" in imviz.app.window.message


def test_an_image_is_got_by_its_label_or_alone(imviz):
    with pytest.raises(InputError, match="none is loaded yet"):
        imviz.get_data()
    imviz.load_data(picture(unit="Jy"), data_label="a")
    assert imviz.get_data().unit == u.Jy
    imviz.load_data(picture(), data_label="b")
    with pytest.raises(InputError, match="Say which image: a, b"):
        imviz.get_data()


def test_removed_images_leave_every_viewer(loaded):
    loaded.create_image_viewer("side")
    loaded.app.add_data_to_viewer("side", "a")
    loaded.app.session.remove_image("a")
    assert (layers(loaded), layers(loaded, "side")) == (["b"], [])


def test_images_are_shown_hidden_and_taken_out_by_the_old_names(loaded):
    app = loaded.app
    app.set_data_visibility("imviz-0", "b", visible=False)
    assert visible(loaded) == ["a"]
    app.set_data_visibility("imviz-0", "b", visible=True, replace=True)
    assert visible(loaded) == ["b"]
    app.remove_data_from_viewer("imviz-0", "a")
    assert layers(loaded) == ["b"]
    app.add_data_to_viewer("imviz-0", "a", clear_other_data=True)
    assert layers(loaded) == ["a"]
    with pytest.raises(InputError, match="does not have image 'b'"):
        app.set_data_visibility("imviz-0", "b")


def test_images_are_added_and_renamed_by_the_old_names(loaded):
    loaded.app.add_data(picture(), "c")
    loaded.app.rename_data("c", "z")
    assert loaded.data_labels == ["a", "b", "z"]
    assert layers(loaded) == ["a", "b"]
    assert [data.label for data in loaded.app.data_collection] == ["a", "b", "z"]


# ---- viewers


def test_viewers_get_the_next_free_name_and_the_first_one_stays(imviz):
    assert imviz.create_image_viewer().name == "imviz-1"
    assert imviz.create_image_viewer("imviz-3").name == "imviz-3"
    imviz.destroy_viewer("imviz-1")
    assert imviz.create_image_viewer().name == "imviz-1"
    with pytest.raises(InputError, match="cannot be closed"):
        imviz.destroy_viewer("imviz-0")
    with pytest.raises(InputError, match="a viewer 'imviz-3' already"):
        imviz.create_image_viewer("imviz-3")
    imviz.destroy_viewer("never there")
    assert sorted(imviz.viewers) == ["imviz-0", "imviz-1", "imviz-3"]


def test_viewers_are_found_by_all_the_old_names(imviz):
    side = imviz.create_image_viewer("side")
    app = imviz.app
    assert app.get_viewer("side") is app.get_viewer_by_id("side") is imviz.viewers["side"] is side
    assert app.get_viewer_ids() == ["imviz-0", "side"]
    assert app.get_viewer_ids("imviz") == ["imviz-0"]
    assert app.get_viewer_reference_names() == ["imviz-0", "side"]
    assert imviz.default_viewer is app.get_viewer("imviz-0")


# ---- plugins


def test_a_plugin_answers_to_its_older_name(imviz):
    plugin = imviz.plugins["Aperture Photometry"]
    assert imviz.plugins["Imviz Simple Aperture Photometry"] is plugin
    assert list(imviz.plugins) == [plugin.name for plugin in PLUGINS]


def test_an_unknown_name_is_a_key_error_with_a_sentence(imviz):
    for mapping in (imviz.plugins, imviz.viewers):
        with pytest.raises(KeyError) as caught:
            mapping["Nothing of the kind"]
        assert isinstance(caught.value, UnknownNameError)
        assert isinstance(caught.value, InputError)
        assert str(caught.value).startswith("There is no ")
        assert next(iter(mapping)) in str(caught.value)


def test_what_is_handed_out_is_a_copy(imviz):
    imviz.plugins.clear()
    imviz.viewers.clear()
    assert imviz.plugins
    assert imviz.viewers


# ---- alignment


def test_images_are_linked_by_all_the_old_words(loaded):
    loaded.link_data(link_type="wcs", wcs_use_affine=False, wcs_fallback_scheme="pixels", error_on_fail=True)
    assert loaded.get_link_type("a", "b") == "pixels"  # neither has a WCS
    with pytest.raises(InputError, match="a has no celestial WCS"):
        loaded.link_data("wcs", wcs_fallback_scheme=None)
    with pytest.raises(InputError, match="fall back to 'pixels' or None"):
        loaded.link_data("wcs", wcs_fallback_scheme="affine")
    loaded.link_data("pixels")
    assert loaded.get_alignment_method("a", "b") == "pixels"
    assert loaded.get_alignment_method("a", "a") == "self"
    assert loaded.get_ref_data()[0].label == "a"
    with pytest.raises(InputError, match="no option 'by'"):
        loaded.link_data(by="wcs")


def test_images_on_the_sky_are_linked_by_it(imviz):
    imviz.load_demo()
    imviz.link_data(align_by="wcs")
    assert imviz.get_alignment_method(*imviz.data_labels) == "wcs"
    imviz.link_data(link_type="pixels")
    assert imviz.get_alignment_method(*imviz.data_labels) == "pixels"


def test_an_empty_session_can_be_linked_either_way(imviz):
    imviz.link_data("wcs")
    imviz.link_data("pixels")
    assert imviz.get_ref_data() == (None, -1)


# ---- regions


def test_one_region_that_cannot_be_used_raises_its_reason(loaded):
    with pytest.raises(InputError, match="not finite"):
        loaded.load_regions(LOST)
    with pytest.raises(InputError, match=r"Loaded 0 of 2 regions\. First refused: .*not finite"):
        loaded.load_regions([LOST, LOST])


def test_one_bad_region_among_good_ones_is_warned_of_and_costs_no_other(loaded):
    with pytest.warns(UserWarning, match="Loaded 1 of 2 regions"):
        loaded.load_regions([LOST, CIRCLE])
    assert "Loaded 1 of 2" in loaded.app.window.message
    assert list(loaded.get_interactive_regions()) == ["Subset 1", "Subset 2"]


def test_bad_regions_are_returned_where_asked(loaded):
    ((region, reason),) = loaded.load_regions([LOST, CIRCLE], return_bad_regions=True)
    assert region is LOST
    assert "not finite" in reason


def test_regions_come_from_a_file(loaded, tmp_path):
    Regions([CIRCLE]).write(tmp_path / "one.reg", format="ds9")
    loaded.load_regions_from_file(tmp_path / "one.reg")
    assert loaded.get_interactive_regions()["Subset 2"] == CIRCLE
    with pytest.raises(MissingFileError, match=r"no region file '.*two\.reg'"):
        loaded.load_regions_from_file(tmp_path / "two.reg")


def test_a_region_without_a_place_on_the_view_spares_the_others(imviz):
    wide = tan()
    wide.wcs.crval = [wide.wcs.crval[0], wide.wcs.crval[1] - 60]
    wide.wcs.crpix, wide.wcs.cdelt = [101, 51], [-1, 1]  # its lower edge is 98 degrees from the other image
    imviz.load_data(picture(wcs=tan()), data_label="here")
    imviz.load_data(NDData(np.ones((101, 201)), wcs=wide), data_label="wide")
    imviz.load_regions(CIRCLE)
    imviz.load_regions(CirclePixelRegion(PixCoord(100, 5), 3), refdata_label="wide")
    imviz.link_data("wcs")
    assert imviz.app.session.unaligned == {}
    with pytest.warns(UserWarning, match="Subset 2 is left out"):
        assert imviz.get_interactive_regions() == {"Subset 1": CIRCLE}


def test_an_image_on_the_other_side_of_the_sky_lies_by_its_pixels_and_is_named(imviz):
    there = tan()
    there.wcs.crval = [190, -20]
    imviz.load_data(picture(wcs=tan()), data_label="here")
    imviz.load_data(picture(wcs=there), data_label="there")
    imviz.load_data(picture(wcs=tan()), data_label="also here")
    imviz.link_data("wcs")
    assert imviz.get_link_type("here", "there") == "pixels"
    assert imviz.get_link_type("here", "also here") == "wcs"
    assert (
        imviz.plugins["Orientation"].notes
        == "there has no place in the pixels of here; it lies by its pixels."
    )


def test_subsets_are_described_by_the_old_name(imviz):
    imviz.load_data(picture(wcs=tan()), data_label="a")
    imviz.load_regions([CIRCLE, CIRCLE | CirclePixelRegion(PixCoord(40, 20), 5)])
    found = imviz.app.get_subsets(include_sky_region=True, spatial_only=True)
    assert list(found) == ["Subset 1", "Subset 2"]
    (first,) = found["Subset 1"]
    assert (first["name"], first["glue_state"], first["region"]) == ("CircularROI", "RoiSubsetState", CIRCLE)
    assert isinstance(first["sky_region"], CircleSkyRegion)
    assert first["sky_region"].center.separation(SkyCoord(10, 20, unit="deg")) < 10 * u.arcsec
    (alone,) = imviz.app.get_subsets("Subset 2")
    assert alone["sky_region"] is None
    with pytest.raises(InputError, match="no region 'Subset 9'"):
        imviz.app.get_subsets("Subset 9")


def test_subsets_are_deleted_one_several_or_all_and_all_or_none(loaded):
    loaded.load_regions([CIRCLE] * 4)
    loaded.app.delete_subsets("Subset 1")
    loaded.app.delete_subsets(["Subset 2", "Subset 3"])
    with pytest.raises(InputError, match="no region 'Subset 9'"):
        loaded.app.delete_subsets(["Subset 4", "Subset 9"])
    assert loaded.app.session.regions == ("Subset 4", "Subset 5")
    loaded.app.delete_subsets()
    assert loaded.app.session.regions == ()


@pytest.mark.parametrize("where", ["app", "Orientation"])
def test_deleting_all_subsets_is_one_step_and_costs_what_they_are_many(loaded, where):
    owner = loaded.app if where == "app" else loaded.plugins[where]

    def calls(n):
        loaded.load_regions([CIRCLE] * n)
        counted = [0]
        sys.setprofile(lambda *_: counted.__setitem__(0, counted[0] + 1))
        try:
            owner.delete_subsets()
        finally:
            sys.setprofile(None)
        return counted[0]

    calls(10)
    few, many = calls(100), calls(1000)
    assert many < 12 * few
    before = len(loaded.history)
    loaded.undo()
    assert len(loaded.app.session.regions) == 1000
    assert len(loaded.history) == before - 1


# ---- results


def test_results_are_none_at_first_and_then_a_copy(loaded):
    assert loaded.get_aperture_photometry_results() is None
    loaded.plugins["Aperture Photometry"].calculate_photometry()
    loaded.get_aperture_photometry_results()["sum"] = -1
    assert loaded.get_aperture_photometry_results()["sum"][0] > 0


def test_an_open_plugin_draws_its_guides_in_every_viewer(loaded):
    plugin = loaded.plugins["Aperture Photometry"]
    side = loaded.create_image_viewer()
    drawn = []
    side.view.regions_drawn.set_guides = drawn.append
    plugin.annulus_width = 7
    assert [guide.style for guide in drawn[-1]] == ["background"]
    plugin.close_in_tray()
    assert drawn[-1] == ()


def test_nothing_is_warned_of_when_nothing_is_wrong(loaded):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(Application(), Application)


def test_plugins_see_the_viewers_come_and_go_and_what_is_pressed_over_them():
    class Curious(Plugin):
        name = "Curious"

    imviz = Imviz(plugins=(*PLUGINS, Curious))
    stage = imviz.plugins["Curious"]._viewers
    imviz.create_image_viewer("second")
    assert stage.names == ("imviz-0", "second")
    assert stage["second"] is imviz.viewers["second"].view
    pressed = []
    stage.add_callback("key", pressed.append)
    imviz.load_data(np.ones((20, 20)), data_label="flat")
    imviz.default_viewer.view._on_key({"key": "l", "x": 3, "y": 4})
    assert [(key.key, key.image, key.x, key.y) for key in pressed] == [("l", "flat", 3, 4)]
    imviz.destroy_viewer("second")
    assert stage.names == ("imviz-0",)
