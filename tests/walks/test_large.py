"""A 4 GiB image on a small machine: opened, shown, zoomed and measured with little private memory."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
from sparse_fits import SIGMA, write_star

STORY = """
import resource, sys
from pathlib import Path
from regions import CirclePixelRegion, PixCoord
from imviz import Imviz

def private():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024

path, small, x, y = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
imviz = Imviz()
imviz.load_data(small)
imviz.default_viewer.save("small.png")
imviz.app.session.remove_image(imviz.data_labels[0])
resource.setrlimit(resource.RLIMIT_DATA, (2**30, 2**30))  # not the address space: it counts mapped files
before = private()
imviz.load_data(path)
viewer = imviz.default_viewer
viewer.save("whole.png")
viewer.center_on((x, y))
viewer.zoom_level = 1
viewer.save("star.png")
imviz.load_regions(CirclePixelRegion(PixCoord(x, y), 40))
row, _ = imviz.plugins["Aperture Photometry"].calculate_photometry(background_value=10)
print(row["sum"][0].value, private() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_32k_by_32k_with_little_memory(tmp_path):
    x, y = write_star(tmp_path / "huge.fits", 32768)
    write_star(tmp_path / "small.fits", 1024)
    paths = [str(tmp_path / name) for name in ("huge.fits", "small.fits")]
    code = [sys.executable, "-W", "ignore", "-c", STORY, *paths, str(x), str(y)]
    run = subprocess.run(code, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 0, run.stderr[-2000:]
    total, private = map(float, run.stdout.split()[-2:])
    star = (
        2 * math.pi * SIGMA**2 * 1000 * math.radians(1e-5) ** 2
    )  # MJy: its flux, a pixel being 1e-5 degrees
    assert total == pytest.approx(star, rel=0.01)
    assert private < 200  # MB; the image has 4,295
