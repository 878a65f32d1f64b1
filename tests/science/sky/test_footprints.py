"""Footprints against pysiaf's own attitude, and outlines against the regions they are of."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from regions import (
    CircleAnnulusSkyRegion,
    CirclePixelRegion,
    CircleSkyRegion,
    EllipseSkyRegion,
    PixCoord,
    PolygonSkyRegion,
    RectangleSkyRegion,
    TextSkyRegion,
)

from imviz.errors import InputError, NoSkyError
from imviz.science.sky.footprints import footprint, outlines, presets

HERE = SkyCoord(53.1625, -27.7914, unit="deg")
# the pointing aperture of each and what of it is pointed, as in scripts/footprints.py
POINTED = {
    "NIRCam:short": ("NIRCam", "NRCALL_FULL"), "NIRCam:long": ("NIRCam", "NRCALL_FULL"),
    "NIRSpec": ("NIRSpec", "NRS_FULL_MSA"), "NIRISS": ("NIRISS", "NIS_AMIFULL"),
    "MIRI": ("MIRI", "MIRIM_FULL"), "FGS": ("FGS", "FGS1_FULL"),
    "Roman WFI": ("Roman", "WFI_CEN"), "Roman CGI": ("Roman", "CGI_CEN"),
    "HST WFC3/UVIS": ("HST", "IUVIS"), "HST WFC3/IR": ("HST", "IIR"), "HST ACS/WFC": ("HST", "JWFC"),
}  # fmt: skip


@pytest.fixture(scope="module")
def pysiaf():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("pysiaf")


@pytest.mark.parametrize("where", [(53.1625, -27.7914), (0.001, 89.0), (359.999, 0.0)])
@pytest.mark.parametrize("preset", presets())
def test_apertures_are_where_pysiaf_puts_them(pysiaf, preset, where):
    instrument, full = POINTED[preset]
    siaf = pysiaf.Siaf(instrument)
    v2, v3 = np.mean(siaf[full].corners("tel", rederive=False), axis=1)
    if instrument == "Roman":
        v2, v3 = siaf[full].V2Ref, siaf[full].V3Ref
    attitude = pysiaf.utils.rotations.attitude(v2 - 3.0, v3 + 7.0, *where, 40.0 - siaf[full].V3IdlYAngle)
    found = footprint(preset, SkyCoord(*where, unit="deg"), 40.0, v2_offset=3.0, v3_offset=7.0)
    for name, region in found.items():
        corners = siaf[name].corners("tel", rederive=False)
        expected = SkyCoord(*pysiaf.utils.rotations.pointing(attitude, *corners), unit="deg")
        assert region.vertices.separation(expected).max() < 0.001 * u.arcsec


def test_the_field_of_nircam_is_as_large_as_its_documentation_says():
    """Each short-wave detector covers about 64 by 64 arcsec."""
    for region in footprint("NIRCam:short", HERE).values():
        sides = region.vertices.separation(np.roll(region.vertices, 1)).arcsec
        assert sides == pytest.approx(64, abs=1.5)


def test_what_cannot_be_pointed_is_refused():
    with pytest.raises(InputError, match="NIRCam"):
        footprint("NIRCAM", HERE)
    with pytest.raises(InputError, match="finite"):
        footprint("MIRI", HERE, pa=np.nan)


def test_an_outline_is_the_edge_of_its_region():
    (circle,) = outlines([CircleSkyRegion(HERE, 20 * u.arcsec)])
    assert circle.separation(HERE).arcsec == pytest.approx(20, abs=0.01)
    (box,) = outlines([RectangleSkyRegion(HERE, 30 * u.arcsec, 10 * u.arcsec, 0 * u.deg)])
    assert box.separation(HERE).arcsec[:4] == pytest.approx(np.hypot(15, 5), abs=0.01)
    (ellipse,) = outlines([EllipseSkyRegion(HERE, 40 * u.arcsec, 20 * u.arcsec, 90 * u.deg)])
    north = ellipse[np.argmax(ellipse.dec)]
    assert (north.dec - HERE.dec).to_value("arcsec") == pytest.approx(20, abs=0.02)
    rings = outlines([CircleAnnulusSkyRegion(HERE, 5 * u.arcsec, 9 * u.arcsec)])
    assert [float(ring.separation(HERE).arcsec.mean()) for ring in rings] == pytest.approx([5, 9], abs=0.01)
    polygon = PolygonSkyRegion(SkyCoord([1, 2, 2], [0, 0, 1], unit="deg"))
    assert outlines([polygon])[0] is not None
    both = outlines([polygon | CircleSkyRegion(HERE, 1 * u.arcmin)])
    assert len(both) == 2


def test_pixels_need_a_sky_and_texts_have_no_outline():
    with pytest.raises(NoSkyError):
        outlines([CirclePixelRegion(PixCoord(1, 2), 3)])
    with pytest.raises(InputError, match="no outline"):
        outlines([TextSkyRegion(HERE, "here")])
