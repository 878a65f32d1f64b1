"""Opening a file does not read its pixels; closing is not the user's worry."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from astropy.io import fits

from imviz.readers import load

linux = pytest.mark.skipif(not os.path.exists("/proc/self/io"), reason="reads Linux's /proc")

MEASURE = """
import sys
from imviz.readers import load
def figure(file, key):
    line = next(line for line in open(file) if line.startswith(key))
    return int(line.split()[1])
load(sys.argv[1])  # imports, caches
read, anonymous = figure("/proc/self/io", "rchar:"), figure("/proc/self/status", "RssAnon:")
image = load(sys.argv[2])[0].image
read = figure("/proc/self/io", "rchar:") - read
anonymous = figure("/proc/self/status", "RssAnon:") - anonymous
value = image.data[9000, 9000]
print(image.data.shape, image.data.dtype.str, read, anonymous, value, sep=";")
"""


@linux
def test_a_16k_image_opens_without_being_read(write, pixels, tmp_path, tan_header):
    small = write("small.fits", fits.PrimaryHDU(pixels, tan_header))
    large = tmp_path / "large.fits"
    header = tan_header.copy()
    header.update({"NAXIS": 2, "NAXIS1": 16384, "NAXIS2": 16384, "BITPIX": -32, "SIMPLE": True})
    order = ["SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2"]
    header = fits.Header([(key, header[key]) for key in (*order, *(k for k in tan_header if k not in order))])
    large.write_bytes(header.tostring().encode())
    os.truncate(large, -(-(large.stat().st_size + 2**30) // 2880) * 2880)  # a hole: no blocks on disk
    code = [sys.executable, "-c", MEASURE, str(small), str(large)]
    run = subprocess.run(code, capture_output=True, text=True, check=True)
    shape, dtype, read, anonymous, value = run.stdout.strip().split(";")
    assert (shape, dtype, float(value)) == ("(16384, 16384)", np.dtype("=f4").str, 0.0)
    assert int(read) < 100_000  # bytes: headers
    assert int(anonymous) < 5_000  # KiB; the image has 1,048,576


def test_pixels_outlive_the_load_and_the_files_name(write, pixels):
    path = write("a.fits", fits.PrimaryHDU(pixels))
    image = load(path)[0].image
    path.unlink()
    np.testing.assert_array_equal(image.data, pixels)


@linux
def test_no_file_stays_open_when_images_are_gone(mef):
    path = mef()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        load(path, ext="*")
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("bzero", [0, 2**15])
def test_integers_are_those_of_astropy(write, bzero):
    data = np.arange(1200, dtype=np.uint16 if bzero else np.int16).reshape(30, 40)
    path = write("i.fits", fits.PrimaryHDU(data))
    image = load(path)[0].image
    np.testing.assert_array_equal(image.data, data)
    assert image.data.dtype.kind == ("u" if bzero else "i")


def test_blank_pixels_are_nan(write):
    data = np.arange(1200, dtype=np.int16).reshape(30, 40)
    hdu = fits.PrimaryHDU(data)
    hdu.header["BLANK"] = 7
    assert np.argwhere(np.isnan(load(write("b.fits", hdu))[0].image.data)).tolist() == [[0, 7]]


def test_four_threads_may_load_at_once(mef, pixels):
    path, failures = mef(), []

    def work():
        try:
            for _ in range(5):
                images = load(path, ext="*")
                assert np.array_equal(images[0].image.data, pixels)
        except Exception as error:  # noqa: BLE001 - what is looked for
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
