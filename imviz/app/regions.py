"""Regions in and out, as a notebook asks: what cannot be used is told.

Each call is the session's task; nothing is computed here.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

from imviz.app.application import DEFAULT_VIEWER
from imviz.errors import InputError
from imviz.options import check_options
from imviz.session.loading import export_regions, load_regions, read_regions, save_regions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regions import PixelRegion

    from imviz.app.application import Application

__all__ = ["Regions"]

LONGEST = 240


class Regions:
    """Regions in, regions out.

    Parameters
    ----------
    app : Application
        Whose regions they are; it warns of those left out.
    """

    def __init__(self, app: Application) -> None:
        self._app = app

    def load_regions(
        self,
        regions: Any,
        max_num_regions: int | None = None,
        refdata_label: str | None = None,
        return_bad_regions: bool = False,
        **to_mask: Any,
    ) -> list[tuple[Any, str]] | None:
        """Add regions, any number as one change.

        Parameters
        ----------
        regions
            One or a list of `regions` objects or photutils apertures, pixel or sky; a boolean mask or a label
            image of the image's shape, whose outlines become regions.
        max_num_regions : int, optional
            Stop after this many were taken. Default: take all.
        refdata_label : str, optional
            The image whose pixels, or WCS, they refer to. Default: the first one.
        return_bad_regions : bool
            Return those that cannot be used as ``(region, reason)`` instead of warning of them.
        **to_mask
            Of older versions (``mode``, ``subpixels``); accepted, and change nothing: a shape stays a shape.

        Raises
        ------
        InputError
            If none can be used and they are not to be returned.
        """
        check_options("load_regions", to_mask, ("mode", "subpixels"))
        labels, bad = load_regions(self._app.session, regions, refdata_label, max_num_regions)
        return self.refused(labels, bad, returned=return_bad_regions)

    def load_regions_from_file(
        self,
        region_file: str | PathLike[str],
        region_format: str | None = None,
        max_num_regions: int | None = None,
        refdata_label: str | None = None,
        return_bad_regions: bool = False,
        **to_mask: Any,
    ) -> list[tuple[Any, str]] | None:
        """Add the regions of a 'ds9', 'crtf', 'fits', 'ecsv' or 'stcs' file, with their names and colours.

        The format is told by the file's ending unless given, an unknown ending being DS9's. A line that
        cannot be read is among the bad ones, ``(line, reason)``. Other options as in `load_regions`.
        """
        check_options("load_regions_from_file", to_mask, ("mode", "subpixels"))
        known = str(region_file).lower().rpartition(".")[2] in ("reg", "crtf", "fits", "fit", "ecsv", "stcs")
        chosen = region_format or (None if known else "ds9")
        shapes, unread = read_regions(region_file, chosen)
        labels, bad = load_regions(self._app.session, shapes, refdata_label, max_num_regions)
        return self.refused(labels, unread + bad, returned=return_bad_regions)

    def import_region(self, region: Any, **options: Any) -> list[tuple[Any, str]] | None:
        """Add regions from a file, if `region` is a path, or as `load_regions` does."""
        if isinstance(region, str | PathLike):
            return self.load_regions_from_file(region, **options)
        return self.load_regions(region, **options)

    def get_interactive_regions(self) -> dict[str, PixelRegion]:
        """All regions by label, in pixels of the default viewer's reference image.

        One that lies outside it (on another part of the sky, aligned by WCS) is left out, with a warning.
        """
        return self.get_regions("pixel")

    def get_regions(
        self,
        frame: str = "pixel",
        image: str | None = None,
        labels: str | Iterable[str] | None = None,
        *,
        list_of_subset_labels: str | Iterable[str] | None = None,
    ) -> dict[str, Any]:
        """Regions by label, as `regions` objects.

        Parameters
        ----------
        frame : {'pixel', 'sky'}
            In pixels of an image, or on the sky.
        image : str, optional
            Which image's. Default: in pixels, the default viewer's reference; on the sky, each region's own.
        labels : str or iterable of str, optional
            Which regions; `list_of_subset_labels` is its older name. Default: all.
        """
        labels = list_of_subset_labels if labels is None else labels
        labels = [labels] if isinstance(labels, str) else labels
        if image is None and frame == "pixel":
            image = self._app.viewers[DEFAULT_VIEWER].view.reference_image
        exported, bad = export_regions(self._app.session, labels, frame, image)
        for label, reason in bad:
            self._app.warn(f"{label} is left out. {reason}")
        return exported

    def save_regions(
        self,
        path: str | PathLike[str],
        file_format: str | None = None,
        *,
        frame: str | None = None,
        image: str | None = None,
        labels: Iterable[str] | None = None,
        overwrite: bool = False,
    ) -> None:
        """Write regions to a file with their names, colours and exclusions: read back, they are equal.

        What another program will find otherwise (a composite as its parts, a name it cannot read) is said.

        Parameters
        ----------
        path
            The file; its ending (``.reg``, ``.crtf``, ``.fits``, ``.ecsv``, ``.stcs``) tells the format.
        file_format : {'ds9', 'crtf', 'fits', 'ecsv', 'stcs'}, optional
            Instead of the ending.
        frame, image, labels
            As in `get_regions`. Default: each as it is anchored, on the sky or in pixels.
        overwrite : bool
            Whether a file that is there may be replaced.
        """
        options = {"frame": frame, "image": image, "labels": labels, "overwrite": overwrite}
        for sentence in save_regions(self._app.session, path, file_format, **options):
            self._app.warn(sentence)

    def refused(self, labels: list[str], bad: list[tuple[Any, str]], *, returned: bool) -> Any:
        """The bad ones if they are wanted; else say what was refused."""
        if returned:
            return bad
        if bad and not labels and len(bad) == 1:
            raise InputError(bad[0][1])
        if bad:
            told = f"Loaded {len(labels)} of {len(labels) + len(bad)} regions. First refused: {bad[0][1]}"
            if not labels:
                raise InputError(told[:LONGEST])
            self._app.warn(told)
        return None
