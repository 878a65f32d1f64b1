"""The picture in a real browser, imviz beside jdaviz: until sharp, bytes and messages, frames.

    python -m venv /tmp/jdaviz && /tmp/jdaviz/bin/pip install jdaviz jupyterlab
    python benchmarks/browser_picture.py FOLDER /tmp/jdaviz/bin/python [2k,8k,16k,32k]     side by side
    python benchmarks/browser_picture.py FOLDER                                           imviz alone

Prints two Markdown tables: the figures, and imviz's goals. Needs the test extra and a Chromium (see
tests/browser). The images are written to FOLDER once, every pixel of them (noise and stars; 32k takes 4 GB).
Either app runs in JupyterLab with a kernel of its own environment, on the same files, in the same headless
browser without a graphics processor, one after the other.

What is counted is the page's: bytes and messages of its web sockets, animation frames. A picture counts as
*sharp* when the last one is on the screen: for jdaviz, the last texture it hands to WebGL; for imviz, the
first of the paints that lack no tile and are followed by none that does. Times are from the last mouse
movement, or from the moment the kernel begins to obey. Files are in the page cache: disks do not count.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser import servers

QUIET = {"imviz": 1.5, "jdaviz": 4.0}  # seconds without news after which a picture is taken to be the last
STRIP = 256  # rows written at a time

PROBE = """
const PICTURE = 16384; // bytes: a message larger than that has pixels in it
window.probe = {received: 0, pictures: 0, sent: 0, uploads: [], paints: [], frames: 0, last: 0};
const now = () => performance.timeOrigin + performance.now();
const Native = window.WebSocket;
const size = (data) => data.byteLength ?? data.size ?? data.length;
window.WebSocket = class extends Native {
  constructor(...rest) {
    super(...rest);
    this.addEventListener("message", ({data}) => {
      probe.received += size(data); probe.last = now();
      if (size(data) > PICTURE) probe.pictures += size(data); });
  }
  send(data) { probe.sent += 1; super.send(data); }
};
for (const {prototype} of [WebGLRenderingContext, WebGL2RenderingContext]) {
  const original = prototype.texImage2D;
  prototype.texImage2D = function (...rest) {
    const [wide, high] = rest.length > 6 ? [rest[3], rest[4]] : [rest[5].width, rest[5].height];
    if (wide > 64 && high > 64) probe.uploads.push(now());
    return original.apply(this, rest);
  };
}
new MutationObserver((changes) => {
  for (const {target: {dataset}} of changes)
    if (dataset.lacking !== undefined) probe.paints.push([now(), Number(dataset.lacking), probe.received]);
}).observe(document, {subtree: true, attributes: true, attributeFilter: ["data-painted"]});
const count = () => { probe.frames += 1; requestAnimationFrame(count); };
requestAnimationFrame(count);
"""

COMMON = """
import time
def timed(act):
    start = time.time()
    act()
    return start
"""
SETUP = {
    "imviz": COMMON
    + """
from imviz import Imviz
imviz = Imviz()
viewer = imviz.default_viewer
def link(): imviz.link_data(align_by="wcs")
def pan_tool(): viewer.controls.tool = "pan"
def whole(): viewer.home()
""",
    "jdaviz": "import warnings; warnings.simplefilter('ignore')\n"
    + COMMON
    + """
from jdaviz import Imviz
imviz = Imviz()
viewer = imviz.app.get_viewer("imviz-0")
def link(): imviz.link_data(align_by="wcs", wcs_fast_approximation=True)
def pan_tool(): viewer.toolbar.select_tool("jdaviz:imagepanzoom")
def whole(): viewer.state.reset_limits()
""",
}
CIRCLES = """
import numpy as np
from regions import CirclePixelRegion, PixCoord
def circles(n):
    places = np.random.default_rng(n).uniform(0, 2048, (n, 2))
    return [CirclePixelRegion(PixCoord(x, y), 6) for x, y in places]
"""
SHOW = "imviz.show()"  # either is 600 pixels high


class Page:
    """One app in one notebook, and what its page has counted."""

    def __init__(self, app, session):
        self.app, self.page, self.kernel = app, session.page, session.kernel
        self.kernel.run("pan_tool()") if app == "imviz" else None

    def probe(self):
        return self.page.evaluate("probe")

    def reset(self):
        self.page.evaluate(
            "Object.assign(probe, {received: 0, pictures: 0, sent: 0, uploads: [], frames: 0, "
            "paints: probe.paints.slice(-1)})"
        )

    def settle(self, patience=90):
        """What has been counted when nothing is drawn or on its way any more, and the kernel is idle."""
        end = time.time() + patience
        while time.time() < end:
            found = self.probe()
            latest = max([found["last"], *found["uploads"], *(paint[0] for paint in found["paints"])]) / 1000
            lacking = any(paint[1] for paint in found["paints"][-1:])  # not at rest, only slow
            if time.time() - latest > QUIET[self.app] and not lacking:
                self.kernel.run("pass", timeout=patience)  # a busy kernel answers when it is done
                self.page.wait_for_timeout(300)
                later = self.probe()
                if all(later[what] == found[what] for what in ("pictures", "uploads", "paints")):
                    return found
            self.page.wait_for_timeout(100)
        raise TimeoutError(f"{self.app}: the page does not come to rest")

    def drawn(self, found, since, when="last"):
        """Seconds from `since` until a picture: the "next" one, the "first" complete or the "last" one."""
        if self.app == "jdaviz":
            drawn = [at / 1000 - since for at in found["uploads"] if at / 1000 > since]
            return drawn[-1 if when == "last" else 0] if drawn else 0
        whole, asked = [], when == "next"  # a first picture is what was asked for, not a view without images
        for at, lacking, _ in found["paints"]:
            if lacking:
                asked, whole = True, whole if when == "first" else []
            elif asked or when == "last":
                whole.append(at / 1000 - since)
        if not whole:
            raise RuntimeError("imviz: tiles are still lacking")
        return max(whole[0], 0)

    def act(self, code, when="next"):
        """Let the kernel do something: seconds until drawn, bytes received, and those (imviz) until sharp."""
        self.reset()
        start = float(self.kernel.run(f"print(timed(lambda: {code}))", timeout=120).split()[-1])
        found = self.settle()
        found["paints"] = [paint for paint in found["paints"] if paint[0] / 1000 > start]
        lacking = [n for n, paint in enumerate(found["paints"]) if paint[1]]
        before = found["paints"][lacking[-1] + 1][2] if lacking else 0
        return self.drawn(found, start, when), found["received"], before

    def box(self):
        return self.page.locator(".bqplot .plotarea_events").first.bounding_box()

    def drag(self, dx, dy=0, steps=20):
        """A drag: seconds until sharp, bytes of pictures, all bytes, messages sent, frames a second."""
        box = self.box()
        x, y = round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)
        mouse = self.page.mouse
        mouse.move(x - dx // 2, y - dy // 2)
        self.page.wait_for_timeout(300)
        self.settle()
        self.reset()
        begin = time.time()
        mouse.down()
        mouse.move(x - dx // 2 + dx, y - dy // 2 + dy, steps=steps)
        frames = self.page.evaluate("probe.frames") / (time.time() - begin)
        end = time.time()  # of the last movement: a busy page lets us wait for the rest
        mouse.up()
        found = self.settle()
        return self.drawn(found, end), found["pictures"], found["received"], found["sent"], frames


def write_images(folder, sizes):
    """Files that both apps open, unless they are there: one of each size, and five turned by 30 degrees."""
    for side in sizes:
        write_sky(folder / f"{side}.fits", int(side.removesuffix("k")) * 1024)
    for n in range(5):
        write_sky(folder / f"turned-{n}.fits", 2048, angle=30 * n)


def write_sky(path, side, angle=0.0):
    """A `side` × `side` float32 image with a WCS: noise and stars, every pixel written."""
    if path.exists():
        return
    rng = np.random.default_rng(side)
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [10, 20], [side / 2, side / 2]
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs.wcs.cd = np.array([[-c, s], [s, c]]) * 0.2 / 3600
    header = fits.Header(
        [("SIMPLE", True), ("BITPIX", -32), ("NAXIS", 2), ("NAXIS1", side), ("NAXIS2", side)]
    )
    header.update(wcs.to_header())
    offset = np.arange(-12, 13)
    star = np.exp(-(offset**2) / 8)
    star = np.outer(star, star).astype("f4")
    temporary = path.with_suffix(".part")
    with temporary.open("wb") as file:
        file.write(header.tostring(endcard=True, padding=True).encode())
        for _ in range(0, side, STRIP):
            strip = 100 + 10 * rng.standard_normal((STRIP, side), dtype="f4")
            for y, x in rng.integers(12, (STRIP - 12, side - 12), (side // 8, 2)):
                strip[y - 12 : y + 13, x - 12 : x + 13] += star * rng.pareto(1) * 30
            file.write(strip.astype(">f4").tobytes())
        file.write(bytes(-file.tell() % 2880))
    temporary.rename(path)


def median(values):
    return statistics.median(list(values))


def one_image(page, folder, name):
    """Loading, panning, the cuts and the contrast of one image."""
    path, side = str(folder / f"{name}.fits"), int(name.removesuffix("k")) * 1024
    seconds, received, _ = page.act(f"imviz.load_data({path!r})", "first")
    figures = {"load to first picture [s]": seconds, "its bytes [MB]": received / 1e6}
    if page.app == "imviz":
        page.kernel.wait("all(one.pyramid.complete for one in viewer.picture._served.values())", timeout=120)
        page.settle()
    middle = side // 4 + 37
    page.kernel.run(f"viewer.zoom_level = 1; viewer.center_on(({middle}, {middle}))")
    page.kernel.run("pan_tool()")
    page.settle()
    figures |= pans("pan to new pixels", [page.drag(-300) for _ in range(4)])
    page.page.wait_for_timeout(500)
    places = [middle + part * side // 8 for part in (1, 2, 3)]
    jumps = [page.act(f"viewer.center_on(({at}, {at}))", "last") for at in places]
    figures["jump to pixels never seen: until sharp [s]"] = median(one[0] for one in jumps)
    figures["jump: bytes [MB]"] = median(one[1] for one in jumps) / 1e6
    if page.app == "imviz":
        figures["jump: of these, before it is sharp [MB]"] = median(one[2] for one in jumps) / 1e6
    figures |= pans("pan over known pixels", [page.drag(sign * 120) for sign in (1, -1) * 3])
    figures["frames a second while dragging"] = page.drag(400, 100, 120)[4]
    cuts = [page.act(f"setattr(viewer, 'cuts', (60, {high}))") for high in (150, 200, 300)]
    figures["change of the cuts: until drawn [s]"] = median(one[0] for one in cuts)
    figures["change of the cuts: bytes [kB]"] = median(one[1] for one in cuts) / 1e3
    layer = "viewer.state.layers[0]"
    steps = [page.act(f"setattr({layer}, 'contrast', {value})") for value in (1.2, 1.5, 2, 1)]
    figures["step of contrast: until drawn [s]"] = median(one[0] for one in steps)
    figures["step of contrast: bytes [kB]"] = median(one[1] for one in steps) / 1e3
    return {f"{name}: {row}": value for row, value in figures.items()}


def pans(what, drags):
    """The medians of some drags."""
    rows = "until sharp [s]", "bytes of pictures [MB]", "all bytes [MB]", "messages to the kernel"
    found = {f"{what}: {row}": median(one[n] for one in drags) for n, row in enumerate(rows)}
    return {row: value / 1e6 if "[MB]" in row else value for row, value in found.items()}


def load_turned(page, folder, n):
    path = str(folder / f"turned-{n}.fits")
    page.kernel.run(f"imviz.load_data({path!r})", timeout=120)


def rotated_pair(page, folder):
    """Two images aligned by WCS, 30 degrees apart."""
    for n in range(2):
        load_turned(page, folder, n)
    page.settle()
    figures = {"linking, until drawn [s]": page.act("link()", "last")[0]}
    page.kernel.run("whole(); viewer.zoom(4)")
    page.kernel.run("pan_tool()")
    page.settle()
    figures |= pans("pan to new pixels", [page.drag(-250) for _ in range(3)])
    figures["frames a second while dragging"] = page.drag(400, 100, 120)[4]
    return {f"rotated pair: {row}": value for row, value in figures.items()}


def blink(page, folder):
    """Five images, each seen before."""
    for n in range(5):
        load_turned(page, folder, n)
    page.settle()
    rounds = [page.act("viewer.blink_once()") for _ in range(11)][6:]
    return {
        "blink of 5 images, each seen before: until drawn [s]": median(one[0] for one in rounds),
        "blink: bytes [kB]": median(one[1] for one in rounds) / 1e3,
    }


def many_regions(page, folder):
    """Panning with 1 and with 10 000 circles in the document, half of them in view."""
    load_turned(page, folder, 0)
    page.kernel.run(CIRCLES)
    figures = {}
    for n in (1, 10_000):
        page.kernel.run(f"imviz.app.session.add_regions(circles({n}))", timeout=120)
        page.settle()
        drags = [page.drag(sign * 120) for sign in (1, -1) * 3]
        figures[f"{n} regions: pan, all bytes [kB]"] = median(one[2] for one in drags) / 1e3
        figures[f"{n} regions: pan, messages to the kernel"] = median(one[3] for one in drags)
        figures[f"{n} regions: frames a second while dragging"] = page.drag(400, 100, 120)[4]
    return figures


@contextlib.contextmanager
def opened(app, lab, browser):
    """The app, shown in a notebook of its own."""
    with servers.notebook_page(lab, browser, SETUP[app], SHOW) as session:
        session.page.locator(".bqplot .plotarea_events").first.wait_for(state="attached", timeout=60_000)
        page = Page(app, session)
        page.settle()
        yield page


def measure(app, python, folder, sizes):
    """All figures of one app, by name of the row."""
    figures = {}
    with servers.lab_server(python) as lab, servers.chromium(servers.chromium_path()) as browser:
        browser.add_init_script(PROBE)
        scenes = [partial(one_image, name=name) for name in sizes] + [rotated_pair, blink]
        scenes += [many_regions] if app == "imviz" else []  # jdaviz takes half an hour for a thousand
        for scene in scenes:
            with opened(app, lab, browser) as page:
                box = page.box()
                figures["figure, screen pixels"] = round(box["width"] * box["height"])
                found = scene(page, folder)
                print(app, found, file=sys.stderr, flush=True)
                figures |= found
    return figures


def table(notes):
    """The figures as Markdown."""
    apps = list(notes)
    lines = ["| | " + " | ".join(apps) + " |", "|---|" + "---|" * len(apps)]
    for row in notes[apps[0]]:
        cells = [f"{notes[app][row]:.3g}" if row in notes[app] else "" for app in apps]
        lines.append(f"| {row} | {' | '.join(cells)} |")
    return "\n".join(lines)


def goals(figures, sizes):
    """What imviz is to keep, and whether it has, as Markdown."""
    large = "16k" if "16k" in sizes else sizes[-1]
    most = 4e-6 * figures["figure, screen pixels"] + 0.15  # the coarsest level is one tile
    rows = [
        *((f"{size}: its bytes [MB]", most) for size in sizes),
        *((f"{size}: pan over known pixels: bytes of pictures [MB]", 0) for size in sizes),
        *((f"{size}: pan over known pixels: messages to the kernel", 1) for size in sizes),
        *((f"{size}: change of the cuts: bytes [kB]", 10) for size in sizes),
        *((f"{size}: step of contrast: bytes [kB]", 10) for size in sizes),
        (f"{large}: load to first picture [s]", 0.5),
        (f"{large}: pan to new pixels: until sharp [s]", 0.15),
        (f"{large}: jump: of these, before it is sharp [MB]", 3e-6 * figures["figure, screen pixels"]),
        ("10000 regions: pan, messages to the kernel", 1),
    ]
    slowest = min(value for row, value in figures.items() if "frames a second" in row)
    lines = ["| goal | at most | measured | |", "|---|---|---|---|"]
    for row, limit in rows:
        held = "kept" if figures[row] <= limit else "**missed**"
        lines.append(f"| {row} | {limit:.3g} | {figures[row]:.3g} | {held} |")
    kept = "kept" if slowest >= 20 else "**missed**"
    return "\n".join([*lines, f"| frames a second, least of all | at least 20 | {slowest:.3g} | {kept} |"])


def main(folder, jdaviz=None, sizes="2k,8k,16k,32k"):
    pythons = {"imviz": sys.executable} | ({"jdaviz": jdaviz} if jdaviz else {})
    folder, names = Path(folder).resolve(), sizes.split(",")
    folder.mkdir(exist_ok=True)
    write_images(folder, names)
    notes = {app: measure(app, python, folder, names) for app, python in pythons.items()}
    print(table(notes), goals(notes["imviz"], names), sep="\n\n")


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else sys.exit(__doc__)
