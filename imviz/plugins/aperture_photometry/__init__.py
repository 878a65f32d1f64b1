"""Aperture photometry: measure a region of an image, see its profile, keep the row.

The plugin is in `aperture_photometry`, with its layout; it builds its parts and is handed to none of them.
They take its `fields`, the one `bench` that prepares and measures, and what they need of the session:

- `settings` says which options count, `form` what can be chosen and what is subtracted, `recipes` makes a
  recipe of it;
- `followup` works out what there is beside a row, `report` makes texts and plots of it, `display` shows it;
- `rows` is the table; `batch` and `catalog` measure many; `live` follows the hand, `imexam` answers keys.
"""

from imviz.plugins.aperture_photometry.aperture_photometry import AperturePhotometry
from imviz.plugins.aperture_photometry.fields import ANNULUS, GROWTH, MANUAL, RADIAL, RAW

__all__ = ["ANNULUS", "GROWTH", "MANUAL", "RADIAL", "RAW", "AperturePhotometry"]
