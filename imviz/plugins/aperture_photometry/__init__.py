"""Aperture photometry: measure a region of an image, see its profile, keep the row.

The plugin is in `aperture_photometry`, with its layout. Its fields are declared in `fields` and kept
up with the session in `form`; the table under them is in `rows`; `recipes` makes a recipe of the fields,
`findings` what is worked out besides the row and `told` texts and plots of it; `following` places an aperture
still in the hand, `imexam` answers keys.
"""

from imviz.plugins.aperture_photometry.aperture_photometry import AperturePhotometry
from imviz.plugins.aperture_photometry.fields import ANNULUS, GROWTH, MANUAL, RADIAL, RAW

__all__ = ["ANNULUS", "GROWTH", "MANUAL", "RADIAL", "RAW", "AperturePhotometry"]
