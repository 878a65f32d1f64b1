"""Images that are loaded: handed out in the class asked for, read again, shown plane by plane.

Each call is the session's task; nothing is computed here. Opening is `opening`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.app.as_class import converted, masked_outside
from imviz.errors import InputError
from imviz.options import check_options

if TYPE_CHECKING:
    from collections.abc import Iterable

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
