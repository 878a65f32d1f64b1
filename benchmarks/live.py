"""From a drag message of the browser to the new numbers, on its real path: ``python benchmarks/live.py``.

An aperture is dragged over a star of a 16k x 16k FITS file (a hole in a file, so that it takes no disk). Each
message is the browser's own, handed to the widget; the time runs until "lived" goes back, when numbers, plot
and annulus have been sent (and made into JSON, as a kernel would). The goal is a p95 below 40 ms. CPU time is
told beside, because that is the same on a busy machine. ``--profile`` shows where it goes.
"""

import argparse
import cProfile
import json
import pstats
import sys
import tempfile
import time
from pathlib import Path

import comm
import numpy as np
from comm.base_comm import BaseComm
from regions import CirclePixelRegion, PixCoord

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from sparse_fits import write_star

from imviz import Imviz

PLOTS = ("Curve of Growth", "Radial Profile", "Radial Profile (Raw)")


class Wire(BaseComm):
    """Makes each message into bytes, as a kernel would, and counts them."""

    n_bytes = 0

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):  # noqa: ARG002
        Wire.n_bytes += len(json.dumps(data, default=str)) + sum(
            memoryview(part).nbytes for part in buffers or ()
        )


class Hand:
    """One app with an image, an aperture, and what a browser would say."""

    def __init__(self, folder, side, radius):
        path = Path(folder) / "star.fits"
        self.x, self.y = write_star(path, side)
        self.imviz = Imviz()
        self.imviz.load_data(path)
        self.imviz.load_regions(CirclePixelRegion(PixCoord(self.x, self.y), radius))
        self.plugin = self.imviz.plugins["Aperture Photometry"]
        self.plugin.open_in_tray()
        self.plugin.background = "Annulus"
        self.radius = radius
        self.overlay = self.imviz.default_viewer.widgets[2]
        self.told = []
        self.overlay.send = lambda message, *_: self.told.append(message["type"])

    def move(self, dx, dy):
        """One message; the time it takes and the CPU time, seconds."""
        shape = {"kind": "circle", "x": self.x + dx, "y": self.y + dy, "radius": self.radius}
        self.told.clear()
        start, busy = time.perf_counter(), time.process_time()
        self.overlay._handle_custom_msg({"type": "live", "label": "Subset 1", "shape": shape}, [])
        taken = time.perf_counter() - start, time.process_time() - busy
        assert self.told == ["guides", "lived"], self.told
        return taken

    def drag(self, n):
        """Times of ``n`` messages along a circle about the star."""
        turn = np.linspace(0, 2 * np.pi, n, endpoint=False) + 0.5 / n
        return np.array([self.move(3 * np.cos(t), 3 * np.sin(t)) for t in turn])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=16384)
    parser.add_argument("--radius", type=float, nargs="*", default=[15.0, 50.0, 150.0])
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    comm.create_comm = Wire
    for radius in options.radius:
        with tempfile.TemporaryDirectory() as folder:
            hand = Hand(folder, options.side, radius)
            for plot in PLOTS:
                hand.plugin.current_plot_type = plot
                hand.drag(20)
                Wire.n_bytes = 0
                times, busy = 1000 * hand.drag(options.n).T
                p50, p95 = np.percentile(times, [50, 95])
                told = f"CPU {np.median(busy):.1f} ms, {Wire.n_bytes / options.n / 1000:.1f} kB a message"
                print(f"r = {radius:g}, {plot}: median {p50:.1f}, p95 {p95:.1f} ms; {told}")
                if options.profile:
                    profile = cProfile.Profile()
                    profile.runcall(hand.drag, 100)
                    pstats.Stats(profile).sort_stats("tottime").print_stats(60)


if __name__ == "__main__":
    main()
