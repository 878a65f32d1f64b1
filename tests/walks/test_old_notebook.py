"""A notebook of the older viewer, cell by cell, by the names it has there; only the import is another."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.nddata import CCDData
from astropy.table import QTable, Table
from photutils.aperture import CircularAperture, aperture_photometry
from regions import CirclePixelRegion, PixCoord, PolygonPixelRegion, Regions

from imviz import Imviz
from imviz.demo import demo_stars, write_demo
from imviz.errors import ImvizError

X, Y = (float(demo_stars()[0][axis].value) for axis in ("x", "y"))
CIRCLE = CirclePixelRegion(PixCoord(X, Y), 8)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_demo("demo.fits")
    return tmp_path


@pytest.fixture
def imviz(here):
    imviz = Imviz(verbosity="warning", history_verbosity="info")
    with imviz.batch_load():
        imviz.load_data("demo.fits", data_label="first", ext="SCI", cache=True)
        imviz.load_data(np.ones((50, 60)), data_label="array", do_link=False, show_in_viewer=False)
    return imviz


def test_load_and_look(imviz):
    viewer = imviz.default_viewer
    imviz.link_data(link_type="wcs", wcs_fallback_scheme="pixels", wcs_use_affine=True, error_on_fail=False)
    assert imviz.get_link_type("first[SCI,1]", "first[SCI,1]") == "self"
    imviz.link_data(link_type="pixels")
    viewer.center_on((X, Y))
    viewer.offset_by(1 * u.pix, 1 * u.pix)
    viewer.zoom_level = 1
    viewer.zoom(2)
    assert viewer.zoom_level == pytest.approx(2)
    viewer.set_colormap("Viridis")
    viewer.stretch, viewer.cuts = "sqrt", "95%"
    viewer.marker = {"color": "green", "alpha": 0.8, "markersize": 10, "fill": False}
    viewer.add_markers(Table({"x": [1.0, 2.0], "y": [3.0, 4.0]}), marker_name="mine")
    viewer.remove_markers(marker_name="mine")
    viewer.save("picture")
    options = imviz.plugins["Plot Options"]
    options.viewer, options.layer = "imviz-*", ["first*"]
    options.stretch_function, options.stretch_preset, options.image_colormap = "arcsinh", "99.5%", "plasma"
    assert (options.layer, viewer.stretch) == (("first[SCI,1]",), "arcsinh")
    assert imviz.app.get_viewer_by_id("imviz-0") is viewer is imviz.viewers["imviz-0"]
    assert imviz.plugins.get("Links Control").link_type.selected == "Pixels"
    assert "Export Plot" in imviz.plugins


def test_the_generic_load(imviz):
    imviz.load("demo.fits", format="Image", data_label="x", extension=("SCI", "ERR"), viewer="side")
    assert imviz.viewers["side"].data_labels_loaded == ["x[SCI,1]", "x[ERR,1]"]
    imviz.load(np.ones((5, 6)), data_label="both", parent="Auto", viewer="*")
    assert all("both" in viewer.data_labels_loaded for viewer in imviz.viewers.values())
    imviz.load(CIRCLE, subset_label="star")
    imviz.load([CIRCLE], loader="object", format="Subset")
    Regions([CIRCLE, CIRCLE]).write("two.reg", format="ds9")
    imviz.load_data("two.reg")
    assert len(imviz.get_interactive_regions()) == 4
    imviz.load(Table({"sky_centroid": SkyCoord([1], [2], unit="deg")}))
    assert len(imviz.get_catalog_source_results()) == 1
    for wrong in ({"format": "Spectrum"}, {"loader": "astroquery"}, {"lable": "x"}):
        with pytest.raises(ImvizError, match=r"There is no|has no option"):
            imviz.load(np.ones((5, 6)), **wrong)
    with pytest.raises(ImvizError, match="Say what to load"):
        imviz.load()


def test_data_out_as_asked(imviz):
    imviz.load_regions(CIRCLE, refdata_label="first[SCI,1]")
    dataset = imviz.datasets["first[SCI,1]"]
    truth = fits.getdata("demo.fits", "SCI")
    ccd = dataset.get_data(spatial_subset="Subset 1", cls=CCDData)
    assert isinstance(ccd, CCDData)
    y, x = np.indices(truth.shape)
    inside = np.hypot(x - X, y - Y) < 8
    assert np.array_equal(~ccd.mask, inside & ~np.asarray(imviz.get_data("first[SCI,1]").mask))
    assert ccd.unit == imviz.get_data("first[SCI,1]").unit
    flux = imviz.get_data("first[SCI,1]", "Subset 1", u.Quantity)
    assert np.nansum(flux.value) == pytest.approx(truth[inside].sum(dtype=float))
    assert np.array_equal(imviz.get_data("first[SCI,1]", cls=np.ndarray), truth, equal_nan=True)
    assert imviz.get_data("array", cls=CCDData).unit == u.dimensionless_unscaled
    assert imviz.get_data("array").mask is None
    for label, subset, cls, kind in (("array", "Subset 9", None, ValueError), ("array", None, 5, TypeError)):
        with pytest.raises(kind):
            imviz.get_data(label, subset, cls)
    with pytest.raises(ValueError, match="there are: first"):
        imviz.datasets["nothing"]
    imviz.datasets["array"].add_to_viewer("imviz-0")
    assert imviz.default_viewer.top_visible_data_label == "array"


def test_regions_by_all_their_doors(imviz):
    tools, app = imviz.plugins["Subset Tools"], imviz.app
    imviz.load_regions([CIRCLE, PolygonPixelRegion(PixCoord([1, 9, 5], [1, 1, 9]))], mode="center")
    tools.import_region(CIRCLE, combination_mode="new", subset_label="star", return_bad_regions=True)
    other = CirclePixelRegion(PixCoord(X + 10, Y), 8)
    tools.import_region(other, edit_subset="star", combination_mode="or")
    tools.import_region([CIRCLE, other], combination_mode=["new", "andnot"], subset_label="bitten")
    assert tools.subset.choices == ("Create New", "Subset 1", "Subset 2", "star", "bitten")
    found = tools.get_regions(region_type="spatial", list_of_subset_labels=["bitten"])
    assert PixCoord(X - 6, Y) in found["bitten"]
    assert PixCoord(X + 6, Y) not in found["bitten"]
    with pytest.raises(ValueError, match="2 regions and 1 combination modes"):
        tools.import_region([CIRCLE, other], combination_mode=["new"])
    tools.set_center((30, 40), subset_name="Subset 1", update=True)
    tools.update_subset("Subset 1", subregion=0, xc=31, radius=9)
    assert tools.get_center("Subset 1") == (31, 40)
    assert app.get_subsets("Subset 1", object_only=True, spatial_only=True)[0].radius == 9
    assert app.get_subsets("Subset 1", wrt_data="array")[0]["region"].center.x == 31
    assert app.get_subsets(spectral_only=True) == {}
    assert list(app.get_subsets_from_viewer("imviz-0")) == list(app.session.regions)
    assert app.get_data_from_viewer("imviz-0")["first[SCI,1]"] is app.data_collection["first[SCI,1]"]
    app.delete_subsets("star")
    assert "star" not in app.session.regions


def test_photometry_and_what_it_leaves(imviz):
    phot = imviz.plugins["Imviz Simple Aperture Photometry"]
    imviz.load_regions(CIRCLE)
    phot.dataset, phot.aperture = "first[SCI,1]", "Subset 1"
    phot.background = "Manual"  # what theirs begins with; ours with the sky around, as their page says
    phot.current_plot_type, phot.fit_radial_profile = "Radial Profile", True
    kept = phot.to_dict()
    phot.calculate_photometry(pixel_area=0, flux_scaling=0)
    truth = fits.getdata("demo.fits", "SCI").astype(float)
    mask = fits.getdata("demo.fits", "DQ") != 0
    total = aperture_photometry(truth, CircularAperture((X, Y), 8), mask=mask)["aperture_sum"][0]
    phot.calculate_photometry(pixel_area=0, flux_scaling=0)
    assert imviz.get_aperture_photometry_results()["sum"][1].value == pytest.approx(total, rel=1e-6)
    assert imviz.app.fitted_models["phot_radial_profile"] is not None
    assert phot.fitted_models.keys() == imviz.fitted_models.keys()
    assert list(imviz.plugin_tables) == ["Aperture Photometry: table"]
    assert len(imviz.plugin_tables["Aperture Photometry: table"].export_table("rows.ecsv")) == 2
    assert len(QTable.read("rows.ecsv")) == phot.table.n_rows == 2
    imviz.plugin_plots["Aperture Photometry: plot"].export("profile.png")
    with pytest.raises(FileExistsError):
        phot.plot.export("profile.png")
    with pytest.raises(ValueError, match="must end in one of"):
        phot.plot.export("profile.doc")
    phot.from_dict({"current_plot_type": "curve of growth"})
    phot.from_dict(kept)
    assert phot.current_plot_type == "Radial Profile"
    export = imviz.plugins["Export"]
    export.subset = "Subset 1"
    export.export("star.reg")
    assert len(Regions.read("star.reg", format="ds9")) == 1
    export.plugin_table = "Aperture Photometry: table"
    export.export("again.csv")
    export.viewer = "imviz-0"
    export.export("window.png")
    phot.table.clear_table()
    assert imviz.get_aperture_photometry_results() is None


def test_what_a_cell_prints_says_what_it_is(imviz):
    assert repr(imviz).startswith("<Imviz: ")
    assert "first[SCI,1]" in repr(imviz.datasets)
    assert "'imviz-0': <ImageViewer 'imviz-0': first[SCI,1]" in repr(imviz.viewers)
    assert "'Aperture Photometry': <Aperture Photometry: dataset='first[SCI,1]'" in repr(imviz.plugins)
    assert "array" not in repr(imviz.default_viewer.data_menu)
    for thing in (imviz, imviz.app, imviz.default_viewer, *imviz.plugins.values()):
        assert " object at 0x" not in repr(thing)
    assert {"zoom_level", "stretch", "add_markers"} <= set(dir(imviz.default_viewer))
    for name in dir(imviz.default_viewer):
        getattr(imviz.default_viewer, name, None)


def test_only_showing_needs_jupyter(imviz):
    for show in (imviz.show_in_sidecar, imviz.show_in_new_tab):
        with pytest.raises(ImvizError, match="Not in Jupyter"):
            show(title="x")
    with pytest.raises(ValueError, match="no place 'sidecar:nowhere'"):
        imviz.show_in_sidecar(anchor="nowhere")
    with pytest.raises(ValueError, match="no verbosity 'loud'"):
        imviz.app.verbosity = "loud"
