"""The application: session, viewers, plugins and window, built and joined here and nowhere else.

Its methods are those notebooks call on ``imviz.app``; each hands its task to the floor that does it.
What a user meets first is `Imviz` (see `imviz.app.notebook`).
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from astropy.io.fits import HDUList
from glue.core import Data

from imviz.app.glue_data import as_image
from imviz.app.installed_plugins import installed_plugins
from imviz.app.jdaviz_application import OLDER_PLUGINS, ApplicationNames
from imviz.app.named import Named
from imviz.app.opening import LONGEST, Opener
from imviz.app.session_files import SessionFiles
from imviz.delegation import answered_by, told_by
from imviz.errors import InputError
from imviz.plugin import Viewers
from imviz.plugins.aperture_photometry import AperturePhotometry
from imviz.plugins.catalog_search import CatalogSearch
from imviz.plugins.compass import Compass
from imviz.plugins.cross_match import CrossMatch
from imviz.plugins.data_quality import DataQuality
from imviz.plugins.export import Export
from imviz.plugins.footprints import Footprints
from imviz.plugins.forced_photometry import ForcedPhotometry
from imviz.plugins.history import History
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
from imviz.view import Matching
from imviz.viewer import ImageViewer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from astropy.modeling import Model

    from imviz.plugin import Plugin
    from imviz.readers import Loaded
    from imviz.view import KeyPress, LiveShape, View

__all__ = ["DEFAULT_VIEWER", "PLUGINS", "Application"]

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
    CrossMatch,
    LineProfiles,
    Markers,
    PixelTable,
    Overlays,
    Footprints,
    DataQuality,
    Metadata,
    History,
    Export,
)


class Application:
    """A session with its viewers, plugins and window.

    Displayed by putting it last in a notebook cell.

    Parameters
    ----------
    plugins : sequence of Plugin classes, optional
        In tray order. Default: `PLUGINS`, then those of other packages (`imviz.app.installed_plugins`).

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

    def __init__(self, plugins: Sequence[type[Plugin]] | None = None) -> None:
        faults: list[str] = []
        if plugins is None:
            others, faults = installed_plugins(plugin.name for plugin in PLUGINS)
            plugins = (*PLUGINS, *others)
        self.session = Session()
        self.viewers: Named[ImageViewer] = Named("viewer", {})
        self._jdaviz = ApplicationNames(self.session, self.viewers)
        self._views: dict[str, View] = {}
        self._stage = Viewers(self._views)
        self.matching = Matching(self._views)
        self._stage.add_callback("names", self.matching.refresh)
        self._stage.add_callback("examining", self._examine)
        self.plugins: Named[Plugin] = Named(
            "plugin", {plugin.name: plugin(self.session, self._stage) for plugin in plugins}, OLDER_PLUGINS
        )
        self.fitted_models: dict[str, Model] = self.session.fitted_models
        for plugin in self.plugins.values():
            plugin.add_callback("guides", self._draw_guides)
            plugin.meet(self.plugins)
        self.window = Window(self)
        self.files = SessionFiles(self)
        self.opener = Opener(self.session, self.add_data_to_viewer, self.window.tell)
        self.add_viewer(DEFAULT_VIEWER)
        self.session.add_callback("images", self._drop_removed_images)
        self.session.add_callback("trouble", self._tell_refusal)
        if faults:
            self.window.tell(" ".join(faults), "error")

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
        return self.opener.open(source, _named(viewer), ext=ext, label=label, **options)

    def take(self, images: list[Loaded], viewer: str | None) -> list[str]:
        """Bring images that are read into the session, and show them in a viewer."""
        return self.opener.take(images, _named(viewer))

    def load_data(
        self,
        data: Any,
        parser_reference: str | None = None,  # noqa: ARG002 - older notebooks'
        *,
        data_label: str | None = None,
        ext: Any = None,
        show_in_viewer: bool | str | Sequence[str] = True,
        **options: Any,
    ) -> None:
        """Open one image or a list of them: what `Imviz.load_data` does."""
        viewers = _named(DEFAULT_VIEWER if show_in_viewer is True else show_in_viewer or None)
        for name in viewers:
            self.viewers[name]  # or it says which there are
        if isinstance(data, Data):
            data, data_label = as_image(data), data_label or data.label
        if isinstance(data, HDUList) or not isinstance(data, list | tuple):  # an HDUList is a list, too
            self.opener.open(data, viewers, ext=ext, label=data_label, **options)
            return
        if not data:
            raise InputError("The list of images is empty; give a file name, an array or NDData.")
        if len(data) > 1 and data_label is not None:
            raise InputError("One data_label cannot name several images; load them one by one.")
        self.opener.open_many(data, viewers, ext=ext, label=data_label, **options)

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
        target = self.viewers[viewer_reference]
        self.session.image(data_label)
        with self.session.lock:
            target.add_image(data_label, visible=visible)
            if clear_other_data:
                target.view.keep_only(data_label)

    def remove_data_from_viewer(self, viewer_reference: str, data_label: str) -> None:
        """Take an image out of a viewer; it stays loaded."""
        self.viewers[viewer_reference].remove_image(data_label)

    def set_data_visibility(
        self, viewer_reference: str, data_label: str, visible: bool = True, replace: bool = False
    ) -> None:
        """Show or hide an image in a viewer that has it; with `replace`, hide all others."""
        target = self.viewers[viewer_reference]
        target.set_visible(data_label, visible)
        for layer in target.controls.layers if replace else ():
            target.set_visible(layer.label, visible and layer.label == data_label)

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
        self.viewers[name], self._views[name] = viewer, viewer.view
        self._stage.refresh()
        self.window.add_viewer(viewer)
        return viewer

    def remove_viewer(self, name: str) -> None:
        """Close a viewer; the first one stays. An unknown name is ignored, as ever."""
        if name == DEFAULT_VIEWER:
            raise InputError(f"{DEFAULT_VIEWER!r} is the default viewer and cannot be closed.")
        if name in self.viewers:
            viewer = self.viewers.pop(name)
            del self._views[name]
            self._stage.refresh()
            self.window.remove_viewer(viewer)
            viewer.close()

    def close(self) -> None:
        """Close the window and all viewers for good, in every cell that shows them."""
        for viewer in self.viewers.values():
            viewer.close()
        self.window.close()

    # ---- what notebooks of jdaviz call

    data_collection = told_by("_jdaviz", ApplicationNames.data_collection)
    hub = told_by("_jdaviz", ApplicationNames.hub)
    verbosity = told_by("_jdaviz", ApplicationNames.verbosity)
    history_verbosity = told_by("_jdaviz", ApplicationNames.history_verbosity)
    get_viewer = answered_by("_jdaviz", ApplicationNames.get_viewer)
    get_viewer_by_id = answered_by("_jdaviz", ApplicationNames.get_viewer_by_id)
    get_viewer_ids = answered_by("_jdaviz", ApplicationNames.get_viewer_ids)
    get_viewer_reference_names = answered_by("_jdaviz", ApplicationNames.get_viewer_reference_names)
    get_data_from_viewer = answered_by("_jdaviz", ApplicationNames.get_data_from_viewer)
    get_subsets_from_viewer = answered_by("_jdaviz", ApplicationNames.get_subsets_from_viewer)
    get_subsets = answered_by("_jdaviz", ApplicationNames.get_subsets)
    delete_subsets = answered_by("_jdaviz", ApplicationNames.delete_subsets)

    # ---- inside

    def warn(self, sentence: str) -> None:
        """Say what did not work as asked, in the window and as a Python warning."""
        self.window.tell(sentence[:LONGEST], "error")
        warnings.warn(sentence[:LONGEST], stacklevel=3)

    def _drop_removed_images(self, labels: tuple[str, ...]) -> None:
        for viewer in self.viewers.values():
            for state in viewer.layers_shown.states:  # what the controls say may be of a moment ago
                if state.layer.label not in labels:
                    viewer.remove_image(state.layer.label)

    def _tell_refusal(self, sentence: str) -> None:
        if sentence:
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
            viewer.view.regions_drawn.set_guides(shapes)

    def __repr__(self) -> str:
        session = self.session
        return (
            f"<Application: {len(session.images)} images, {len(self.viewers)} viewers, "
            f"{len(session.regions)} regions, {session.n_rows} rows measured>"
        )

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.window._repr_mimebundle_(**options)


def _named(viewers: str | Sequence[str] | None) -> tuple[str, ...]:
    """Names of viewers, where there may be one or none."""
    return (viewers,) if isinstance(viewers, str) else tuple(viewers or ())
