"""The picture in a real browser, imviz beside jdaviz: until sharp, bytes and messages, frames, memory.

    python -m venv /tmp/jdaviz && /tmp/jdaviz/bin/pip install jdaviz jupyterlab
    python benchmarks/browser_picture.py /tmp/jdaviz/bin/python      both, side by side, one Markdown table
    python benchmarks/browser_picture.py                             imviz alone
    python benchmarks/browser_picture.py memory                      imviz: 500 pans, 50 loads and removals

Needs the test extra and a Chromium (see tests/browser). Either app runs in JupyterLab with a kernel of its
own environment, on the same files, in the same headless browser without a graphics processor, one after the
other.

What is counted is the page's: bytes and messages of its web sockets, animation frames. A picture counts as
*sharp* when the last one is on the screen: for jdaviz, the last texture it hands to WebGL; for imviz, the
first of the paints that lack no tile and are followed by none that does. Times are from the last mouse
event, or from the moment the kernel begins to obey. Files are sparse where they are large, so disks do not
count; "2k" is noise.
"""

from __future__ import annotations

import contextlib
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser import servers
from sparse_fits import write_star

QUIET = 1.5  # seconds without news after which a picture is taken to be the last
SIZES = {"2k": 2048, "16k": 16384, "32k": 32768}

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
  for (const {target} of changes) probe.paints.push([now(), Number(target.dataset.lacking)]);
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
""",
    "jdaviz": "import warnings; warnings.simplefilter('ignore')\n"
    + COMMON
    + """
from jdaviz import Imviz
imviz = Imviz()
viewer = imviz.app.get_viewer("imviz-0")
def link(): imviz.link_data(align_by="wcs", wcs_fast_approximation=True)
def pan_tool(): viewer.toolbar.select_tool("jdaviz:imagepanzoom")
""",
}
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
            latest = max([found["last"], *found["uploads"], *(at for at, _ in found["paints"])]) / 1000
            if time.time() - latest > QUIET:
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
        for at, lacking in found["paints"]:
            if lacking:
                asked, whole = True, whole if when == "first" else []
            elif asked or when == "last":
                whole.append(at / 1000 - since)
        if not whole:
            raise RuntimeError("imviz: tiles are still lacking")
        return max(whole[0], 0)

    def act(self, code, when="next"):
        """Let the kernel do something: seconds until drawn, bytes received."""
        self.reset()
        start = float(self.kernel.run(f"print(timed(lambda: {code}))", timeout=120).split()[-1])
        found = self.settle()
        found["paints"] = [paint for paint in found["paints"] if paint[0] / 1000 > start]
        return self.drawn(found, start, when), found["received"]

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
        mouse.up()
        end = time.time()
        found = self.settle()
        return self.drawn(found, end), found["pictures"], found["received"], found["sent"], frames


def write_images(folder):
    """Files that both apps open."""
    rng = np.random.default_rng(4)
    for name, side in SIZES.items():
        if name != "2k":
            write_star(folder / f"{name}.fits", side)
    for n in range(5):
        wcs = WCS(naxis=2)
        wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [10, 20], [1024, 1024]
        c, s = np.cos(np.radians(30 * n)), np.sin(np.radians(30 * n))
        wcs.wcs.cd = np.array([[-c, s], [s, c]]) * 0.2 / 3600
        name = "2k" if n == 0 else f"2k-{n}"
        data = rng.normal(100, 10, (2048, 2048)).astype("f4")
        fits.PrimaryHDU(data, wcs.to_header()).writeto(folder / f"{name}.fits")


def median(values):
    return statistics.median(values)


def one_image(page, folder, name):
    """Loading, panning and the cuts of one image."""
    figures = {}
    row = f"{name}: {{}}".format
    path = str(folder / f"{name}.fits")
    seconds, received = page.act(f"imviz.load_data({path!r})", "first")
    figures[row("load to first picture [s]")] = seconds
    figures[row("its bytes [MB]")] = received / 1e6
    if page.app == "imviz":
        exact = "all(one.pyramid.complete for one in viewer.picture._served.values())"
        page.kernel.wait(exact, timeout=120)
        page.settle()
    middle = SIZES[name] // 4 + 37
    page.kernel.run(
        f"imviz.default_viewer.zoom_level = 1; imviz.default_viewer.center_on(({middle}, {middle}))"
    )
    page.kernel.run("pan_tool()")
    page.settle()
    fresh = [page.drag(-300) for _ in range(4)]
    figures[row("pan to new pixels at 1:1, until sharp [s]")] = median(one[0] for one in fresh)
    figures[row("pan to new pixels, bytes of pictures [MB]")] = median(one[1] for one in fresh) / 1e6
    page.page.wait_for_timeout(500)
    places = [middle + side * SIZES[name] // 8 for side in (1, 2, 3)]
    jumps = [page.act(f"imviz.default_viewer.center_on(({at}, {at}))", "last") for at in places]
    figures[row("a jump to pixels never seen, until sharp [s]")] = median(one[0] for one in jumps)
    figures[row("a jump, bytes [MB]")] = median(one[1] for one in jumps) / 1e6
    known = [page.drag(sign * 120) for sign in (1, -1) * 3]
    figures[row("pan over known pixels, until sharp [s]")] = median(one[0] for one in known)
    figures[row("pan over known pixels, bytes of pictures [MB]")] = median(one[1] for one in known) / 1e6
    figures[row("pan over known pixels, all bytes [MB]")] = median(one[2] for one in known) / 1e6
    figures[row("pan over known pixels, messages to the kernel")] = median(one[3] for one in known)
    figures[row("frames a second while dragging")] = page.drag(400, 100, 120)[4]
    cuts = [page.act(f"setattr(imviz.default_viewer, 'cuts', (0, {high}))") for high in (50, 200, 300)]
    figures[row("a change of the cuts, until drawn [s]")] = median(one[0] for one in cuts)
    figures[row("a change of the cuts, bytes [kB]")] = median(one[1] for one in cuts) / 1e3
    return figures


def rotated_pair(page, folder):
    """Two images aligned by WCS, 30 degrees apart, the upper one half transparent."""
    for name in ("2k", "2k-1"):
        page.kernel.run(f"imviz.load_data({str(folder / f'{name}.fits')!r})", timeout=120)
    figures = {"rotated pair: linking, until drawn [s]": page.act("link()")[0]}
    page.kernel.run("imviz.default_viewer.zoom_level = 1")
    page.kernel.run("pan_tool()")
    page.settle()
    fresh = [page.drag(-250) for _ in range(3)]
    figures["rotated pair: pan to new pixels, until sharp [s]"] = median(one[0] for one in fresh)
    figures["rotated pair: bytes of pictures [MB]"] = median(one[1] for one in fresh) / 1e6
    figures["rotated pair: frames a second while dragging"] = page.drag(400, 100, 120)[4]
    return figures


def blink(page, folder):
    """Five images, each seen before."""
    for n in range(5):
        name = "2k" if n == 0 else f"2k-{n}"
        page.kernel.run(f"imviz.load_data({str(folder / f'{name}.fits')!r})", timeout=120)
    page.settle()
    rounds = [page.act("imviz.default_viewer.blink_once()") for _ in range(11)][6:]
    return {
        "blink to an image seen before, until drawn [s]": median(one[0] for one in rounds),
        "blink to an image seen before, bytes [kB]": median(one[1] for one in rounds) / 1e3,
    }


@contextlib.contextmanager
def opened(app, lab, browser):
    """The app, shown in a notebook of its own."""
    with servers.notebook_page(lab, browser, SETUP[app], SHOW) as session:
        session.page.locator(".bqplot .plotarea_events").first.wait_for(state="attached", timeout=60_000)
        page = Page(app, session)
        page.settle()
        yield page


def measure(app, python, folder):
    """All figures of one app, by name of the row."""
    figures = {}
    with servers.lab_server(python) as lab, servers.chromium(servers.chromium_path()) as browser:
        browser.add_init_script(PROBE)
        for name in SIZES:
            with opened(app, lab, browser) as page:
                if not figures:
                    box = page.box()
                    figures["figure, screen pixels"] = round(box["width"] * box["height"])
                figures.update(one_image(page, folder, name))
                print(f"{app}, {name}: {figures}", file=sys.stderr, flush=True)
        for scene in (rotated_pair, blink):
            with opened(app, lab, browser) as page:
                figures.update(scene(page, folder))
    return figures


# ---- memory


def renderers():
    """Resident memory in MB of the renderer processes this process has started, directly or not."""
    parents, memory = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            pid = int(entry.name)
            parents[pid] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if b"--type=renderer" in (entry / "cmdline").read_bytes():
                found = re.search(r"RssAnon:\s+(\d+)", (entry / "status").read_text())
                memory[pid] = int(found[1]) / 1024

    def ours(pid):
        while pid > 1 and pid != os.getpid():
            pid = parents.get(pid, 0)
        return pid == os.getpid()

    return max((size for pid, size in memory.items() if ours(pid)), default=0)


def memory():
    """Kernel and browser over many pans, and over many images loaded and removed; prints as it goes."""
    kernel = "int(next(l for l in open('/proc/self/status') if 'RssAnon' in l).split()[1]) / 1024"
    with servers.lab_server() as lab, servers.chromium(servers.chromium_path()) as browser:
        browser.add_init_script(PROBE)
        with opened("imviz", lab, browser) as page, tempfile.TemporaryDirectory() as folder:
            write_star(Path(folder) / "16k.fits", SIZES["16k"])
            page.kernel.run(f"imviz.load_data({str(Path(folder) / '16k.fits')!r})")
            page.kernel.run("import gc; viewer.zoom_level = 1")
            page.settle()

            def note(what):
                page.kernel.run("gc.collect()")
                session = page.page.context.new_cdp_session(page.page)
                session.send("HeapProfiler.collectGarbage")
                session.detach()
                print(
                    f"{what}: kernel {page.kernel.get(kernel):.0f} MB, browser {renderers():.0f} MB",
                    flush=True,
                )

            note("at first")
            random = np.random.default_rng(1)
            for n in range(500):
                x, y = random.integers(500, 15000, 2)
                page.kernel.run(f"viewer.center_on(({x}, {y}))")
                page.page.wait_for_timeout(60)
                if n % 100 == 99:
                    note(f"after {n + 1} pans")
            page.kernel.run("import numpy as np; viewer.home()")
            for n in range(50):
                page.kernel.run(f"imviz.load_data(np.random.rand(2048, 2048), data_label='image {n}')")
                page.page.wait_for_timeout(250)
                page.kernel.run(f"imviz.app.session.remove_image('image {n}')")
                if n % 10 == 9:
                    note(f"after {n + 1} loads and removals")


def table(notes):
    """The figures as Markdown."""
    apps = list(notes)
    lines = ["| | " + " | ".join(apps) + " |", "|---|" + "---|" * len(apps)]
    lines += [
        f"| {row} | " + " | ".join(f"{notes[app][row]:.3g}" for app in apps) + " |" for row in notes[apps[0]]
    ]
    return "\n".join(lines)


def main(jdaviz=None):
    pythons = {"imviz": sys.executable} | ({"jdaviz": jdaviz} if jdaviz else {})
    with tempfile.TemporaryDirectory() as name:
        write_images(Path(name))
        print(table({app: measure(app, python, Path(name)) for app, python in pythons.items()}))


if __name__ == "__main__":
    memory() if sys.argv[1:] == ["memory"] else main(*sys.argv[1:])
