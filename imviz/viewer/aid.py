"""A viewer by the names of ``astro-image-display-api``: images, their look and the view on them.

The standard's methods on one `ImageViewer`; that package itself is not needed. Where the standard wants
back what was set (an interval, a stretch, a centre on the sky), it is kept beside the viewer's own state
and given back as long as that state is still what was made of it. Catalogs are in `aid_catalogs`.
"""

from __future__ import annotations

from numbers import Real
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.visualization import BaseInterval, BaseStretch, ManualInterval, MinMaxInterval
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_scales

from imviz.delegation import answered_by, told_by
from imviz.errors import FileThereError, InputError, WrongTypeError
from imviz.readers import load
from imviz.science.display.colormaps import find
from imviz.science.display.cuts import extremes, sample
from imviz.science.display.stretches import as_astropy
from imviz.science.sky.geometry import has_celestial
from imviz.science.user_paths import user_path
from imviz.view.limits import Limits
from imviz.view.still import save_picture
from imviz.viewer.aid_catalogs import CatalogDisplay

if TYPE_CHECKING:
    from imviz.view.view import View

__all__ = ["DEFAULT_LABEL", "ImageDisplay"]

DEFAULT_LABEL = "Image"
"""What an image is called that is loaded without a label; the next such one takes its place."""


class WrongUnitError(InputError, u.UnitTypeError):
    """A quantity that is no angle."""


class ImageDisplay:
    """One viewer by the standard's names.

    Images are those of this viewer. Every method takes options it does not know, and ignores them.

    Parameters
    ----------
    view : View
        The view.
    """

    def __init__(self, view: View) -> None:
        self._view, self._catalogs = view, CatalogDisplay(view)
        self._kept: dict[tuple[str, str], tuple[Any, Any]] = {}

    catalog_labels = told_by("_catalogs", CatalogDisplay.catalog_labels)
    load_catalog = answered_by("_catalogs", CatalogDisplay.load_catalog)
    get_catalog = answered_by("_catalogs", CatalogDisplay.get_catalog)
    remove_catalog = answered_by("_catalogs", CatalogDisplay.remove_catalog)
    set_catalog_style = answered_by("_catalogs", CatalogDisplay.set_catalog_style)
    get_catalog_style = answered_by("_catalogs", CatalogDisplay.get_catalog_style)

    def load_image(self, data: Any, image_label: str | None = None, **options: Any) -> None:
        """Open an image (anything imviz can read) in the place of the one with that label, and look at it."""
        label = DEFAULT_LABEL if image_label is None else image_label
        image = load(data, ext=options.get("ext"))[0].image
        self._kept = {key: kept for key, kept in self._kept.items() if key[1] != label}
        if not isinstance(data, str | PathLike | NDData):
            self._kept["array", label] = image.data, image  # what came as an array goes back as one
        document = self._view.document
        if label in document.images:
            document.replace_image(label, image)
        else:
            document.add_image(image, label)
        self._view.add_image(label)
        self._view.set_layer(label, cuts=self._view.layers_shown.default_cuts)
        n_rows, n_columns = image.data.shape
        centre = ((n_columns - 1) / 2, (n_rows - 1) / 2)
        self.set_viewport(centre, max(n_rows, n_columns), label)

    def get_image(self, image_label: str | None = None, **options: Any) -> Any:
        """A loaded image: `NDData`, or the array if it was loaded from one."""
        label = self._image(image_label)
        image = self._view.document.image(label)
        array = self._if_still("array", label, image)
        return image if array is None else array

    @property
    def image_labels(self) -> tuple[str, ...]:
        """Labels of the images in this viewer."""
        return tuple(self._view.labels)

    # ---- how an image looks

    def set_cuts(self, cuts: Any, image_label: str | None = None, **options: Any) -> None:
        """Set the cuts: (low, high) or an astropy interval, which is worked out on a fixed sample."""
        label = self._image(image_label)
        if isinstance(cuts, tuple | list) and len(cuts) == 2:
            cuts = ManualInterval(*cuts)
        if not isinstance(cuts, BaseInterval):
            raise WrongTypeError(f"Cuts must be (low, high) or an astropy interval, not {str(cuts)[:60]!r}.")
        data = self._view.document.image(label).data
        values = sample(data)
        if isinstance(cuts, MinMaxInterval):
            values = np.array(extremes(data) or (0.0, 1.0))
        self._view.set_layer(label, cuts=tuple(float(limit) for limit in cuts.get_limits(values)))
        self._kept["cuts", label] = cuts, self._layer(label).cuts

    def get_cuts(self, image_label: str | None = None, **options: Any) -> BaseInterval:
        """The cuts, as the interval they were set by, or else as a `ManualInterval`."""
        label = self._image(image_label)
        shown = self._layer(label).cuts
        return self._if_still("cuts", label, shown) or ManualInterval(*shown)

    def set_stretch(self, stretch: BaseStretch, image_label: str | None = None, **options: Any) -> None:
        """Set the stretch: an astropy one; one that we have no formula for is followed by a spline."""
        label = self._image(image_label)
        if not isinstance(stretch, BaseStretch):
            raise WrongTypeError(f"Stretch {str(stretch)[:60]!r} is not valid; give an astropy stretch.")
        self._view.set_layer(label, stretch=stretch)
        self._kept["stretch", label] = stretch, self._stretch(label)

    def get_stretch(self, image_label: str | None = None, **options: Any) -> BaseStretch:
        """The stretch, as an astropy one."""
        label = self._image(image_label)
        name, parameters, curve = self._stretch(label)
        kept = self._if_still("stretch", label, (name, parameters, curve))
        return kept or as_astropy(name, dict(parameters), curve)

    def set_colormap(self, map_name: str, image_label: str | None = None, **options: Any) -> None:
        """Set the colormap, by its name in matplotlib or in imviz's menu."""
        label = self._image(image_label)
        try:
            self._view.set_layer(label, colormap=map_name, color_mode="Colormap")
        except InputError as error:
            raise InputError(f"{str(map_name)[:60]!r} is not a valid colormap. {error}") from error

    def get_colormap(self, image_label: str | None = None, **options: Any) -> str:
        """The colormap's name in matplotlib."""
        return str(find(self._view.layers_shown.look(self._image(image_label)).colormap).name)

    def save(self, filename: str | PathLike[str], overwrite: bool = False, **options: Any) -> None:
        """Save the view as a PNG file; an existing one only if told to."""
        if user_path(filename).exists() and not overwrite:
            raise FileThereError(f"{Path(filename).name} exists already; say overwrite=True to replace it.")
        save_picture(self._view, filename, regions=bool(options.get("regions")))

    # ---- the view

    def set_viewport(
        self, center: Any = None, fov: Any = None, image_label: str | None = None, **options: Any
    ) -> None:
        """Look at a point of an image, with a field of view.

        `center` is (x, y) in pixels or a `SkyCoord`; `fov` a number of pixels or an angle, of the view's
        shorter side. What is not given stays.
        """
        label = self._image(image_label)
        old = self.get_viewport(image_label=label) if center is None or fov is None else {}
        center, fov = old["center"] if center is None else center, old["fov"] if fov is None else fov
        self._check_view(center, fov, has_celestial(self._wcs(label)))
        x, y = self._pixel(label, center)
        half = self._pixels(label, fov) / 2
        frame = self._view.frame
        middle = frame.to_reference(label, x, y)
        across = np.hypot(*np.subtract(frame.to_reference(label, x + half, y), middle)) * 2
        self._view.navigation.show(Limits.around(*middle, across, across))
        self._kept["view", label] = (center, fov), self._view.limits

    def get_viewport(
        self, sky_or_pixel: str | None = None, image_label: str | None = None, **options: Any
    ) -> dict[str, Any]:
        """What is looked at: ``center``, ``fov`` and ``image_label``, on the sky where there is a WCS."""
        if sky_or_pixel not in (None, "sky", "pixel"):
            raise InputError(f"sky_or_pixel must be 'sky', 'pixel' or None, not {str(sky_or_pixel)[:60]!r}.")
        label = self._image(image_label)
        sky = has_celestial(self._wcs(label))
        if sky_or_pixel == "sky" and not sky:
            raise InputError(f"WCS is not set: {label} has no celestial WCS; ask for 'pixel'.")
        center, fov = self._if_still("view", label, self._view.limits) or self._seen(label)
        if sky_or_pixel == "sky" or (sky_or_pixel is None and sky):
            if not isinstance(center, SkyCoord):
                center = self._wcs(label).pixel_to_world(*center)
            if not isinstance(fov, u.Quantity):
                fov = fov * self._scale(label)
        else:
            center, fov = self._pixel(label, center), self._pixels(label, fov)
        return {"center": center, "fov": fov, "image_label": label}

    # ---- inside

    def _image(self, label: str | None) -> str:
        """The label of the image that is meant."""
        labels = self.image_labels
        if label is None and len(labels) > 1:
            raise InputError(f"Multiple image labels defined; say which: {', '.join(labels)}."[:240])
        if not labels:
            raise InputError("No image is loaded; load one first.")
        if label is not None and label not in labels:
            raise InputError(
                f"Image label {str(label)[:60]!r} not found; there is: {', '.join(labels)}."[:240]
            )
        return labels[0] if label is None else label

    def _if_still(self, what: str, label: str, now: Any) -> Any:
        """What was set, if the viewer still shows what was made of it."""
        kept, made = self._kept.get((what, label), (None, None))
        same = made is now if what == "array" else made == now
        return kept if same else None

    def _layer(self, label: str) -> Any:
        return next(layer for layer in self._view.controls.layers if layer.label == label)

    def _stretch(self, label: str) -> tuple[str, tuple[tuple[str, float], ...], Any]:
        look = self._view.layers_shown.look(label)
        return look.stretch, look.stretch_parameters, look.curve

    def _wcs(self, label: str) -> Any:
        return self._view.document.image(label).wcs

    def _seen(self, label: str) -> tuple[tuple[float, float], float]:
        """Centre and field of view of what is shown, in an image's pixels."""
        frame = self._view.frame
        shown = self._view.navigation.shown()
        centre = frame.from_reference(label, *shown.centre)
        half = min(shown.width, shown.height) / 2
        edge = frame.from_reference(label, shown.centre[0] + half, shown.centre[1])
        return centre, float(np.hypot(*np.subtract(edge, centre)) * 2)

    def _pixel(self, label: str, center: Any) -> tuple[float, float]:
        if not isinstance(center, SkyCoord):
            return center
        x, y = (float(value) for value in self._wcs(label).world_to_pixel(center))
        if not np.isfinite([x, y]).all():
            raise InputError(f"{center.to_string('hmsdms')} is not on the sky that {label} can show.")
        return x, y

    def _pixels(self, label: str, fov: Any) -> Any:
        """A field of view in pixels."""
        return fov if isinstance(fov, Real) else float((fov / self._scale(label)).to_value(u.one))

    def _scale(self, label: str) -> u.Quantity:
        """Angle of a pixel along the image's longer axis."""
        image = self._view.document.image(label)
        n_rows, n_columns = image.data.shape
        axis = 0 if n_columns >= n_rows else 1
        if isinstance(image.wcs, WCS):
            return proj_plane_pixel_scales(image.wcs.celestial)[axis] * u.deg
        x, y = (n_columns - 1) / 2, (n_rows - 1) / 2
        step = (0.5, 0.0) if axis == 0 else (0.0, 0.5)
        ends = [image.wcs.pixel_to_world(x + sign * step[0], y + sign * step[1]) for sign in (-1, 1)]
        return ends[0].separation(ends[1])

    @staticmethod
    def _check_view(center: Any, fov: Any, sky: bool) -> None:
        pair = isinstance(center, tuple) and len(center) == 2 and all(isinstance(v, Real) for v in center)
        if not (pair or isinstance(center, SkyCoord)):
            raise WrongTypeError(
                f"Invalid value for center: {str(center)[:60]!r}; give (x, y) or a SkyCoord."
            )
        if not isinstance(fov, u.Quantity | Real) or isinstance(fov, bool):
            raise WrongTypeError(f"Invalid value for fov: {str(fov)[:60]!r}; give a number or an angle.")
        if isinstance(fov, u.Quantity) and not fov.unit.is_equivalent(u.deg):
            raise WrongUnitError(f"Incorrect unit for fov: {fov.unit}; give an angle or a number of pixels.")
        if not sky and isinstance(center, SkyCoord):
            raise WrongTypeError("Center must be a tuple (x, y): the image has no celestial WCS.")
        if not sky and isinstance(fov, u.Quantity):
            raise WrongTypeError("FOV must be a float: the image has no celestial WCS.")
        if not float(getattr(fov, "value", fov)) > 0:
            raise InputError(f"The field of view must be positive, not {fov}.")
