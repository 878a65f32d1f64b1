"""The Subset Tools panel under the hand, undo by button and key."""

from __future__ import annotations

import pytest

CELLS = (
    """
from regions import CirclePixelRegion, PixCoord
from imviz import Imviz
imviz = Imviz()
imviz.load_demo()
session, panel = imviz.app.session, imviz.plugins['Subset Tools']
""",
    "imviz.show()",
)
FRESH = """
session.remove_regions(session.regions)
session.combine = 'new'
imviz.plugins['Aperture Photometry'].active = False
panel.active, panel.filter = True, ''
labels = ['Subset 1', 'Subset 2', 'Subset 3']
imviz.load_regions([CirclePixelRegion(PixCoord(100 + 30 * n, 150), 20, meta={'text': label})
                    for n, label in enumerate(labels)])
session.select(())
imviz.default_viewer.controls.tool = 'pan'
imviz.default_viewer.home()
session.history.clear()
"""


@pytest.fixture(scope="module")
def opened(notebook):
    return notebook(*CELLS)


@pytest.fixture
def page(opened):
    """The page with three circles, none selected, and nothing to undo."""
    opened.kernel.run(FRESH)
    row(opened, "Subset 1").wait_for()
    opened.settle()
    return opened


def panel(page):
    return page.page.locator("section.imviz-panel[aria-label='Subset Tools']")


def bar(page):
    return page.page.locator(".imviz-bar")


def row(page, label):
    return panel(page).get_by_label(f"Select {label}", exact=True)


def press(page, name):
    panel(page).get_by_role("button", name=name, exact=True).click()


def fill(page, name, value):
    """Put a value into a field of the panel and press Enter."""
    field = panel(page).get_by_label(name, exact=True)
    field.fill(str(value))
    field.press("Enter")


def only(page, *labels):
    """Tick these rows of the list and no others."""
    for label in page.kernel.get("session.regions"):
        row(page, label).set_checked(label in labels)
    page.kernel.wait(f"set(session.selected_regions) == {set(labels)!r}")


def test_the_list_is_filtered_and_selects(page):
    fill(page, "Filter", "3")
    row(page, "Subset 1").wait_for(state="detached")
    assert row(page, "Subset 3").is_visible()
    assert panel(page).get_by_text("1 of 3 regions").is_visible()
    fill(page, "Filter", "")
    only(page, "Subset 2")
    page.page.wait_for_function("document.querySelector('.imviz-chooser').value === 'Subset 2'")


def test_a_number_typed_moves_the_region_and_ctrl_z_takes_it_back(page):
    only(page, "Subset 2")
    fill(page, "radius", 33.25)
    page.kernel.wait("session.region('Subset 2').radius == 33.25")
    page.page.mouse.move(*page.figure().screen(20, 20))
    page.page.keyboard.press("Control+z")
    page.kernel.wait("session.region('Subset 2').radius == 20")
    page.page.wait_for_function(
        "[...document.querySelectorAll('.imviz-panel input')].some(input => Number(input.value) === 20)"
    )
    page.page.keyboard.press("Control+Shift+Z")
    page.kernel.wait("session.region('Subset 2').radius == 33.25")


def test_the_bar_and_the_panel_undo_and_redo_and_are_grey_with_nothing_to_do(page):
    page.kernel.run("session.history.clear()")
    bar(page).get_by_role("button", name="Nothing to undo").wait_for()
    assert bar(page).get_by_role("button", name="Nothing to undo").is_disabled()
    only(page, "Subset 1")
    fill(page, "Name", "Núcleo")
    page.kernel.wait("session.regions[0] == 'Núcleo'")
    bar(page).get_by_role("button", name="Undo: ").click()
    page.kernel.wait("session.regions[0] == 'Subset 1'")
    bar(page).get_by_role("button", name="Redo: ").click()
    page.kernel.wait("session.regions[0] == 'Núcleo'")
    press(page, "Undo")
    page.kernel.wait("session.regions[0] == 'Subset 1'")
    assert bar(page).get_by_role("button", name="Nothing to undo").is_disabled()


def test_rows_ticked_without_a_pause_are_all_selected(page):
    only(page)
    panel(page).evaluate(  # faster than any hand: no answer of the kernel comes between
        """element => element.querySelectorAll('input[type=checkbox][aria-label^="Select Subset"]')
                             .forEach(box => box.click())"""
    )
    page.kernel.wait("session.selected_regions == session.regions")
    only(page)


def test_regions_are_joined_the_parts_changed_taken_out_and_deleted(page):
    page.kernel.run("session.history.clear(); session.select(['Subset 1', 'Subset 2'])")
    parts = "[part['join'] for part in panel.get_parts('Subset 1')]"
    panel(page).get_by_label("Join by").select_option("remove")
    press(page, "Join")
    page.kernel.wait(f"{parts} == ['remove', None, None] and session.regions == ('Subset 1', 'Subset 3')")
    row(page, "Subset 3").click()
    row(page, "Subset 1").click()  # deselected, and selected again after the other
    row(page, "Subset 1").click()
    page.kernel.wait("session.selected_regions == ('Subset 3', 'Subset 1')")
    row(page, "Subset 3").click()
    panel(page).get_by_label("Join all").select_option("xor")
    page.kernel.wait(f"{parts} == ['xor', None, None]")
    press(page, "Take out part 1")
    page.kernel.wait(f"{parts} == [None] and len(session.regions) == 3")
    press(page, "Undo")
    press(page, "Undo")
    press(page, "Undo")
    page.kernel.wait("session.regions == ('Subset 1', 'Subset 2', 'Subset 3')")
    only(page, "Subset 1", "Subset 3")
    press(page, "Delete")
    page.kernel.wait("session.regions == ('Subset 2',)")
    press(page, "Undo")
    page.kernel.wait("len(session.regions) == 3")
    only(page)


def test_a_region_is_locked_and_hidden(page):
    only(page, "Subset 3")
    for name, field in (("Locked", "locked"), ("Shown", "visible")):
        panel(page).get_by_text(name, exact=True).click()
        page.kernel.wait(f"session.region_list['Subset 3'].{field} == {field == 'locked'}")
    panel(page).get_by_text("Circle, locked, hidden").wait_for()
    page.kernel.run("session.history.undo(2)")
    panel(page).get_by_text("Circle, locked, hidden").wait_for(state="detached")


COUNTED = """
from ipykernel.comm.comm import BaseComm
sent, publish = [], BaseComm.publish_msg
def counted(self, msg_type, data=None, metadata=None, buffers=None, **keys):
    sent.append(len(str(data)) + sum(memoryview(part).nbytes for part in buffers or ()))
    return publish(self, msg_type, data=data, metadata=metadata, buffers=buffers, **keys)
BaseComm.publish_msg = counted
viewer = imviz.default_viewer
"""


def dragged(page, n):
    """Messages and bytes of a drag of one of n circles, 8 pixels apart; all others stay where they were."""
    k = page.kernel.get("session.regions")[n // 2]
    x, y = page.kernel.get(f"session.region({k!r}).center.xy")
    page.kernel.run(f"viewer.set_limits({x} - 30, {x} + 30, {y} - 30, {y} + 30)")
    figure = page.figure()
    page.page.mouse.click(*figure.screen(x, y))
    page.kernel.wait(f"session.selected_regions == ({k!r},)")
    page.settle()
    page.kernel.run("before = {record.number: record for record in session.region_list}; sent.clear()")
    figure.drag(figure.screen(x, y), figure.screen(x + 6, y + 3))
    page.kernel.wait(f"session.region({k!r}).center.x > {x} + 3")
    page.page.locator(".imviz-moving").wait_for(state="detached")
    page.settle()
    page.page.wait_for_timeout(200)
    moved = "[record.label for record in session.region_list if before[record.number] is not record]"
    assert page.kernel.get(moved) == [k]
    assert page.kernel.get(f"session.region({k!r}).center.xy") == pytest.approx(
        [x + 6, y + 3], abs=2 * figure.pixel
    )
    return page.kernel.get("[len(sent), sum(sent)]")


def test_one_among_ten_thousand_is_picked_and_moved_alone_and_costs_what_one_of_ten_does(page):
    page.kernel.run(COUNTED + "session.remove_regions(session.regions)")
    many = "imviz.load_regions([CirclePixelRegion(PixCoord(20 + 8 * (n % 100), 20 + 8 * (n // 100)), 3)"
    try:
        costs = []
        for n in (9, 10_000):
            page.kernel.run(f"{many} for n in range({n})])")
            page.kernel.wait(f"len(session.regions) == {n}")
            page.settle()
            costs.append(dragged(page, n))
            if n == 9:
                page.kernel.run("session.remove_regions(session.regions)")
        (few_messages, few_bytes), (messages, n_bytes) = costs
        # the hand tells where it is as often as it is answered: how many messages is the machine's business
        assert n_bytes / messages <= 1.5 * few_bytes / few_messages + 200
        choosers(page)
    finally:
        page.kernel.run("BaseComm.publish_msg = publish; session.history.clear()")


def choosers(page):
    """The bar offers a few and leads to the list of all; an aperture is found among all by typing."""
    chooser = page.page.locator(".imviz-chooser")
    assert chooser.locator("option").count() == 22
    page.kernel.run("panel.active = False; imviz.plugins['Aperture Photometry'].active = True")
    aperture = page.page.get_by_label("Aperture", exact=True)
    aperture.click()
    aperture.fill("9876")
    page.page.locator(".menuable__content__active .v-list-item", has_text="Subset 9876").first.click()
    page.kernel.wait("imviz.plugins['Aperture Photometry'].aperture == 'Subset 9876'")
    page.kernel.run("imviz.plugins['Aperture Photometry'].active = False")
    chooser.select_option(index=21)
    panel(page).get_by_text("10000 regions", exact=True).wait_for()
