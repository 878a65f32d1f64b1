"""A file is written whole or not at all, whoever writes it; and nobody writes one in another way."""

import ast
import os
import stat
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import QTable
from regions import CirclePixelRegion, CircleSkyRegion, PixCoord

import imviz
from imviz.demo import write_demo
from imviz.errors import InputError
from imviz.science.regions.files import FORMATS, write
from imviz.science.results.files import write_table
from imviz.science.safe_files import writing
from imviz.shell.recent import Recent

CIRCLES = [CirclePixelRegion(PixCoord(40 + n / 7, 25), 8) for n in range(90)]
ON_SKY = [CircleSkyRegion(SkyCoord(10 + n / 70, 2, unit="deg"), 8 * u.arcsec) for n in range(90)]


def _regions(kind, path):
    write(ON_SKY if kind == "stcs" else CIRCLES, path, kind, overwrite=True)


WRITERS = {
    **{kind: partial(_regions, kind) for kind in FORMATS},
    "table.ecsv": lambda path: write_table(QTable({"x": range(9000)}), path, overwrite=True),
    "table.fits": lambda path: write_table(QTable({"x": range(9000)}), path, overwrite=True),
    "demo.fits": write_demo,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_leaves_the_file_that_was_there(tmp_path, full_disk, name):
    path = tmp_path / (name if "." in name else f"regions.{name}")
    path.write_text("what was there")
    with pytest.raises(InputError, match="cannot be written: File too large"):
        WRITERS[name](path)
    assert path.read_text() == "what was there"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


KILLED = """
import os, signal, sys
from pathlib import Path
from imviz.science.safe_files import writing
with writing(Path(sys.argv[1]), overwrite=True) as temporary:
    temporary.write_text("half of wh")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="locks of files are POSIX")
def test_a_killed_writer_leaves_the_file_and_what_else_it_left_goes_with_the_next(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("what was there")
    for _ in range(3):
        ended = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
        assert ended.returncode == -9
        assert path.read_text() == "what was there"
        assert len(list(tmp_path.iterdir())) == 2  # the file, and what the last one left
    with writing(path, overwrite=True) as first, writing(tmp_path / "b.txt") as second:
        first.write_text("one")  # what another living writer is at stays
        second.write_text("two")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.txt", "b.txt"]
    assert path.read_text() == "one"


def test_a_full_disk_costs_the_list_of_recent_files_and_nothing_else(tmp_path, full_disk):
    recent = Recent(tmp_path / "recent.json")
    recent.add("/a.fits")
    before = (tmp_path / "recent.json").read_text()
    for n in range(8):
        recent.add(f"/{'a' * 900}{n}.fits")
    assert (tmp_path / "recent.json").read_text().startswith(before[:20])
    assert len(list(tmp_path.iterdir())) == 1


def test_an_error_of_the_writer_leaves_the_file_that_was_there(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), writing(path, overwrite=True) as temporary:
        temporary.write_text("half" * (1 // 0))
    assert path.read_text() == "old"


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX")
def test_a_file_that_is_replaced_keeps_its_permissions_and_the_link_to_it(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with writing(tmp_path / "link", overwrite=True) as temporary:
        temporary.write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o640


PRIVATE_PLACES = {  # files of the process' own, that nobody had before
    "imviz/readers/files/storage.py": "downloads, into new temporary files",
    "imviz/readers/remote/download.py": "downloads, into new temporary files",
    "imviz/shell/upload.py": "what a user uploads, into a new temporary file",
    "imviz/session/archive/pixels.py": "an image's pixels on their way into a session, in a scratch file",
    "imviz/plugin/figure.py": "the temporary file that plots and Export are given by `writing`",
    "imviz/server/application.py": "the page that opens the browser, in a new folder",
}
WRITE = ("write_text", "write_bytes", "writeto", "savefig", "to_xml", "tofile", "dump")


def test_no_module_writes_a_file_but_within_safe_files():
    """Each module that writes files does it by ``writing``, or writes to the path it is given."""
    root = Path(imviz.__file__).parent
    strays = []
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root.parent).as_posix()
        text = path.read_text(encoding="utf-8")
        if name in PRIVATE_PLACES or name == "imviz/science/safe_files.py":
            continue
        for node in ast.walk(ast.parse(text)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in WRITE and "safe_files import" not in text and "writing" not in text:
                strays.append(f"{name}:{node.lineno} {node.func.attr}")
    assert not strays


def test_regions_of_a_good_disk_are_all_there(tmp_path):
    write(CIRCLES, tmp_path / "a.fits")
    with fits.open(tmp_path / "a.fits") as hdus:
        assert len(hdus["IMVIZ_REGIONS"].data) == 90
