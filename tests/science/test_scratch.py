"""Temporary files go with their process: in order, killed, forked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imviz.errors import ReadError
from imviz.science.scratch import HeldFolder, ScratchFile, scratch_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="locks of files are POSIX")

MAKES = """
import os, signal, sys
from imviz.science.scratch import ScratchFile
file = ScratchFile("a.fits", ".fits")
file.write(b"x" * 1000)
print(file.path, flush=True)
if sys.argv[1] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
elif sys.argv[1] == "raises":
    raise SystemExit("an error")
"""


def _process(folder, how):
    environment = {**os.environ, "TMPDIR": str(folder)}
    command = [sys.executable, "-c", MAKES, how]
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    return Path(ended.stdout.strip())


@pytest.mark.parametrize("how", ["ends", "raises"])
def test_an_orderly_end_leaves_nothing(tmp_path, how):
    made = _process(tmp_path, how)
    assert made.parent.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_when_the_next_one_starts(tmp_path):
    left = _process(tmp_path, "killed")
    assert left.exists()
    assert _process(tmp_path, "killed").exists()
    assert not left.exists()
    assert _process(tmp_path, "ends").suffix == ".fits"
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_process_holds_stays_and_so_does_what_is_not_ours(tmp_path):
    (tmp_path / "imviz-notes.txt").write_text("mine")
    (tmp_path / "imviz-folder").mkdir()
    (tmp_path / "imviz-link").symlink_to(tmp_path / "imviz-folder")
    held = HeldFolder(tmp_path, "imviz-")
    assert held.path.stat().st_mode & 0o077 == 0
    _process(tmp_path, "ends")
    assert held.path.is_dir()
    held.remove()
    names = {"imviz-notes.txt", "imviz-folder", "imviz-link"}
    assert {one.name for one in tmp_path.iterdir()} == names


def test_one_process_has_one_folder_and_a_forked_one_another(tmp_path):
    folder = scratch_folder(tmp_path)
    assert scratch_folder(tmp_path) == folder
    child = os.fork()
    if child == 0:
        os._exit(0 if scratch_folder(tmp_path) != folder else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert folder.is_dir()
    file = ScratchFile("a.fits")
    assert file.path.parent == scratch_folder()
    file.discard()
    assert not file.path.exists()


def test_a_full_disk_is_a_sentence_whenever_it_refuses(monkeypatch, tmp_path, full_disk):
    file = ScratchFile("a.fits")
    file.write(b"x" * 4001)  # waits in memory
    with pytest.raises(ReadError, match=r"a\.fits cannot be kept in .*File too large; free some room"):
        file.close()
    file.discard()
    file = ScratchFile("a.fits")
    with pytest.raises(ReadError, match="cannot be kept"):
        file.write(b"x" * 10**6)
    file.discard()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(ReadError, match="No such file or directory; free some room there, or set TMPDIR"):
        ScratchFile("a.fits")
