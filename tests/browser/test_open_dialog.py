"""Opening images by mouse: browse, choose, drop, cancel, a bad file; planes; a file that changes."""

import base64
from pathlib import Path

import astropy.io.fits
import numpy as np
import pytest
from astropy.io import fits
from browser.driving import until

M13 = Path(astropy.io.fits.__file__).parent / "hdu/compressed/tests/data/m13.fits"
DROP = """([selector, kind, name, text]) => {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name));
    document.querySelector(selector).dispatchEvent(new DragEvent(kind, {bubbles: true, dataTransfer: data}));
}"""


@pytest.fixture(scope="module")
def opened(request):
    return request.getfixturevalue("notebook")(
        "from imviz import Imviz\nimviz = Imviz()", "imviz.show(height=640)"
    )


@pytest.fixture(scope="module")
def folder(opened):
    """A folder of the kernel's machine with what is opened here."""
    folder = Path(opened.kernel.get("__import__('os').getcwd()")) / "night 1 #2"
    folder.mkdir()
    y, x = np.mgrid[:90, :120]
    star = np.exp(-((x - 60) ** 2 + (y - 45) ** 2) / 50).astype("f4")
    cube = np.stack([star * (n + 1) for n in range(4)])
    parts = [
        fits.ImageHDU(star, name="SCI"),
        fits.ImageHDU(star / 10, name="ERR"),
        fits.ImageHDU(cube, name="CUBE"),
    ]
    fits.HDUList([fits.PrimaryHDU(), *parts]).writeto(folder / "mef, [a] 100%.fits")
    fits.writeto(folder / "changes.fits", star)
    (folder / "broken.fits").write_bytes(b"SIMPLE  =                    T" + b" " * 100)
    return folder


@pytest.fixture
def session(opened):
    opened.kernel.run(
        "for _label in list(imviz.data_labels):\n    imviz.app.session.remove_image(_label)\n"
        "imviz.app.window.tell('')"
    )
    return opened


def dialog_of(session):
    session.page.get_by_role("button", name="Open an image", exact=True).click()
    dialog = session.page.get_by_role("dialog")
    dialog.wait_for()
    return dialog


def labels(session, n):
    return session.kernel.wait(f"len(imviz.data_labels) == {n} and imviz.data_labels")


def test_a_folder_is_browsed_and_extensions_are_chosen_with_their_sizes_in_view(session, folder):
    dialog = dialog_of(session)
    dialog.get_by_role("button", name="night 1 #2").click()
    dialog.get_by_role("button", name="mef, [a] 100%.fits").click()
    group = dialog.get_by_role("group", name="Images in the file")
    group.wait_for()
    rows = [" ".join(row.split()) for row in group.locator("label").all_inner_texts()]
    assert rows == [
        "SCI,1 90 × 120 float32 43 kB",
        "ERR,1 90 × 120 float32 43 kB",
        "CUBE,1 4 × 90 × 120 float32 173 kB",
    ]
    assert group.get_by_label("SCI,1").is_checked()
    group.get_by_label("CUBE,1").check()
    group.get_by_label("SCI,1").uncheck()
    group.get_by_label("ERR,1").check()
    dialog.get_by_role("button", name="Open chosen").click()
    dialog.wait_for(state="detached")
    assert labels(session, 2) == ["mef, [a] 100%[ERR,1]", "mef, [a] 100%[CUBE,1]"]


def test_a_bad_file_is_a_sentence_and_what_was_opened_before_is_offered_again(session, folder):
    dialog = dialog_of(session)
    dialog.get_by_label("Path or address").fill(str(folder / "broken.fits"))
    session.page.keyboard.press("Enter")
    sentence = dialog.get_by_role("alert")
    sentence.wait_for()
    assert "broken.fits" in sentence.inner_text()
    dialog.get_by_label("Path or address").fill("http://localhost:9/a.fits")
    dialog.get_by_role("button", name="Open", exact=True).click()
    dialog.get_by_text("inside this machine or its network").wait_for()
    dialog.get_by_text("Opened before").click()
    dialog.get_by_role("button", name="mef, [a] 100%.fits").first.click()
    dialog.get_by_role("button", name="Open all").click()
    dialog.wait_for(state="detached")
    assert len(labels(session, 3)) == 3


def test_a_file_dragged_over_the_window_brings_the_dialog_and_dropped_there_it_is_sent(session):
    page, content = session.page, base64.b64encode(M13.read_bytes()).decode()
    page.evaluate(DROP, [".imviz", "dragenter", "m13.fits", ""])
    page.get_by_role("dialog").wait_for()
    page.locator(".imviz-drop").wait_for()
    page.evaluate(DROP, [".imviz-drop", "drop", "m13 <b>.fits", content])
    page.get_by_role("dialog").wait_for(state="detached")
    assert labels(session, 1) == ["m13 <b>[PRIMARY,1]"]
    mean = session.kernel.get("float(imviz.get_data().data.mean())")
    assert mean == pytest.approx(fits.getdata(M13).mean())
    page.evaluate(DROP, [".imviz", "dragenter", "m13.fits", ""])
    page.locator(".imviz-drop").wait_for()
    page.evaluate(DROP, [".imviz-drop", "drop", "notes.fits", base64.b64encode(b"not an image").decode()])
    page.get_by_text("notes.fits is not an image file").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()


def test_a_long_opening_shows_how_far_it_is_and_is_cancelled(session):
    session.kernel.run(
        "import time\nfrom imviz.readers import progress\nfrom imviz.shell import open_dialog\n"
        "_kept = open_dialog.look_into\n"
        "def _slow(text, download):\n"
        "    for n in range(1000):\n"
        "        progress.step('Downloading far.fits', n * 10**6, 10**9)\n"
        "        time.sleep(0.05)\n"
        "open_dialog.look_into = _slow"
    )
    dialog = dialog_of(session)
    dialog.get_by_label("Path or address").fill("https://archive.example/far.fits")
    session.page.keyboard.press("Enter")
    dialog.get_by_text("Downloading far.fits: ").wait_for()
    dialog.get_by_role("button", name="Cancel").click()
    dialog.get_by_text("was cancelled; nothing was opened").wait_for()
    session.kernel.run("open_dialog.look_into = _kept")
    dialog.get_by_role("button", name="Close", exact=True).click()
    dialog.wait_for(state="detached")
    assert session.kernel.get("imviz.data_labels") == []


def test_the_slider_shows_another_plane(session, folder):
    path = folder / "mef, [a] 100%.fits"
    session.kernel.run(f"imviz.load_data({str(path)!r}, ext='CUBE')")
    slider = session.page.get_by_role("slider", name="Plane of mef, [a] 100%[CUBE,1]")
    slider.wait_for()
    before = session.figure().pixels()
    slider.focus()
    session.page.keyboard.press("End")
    session.kernel.wait("imviz.app.session.origins.plane(imviz.data_labels[0]) == (3,)")
    assert session.kernel.get("float(imviz.get_data().data.max())") == pytest.approx(4)
    figure = session.figure()

    def is_another_picture():
        return (figure.pixels() != before).any()

    until(is_another_picture, what="another picture")


def test_a_file_that_changed_is_said_and_read_again_by_a_click(session, folder):
    path = folder / "changes.fits"
    session.kernel.run(f"imviz.load_data({str(path)!r})")
    session.settle()
    session.kernel.wait("not imviz.default_viewer.picture._busy")  # nothing else still reads the file
    fits.writeto(path, np.full((90, 120), 7, "f4"), overwrite=True)
    session.kernel.run(
        "from regions import CirclePixelRegion, PixCoord\n"
        "imviz.load_regions(CirclePixelRegion(PixCoord(60, 45), 5))\n"
        "imviz.app.window._guarded(lambda: float(imviz.get_data().data.mean()))"
    )
    # the bar's sentence: the panel, which looks at the new region, may say so, too
    session.page.locator(".imviz-message", has_text="changed on disk").wait_for()
    session.page.get_by_role("button", name="Reload", exact=True).click()
    session.page.get_by_text("Read again: changes[PRIMARY,1]").wait_for()
    assert session.kernel.get("float(imviz.get_data().data.mean())") == 7


def test_the_page_had_no_error_and_asked_nobody_else(opened):
    assert opened.errors == []
    assert opened.outside == []
