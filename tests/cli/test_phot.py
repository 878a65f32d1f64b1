"""``imviz phot``: the window's numbers without the window, failures named, good rows kept."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import QTable
from cli import night
from regions import CirclePixelRegion, PixCoord, Regions

from imviz import Imviz
from imviz.cli import main
from imviz.cli.phot_options import parser
from imviz.science.photometry.estimators import ESTIMATORS, PLANE
from imviz.science.sources.centroids import METHODS

R = 11.0  # 6 sigma: all of a star but 1e-8


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two exposures, and regions on the stars of the first in pixels and on the sky."""
    monkeypatch.chdir(tmp_path)
    for n, shift in ((1, 0.0), (2, 7.0)):
        night.write(f"n{n}.fits", shift)
    circles = [
        CirclePixelRegion(PixCoord(x, y), R, meta={"text": f"star {n}"})
        for n, (x, y) in enumerate(night.STARS)
    ]
    Regions(circles).write("pixels.reg", format="ds9", precision=17)
    Regions([circle.to_sky(night.sky()) for circle in circles]).write("sky.reg", format="ds9", precision=12)
    world = night.sky().pixel_to_world(*np.transpose(night.STARS))
    QTable({"id": [7, 8], "ra": world.ra, "dec": world.dec}).write("targets.ecsv")
    QTable({"x": [x for x, _ in night.STARS], "y": [y for _, y in night.STARS]}).write("places.ecsv")
    return tmp_path


def test_regions_on_the_sky_on_every_image_of_a_pattern(folder, capsys):
    assert main(["phot", "n*.fits", "--regions", "sky.reg", "--background", "3", "-o", "out.ecsv"]) == 0
    table = QTable.read("out.ecsv")
    np.testing.assert_allclose(table["sum"].to_value(u.Jy), night.FLUX, rtol=1e-6)
    assert list(table["data_label"]) == ["n1[SCI,1]"] * 2 + ["n2[SCI,1]"] * 2
    assert list(table["subset_label"]) == ["star 0", "star 1"] * 2
    np.testing.assert_allclose(np.diff(table["xcentroid"].value.reshape(2, 2), axis=0), 7, atol=1e-6)
    np.testing.assert_allclose(table["sum_err"].value, 0.5 * np.sqrt(np.pi * R**2), rtol=0.02)
    told = capsys.readouterr().err
    assert "n1[SCI,1]: 2 measured" in told
    assert "4 rows written to out.ecsv" in told


def test_the_rows_are_the_windows_to_the_last_bit(folder):
    words = [
        "--regions",
        "pixels.reg",
        "--background",
        "annulus",
        "--estimator",
        "biweight",
        "--sigma-clip",
        "3",
    ]
    assert main(["phot", "n1.fits", *words, "--recentre", "windowed", "-o", "out.ecsv"]) == 0
    imviz = Imviz()
    imviz.load_data("n1.fits")
    imviz.load_regions_from_file("pixels.reg")
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.dataset, plugin.centroid_method = "n1[SCI,1]", "windowed"
    plugin.background, plugin.background_estimator, plugin.sigma_clip = "Annulus", "biweight", 3.0
    for label in imviz.app.session.regions:
        plugin.aperture = label
        plugin.recentre()
    plugin.calculate_batch_photometry([{"aperture": list(imviz.app.session.regions)}])
    theirs, ours = imviz.get_aperture_photometry_results(), QTable.read("out.ecsv")
    assert len(ours) == 2
    for name in ours.colnames:
        if name not in ("timestamp", "seal", "recipe"):
            assert str(list(ours[name])) == str(list(theirs[name])), name
    assert [bare(text) for text in ours["recipe"]] == [bare(text) for text in theirs["recipe"]]


def bare(text):
    """A receipt but for who moved the aperture: the command line itself did, in the window a hand before."""
    return {name: value for name, value in json.loads(text).items() if name != "recentred"}


@pytest.mark.parametrize(
    ("catalog", "radius", "labels"),
    [
        ("targets.ecsv", f"{R * 0.2}arcsec", ["7", "8"]),
        ("targets.ecsv", f"{R}", ["7", "8"]),
        ("places.ecsv", f"{R}", ["Source 1", "Source 2"]),
    ],
)
def test_forced_photometry_at_the_places_of_a_catalog(folder, catalog, radius, labels):
    assert (
        main(
            [
                "phot",
                "n1.fits",
                "--catalog",
                catalog,
                "--radius",
                radius,
                "--background",
                "3 Jy",
                "-o",
                "o.ecsv",
            ]
        )
        == 0
    )
    table = QTable.read("o.ecsv")
    assert list(table["subset_label"]) == labels
    np.testing.assert_allclose(table["sum"].value, night.FLUX, rtol=1e-6)
    np.testing.assert_allclose(table["xcenter"].value, [x for x, _ in night.STARS], atol=1e-5)


def test_sources_beside_an_image_are_counted_and_no_failure(folder, capsys):
    QTable({"x": [40.3, 5000.0], "y": [52.1, 10.0]}).write("wide.ecsv")
    assert main(["phot", "n1.fits", "--catalog", "wide.ecsv", "--radius", "5", "-o", "o.ecsv"]) == 0
    assert "1 measured, 1 sources are beside the image" in capsys.readouterr().err


def test_an_image_from_the_top_is_turned_if_asked_for_and_verified_so(folder, capsys):
    image, path = np.zeros((40, 50), dtype="f4"), "top.fits"
    image[30, 12] = 500.0  # the tenth row from the top
    fits.PrimaryHDU(image, header=fits.Header({"ROWORDER": "TOP-DOWN"})).writeto(path)
    Regions([CirclePixelRegion(PixCoord(12, 9), 3)]).write("spot.reg", format="ds9")
    words = ["phot", path, "--regions", "spot.reg", "--background", "0", "-o", "out.ecsv", "--overwrite"]
    for order, total in (("file", 0.0), ("header", 500.0)):
        assert main([*words, "--row-order", order]) == 0
        assert QTable.read("out.ecsv")["sum"][0] == total
        assert main(["verify", "out.ecsv"]) == 0
    with pytest.raises(SystemExit):
        main([*words, "--row-order", "upside"])
    assert "invalid choice: 'upside'" in capsys.readouterr().err


def test_what_fails_is_named_and_costs_no_other_row(folder, capsys):
    (folder / "bad.fits").write_bytes(b"SIMPLE  = nonsense")
    (folder / "mixed.reg").write_text(
        "image\ncircle(41.3,53.1,5) # text={good}\ncircle(900,900,5) # text={off}\n"
    )
    assert main(["phot", "bad.fits", "n1.fits", "--regions", "mixed.reg", "-o", "o.ecsv"]) == 1
    told = capsys.readouterr().err
    assert "bad.fits" in told
    assert "n1[SCI,1], off: The aperture off lies off the image" in told
    assert list(QTable.read("o.ecsv")["subset_label"]) == ["good"]


def test_units_that_do_not_fit_make_a_second_table_and_no_row_is_lost(folder, capsys):
    night.write("ct.fits", unit="ct")
    assert main(["phot", "n1.fits", "ct.fits", "--regions", "pixels.reg", "-o", "o.ecsv"]) == 0
    assert "A new table was begun" in capsys.readouterr().err
    first, second = QTable.read("o.ecsv"), QTable.read("o-2.ecsv")
    assert (first["sum"].unit, second["sum"].unit) == (u.Jy, u.ct)
    assert set(second.meta["imviz"]["images"]) == {"ct[SCI,1]"}


def test_files_of_the_same_name_keep_their_rows_apart(folder):
    (folder / "b").mkdir()
    night.write("b/n1.fits", 7.0)
    assert main(["phot", "n1.fits", "b/n1.fits", "--regions", "sky.reg", "-o", "o.ecsv"]) == 0
    table = QTable.read("o.ecsv")
    assert sorted(set(table["data_label"])) == ["n1[SCI,1]", "n1[SCI,1] (2)"]
    assert main(["verify", "o.ecsv"]) == 0


def test_factors_come_from_the_header_until_they_are_given(folder):
    night.write("ct.fits", unit="ct")
    words = ["phot", "ct.fits", "--regions", "pixels.reg", "--background", "3", "--overwrite", "-o", "o.ecsv"]
    magnitudes = []
    for more in ([], ["--zero-point", "20"], ["--no-header"]):
        assert main([*words, *more]) == 0
        magnitudes.append(QTable.read("o.ecsv")["mag_ab"])
    np.testing.assert_allclose(magnitudes[0].value, 24.5 - 2.5 * np.log10(night.FLUX), atol=1e-6)
    np.testing.assert_allclose(magnitudes[1].value, 20 - 2.5 * np.log10(night.FLUX), atol=1e-6)
    assert all(value is None for value in magnitudes[2])


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nowhere.fits", "--regions", "pixels.reg"], "nowhere.fits"),
        (["n1.fits", "--regions", "nowhere.reg"], "There is no region file"),
        (["n1.fits", "--catalog", "targets.ecsv"], "needs --radius"),
        (["n1.fits", "--catalog", "targets.ecsv", "--radius", "5 Jy"], "neither in pixels"),
        (["n1.fits", "--catalog", "targets.ecsv", "--radius", "-5"], "not above 0"),
        (["n1.fits", "--catalog", "places.ecsv", "--radius", "1arcsec"], "in pixels too"),
        (["n1.fits", "--regions", "pixels.reg", "--radius", "5"], "belongs to --catalog"),
        (["n1.fits", "--regions", "pixels.reg", "--background", "much"], "'much' is not a number"),
        (["n1.fits", "--regions", "pixels.reg", "--background", "pixels.reg"], "has 2 regions"),
        (["n1.fits", "--regions", "pixels.reg", "--recentre", "luck"], "use moments"),
        (["n1.fits", "--regions", "pixels.reg", "-o", "out.doc"], "no known table extension"),
        (["n1.fits", "--regions", "pixels.reg", "-o", "no/out.ecsv"], "does not exist"),
        (["n1.fits", "--regions", "pixels.reg", "--estimator", "guess"], "Unknown background estimator"),
    ],
)
def test_a_wrong_word_is_a_sentence_and_code_2(folder, capsys, words, why):
    assert main(["phot", *words]) == 2
    told = capsys.readouterr().err
    assert why in told
    assert all(line.startswith("imviz: ") or ": 0 measured" in line for line in told.splitlines())


@pytest.mark.parametrize(
    "words",
    [
        ["n1.fits"],
        ["--regions", "a.reg"],
        ["n1.fits", "--regions", "a.reg", "--gain", "much"],
        ["n1.fits", "--regions", "a.reg", "--annulus", "5,-1"],
    ],
)
def test_words_that_are_no_command_are_refused(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["phot", *words])
    assert "imviz phot: error" in capsys.readouterr().err


def test_a_distorted_field_is_measured_true_on_the_sky(folder):
    from science.sky.test_distortion import BENT, BRIGHTNESS, FLATTENED, R

    header = BENT.to_header(relax=True)
    fits.writeto("bent.fits", FLATTENED.data, header)
    places = BENT.pixel_to_world([90, 240], [80, 220])
    QTable({"ra": places.ra, "dec": places.dec}).write("bent.ecsv")
    words = [
        "phot",
        "bent.fits",
        "--catalog",
        "bent.ecsv",
        "--radius",
        f"{R}arcsec",
        "--background",
        "0",
        "--overwrite",
        "-o",
        "o.ecsv",
    ]
    assert main([*words, "--follow-distortion", "--pixel-area-map", "--pixel-area", "0.25"]) == 0
    np.testing.assert_allclose(QTable.read("o.ecsv")["sum"], BRIGHTNESS * np.pi * R**2, rtol=2e-5)
    assert main(["verify", "o.ecsv"]) == 0
    assert main(words) == 0
    assert np.ptp(QTable.read("o.ecsv")["sum"]) > 0.05 * BRIGHTNESS * np.pi * R**2


def test_a_table_is_replaced_on_purpose_only(folder, capsys):
    (folder / "o.ecsv").write_text("mine")
    words = ["phot", "n1.fits", "--regions", "pixels.reg", "-o", "o.ecsv"]
    assert main(words) == 2
    assert "exists already" in capsys.readouterr().err
    assert (folder / "o.ecsv").read_text() == "mine"
    assert main([*words, "--overwrite", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_the_help_names_every_estimator_and_method():
    told = " ".join(parser().format_help().split())
    assert all(name in told for name in (*ESTIMATORS, PLANE, *METHODS))


def test_from_a_shell_nothing_graphical_is_loaded_and_the_table_goes_to_the_output(folder):
    graphical = "ipywidgets bqplot IPython glue glue_jupyter echo traitlets voila jupyter_server ipyvuetify"
    program = (
        "import sys; from imviz.cli import main; code = main(); "
        f"print(sorted(set({graphical!r}.split()) & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    words = ["phot", "n1.fits", "--regions", "pixels.reg"]
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stderr.splitlines() == ["n1[SCI,1]: 2 measured", "[]"]
    table = QTable.read(done.stdout, format="ascii.ecsv")
    assert len(table) == 2


PAGE = Path(__file__).resolve().parents[2] / "docs" / "command-line.md"


def test_the_documentations_commands_run(folder):
    """In order, as a reader would type them, in a folder with the files they name."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    lines = [
        line
        for block in blocks
        for line in block.splitlines()
        if line.startswith(("imviz phot", "imviz verify"))
    ]
    (folder / "night3").mkdir()
    for name in ("m13.fits", "night3/a.fits", "night3/b.fits"):
        night.write(name)
    (folder / "stars.reg").write_text((folder / "sky.reg").read_text())
    (folder / "sky-patch.reg").write_text("image\ncircle(60,15,9)\n")
    assert len(lines) >= 5
    for line in lines:
        words = shlex.split(line.partition(" > ")[0])[1:]
        assert main(words) == 0, line


def test_a_zero_point_is_given_with_its_error(folder):
    words = ["--regions", "pixels.reg", "--zero-point", "8.9", "--zero-point-error", "0.02"]
    assert main(["phot", "n1.fits", *words, "-o", "o.ecsv"]) == 0
    table = QTable.read("o.ecsv")
    assert list(table["zero_point_err"]) == [0.02 * u.mag] * 2
    np.testing.assert_allclose(
        table["mag_ab_err"].value, 2.5 / np.log(10) * table["sum_err"] / table["sum"], rtol=1e-12
    )
    assert main(["verify", "o.ecsv"]) == 0
