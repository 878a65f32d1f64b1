"""The application: session, viewers, plugins and window, built and joined here and nowhere else.

Its methods are those notebooks call on ``imviz.app``; each hands its task to the floor that does it.
What a user meets first is `Imviz` (see `imviz.app.notebook`).
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeVar

from imviz.app.described import describe
from imviz.app.opening import LONGEST, Opener
from imviz.errors import InputError, UnknownNameError, WrongTypeError
from imviz.plugin import Viewers
from imviz.plugins.aperture_photometry import AperturePhotometry
from imviz.plugins.catalog_search import CatalogSearch
from imviz.plugins.compass import Compass
from imviz.plugins.data_quality import DataQuality
from imviz.plugins.export import Export
from imviz.plugins.footprints import Footprints
from imviz.plugins.forced_photometry import ForcedPhotometry
from imviz.plugins.light_curve import LightCurve
from imviz.plugins.line_profiles import LineProfiles
from imviz.plugins.markers import Markers
from imviz.plugins.metadata import Metadata
from imviz.plugins.orientation import Orientation
from imviz.plugins.overlays import Overlays
from imviz.plugins.pixel_table import PixelTable
from imviz.plugins.plot_options import PlotOptions
from imviz.plugins.source_detection import SourceDetection
from imviz.plugins.subset_tools import SubsetTools
from imviz.session import Session
from imviz.shell import DEFAULT_VIEWER, Window
from imviz.viewer import ImageViewer, Matching

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from astropy.modeling import Model
    from glue.core import DataCollection, Hub

    from imviz.plugin import Plugin
    from imviz.readers import Loaded
    from imviz.viewer import KeyPress, LiveShape

__all__ = ["DEFAULT_VIEWER", "PLUGINS", "Application", "Named", "check_options", "in_order_of"]

PLUGINS: tuple[type[Plugin], ...] = (
    AperturePhotometry,
    PlotOptions,
    Orientation,
    Compass,
    SourceDetection,
    LightCurve,
    ForcedPhotometry,
    SubsetTools,
    CatalogSearch,
    LineProfiles,
    Markers,
    PixelTable,
    Overlays,
    Footprints,
    DataQuality,
    Metadata,
    Export,
)
OLDER_NAMES = {
    "Imviz Simple Aperture Photometry": "Aperture Photometry",
    "Links Control": "Orientation",
    "Imviz Line Profiles (XY)": "Image Profiles (XY)",
    "Export Plot": "Export",
}

Entry = TypeVar("Entry")


class Named(dict[str, Entry]):
    """A dictionary that answers to older names too, and says what there is when a name is not in it."""

    def __init__(
        self, what: str, entries: Mapping[str, Entry], older: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(entries)
        self._what, self._older = what, older or {}

    def __missing__(self, name: str) -> Entry:
        if self._older.get(name) in self:
            return self[self._older[name]]
        raise UnknownNameError(f"There is no {self._what} {str(name)[:60]!r}; there are: {', '.join(self)}.")

    def copy(self) -> Named[Entry]:
        """Another one with the same entries."""
        return Named(self._what, self, self._older)


def check_options(function: str, options: Iterable[str], known: Iterable[str]) -> None:
    """Refuse an option that neither the function nor an older version of it has."""
    unknown = [name for name in options if name not in known]
    if unknown:
        raise InputError(f"{function} has no option {unknown[0]!r}; it has: {', '.join(sorted(known))}.")


def in_order_of(function: str, names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """Values given by place, as older notebooks do, by their names."""
    if len(values) > len(names):
        raise WrongTypeError(f"{function} takes {len(names)} more values by place, not {len(values)}.")
    return dict(zip(names, values, strict=False))


class Application:
    """A session with its viewers, plugins and window.

    Displayed by putting it last in a notebook cell.

    Parameters
    ----------
    plugins : sequence of Plugin classes
        In tray order.

    Attributes
    ----------
    session : imviz.session.Session
        The document.
    viewers : dict
        Name to `~imviz.viewer.ImageViewer`.
    plugins : dict
        Tray label to plugin.
    fitted_models : dict
        Name to astropy model; photometry keeps ``"phot_radial_profile"``.
    """

    def __init__(self, plugins: Sequence[type[Plugin]] = PLUGINS) -> None:
        self.session = Session()
        self.viewers: Named[ImageViewer] = Named("viewer", {})
        self._stage = Viewers(self.viewers)
        self.matching = Matching(self.viewers)
        self._stage.add_callback("names", self.matching.refresh)
        self._stage.add_callback("examining", self._examine)
        self.plugins: Named[Plugin] = Named(
            "plugin", {plugin.name: plugin(self.session, self._stage) for plugin in plugins}, OLDER_NAMES
        )
        self.fitted_models: dict[str, Model] = self.session.fitted_models
        for plugin in self.plugins.values():
            plugin.add_callback("guides", self._draw_guides)
            plugin.meet(self.plugins)
        self.window = Window(self)
        self.opener = Opener(self.session, self.add_data_to_viewer, self.window.tell)
        self.add_viewer(DEFAULT_VIEWER)
        self.session.add_callback("images", self._drop_removed_images)

    # ---- images

    def load(
        self,
        source: Any,
        label: str | None = None,
        ext: Any = None,
        viewer: str | None = None,
        **options: Any,
    ) -> list[str]:
        """Open an image (see `imviz.readers.load`) and show it; returns the labels it got."""
        return self.opener.open(source, viewer, ext=ext, label=label, **options)

    def take(self, found: list[Loaded], viewer: str | None) -> list[str]:
        """Bring images that are read into the session, and show them in a viewer."""
        return self.opener.take(found, viewer)

    def load_data(
        self,
        data: Any,
        parser_reference: str | None = None,  # noqa: ARG002 - older notebooks'
        *,
        data_label: str | None = None,
        ext: Any = None,
        show_in_viewer: bool | str = True,
        **options: Any,
    ) -> None:
        """Open one image or a list of them: what `Imviz.load_data` does."""
        viewer = DEFAULT_VIEWER if show_in_viewer is True else show_in_viewer or None
        if viewer is not None:
            self.get_viewer(viewer)
        if not isinstance(data, list | tuple):
            self.load(data, data_label, ext, viewer, **options)
            return
        if not data:
            raise InputError("The list of images is empty; give a file name, an array or NDData.")
        if len(data) > 1 and data_label is not None:
            raise InputError("One data_label cannot name several images; load them one by one.")
        self.opener.open_many(data, viewer, ext=ext, label=data_label, **options)

    def add_data(self, data: Any, data_label: str | None = None) -> None:
        """Open an image without showing it."""
        self.load_data(data, data_label=data_label, show_in_viewer=False)

    def rename_data(self, old_label: str, new_label: str) -> None:
        """Give an image another label; rows measured keep the old one."""
        self.session.rename_image(old_label, new_label)

    def add_data_to_viewer(
        self, viewer_reference: str, data_label: str, visible: bool = True, clear_other_data: bool = False
    ) -> None:
        """Show an image in a viewer, both by name.

        Raises
        ------
        InputError
            If there is no such viewer or image.
        """
        target = self.get_viewer(viewer_reference)
        self.session.image(data_label)
        if clear_other_data:
            for layer in target.controls.layers:
                target.remove_image(layer.label)
        target.add_image(data_label, visible=visible)

    def remove_data_from_viewer(self, viewer_reference: str, data_label: str) -> None:
        """Take an image out of a viewer; it stays loaded."""
        self.get_viewer(viewer_reference).remove_image(data_label)

    def set_data_visibility(
        self, viewer_reference: str, data_label: str, visible: bool = True, replace: bool = False
    ) -> None:
        """Show or hide an image in a viewer that has it; with `replace`, hide all others."""
        target = self.get_viewer(viewer_reference)
        target.set_visible(data_label, visible)
        for layer in target.controls.layers if replace else ():
            target.set_visible(layer.label, visible and layer.label == data_label)

    @property
    def data_collection(self) -> DataCollection:
        """glue's data collection."""
        return self.session.glue.data_collection

    @property
    def hub(self) -> Hub:
        """glue's hub, which tells of every change of the data collection."""
        return self.session.glue.hub

    # ---- viewers

    def add_viewer(self, name: str | None = None) -> ImageViewer:
        """Make an empty viewer; its name is the next free ``imviz-N`` unless given."""
        if name is None:
            name = next(
                free for n in range(len(self.viewers) + 1) if (free := f"imviz-{n}") not in self.viewers
            )
        if name in self.viewers:
            raise InputError(f"There is a viewer {name!r} already; choose another name.")
        viewer = ImageViewer(self.session, name)
        viewer.controls.add_callback("message", self._tell_refusal)
        viewer.controls.add_callback("key", self._pass_key)
        viewer.controls.add_callback("live", self._pass_live)
        viewer.mouse.examining = dict(self._stage.examining)
        viewer.another, viewer.matching = self.add_viewer, self.matching
        self.viewers[name] = viewer
        self._stage.refresh()
        self.window.add_viewer(viewer)
        return viewer

    def remove_viewer(self, name: str) -> None:
        """Close a viewer; the first one stays. An unknown name is ignored, as ever."""
        if name == DEFAULT_VIEWER:
            raise InputError(f"{DEFAULT_VIEWER!r} is the default viewer and cannot be closed.")
        if name in self.viewers:
            viewer = self.viewers.pop(name)
            self._stage.refresh()
            self.window.remove_viewer(viewer)
            viewer.close()

    def get_viewer(self, viewer_reference: str) -> ImageViewer:
        """The viewer of that name."""
        return self.viewers[viewer_reference]

    def get_viewer_by_id(self, vid: str) -> ImageViewer:
        """The viewer of that name, which is its id too."""
        return self.viewers[vid]

    def get_viewer_ids(self, prefix: str | None = None) -> list[str]:
        """Names of the viewers, or of those that begin with `prefix`."""
        return sorted(name for name in self.viewers if name.startswith(prefix or ""))

    def get_viewer_reference_names(self) -> list[str]:
        """Names of the viewers, in the order they were made."""
        return list(self.viewers)

    # ---- regions

    def get_subsets(
        self,
        subset_name: str | None = None,
        include_sky_region: bool = False,
        wrt_data: str | None = None,
        **options: Any,
    ) -> Any:
        """What is known of each region.

        Returns
        -------
        dict or list
            Label to a list of one dict: ``name`` (of the shape), ``glue_state``, ``region`` (in pixels of
            the image `wrt_data`, by default that it was made on), ``sky_region`` (if asked for and that
            image has a WCS) and ``subset_state``; with `subset_name`, that region's list alone. Options
            that were for spectra are accepted and change nothing.
        """
        known = {"spectral_only", "spatial_only", "object_only", "simplify_spectral", "use_display_units"}
        check_options("get_subsets", options, known)
        if subset_name is not None:
            return [describe(self.session, subset_name, wrt_data, sky=include_sky_region)]
        return {
            label: [describe(self.session, label, wrt_data, sky=include_sky_region)]
            for label in self.session.regions
        }

    def delete_subsets(self, subset_labels: str | Iterable[str] | None = None) -> None:
        """Delete a region, several, or (without a label) all."""
        every = self.session.regions if subset_labels is None else subset_labels
        labels = [every] if isinstance(every, str) else list(every)
        for label in labels:  # all are there, or none is deleted
            self.session.region_image(label)
        for label in labels:
            self.session.remove_region(label)

    # ---- inside

    def warn(self, sentence: str) -> None:
        """Say what did not work as asked, in the window and as a Python warning."""
        self.window.tell(sentence[:LONGEST], "error")
        warnings.warn(sentence[:LONGEST], stacklevel=3)

    def _drop_removed_images(self, labels: tuple[str, ...]) -> None:
        for viewer in self.viewers.values():
            for layer in viewer.controls.layers:
                if layer.label not in labels:
                    viewer.remove_image(layer.label)

    def _tell_refusal(self, sentence: str) -> None:
        self.window.tell(sentence, "error")

    def _pass_key(self, key: KeyPress) -> None:
        setattr(self._stage, "exam" if self._stage.examining else "key", key)

    def _pass_live(self, shape: LiveShape | None) -> None:
        self._stage.live = shape

    def _examine(self, examining: Mapping[str, str]) -> None:
        for viewer in self.viewers.values():
            viewer.mouse.examining = dict(examining)

    def _draw_guides(self, _: Any) -> None:
        shapes = tuple(guide for plugin in self.plugins.values() for guide in plugin.guides)
        for viewer in self.viewers.values():
            viewer.set_guides(shapes)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.window._repr_mimebundle_(**options)
