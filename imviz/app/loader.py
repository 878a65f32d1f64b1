"""What is given, opened as what it is: an image, regions, or a catalog.

Each call is the task of the application, the session or a plugin; nothing is read here.
"""

from __future__ import annotations

from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from astropy.table import Table
from photutils.aperture import Aperture
from regions import Region
from regions import Regions as RegionsList

from imviz.app.application import DEFAULT_VIEWER
from imviz.errors import ImvizError, InputError
from imviz.options import check_options
from imviz.readers.remote.download import Download

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from imviz.app.application import Application
    from imviz.app.regions import Regions

__all__ = ["Loader", "is_region_file"]

REGIONS = (Region, RegionsList, Aperture)
LOADERS = ("file", "url", "object")
REGION_FILES = (".reg", ".crtf", ".stcs")
DOWNLOAD_OPTIONS = ("allow_hosts", "max_bytes", "timeout", "local_path", "storage_options")


class Loader:
    """Opens images, regions and catalogs.

    Parameters
    ----------
    app : Application
        Which takes them.
    regions : Regions
        What takes regions.
    """

    def __init__(self, app: Application, regions: Regions) -> None:
        self._app, self._regions = app, regions

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
            self._regions.load_regions_from_file(data)
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
        self._app.load_data(data, data_label=data_label, ext=ext, show_in_viewer=show_in_viewer, **chosen)

    def load(
        self,
        inp: Any = None,
        loader: str | None = None,
        format: str | None = None,  # noqa: A002 - older notebooks'
        target: str | None = None,  # noqa: ARG002 - older notebooks'
        **options: Any,
    ) -> None:
        """Open an image, regions or a catalog.

        Parameters
        ----------
        inp
            What `load_data`, `import_region` or *Catalog Search* take.
        loader : {'file', 'url', 'object'}, optional
            Accepted from older notebooks, as is `target`: what it is, is seen from the thing itself.
        format : {'Image', 'Subset', 'Catalog'}, optional
            Default: regions of `regions` and photutils, and region files, are regions, a table is a catalog,
            all else is an image.
        viewer : str or list of str, optional
            Where to show the image: by name, a new name, "*" for all, [] for none. Or `show_in_viewer`:
            a bool or a name.
        extension, align_by, **options
            `load_data`'s ``ext``; as `link_data`; and what `load_data` or `import_region` take.
        """
        if inp is None:
            raise InputError("Say what to load: a file's name, an address, an array, a region or a table.")
        if loader not in (None, *LOADERS):
            raise InputError(f"There is no loader {loader!r:.60}; use one of: {', '.join(LOADERS)}.")
        kind = (format or _kind_of(inp)).lower()
        if kind == "subset":
            before = set(self._app.session.regions)
            bad = self._app.plugins["Subset Tools"].import_region(inp, **options)
            new = [label for label in self._app.session.regions if label not in before]
            self._regions.refused(new, bad, returned=False)
        elif kind == "catalog":
            self._app.plugins["Catalog Search"].import_catalog(inp)
        elif kind == "image":
            self._load_image(inp, **options)
        else:
            raise InputError(f"There is no format {format!r:.60}; use one of: Image, Subset, Catalog.")

    def load_demo(self) -> None:
        """Open the demo: two exposures of one synthetic field (see `imviz.demo`)."""
        from imviz.demo import demo_field

        add = self._app.session.add_image
        first, *others = [add(image, name, partial(_demo_code, name)) for name, image in demo_field()]
        self._app.add_data_to_viewer(DEFAULT_VIEWER, first)
        for label in others:
            self._app.add_data_to_viewer(DEFAULT_VIEWER, label, visible=False)

    def batch_load(self) -> AbstractContextManager[None]:
        """Load many images inside ``with imviz.batch_load():`` — linked and shown once, at its end."""
        return self._app.opener.batch()

    def _load_image(self, inp: Any, viewer: Any = DEFAULT_VIEWER, **options: Any) -> None:
        """Open an image and show it in the viewers named; one that is not there is made."""
        wanted = options.pop("show_in_viewer", True)
        if wanted is not True:
            viewer = wanted or []
        every = list(self._app.viewers)
        names = every if viewer == "*" else [viewer] if isinstance(viewer, str) else list(viewer or ())
        align_by = options.pop("align_by", None)
        options.pop("data_label_as_prefix", None)
        new = [name for name in names if name not in self._app.viewers]
        for name in new:
            self._app.add_viewer(name)
        try:
            self.load_data(inp, show_in_viewer=names, **options)
        except ImvizError:
            for name in new:
                self._app.remove_viewer(name)
            raise
        if align_by is not None:
            self._app.session.align(align_by)


def _kind_of(thing: Any) -> str:
    """What a thing is loaded as unless told."""
    first = thing[0] if isinstance(thing, list | tuple) and thing else thing
    if is_region_file(first) or isinstance(first, REGIONS):
        return "Subset"
    return "Catalog" if isinstance(first, Table) else "Image"


def is_region_file(source: Any) -> bool:
    """Whether something is the name of a file that can only hold regions."""
    return isinstance(source, str | PathLike) and Path(source).suffix.lower() in REGION_FILES


def _demo_code(name: str, label: str) -> str:
    """The Python that adds an image of the demo under a label."""
    made = f"dict(demo_field())[{name!r}]"
    return f"from imviz.demo import demo_field\nsession.add_image({made}, {label!r})"
