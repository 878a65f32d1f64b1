"""The list of what was opened before: short, private, for the user to turn off, and never in the way."""

import json
import os

import pytest

from imviz import Imviz
from imviz.shell.recent import MOST, Recent


@pytest.fixture
def path(tmp_path):
    return tmp_path / "config" / "imviz" / "recent.json"


def test_the_latest_is_first_and_few_are_kept(path):
    for n in range(MOST + 3):
        Recent(path).add(f"/data/{n}.fits")
    Recent(path).add("/data/5.fits")
    assert Recent(path).entries[:2] == ["/data/5.fits", f"/data/{MOST + 2}.fits"]
    assert len(Recent(path).entries) == MOST


def test_two_sessions_at_once_do_not_lose_each_other_s(path):
    one, other = Recent(path), Recent(path)
    one.add("/a.fits")
    other.add("/b.fits")
    assert Recent(path).entries == ["/b.fits", "/a.fits"]
    assert one.entries == ["/a.fits", "/b.fits"]  # its own first


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX")
def test_only_the_user_can_read_it(path):
    Recent(path).add("/a.fits")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["recent.json"]


@pytest.mark.parametrize(
    "secret",
    [
        "https://a.example/x.fits?token=abcdef",
        "https://a.example/x.fits?X-Amz-Signature=abcdef[SCI]",
        "https://user:abcdef@a.example/x.fits",
        "https://a.example/x.fits#abcdef",
        "s3://key:abcdef@bucket/x.fits",
        "https://[abcdef/x.fits",
    ],
)
def test_what_may_be_a_secret_is_offered_in_its_session_only(path, secret):
    recent = Recent(path)
    recent.add("https://a.example/x.fits")
    recent.add(secret)
    assert recent.entries == [secret, "https://a.example/x.fits"]
    assert "abcdef" not in path.read_text()
    assert Recent(path).entries == ["https://a.example/x.fits"]


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"null", b'{"recent": 5}', b"\xff\xfe\x00", b"[" * 100_000),
        b'{"recent": [1, null, "a\\u0000b", "https://x/?t=1"], "keep": "yes"}',
    ],
)
def test_a_damaged_file_is_an_empty_list_and_is_mended_by_the_next_entry(path, content):
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    recent = Recent(path)
    assert recent.entries == []
    recent.add("/a.fits")
    assert json.loads(path.read_text()) == {"keep": True, "recent": ["/a.fits"]}


def test_where_nothing_can_be_written_the_session_still_has_its_list(tmp_path):
    (tmp_path / "file").write_text("")
    recent = Recent(tmp_path / "file" / "recent.json")
    recent.add("/a.fits")
    assert recent.entries == ["/a.fits"]


def test_it_can_be_turned_off_for_good(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    imviz = Imviz()
    Recent().add("/a.fits")
    imviz.remember_files(False)
    Recent().add("/b.fits")
    assert (Recent().kept, Recent().entries) == (False, [])
    imviz.remember_files()
    Recent().add("/c.fits")
    assert Recent().entries == ["/c.fits"]
