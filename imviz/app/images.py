"""Images that are loaded: handed out in the class asked for, read again, shown plane by plane, aligned.

Each call is the session's task; nothing is computed here. Opening is `opening`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.app.as_class import converted, masked_outside
from imviz.errors import InputError
from imviz.options import check_options, in_order_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue.core import Data

    from imviz.session import Session

__all__ = ["Images"]


class Images:
    """The images of a session.

    Parameters
    ----------
    session : Session
        Which has them.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def reload_data(self, data_label: str | None = None) -> None:
        """Read an image's file again (default: of every image whose file has changed).

        Layers and regions stay; rows measured before keep their numbers.
        """
        origins = self._session.origins
        for label in origins.changed() if data_label is None else (data_label,):
            origins.reload(label)

    def show_plane(self, data_label: str, plane: int | tuple[int, ...]) -> None:
        """Show another plane of a cube that was opened without choosing one."""
        self._session.origins.show_plane(data_label, plane)

    def set_bad_flags(self, mission: str, names: Iterable[str] | str | None) -> None:
        """Choose which data-quality flags make a pixel bad, for all images of a mission in this session.

        Parameters
        ----------
        mission : str
            Such as ``"JWST"`` or ``"HST/WFC3/IR"``; ``imviz.readers.quality.missions.MISSIONS`` has all.
        names : iterable of str or None
            Of the flags, such as ``["DO_NOT_USE", "SATURATED"]``; `None`: what the mission says.
        """
        self._session.origins.set_bad_flags(mission, names)

    @property
    def data_labels(self) -> list[str]:
        """Labels of the loaded images."""
        return list(self._session.images)

    def get_data(
        self,
        data_label: str | None = None,
        spatial_subset: str | None = None,
        cls: type | None = None,
        **older: Any,
    ) -> Any:
        """A loaded image.

        Parameters
        ----------
        data_label : str, optional
            May be left out when there is just one.
        spatial_subset : str, optional
            A region, outside of which every pixel is masked; NaN in a `Quantity` and an array.
        cls : type, optional
            `NDData` (default), `CCDData`, `Quantity` or `numpy.ndarray`.
        **older
            ``use_display_units`` of older versions; accepted, and changes nothing.
        """
        check_options("get_data", older, ("use_display_units",))
        labels = self.data_labels
        if data_label is None and len(labels) != 1:
            raise InputError(f"Say which image: {', '.join(labels) or 'none is loaded yet'}.")
        label = data_label or labels[0]
        image = self._session.image(label)
        if spatial_subset is None:
            return converted(image, cls)
        region = self._session.region(spatial_subset, on=label)
        return converted(masked_outside(image, region), cls, region)

    def link_data(self, align_by: str = "pixels", *older: Any, **options: Any) -> None:
        """Lay the images on each other by 'pixels' or by 'wcs', exactly; regions stay where they are.

        Views keep their place and zoom. An image without a WCS that can be used stays, aligned by its
        pixels; `Imviz.plugins` ``["Orientation"]`` says which and why. Options of older versions:

        Parameters
        ----------
        align_by : {'pixels', 'wcs'}
            How; `link_type` is its old name.
        *older
            The next ones in the older order: `wcs_fallback_scheme`, `wcs_use_affine`, `error_on_fail`,
            `update_plugin`.
        wcs_fallback_scheme : {'pixels', None}
            With None, nothing is done and an `InputError` raised if an image cannot be aligned by WCS.
        error_on_fail, wcs_use_affine, wcs_fast_approximation, update_plugin
            Accepted, and change nothing: what cannot be done always raises, and alignment is exact.

        Raises
        ------
        InputError
            For another alignment or fall-back.
        """
        in_order = ("wcs_fallback_scheme", "wcs_use_affine", "error_on_fail", "update_plugin")
        options |= in_order_of("link_data", in_order, older)
        check_options("link_data", options, (*in_order, "align_by", "link_type", "wcs_fast_approximation"))
        fallback = options.get("wcs_fallback_scheme", "pixels")
        if fallback not in ("pixels", None):
            raise InputError(f"An image without WCS can fall back to 'pixels' or None, not {fallback!r}.")
        self._session.align(options.get("link_type", align_by), strict=fallback is None)

    def get_alignment_method(self, label1: str, label2: str) -> str:
        """How two images lie on each other: 'self', 'pixels' or 'wcs'."""
        session = self._session
        session.image(label1), session.image(label2)
        return "self" if label1 == label2 else "wcs" if session.sky_between(label1, label2) else "pixels"

    def get_ref_data(self) -> tuple[Data | None, int]:
        """The image others are aligned to (glue data) and its index; ``(None, -1)`` without images."""
        collection = self._session.data_collection
        return (collection[0], 0) if len(collection) else (None, -1)
