"""A WCS of angles that are no place on the sky, where the rest of imviz meets it."""

import copy
import pickle

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.wcs import WCS

from imviz.errors import InputError
from imviz.readers.wcs.celestial import usable_wcs
from imviz.science.display.graticule import graticule
from imviz.science.display.headers import facts
from imviz.science.photometry.apertures import Box
from imviz.science.sky.geometry import has_celestial, pixel_scale, sky_positions
from imviz.science.sky.orientation import directions
from imviz.science.sky.places import place
from imviz.science.sky.sections import section
from imviz.science.sky.spheres import Sphere, angles_at


def of(first, second, **more):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.cdelt, wcs.wcs.crpix = [first, second], [-0.01, 0.01], [20, 15]
    wcs.wcs.crval = [0.0, 0.0]
    for name, value in more.items():
        setattr(wcs.wcs, name, value)
    wcs.wcs.set()
    wcs.array_shape = (30, 40)
    return wcs


SUN = of("HPLN-TAN", "HPLT-TAN")


@pytest.mark.parametrize(
    "types", [("HPLN-TAN", "HPLT-TAN"), ("MALN-CAR", "MALT-CAR"), ("TLON-CAR", "TLAT-CAR")]
)
def test_a_wcs_object_of_another_sphere_is_wrapped(types):
    wcs, said = usable_wcs(of(*types), (30, 40))
    assert "are angles on another sphere than the sky" in said
    assert isinstance(wcs, Sphere)
    assert not has_celestial(wcs)


def test_there_and_back_and_named():
    wcs = Sphere(SUN, ("HPLN", "HPLT"))
    lon, lat = wcs.pixel_to_world(24.0, 14.0)
    assert (lon.unit, lat.unit) == (u.deg, u.deg)
    assert (lon.value, lat.value) == pytest.approx((-0.05, 0.0), abs=1e-7)
    assert wcs.world_to_pixel(lon, lat) == pytest.approx((24.0, 14.0))
    assert [name for name, _ in angles_at(wcs, 3, 4)] == ["HPLN", "HPLT"]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda wcs: pickle.loads(pickle.dumps(wcs))])
def test_it_can_be_copied(again):
    wcs = again(Sphere(SUN, ("HPLN", "HPLT")))
    assert wcs.pixel_to_world_values(24.0, 14.0) == pytest.approx((-0.05, 0.0), abs=1e-7)


def test_what_needs_the_sky_says_so():
    wcs = Sphere(SUN, ("HPLN", "HPLT"))
    for ask in (
        lambda: directions(wcs, (5, 5)),
        lambda: pixel_scale(wcs, (5, 5)),
        lambda: graticule(wcs, (0, 9, 0, 9)),
    ):
        with pytest.raises(InputError):
            ask()
    assert sky_positions(wcs, (1, 2)) == [None]
    assert place(NDData(np.ones((30, 40)), wcs=wcs), 1, 2).ra is None


def test_metadata_tell_what_it_is():
    told = dict(facts(NDData(np.ones((30, 40)), wcs=Sphere(SUN, ("HPLN", "HPLT")))))
    assert told["WCS"] == "HPLN-TAN, HPLT-TAN: angles, but not on the sky"
    assert told["Centre"] == "HPLN -0.005000°, HPLT 0.005000°"
    assert told["Pixel"].startswith("36 arcsec")


def test_a_cut_out_keeps_its_angles_and_the_files_own_names():
    wcs = Sphere(of("XXLN-TAN", "XXLT-TAN"), ("AZ", "ALT"))
    hdus = section(NDData(np.ones((30, 40)), wcs=wcs), Box(5, 4, 10, 8))
    header = next(hdu.header for hdu in hdus if "CTYPE1" in hdu.header)
    assert (header["CTYPE1"], header["CTYPE2"]) == ("AZ---TAN", "ALT--TAN")
    assert (header["CRPIX1"], header["CRPIX2"]) == (15, 11)


@pytest.mark.parametrize(
    ("letter", "frame"), [("S", "supergalactic"), ("E", "barycentricmeanecliptic"), ("G", "galactic")]
)
def test_astropy_has_frames_of_the_sky_for_these(letter, frame):
    wcs = of(*[f"{letter}{one}-CAR" for one in ("LON", "LAT")])
    sky = wcs.pixel_to_world(19, 14)
    assert isinstance(sky, SkyCoord)
    assert sky.frame.name == frame
    assert has_celestial(wcs)
