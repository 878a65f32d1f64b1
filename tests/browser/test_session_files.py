"""A session saved by keys and opened by mouse, in the window."""

import pytest
from browser.driving import until


@pytest.fixture(scope="module")
def session(request):
    return request.getfixturevalue("notebook")(
        "from imviz import Imviz\nimviz = Imviz()\nimviz.load_demo()", "imviz.show(height=640)"
    )


def test_saved_by_ctrl_s_and_opened_again_by_mouse(session):
    page, kernel = session.page, session.kernel
    page.get_by_role("button", name="Open an image", exact=True).focus()
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Save the session")
    dialog.get_by_label("File").fill("night3.imviz")
    dialog.get_by_label("File").press("Enter")
    page.get_by_text("Saved to night3.imviz.").wait_for()
    dialog.wait_for(state="detached")
    before = kernel.get("imviz.data_labels")
    kernel.run("for _label in list(imviz.data_labels): imviz.app.session.remove_image(_label)")
    page.get_by_role("button", name="Open an image", exact=True).click()
    dialog = page.get_by_role("dialog", name="Open an image")
    dialog.get_by_role("button", name="night3.imviz").click()
    dialog.wait_for(state="detached")
    until(lambda: kernel.get("imviz.data_labels") == before)
    page.get_by_role("button", name="Undo: Open night3.imviz").wait_for()
