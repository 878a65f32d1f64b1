"""``imviz verify``: identical, or what has changed, in words and as an exit code."""

import subprocess
import sys

import pytest
from astropy.io import fits
from astropy.table import QTable
from cli import night

from imviz import Imviz
from imviz.cli import main


@pytest.fixture
def measured(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    night.write("n1.fits")
    (tmp_path / "s.reg").write_text("image\ncircle(41.3,53.1,9)\nellipse(82,31,9,5,20)\n")
    assert main(["phot", "n1.fits", "--regions", "s.reg", "--background", "annulus", "-o", "o.ecsv"]) == 0
    return tmp_path


def test_nothing_has_changed(measured, capsys):
    assert main(["verify", "o.ecsv"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "row 1 (Region 1 on n1[SCI,1]): identical",
        "row 2 (Region 2 on n1[SCI,1]): identical",
        "2 rows: all identical",
    ]


def test_a_changed_pixel_is_told(measured, capsys):
    with fits.open("n1.fits", mode="update") as hdus:
        hdus["SCI"].data[52, 40] += 1
    assert main(["verify", "o.ecsv", "--quiet"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 1
    assert told[0].startswith("row 1 (Region 1 on n1[SCI,1]): the pixels in the aperture are others; sum ")


def test_a_changed_number_is_told(measured, capsys):
    table = QTable.read("o.ecsv")
    table["sum"][1] *= 1 + 1e-9
    table.write("o.ecsv", overwrite=True)
    assert main(["verify", "o.ecsv"]) == 1
    assert "2 rows: 1 identical, 1 not" in capsys.readouterr().out


def test_a_night_that_was_moved_is_found_beside_its_table(measured, capsys):
    there = measured / "there"
    there.mkdir()
    for name in ("n1.fits", "o.ecsv"):
        (measured / name).rename(there / name)
    assert main(["verify", "there/o.ecsv"]) == 0


def test_a_missing_image_is_told_for_each_row(measured, capsys):
    (measured / "n1.fits").unlink()
    assert main(["verify", "o.ecsv"]) == 1
    assert capsys.readouterr().out.count("n1.fits") == 2


@pytest.mark.parametrize("ending", ["fits", "vot", "csv"])
def test_tables_that_do_not_say_where_their_images_are(measured, ending, capsys):
    words = ["phot", "n1.fits", "--regions", "s.reg", "--background", "annulus", "-o", f"o.{ending}"]
    assert main(words) == 0
    assert main(["verify", f"o.{ending}"]) == 1
    assert "is not among those given: none" in capsys.readouterr().out
    assert main(["verify", f"o.{ending}", "n1.fits"]) == 0


def test_a_table_of_the_window_is_verified_from_a_shell(measured):
    imviz = Imviz()
    imviz.load_data("n1.fits")
    imviz.load_regions_from_file("s.reg")
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.calculate_batch_photometry([{"aperture": list(imviz.app.session.regions)}])
    plugin.export_table("window.ecsv")
    command = [sys.executable, "-m", "imviz", "verify", "window.ecsv", "n1.fits"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("2 rows: all identical\n")


@pytest.mark.parametrize(
    ("name", "why"), [("nowhere.ecsv", "There is no"), ("s.csv", "no column data_label, pixel_hash, recipe")]
)
def test_what_is_no_table_of_results_is_a_sentence_and_code_2(measured, capsys, name, why):
    (measured / "s.csv").write_text("a,b\n1,2\n")
    assert main(["verify", name]) == 2
    assert why in capsys.readouterr().err
