"""Choosing a file: what is listed, what it holds, what happens to a path, an upload, a slow opening."""

import asyncio
import os
import time

import numpy as np
import pytest
from astropy.io import fits

from imviz.errors import InputError, MissingFileError, ReadError
from imviz.readers import progress
from imviz.science.scratch import scratch_folder
from imviz.shell import open_dialog
from imviz.shell.listing import listing
from imviz.shell.open_dialog import OpenDialog
from imviz.shell.recent import Recent

PIXELS = np.arange(1200, dtype="f4").reshape(30, 40)


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    for name in ("b.fits", "A.FITS"):
        fits.writeto(home / name, PIXELS)
    for name in ("notes.txt", ".hidden.fits", "pic.png"):
        (home / name).write_bytes(b"x" * 1500)
    science, error = fits.ImageHDU(PIXELS, name="SCI"), fits.ImageHDU(PIXELS, name="ERR")
    fits.HDUList([fits.PrimaryHDU(), error, science]).writeto(home / "mef.fits")
    (home / "night 1").mkdir()
    (home / "broken.fits").symlink_to(tmp_path / "nowhere")
    return home


@pytest.fixture(autouse=True)
def configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path / "config" / "imviz" / "recent.json"


@pytest.fixture
def opened():
    return []


@pytest.fixture
def dialog(folder, opened):
    dialog = OpenDialog(opened.append, folder)
    dialog.show()
    yield dialog
    dialog.close()


def ask(dialog, name, data=None):
    dialog._handle_event(dialog, {"event": name, "data": data}, [])


def labels(opened):
    return [one.label for found in opened for one in found]


def test_folders_come_first_then_images_by_name(folder):
    found = listing(folder)
    assert [entry["name"] for entry in found] == [
        *("night 1", "A.FITS", "b.fits", "broken.fits", "mef.fits", "pic.png")
    ]
    assert found[-1] == {"name": "pic.png", "folder": False, "size": "2 kB"}


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(MissingFileError, match="There is no folder"):
        listing(tmp_path / "nowhere")


def test_a_file_with_one_image_is_handed_over_and_the_dialog_closes(dialog, folder, opened):
    ask(dialog, "choose", "b.fits")
    assert labels(opened) == ["b[PRIMARY,1]"]
    assert not dialog.shown
    assert not dialog.busy
    assert dialog.recent == [str(folder / "b.fits")]


def test_of_several_images_the_user_chooses_with_sizes_and_shapes_in_view(dialog, opened):
    ask(dialog, "choose", "mef.fits")
    assert opened == []
    assert dialog.shown
    assert [(one["title"], one["about"], one["size"], one["chosen"]) for one in dialog.contents] == [
        ("ERR,1", "30 × 40  float32", "5 kB", False),
        ("SCI,1", "30 × 40  float32", "5 kB", True),
    ]
    ask(dialog, "take", [])
    assert dialog.problem.startswith("Choose at least one")
    ask(dialog, "take", ["2", "1"])
    assert labels(opened) == ["mef[SCI,1]", "mef[ERR,1]"]
    assert not dialog.shown


@pytest.mark.parametrize("by_header", [False, True])
def test_an_image_from_the_top_is_turned_if_that_is_ticked(dialog, folder, opened, by_header):
    fits.writeto(folder / "camera.fits", PIXELS, fits.Header({"ROWORDER": "TOP-DOWN"}))
    dialog.by_header = by_header
    ask(dialog, "choose", "camera.fits")
    np.testing.assert_array_equal(opened[0][0].image.data, PIXELS[::-1] if by_header else PIXELS)


def test_back_shows_the_files_again(dialog, opened):
    ask(dialog, "choose", "mef.fits")
    ask(dialog, "back")
    assert dialog.contents == []
    ask(dialog, "take", ["1"])
    assert opened == []


def test_a_folder_is_entered_and_left(dialog, folder, opened):
    ask(dialog, "choose", "night 1")
    assert dialog.folder == str(folder / "night 1")
    assert dialog.entries == []
    ask(dialog, "choose", "..")
    assert dialog.folder == str(folder)
    assert opened == []


def test_brackets_behind_the_name_choose_without_a_question(dialog, folder, opened):
    ask(dialog, "open", f" {folder}/mef.fits[ERR,1] ")
    assert labels(opened) == ["mef[ERR,1]"]


def test_what_cannot_be_opened_is_told_in_the_dialog_which_stays(dialog):
    ask(dialog, "choose", "pic.png")
    assert dialog.problem.startswith("pic.png is not an image file")
    assert dialog.shown
    assert not dialog.busy


def test_what_the_session_refuses_is_told_too(folder):
    def refuse(found):
        raise ReadError("The session is full.")

    dialog = OpenDialog(refuse, folder)
    dialog.show()
    ask(dialog, "choose", "b.fits")
    assert (dialog.problem, dialog.shown) == ("The session is full.", True)


def test_nothing_typed_is_told(dialog):
    ask(dialog, "open", "  ")
    assert dialog.problem.startswith("Type a path")


def test_a_folder_that_cannot_be_read_is_told(dialog, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        listing(dialog._folder)


# ---- slow openings


def run(body):
    """Run a coroutine on a loop of its own."""
    return asyncio.run(body)


def slow(steps):
    def look_into(text, download):
        for n in range(steps):
            progress.step("Downloading x.fits", n * 1000, steps * 1000)
            time.sleep(0.02)
        raise ReadError("x.fits is not an image.")

    return look_into


def test_on_a_running_loop_the_opening_is_watched_and_the_loop_goes_on(dialog, monkeypatch):
    seen = []
    dialog.observe(lambda change: seen.append((dialog.busy, dialog.fraction)), "fraction")
    monkeypatch.setattr(open_dialog, "look_into", slow(40))

    async def body():
        ask(dialog, "open", "x.fits")
        assert dialog.busy.startswith("Opening")
        ask(dialog, "open", "y.fits")
        assert dialog.problem.startswith("Something is being opened already")
        while dialog.busy:
            await asyncio.sleep(0.02)

    run(body())
    assert any(text.startswith("Downloading x.fits: ") and 0 < part < 100 for text, part in seen)
    assert dialog.problem == "x.fits is not an image."


def test_cancel_ends_it_at_its_next_step(dialog, monkeypatch, opened):
    monkeypatch.setattr(open_dialog, "look_into", slow(10**6))

    async def body():
        ask(dialog, "open", "x.fits")
        await asyncio.sleep(0.05)
        ask(dialog, "cancel")
        while dialog.busy:
            await asyncio.sleep(0.02)

    run(body())
    assert dialog.problem == "Downloading x.fits was cancelled; nothing was opened."
    assert opened == []


def test_a_large_download_is_asked_about(dialog, monkeypatch, opened):
    asked = []

    def look_into(text, download):
        asked.append(download)
        raise open_dialog.TooLargeError("x.fits is 2,000 MB.", 2 * 10**9)

    monkeypatch.setattr(open_dialog, "look_into", look_into)
    ask(dialog, "open", "https://archive.example/x.fits")
    assert (dialog.too_large, dialog.problem) == ("2.0 GB", "x.fits is 2,000 MB.")
    ask(dialog, "allow")
    assert asked[0] is None
    assert asked[1].max_bytes > 10**12


# ---- uploads


class Browser:
    """The other end of the upload: sends a file as the page's code does."""

    def __init__(self, dialog, monkeypatch):
        self.upload, self.heard = dialog.upload, []
        monkeypatch.setattr(type(self.upload), "send", lambda _, message, *__: self.heard.append(message))

    def say(self, message, buffers=()):
        self.upload._hear(self.upload, message, list(buffers))


@pytest.fixture
def browser(dialog, monkeypatch):
    return Browser(dialog, monkeypatch)


def test_a_file_is_uploaded_in_pieces_and_opened(dialog, browser, folder, opened):
    content = (folder / "b.fits").read_bytes()
    browser.say({"type": "begin", "name": "C:\\data\\m 13 #1.fits", "size": len(content)})
    assert browser.heard == [{"type": "more"}]
    for start in range(0, len(content), 2880):
        browser.say({"type": "piece"}, [content[start : start + 2880]])
        assert dialog.busy.startswith("Receiving m 13 #1.fits: ")
    browser.say({"type": "end"})
    assert labels(opened) == ["m 13 #1[PRIMARY,1]"]
    np.testing.assert_array_equal(opened[0][0].image.data, PIXELS)


def test_an_uploaded_file_with_several_images_asks_which(dialog, browser, folder, opened):
    content = (folder / "mef.fits").read_bytes()
    browser.say({"type": "begin", "name": "mef.fits", "size": len(content)})
    browser.say({"type": "piece"}, [content])
    browser.say({"type": "end"})
    assert [one["title"] for one in dialog.contents] == ["ERR,1", "SCI,1"]
    ask(dialog, "take", ["1"])
    assert labels(opened) == ["mef[ERR,1]"]


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([{"type": "begin"}], "did not say which file"),
        ([{"type": "begin", "name": 5, "size": 3}], "did not say which file"),
        ([{"type": "begin", "name": "a.fits", "size": -1}], "did not say which file"),
        ([{"type": "begin", "name": "a.fits", "size": 0}], "is empty"),
        ([{"type": "begin", "name": "a.fits", "size": 10**11}], "up to 4 GB can be sent"),
        ([{"type": "begin", "name": "a.fits", "size": 3}, {"type": "piece"}], "not as long as"),
        ([{"type": "begin", "name": "a.fits", "size": 9}, {"type": "end"}], "without its end"),
        (
            [{"type": "begin", "name": "a.fits", "size": 9}, {"type": "failed"}],
            "cannot be read by the browser",
        ),
    ],
)
def test_an_upload_that_is_not_right_is_a_sentence(dialog, browser, messages, words):
    for message in messages:
        browser.say(message)
    assert words in dialog.problem
    assert not dialog.busy
    assert browser.heard[-1] == {"type": "stop"}


def test_too_much_is_not_taken_and_nothing_is_left_behind(dialog, browser, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(os.listdir(tmp_path))
    browser.say({"type": "begin", "name": "a.fits", "size": 4})
    browser.say({"type": "piece"}, [b"12345"])
    assert "not as long as" in dialog.problem
    browser.say({"type": "begin", "name": "a.fits", "size": 4})
    ask(dialog, "cancel")
    assert not dialog.busy
    assert set(os.listdir(tmp_path)) - before == {scratch_folder().name}
    assert os.listdir(scratch_folder()) == [".held"]  # its lock
    for odd in (None, [], "x", {"type": "piece"}, {"type": "end"}, {"type": "nothing"}):
        browser.say(odd)


@pytest.mark.parametrize("size", [5000, 10**6])
def test_a_full_disk_ends_an_upload_with_its_reason_even_at_the_last_piece(dialog, browser, full_disk, size):
    browser.say({"type": "begin", "name": "a.fits", "size": size})
    browser.say({"type": "piece"}, [b"x" * size])
    browser.say({"type": "end"})
    assert "a.fits cannot be kept" in dialog.problem
    assert "free some room" in dialog.problem
    assert not dialog.busy


# ---- confined to a folder


@pytest.fixture
def confined(folder, tmp_path, opened):
    """A dialog that may open only what is in `folder`, with secrets all round it."""
    fits.writeto(tmp_path / "secret.fits", PIXELS)
    (tmp_path / "home-evil").mkdir()
    fits.writeto(tmp_path / "home-evil" / "secret.fits", PIXELS)
    (folder / "link.fits").symlink_to(tmp_path / "secret.fits")
    (folder / "relative.fits").symlink_to("../secret.fits")
    (folder / "out").symlink_to(tmp_path, target_is_directory=True)
    (folder / "chain").symlink_to(folder / "out")
    (folder / "inner.fits").symlink_to(folder / "b.fits")
    os.mkfifo(folder / "pipe.fits")
    dialog = OpenDialog(opened.append, root=folder)
    dialog.show()
    yield dialog
    dialog.close()


OUTSIDE = [
    *(
        "{up}/secret.fits",
        "{root}/../secret.fits",
        "{root}/./../secret.fits",
        "{root}/night 1/../../secret.fits",
    ),
    *("{root}/link.fits", "{root}/relative.fits", "{root}/out/secret.fits", "{root}/chain/secret.fits"),
    *("{root}-evil/secret.fits", "{root}/../home-evil/secret.fits", "../secret.fits", "../../secret.fits"),
    *(
        "{root}/out",
        "{root}/chain",
        "{up}",
        "/",
        "/etc",
        "/etc/passwd",
        "/proc/self/mem",
        "/proc/self/environ",
    ),
    *("/dev/zero", "/dev/null", "/proc/self/fd/0", "~", "~/.ssh/id_rsa", "~root/x.fits", "{root}/pipe.fits"),
    *(
        "{root}/..%2fsecret.fits",
        "{root}/%2e%2e/secret.fits",
        "..%2f..%2fsecret.fits",
        "{root}/b.fits\0/../x",
    ),
    *("\0", "{up}/secret.fits[0]", "{root}/link.fits[PRIMARY]", "{up}/*.fits", "{root}/out/*.fits"),
    *(
        "{root}/link*.fits",
        "{up}/secret.fits,{up}/secret.fits",
        "file://{up}/secret.fits",
        "{root}//..//secret.fits",
    ),
    *("\\..\\secret.fits", "{root}/night 1/../../home-evil/secret.fits", "//{up}/secret.fits"),
]


@pytest.mark.parametrize("path", OUTSIDE, ids=ascii)
def test_no_spelling_of_a_path_leads_out_of_the_folder(confined, folder, opened, path):
    text = path.format(up=folder.parent, root=folder)
    ask(confined, "open", text)
    assert opened == []
    assert confined.problem
    assert confined.folder == str(folder)
    assert confined.contents == []


def test_the_list_of_outside_paths_is_long():
    assert len(OUTSIDE) >= 40


@pytest.mark.parametrize(
    "path", ["{root}/b.fits", "{root}/inner.fits", "{root}/night 1/../b.fits", "{root}/b.fits[0]"]
)
def test_what_lies_inside_opens(confined, folder, opened, path):
    ask(confined, "open", path.format(root=folder))
    assert confined.problem == ""
    assert len(labels(opened)) == 1


def test_the_folder_above_the_top_is_not_entered(confined, folder):
    ask(confined, "choose", "..")
    assert "the only folder" in confined.problem
    assert confined.folder == str(folder)
    ask(confined, "choose", "night 1")
    ask(confined, "choose", "..")
    assert confined.folder == str(folder)


def test_what_was_opened_is_offered_in_the_next_session_and_forgotten_on_demand(
    dialog, folder, opened, configuration
):
    ask(dialog, "choose", "b.fits")
    ask(dialog, "open", str(folder / "A.FITS"))
    assert configuration.stat().st_mode & 0o777 == 0o600
    other = OpenDialog(opened.append, folder)
    other.show()
    assert other.recent == [str(folder / "A.FITS"), str(folder / "b.fits")]
    ask(other, "forget")
    assert (other.recent, Recent().entries) == ([], [])
    other.close()


def test_a_confined_dialog_tells_no_names_from_elsewhere(folder, opened, tmp_path):
    for source in (tmp_path / "secret.fits", folder / "b.fits"):
        Recent().add(str(source))
    dialog = OpenDialog(opened.append, root=folder)
    dialog.show()
    assert dialog.recent == [str(folder / "b.fits")]
    dialog.close()
