"""What a notebook calls to get images in, out and anew: one half of `imviz.app.notebook.Imviz`.

Each method hands its task to the application; none computes anything.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imviz.app.application import DEFAULT_VIEWER
from imviz.app.converted import converted, masked_outside
from imviz.errors import InputError
from imviz.options import check_options
from imviz.readers.remote.download import Download
from imviz.shell.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from imviz.app.application import Application

__all__ = ["ImageMethods", "is_region_file"]

REGION_FILES = (".reg", ".crtf", ".stcs")
DOWNLOAD_OPTIONS = ("allow_hosts", "max_bytes", "timeout", "local_path", "storage_options")


class ImageMethods:
    """Images in, images out."""

    app: Application
    load_regions_from_file: Callable[..., Any]
    load: Callable[..., None]

    # ---- images in

    def load_data(
        self,
        data: Any,
        data_label: str | None = None,
        do_link: bool = True,  # noqa: ARG002 - older notebooks'
        show_in_viewer: bool | str | Sequence[str] = True,
        *,
        ext: Any = None,
        **options: Any,
    ) -> None:
        """Open an image.

        Parameters
        ----------
        data
            A path (also ``"file.fits[SCI,1]"``), an HDU or HDU list, `NDData` or `CCDData`, `Quantity`,
            a masked or plain 2-D array, glue data, or a list of any of these. A region file becomes regions.
        data_label : str, optional
            Its name; a FITS extension is called ``name[SCI,1]``.
        ext : str, int, tuple or "*", optional
            The FITS extension(s). Default: the first science image. ERR and DQ of the same EXTVER
            become the image's uncertainty and mask.
        show_in_viewer : bool, str or sequence of str
            Whether to show it, or the name of the viewer, or viewers, to show it in.
        plane : int or tuple, optional
            Of a cube, the one to show. Default: the first, with a slider for the others.
        row_order : {'file', 'header'}, optional
            With 'header', an image whose ROWORDER says TOP-DOWN (as capture programs write) is turned, so
            that its top is up; its WCS is turned too, and y counts from the file's last row. Default: as in
            FITS, the first row at the bottom.
        allow_hosts, max_bytes, timeout, local_path, storage_options
            For addresses on the network: see `imviz.readers.remote.download.Download`.
        extension
            An older name of `ext`.
        format : {'Image', 'Subset', 'Catalog'}, optional
            What it is, as in `Imviz.load`. Default: an image, or the regions of a region file.
        do_link, **options
            Of older versions (``parser_reference``, ``gwcs_to_fits_sip``, ``cache``, ``parent``); accepted,
            and change nothing: ERR and DQ find their image by themselves.

        Raises
        ------
        ImvizError
            If it is not an image; the message names the file, the cause and what to do.
        """
        if is_region_file(data):
            self.load_regions_from_file(data)
            return
        older = ("parser_reference", "gwcs_to_fits_sip", "cache", "parent")
        kind = options.pop("format", None)
        if kind is not None and str(kind).lower() != "image":
            self.load(data, format=kind, **options)
            return
        ext = options.pop("extension", None) if ext is None else ext
        check_options("load_data", options, (*older, "plane", "row_order", "extension", *DOWNLOAD_OPTIONS))
        chosen: dict[str, Any] = {name: options[name] for name in ("plane", "row_order") if name in options}
        asked = {name: options[name] for name in DOWNLOAD_OPTIONS if name in options}
        if asked:
            chosen["download"] = Download(**asked)
        self.app.load_data(data, data_label=data_label, ext=ext, show_in_viewer=show_in_viewer, **chosen)

    def load_demo(self) -> None:
        """Open the demo: two exposures of one synthetic field (see `imviz.demo`)."""
        from imviz.demo import demo_field

        first, *others = [self.app.session.add_image(image, label) for label, image in demo_field()]
        self.app.add_data_to_viewer(DEFAULT_VIEWER, first)
        for label in others:
            self.app.add_data_to_viewer(DEFAULT_VIEWER, label, visible=False)

    def batch_load(self) -> AbstractContextManager[None]:
        """Load many images inside ``with imviz.batch_load():`` — linked and shown once, at its end."""
        return self.app.opener.batch()

    def reload_data(self, data_label: str | None = None) -> None:
        """Read an image's file again (default: of every image whose file has changed).

        Layers and regions stay; rows measured before keep their numbers.
        """
        origins = self.app.session.origins
        for label in origins.changed() if data_label is None else (data_label,):
            origins.reload(label)

    def confine(self, folder: str | PathLike[str]) -> None:
        """Let the window's *Open* dialog open files of one folder only; Python itself may open any."""
        if not Path(folder).is_dir():
            raise InputError(f"There is no folder {str(folder)!r}; name one that exists.")
        self.app.window.root = Path(folder).resolve()

    def remember_files(self, keep: bool = True) -> None:
        """Keep the *Open* dialog's list of what was opened before for your other sessions, or no more.

        It lies in your Jupyter configuration, for you alone to read; addresses with a query, which may hold a
        token, are never kept. With False the list is emptied, and stays so until you say True.
        """
        Recent().kept = keep

    def show_plane(self, data_label: str, plane: int | tuple[int, ...]) -> None:
        """Show another plane of a cube that was opened without choosing one."""
        self.app.session.origins.show_plane(data_label, plane)

    def set_bad_flags(self, mission: str, names: Iterable[str] | str | None) -> None:
        """Choose which data-quality flags make a pixel bad, for all images of a mission in this session.

        Parameters
        ----------
        mission : str
            Such as ``"JWST"`` or ``"HST/WFC3/IR"``; ``imviz.readers.quality.missions.MISSIONS`` has all.
        names : iterable of str or None
            Of the flags, such as ``["DO_NOT_USE", "SATURATED"]``; `None`: what the mission says.
        """
        self.app.session.origins.set_bad_flags(mission, names)

    @property
    def data_labels(self) -> list[str]:
        """Labels of the loaded images."""
        return list(self.app.session.images)

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
        image = self.app.session.image(label)
        if spatial_subset is None:
            return converted(image, cls)
        region = self.app.session.region(spatial_subset, on=label)
        return converted(masked_outside(image, region), cls, region)


def is_region_file(source: Any) -> bool:
    """Whether something is the name of a file that can only hold regions."""
    return isinstance(source, str | PathLike) and Path(source).suffix.lower() in REGION_FILES
