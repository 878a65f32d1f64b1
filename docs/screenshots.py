"""Take the documentation's pictures anew: the stand-alone app on the demo field, in a real browser.

Run by ``make docs``; writes ``docs/images/*.png``. What is on them is drawn by the mouse, as a user would.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from browser import servers  # noqa: E402  found through the line above
from browser.driving import until  # noqa: E402
from PIL import Image  # noqa: E402

IMAGES = HERE / "images"
STAR, GALAXY = (250.3, 640.8), (515, 450)  # on the demo field
MOST = 400_000  # bytes of a picture


def save(page, name, **options):
    """Take a picture; one too large for the repository gets as many colours as fit."""
    path = IMAGES / f"{name}.png"
    page.screenshot(path=str(path), **options)
    picture = Image.open(path).convert("RGB")
    for n_colours in (256, 192, 128):
        if path.stat().st_size <= MOST:
            break
        fewer = picture.quantize(n_colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        fewer.save(path, optimize=True)
    print(f"{path.relative_to(HERE.parent)}: {path.stat().st_size // 1000} kB")


def measure(session):
    """Draw a circle over a star and measure it with an annulus and a fit."""
    page, figure = session.page, session.figure()
    page.get_by_role("button", name="Layers").click()
    for name, value in (("Upper cut", "2.4"), ("Lower cut", "0.4")):  # calm: noise makes large files
        page.get_by_label(name).first.fill(value)
        page.keyboard.press("Tab")
        page.wait_for_timeout(400)
    page.keyboard.press("Escape")
    page.locator(".imviz-layers").wait_for(state="hidden")
    session.tool("Circle")
    center = figure.screen(*STAR)
    figure.drag(center, (center[0] + 18 / figure.pixel, center[1]))
    session.choose("Background", "Annulus")
    session.choose("Plot type", "Radial Profile (Raw)")
    page.get_by_text("Fit Gaussian").click()
    page.get_by_role("button", name="Calculate").click()
    page.get_by_role("region", name="Fitted profile").wait_for()
    page.mouse.move(center[0] + 4, center[1] + 2)
    until(lambda: page.locator(".imviz-cursor").inner_text().strip())
    page.wait_for_timeout(800)


def ellipse(session):
    """Draw an ellipse round the galaxy in the middle, turned by its handle; returns what to crop to."""
    figure = session.figure()
    session.tool("Ellipse")
    (x, y), half = figure.screen(*GALAXY), (120 / figure.pixel, 65 / figure.pixel)
    figure.drag((x - half[0], y - half[1]), (x + half[0], y + half[1]))
    until(lambda: session.page.locator(".imviz-handle").count() > 4, what="the turning handle")
    session.page.wait_for_timeout(300)
    figure.drag((x, y - half[1] - 22), (x - 90, y - 100))
    session.page.wait_for_timeout(600)
    return {"x": x - 260, "y": y - 190, "width": 520, "height": 380}


def main():
    """Take all pictures."""
    path = servers.chromium_path()
    if path is None:
        sys.exit("No Chromium: install it or set IMVIZ_CHROMIUM=/path/to/it")
    IMAGES.mkdir(exist_ok=True)
    with servers.chromium(path) as browser:
        with servers.standalone_page(browser, "demo") as session:
            measure(session)
            save(session.page, "window-light")
            tray = session.page.locator(".imviz-tray").bounding_box()
            session.page.set_viewport_size({"width": 1400, "height": 1150})
            session.page.wait_for_timeout(1000)
            session.page.locator(".imviz-tray").evaluate("element => element.scrollTo(0, 0)")
            save(session.page, "photometry", clip={**tray, "height": 1100})
            session.page.set_viewport_size({"width": 1400, "height": 900})
            session.page.wait_for_timeout(1000)
            save(session.page, "region", clip=ellipse(session))
        with servers.standalone_page(browser, "demo", "--theme", "dark") as session:
            measure(session)
            save(session.page, "window-dark")


if __name__ == "__main__":
    main()
