"""A fuzzer of the readers: seeded damage to small good files, opened and looked at in a process that may die.

``python -P tests/readers/fuzz.py SECONDS [FIRST_SEED] [FORMATS]`` runs it by hand and prints what it found
(``-P``: the folder ``asdf`` beside it is not the package); the same seed is the same file everywhere.
Nothing may end the process, take over `SLOW` seconds of processor time, or raise anything outside our own
family of errors.
"""

import faulthandler
import gzip
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from io import BytesIO
from pathlib import Path

import numpy as np

SLOW = 2.0
"""Processor seconds that one input may take."""
NASTY = [
    *("0", "-1", "1", "2", "3", "7", "8", "16", "999", "1000", "65536", "2147483647", "2147483648"),
    *("4294967296", "9223372036854775807", "1e9", "1e308", "-1e308", "1e-308", "NaN", "inf", "T", "F"),
    *("'x'", "''", "'NAXIS: 2'", "'RA---TAN'", "'DEC--TAN'", "'RA---SIP'", "'RA---TPV'", "'LOOKUP'", "'TAB'"),
    *("'RICE_1'", "'GZIP_1'", "'HCOMPRESS_1'", "'PLIO_1'", "'NOCOMPRESS'", "(1,2)", "", "0x10", "1.5"),
]
KEYWORDS = """
BITPIX NAXIS NAXIS1 NAXIS2 NAXIS3 PCOUNT GCOUNT GROUPS BSCALE BZERO BLANK EXTNAME EXTVER XTENSION
SIMPLE ZIMAGE ZBITPIX ZNAXIS ZNAXIS1 ZTILE1 ZTILE2 ZCMPTYPE ZVAL1 ZNAME1 ZBLANK ZQUANTIZ ZDITHER0
TFIELDS TFORM1 TTYPE1 THEAP CTYPE1 CTYPE2 CRPIX1 CRVAL1 CRVAL2 CD1_1 CD1_2 PC1_1 CDELT1 CUNIT1
WCSAXES A_ORDER B_ORDER A_0_2 AP_ORDER PV1_1 PV2_1 PV2_3 PV1_3 PS1_0 LONPOLE LATPOLE RADESYS EQUINOX
MJD-OBS DATE-OBS BUNIT CPDIS1 DP1 D2IMDIS1 AXISCORR CNAME1 CROTA2 TELESCOP INSTRUME MP_BAD END
SPECSYS RESTFRQ
"""
WORDS = tuple(KEYWORDS.split())


def corpus():
    """Small good files by name."""
    from astropy.io import fits

    rng = np.random.default_rng(0)
    pixels = rng.normal(100, 10, (24, 32)).astype("f4")
    sky = fits.Header(
        {
            "CTYPE1": "RA---TAN-SIP",
            "CTYPE2": "DEC--TAN-SIP",
            "CRPIX1": 16.0,
            "CRPIX2": 12.0,
            "CRVAL1": 150.0,
            "CRVAL2": 2.0,
            "CD1_1": -1e-4,
            "CD1_2": 0.0,
            "CD2_1": 0.0,
            "CD2_2": 1e-4,
            "A_ORDER": 2,
            "B_ORDER": 2,
            "A_0_2": 1e-6,
            "B_2_0": 1e-6,
            "BUNIT": "MJy/sr",
        }
    )
    science = fits.ImageHDU(pixels, sky, name="SCI")
    error, quality = fits.ImageHDU(pixels / 10, name="ERR"), fits.ImageHDU(pixels.astype("i2"), name="DQ")
    lists = {
        "plain": [fits.PrimaryHDU(pixels, sky)],
        "mef": [fits.PrimaryHDU(), science, error, quality],
        "scaled": [fits.PrimaryHDU(pixels.astype("u2")), fits.ImageHDU(pixels.astype("u4"))],
        "cube": [fits.PrimaryHDU(np.stack([pixels] * 3))],
        "table": [
            fits.PrimaryHDU(),
            fits.BinTableHDU.from_columns([fits.Column("A", "PE()", array=np.array([[1.0], [2]], object))]),
            science,
        ],
    }
    for kind in ("RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1", "PLIO_1"):
        values = pixels.astype("i2") if kind == "PLIO_1" else pixels
        packed = fits.CompImageHDU(values, sky, compression_type=kind, tile_shape=(8, 32))
        lists[kind] = [fits.PrimaryHDU(), packed]
    found = {}
    for name, hdus in lists.items():
        buffer = BytesIO()
        fits.HDUList([hdu.copy() for hdu in hdus]).writeto(buffer)
        found[name] = buffer.getvalue()
    return found | {"gz": gzip.compress(found["mef"], mtime=0)} | _others(pixels)


def _others(pixels):
    """Pictures, numpy's, ASDF and HDF5."""
    from PIL import Image

    found = {}
    for name in ("PNG", "JPEG", "TIFF"):
        buffer = BytesIO()
        Image.fromarray(pixels.astype("u1")).save(buffer, name)
        found[name] = buffer.getvalue()
    buffer = BytesIO()
    np.save(buffer, pixels)
    found["npy"] = buffer.getvalue()
    text = "data: !core/ndarray-1.1.0 {source: 0, datatype: float32, byteorder: little, shape: [24, 32]}\n"
    block = b"\xd3BLK\0\x30" + struct.pack(">I4sQQQ16s", 0, bytes(4), *[pixels.nbytes] * 3, bytes(16))
    head = "#ASDF 1.0.0\n#ASDF_STANDARD 1.5.0\n%YAML 1.1\n%TAG ! tag:stsci.edu:asdf/\n--- !core/asdf-1.1.0\n"
    found["asdf"] = (head + text + "...\n").encode() + block + pixels.tobytes()
    try:
        import h5py
    except ImportError:
        return found
    buffer = BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_dataset("data", data=pixels, chunks=(8, 8), compression="gzip")
    found["hdf5"] = buffer.getvalue()
    return found


def damaged(content, rng):
    """A good file with one to six things wrong."""
    content = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        rng.choice((_flip, _card, _card, _card, _cut, _swap, _number, _repeat))(content, rng)
    return bytes(content)


def _flip(content, rng):
    for _ in range(rng.choice((1, 4, 40))):
        if content:
            content[rng.randrange(len(content))] = rng.randrange(256)


def _card(content, rng):
    """Another value behind a keyword, or another keyword."""
    cards = len(content) // 80
    if not cards:
        return
    at = 80 * rng.randrange(min(cards, 400))
    key = content[at : at + 8] if rng.random() < 0.5 else rng.choice(WORDS).ljust(8).encode()
    content[at : at + 80] = bytes(key) + b"= " + rng.choice(NASTY).rjust(20).encode().ljust(70)


def _cut(content, rng):
    if rng.random() < 0.3:
        del content[rng.randrange(len(content) + 1) :]


def _swap(content, rng):
    size = rng.choice((4, 80, 2880))
    if len(content) > 2 * size:
        a, b = (size * rng.randrange(len(content) // size) for _ in range(2))
        content[a : a + size], content[b : b + size] = content[b : b + size], content[a : a + size]


def _number(content, rng):
    """A great or negative number where a length or an offset may lie."""
    if len(content) > 8:
        value = rng.choice((0, 1, 2**31 - 1, 2**32 - 1, 2**31, 2**16, 255))
        at = rng.randrange(len(content) - 4)
        content[at : at + 4] = struct.pack(rng.choice("<>") + "I", value)


def _repeat(content, rng):
    if len(content) > 2880:
        at = rng.randrange(len(content) // 2880) * 2880
        content[at:at] = content[at : at + 2880]


def look(path):
    """Open a file as a user would: every image, some pixels, errors, mask, sky. Returns how it went."""
    from imviz.errors import ImvizError
    from imviz.readers import load

    try:
        for one in load(path, ext="*") + load(path):
            image = one.image
            ny, nx = image.data.shape
            image.data[ny // 2, nx // 2], np.asarray(image.data[::5, ::7])
            np.asarray(image.data[: min(ny, 64), : min(nx, 64)])
            if image.mask is not None:
                np.asarray(image.mask[:8, :8])
            if image.uncertainty is not None:
                np.asarray(image.uncertainty.array[:8, :8])
            if image.wcs is not None:
                sky = image.wcs.pixel_to_world_values([0.0, nx / 2, 1e6], [0.0, ny / 2, -1e6])
                image.wcs.world_to_pixel_values(sky[0][1], sky[1][1])
    except ImvizError as error:
        return "refused" if len(str(error)) <= 240 and "\n" not in str(error) else f"long: {error}"
    return "opened"


def attack(seed, files, folder):
    """One seed: its file, opened. Returns the outcome and the processor time it took."""
    rng = random.Random(seed)
    name = rng.choice(list(files))
    path = Path(folder, f"fuzz-{name}")
    path.write_bytes(damaged(files[name], rng))
    start = time.process_time()
    try:
        outcome = look(path)
    except BaseException as error:  # noqa: BLE001 - what is looked for
        outcome = f"{type(error).__name__}: {error}"[:200]
    return name, outcome, time.process_time() - start


def work(first, seconds, formats):
    """Attack seed by seed; one line of JSON for each, told before (so that a death has a seed) and after."""
    faulthandler.enable()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    files = {name: content for name, content in corpus().items() if not formats or name in formats}
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        seed = first
        while time.monotonic() < end:
            print(json.dumps([seed]), flush=True)
            print(json.dumps([seed, *attack(seed, files, folder)]), flush=True)
            seed += 1


def run(seconds, first=0, formats=()):
    """Attack for some time, in processes that are started anew when they die.

    Returns
    -------
    counts, troubles
        Outcomes by name; and (seed, what) of each crash, hang and foreign exception.
    """
    counts, troubles = {"opened": 0, "refused": 0}, []
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        command = [sys.executable, "-P", __file__, "--work", str(first), str(left), *formats]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            seed = first
            for line in process.stdout:
                seed, *result = json.loads(line)
                if not result:
                    continue
                _, outcome, took = result
                first = seed + 1
                if outcome in counts:
                    counts[outcome] += 1
                else:
                    troubles.append((seed, outcome))
                if took > SLOW:
                    troubles.append((seed, f"took {took:.1f} s"))
            told = process.stderr.read()
        if process.returncode:
            troubles.append((seed, f"ended with {process.returncode}: {told[-300:]}"))
            first = seed + 1
    return counts, troubles


def main(arguments):
    if arguments[:1] == ["--work"]:
        work(int(arguments[1]), float(arguments[2]), arguments[3:])
        return
    seconds, first = float(arguments[0]), int((arguments[1:] or ["0"])[0])
    counts, troubles = run(seconds, first, arguments[2:])
    print(json.dumps({"seconds": seconds, "first seed": first, **counts, "troubles": len(troubles)}))
    for trouble in troubles[:50]:
        print(*trouble)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main(sys.argv[1:])
