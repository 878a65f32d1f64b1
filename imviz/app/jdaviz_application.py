"""Names that notebooks of jdaviz use on ``imviz.app``: plugins, viewers and regions, levels of messages.

Each is answered by the session or the viewers; nothing is computed here. Those used on `Imviz` itself are in
`jdaviz_names`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.app.subset_info import describe
from imviz.errors import InputError
from imviz.options import check_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue.core import DataCollection, Hub

    from imviz.app.named import Named
    from imviz.session import Session
    from imviz.viewer import ImageViewer

__all__ = ["OLDER_PLUGINS", "ApplicationNames", "check_level"]

LEVELS = ("debug", "info", "warning", "error")
OLDER_PLUGINS = {
    "Imviz Simple Aperture Photometry": "Aperture Photometry",
    "Links Control": "Orientation",
    "Imviz Line Profiles (XY)": "Image Profiles (XY)",
    "Export Plot": "Export",
}
SPECTRAL = ("spatial_only", "simplify_spectral", "use_display_units")


class ApplicationNames:
    """jdaviz's names of what an `Application` has.

    Parameters
    ----------
    session : Session
        The document.
    viewers : Named
        Name to viewer.
    """

    def __init__(self, session: Session, viewers: Named[ImageViewer]) -> None:
        self._session, self._viewers = session, viewers
        self._levels = {"verbosity": "warning", "history_verbosity": "info"}

    # ---- glue

    @property
    def data_collection(self) -> DataCollection:
        """glue's data collection."""
        return self._session.data_collection

    @property
    def hub(self) -> Hub:
        """glue's hub, which tells of every change."""
        return self._session.hub

    # ---- how talkative

    @property
    def verbosity(self) -> str:
        """Accepted from older notebooks, and checked; the window shows every message."""
        return self._levels["verbosity"]

    @verbosity.setter
    def verbosity(self, level: str) -> None:
        self._levels["verbosity"] = check_level(level)

    @property
    def history_verbosity(self) -> str:
        """Accepted from older notebooks, and checked; the window shows every message."""
        return self._levels["history_verbosity"]

    @history_verbosity.setter
    def history_verbosity(self, level: str) -> None:
        self._levels["history_verbosity"] = check_level(level)

    # ---- viewers

    def get_viewer(self, viewer_reference: str) -> ImageViewer:
        """The viewer of a name."""
        return self._viewers[viewer_reference]

    def get_viewer_by_id(self, vid: str) -> ImageViewer:
        """The viewer of a name: names and ids are the same."""
        return self._viewers[vid]

    def get_viewer_ids(self, prefix: str | None = None) -> list[str]:
        """Names of the viewers, or of those that begin with `prefix`."""
        return sorted(name for name in self._viewers if name.startswith(prefix or ""))

    def get_viewer_reference_names(self) -> list[str]:
        """Names of the viewers, in the order they were made."""
        return list(self._viewers)

    def get_data_from_viewer(self, viewer_reference: str, data_label: str | None = None) -> Any:
        """The images a viewer has, as glue data by label; with `data_label`, that one alone."""
        labels = self.get_viewer(viewer_reference).data_labels_loaded
        if data_label is None:
            return {label: self._session.data(label) for label in labels}
        if data_label not in labels:
            raise InputError(f"{viewer_reference} has no image {data_label!r}; it has: {', '.join(labels)}.")
        return self._session.data(data_label)

    # ---- regions

    def get_subsets_from_viewer(self, viewer_reference: str) -> dict[str, Any]:
        """All regions by label, in pixels of the image a viewer is laid out by."""
        image = self.get_viewer(viewer_reference).view.reference_image
        return {label: self._session.region(label, image) for label in self._session.regions}

    def get_subsets(
        self,
        subset_name: str | None = None,
        *,
        include_sky_region: bool = False,
        object_only: bool = False,
        spectral_only: bool = False,
        wrt_data: str | None = None,
        **options: Any,
    ) -> Any:
        """What is known of each region.

        Parameters
        ----------
        subset_name : str, optional
            One region. Default: all.
        include_sky_region : bool
            Whether to tell where it is on the sky.
        object_only : bool
            Only the regions, without the other facts.
        spectral_only : bool
            Only regions of spectra: there are none.
        wrt_data : str, optional
            The image whose pixels regions are in. Default: each region's own.
        **options
            Of older versions, for spectra; accepted, and change nothing.

        Returns
        -------
        dict or list
            Label to a list of one dict: ``name`` (of the shape), ``glue_state``, ``region``, ``sky_region``
            (if asked for and the image has a WCS) and ``subset_state``, or of the region alone; with
            `subset_name`, that region's list.
        """
        check_options("get_subsets", options, SPECTRAL)
        labels = self._session.regions if subset_name is None else (subset_name,)
        facts: dict[str, list[Any]] = {}
        for label in () if spectral_only else labels:
            described = describe(self._session, label, wrt_data, sky=include_sky_region)
            facts[label] = [described["region"] if object_only else described]
        return facts if subset_name is None else facts.get(subset_name, [])

    def delete_subsets(self, subset_labels: str | Iterable[str] | None = None) -> None:
        """Delete a region, several, or (without a label) all, as one step that can be undone.

        None is deleted where one is not there or is locked.
        """
        every = self._session.regions if subset_labels is None else subset_labels
        self._session.remove_regions([every] if isinstance(every, str) else every)


def check_level(level: str) -> str:
    """A level of messages.

    Raises
    ------
    InputError
        If there is no such level.
    """
    if level not in LEVELS:
        raise InputError(f"There is no verbosity {level!r}; use one of: {', '.join(LEVELS)}.")
    return level
