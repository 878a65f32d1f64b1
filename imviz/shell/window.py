"""The window: one bar, the viewers side by side, the tray of plugins, one line for messages.

It shows what the session, the viewers and the plugins say, and calls back for what it cannot do
itself (load a file, make or close a viewer). It holds nothing that would be lost with it.
"""

from __future__ import annotations

from base64 import b64encode
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ipyvuetify.Themes import theme as page_theme
from ipywidgets import Widget, widget_serialization
from traitlets import Bool, Dict, Instance, Int, List, Unicode, dlink

from imviz.errors import InputError
from imviz.session.operations import recentre_all
from imviz.shell.choosers import nearest
from imviz.shell.cursor import Cursor
from imviz.shell.frame import Frame
from imviz.shell.open_dialog import OpenDialog
from imviz.shell.panel import Panel
from imviz.shell.part import Part
from imviz.shell.save_dialog import SaveDialog
from imviz.shell.snapshot import snapshot
from imviz.viewer.page.lifetime import hold_for_cell, let_go

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.plugin import Plugin
    from imviz.readers import Loaded
    from imviz.session import Session
    from imviz.viewer import ImageViewer

__all__ = ["DEFAULT_VIEWER", "Host", "Window"]

HERE = Path(__file__).parent
DEFAULT_VIEWER = "imviz-0"
"""The viewer that is always there and cannot be closed."""

MODES = (
    ("new", "mdi-plus-circle-outline", "Draw a new region"),
    ("replace", "mdi-autorenew", "Replace the selected region"),
    ("or", "mdi-set-all", "Add to the selected region"),
    ("and", "mdi-set-center", "Keep what both cover"),
    ("xor", "mdi-set-left-right", "Keep what only one covers"),
    ("remove", "mdi-set-left", "Cut out of the selected region"),
)


class Host(Protocol):
    """What the window needs of the app: the document, and what only the app can do."""

    @property
    def session(self) -> Session:
        """The document."""

    @property
    def plugins(self) -> Mapping[str, Plugin]:
        """The plugins by name, in tray order."""

    @property
    def files(self) -> Any:
        """Saves sessions to files and opens them (`imviz.app.session_files.SessionFiles`)."""

    def take(self, images: list[Loaded], viewer: str | None) -> Any:
        """Bring images that are read into the session, and show them in a viewer."""

    def add_viewer(self) -> Any:
        """Make one more viewer and `Window.add_viewer` it."""

    def remove_viewer(self, name: str) -> None:
        """Destroy a viewer and `Window.remove_viewer` it."""


class Window(Part):
    """The whole window, one widget that the notebook displays.

    Parameters
    ----------
    host : Host
        The app. Its first plugin is opened, so that a newcomer reads what to do next; any other
        plugin's panel is made when the plugin first becomes active.
    height : int or str
        Height in pixels, or as CSS: "100vh".
    """

    height = Unicode("600px").tag(sync=True)
    css = Unicode((HERE / "style.css").read_text(encoding="utf-8")).tag(sync=True)
    frames = List(Instance(Widget)).tag(sync=True, **widget_serialization)
    cursor = Instance(Widget).tag(sync=True, **widget_serialization)
    save_dialog = Instance(Widget, allow_none=True).tag(sync=True, **widget_serialization)
    dialog = Instance(Widget, allow_none=True).tag(sync=True, **widget_serialization)
    panels = List(Dict()).tag(sync=True, **widget_serialization)
    tray_open = Bool(True).tag(sync=True)
    api_hints = Bool(False).tag(sync=True)
    regions = List(Unicode()).tag(sync=True)
    n_regions = Int().tag(sync=True)
    selected_region = Unicode().tag(sync=True)
    modes = List(Dict()).tag(sync=True)
    combine = Unicode().tag(sync=True)
    undoable = Unicode().tag(sync=True)
    redoable = Unicode().tag(sync=True)
    message = Unicode().tag(sync=True)
    message_kind = Unicode("info").tag(sync=True)
    reloadable = List(Unicode()).tag(sync=True)
    root: Path | None = None
    """The only folder that the dialog opens files from."""

    def __init__(self, host: Host, height: int | str = 600) -> None:
        self._host, self._session, self._plugins = host, host.session, tuple(host.plugins.values())
        self._panels: dict[str, Panel] = {}
        self.opened: dict[str, int] = {}  # plugins whose panels are open; the higher, the later
        self._target = DEFAULT_VIEWER  # the viewer that an opened file will be shown in
        modes = [{"id": mode, "icon": icon, "label": label} for mode, icon, label in MODES]
        super().__init__(HERE / "window.vue", self.tell, cursor=Cursor(self.tell), modes=modes)
        self.set_height(height)
        for field in ("regions", "selected_region", "combine"):
            self._session.add_callback(field, self._pull_regions)
        self._session.history.add_callback("revision", self._pull_history)
        for plugin in self._plugins:
            plugin.add_callback("active", self._pull_panels)
        for plugin in self._plugins[:1]:
            plugin.active = True
        self._pull_regions()
        self._pull_history()
        self._pull_panels()

    def __repr__(self) -> str:
        return "The imviz window: run this cell to see it."  # what a saved notebook shows without a kernel

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The window and, for a saved notebook, a still picture of what it shows now."""
        hold_for_cell(self)
        bundle = super()._repr_mimebundle_(**options)
        still = snapshot(frame.viewer.view for frame in self.frames)
        if bundle is not None and still is not None:
            bundle["image/png"] = b64encode(still).decode("ascii")
        return bundle

    # ---- for the app

    def set_height(self, height: int | str) -> None:
        """Set the height, in pixels or as CSS."""
        self.height = height if isinstance(height, str) and not height.isdigit() else f"{int(height)}px"

    def tell(self, text: str, kind: str = "info") -> None:
        """Show a sentence ('info' or 'error') at the bottom; an empty one takes it away."""
        changed = self._session.origins.changed() if kind == "error" and text else ()
        with self.hold_sync():
            self.message, self.message_kind, self.reloadable = text, kind, list(changed)

    def add_viewer(self, viewer: ImageViewer) -> Frame:
        """Put a viewer beside the others."""
        on_close = None if viewer.name == DEFAULT_VIEWER else partial(self._host.remove_viewer, viewer.name)
        frame = Frame(self._session, viewer, self.tell, partial(self.vue_open, viewer.name), on_close)
        self.cursor.follow(viewer)
        self.frames = [*self.frames, frame]
        self._count_frames()
        return frame

    def remove_viewer(self, viewer: ImageViewer) -> None:
        """Take a viewer's frame out of the window. The viewer itself is left to the caller."""
        gone = [frame for frame in self.frames if frame.viewer is viewer]
        self.frames = [frame for frame in self.frames if frame not in gone]
        for frame in gone:
            frame.close()
        self._count_frames()
        self.cursor.leave(viewer)

    def set_theme(self, theme: str | None) -> None:
        """Fix the page's theme, for all its widgets: 'light', 'dark', or None to follow Jupyter."""
        if theme not in (None, "light", "dark"):
            raise InputError(f"There is no theme {theme!r}; use 'light', 'dark' or None to follow Jupyter.")
        page_theme.dark = None if theme is None else theme == "dark"

    def close(self) -> None:
        """Close the window with all that is in it; the viewers are left to the caller."""
        let_go(self)
        inside = [*self.frames, *self._panels.values(), self.cursor, *filter(None, (self.dialog,))]
        for part in inside:
            part.close()
        super().close()

    # ---- for the template

    def vue_open(self, viewer: str | None) -> None:
        """Show the dialog that asks for a file, to be shown in `viewer`."""
        self._target = viewer or DEFAULT_VIEWER
        if self.dialog is None:
            self.dialog = OpenDialog(
                lambda images: self._host.take(images, self._target),
                root=self.root,
                sessions=self._host.files,
            )
        if not self.dialog.shown:
            self.dialog.show()

    def vue_save(self, _: Any) -> None:
        """Save the session to its file; ask for one where it has none yet."""
        self.save_dialog = self.save_dialog or SaveDialog(self._host.files, self.root)
        self.save_dialog.save()

    def vue_new_viewer(self, _: Any) -> None:
        """Ask for one more viewer."""
        self._host.add_viewer()

    def vue_select_region(self, label: str) -> None:
        """Select a region; none ("") means that the next shape is a new one."""
        self._session.selected_region = label or None
        if not label:
            self._session.combine = "new"

    def vue_list_regions(self, _: Any) -> None:
        """Open the panel that lists all regions."""
        for plugin in self._plugins:
            plugin.active = plugin.active or plugin.name == "Subset Tools"
        self.tray_open = True

    def vue_remove_region(self, label: str) -> None:
        """Delete a region."""
        self._session.remove_region(label)

    def vue_recentre(self, _: Any) -> None:
        """Move the selected regions onto the sources under them."""
        recentre_all(self._session, self._session.selected_regions)

    def vue_set_combine(self, mode: str) -> None:
        """Choose what a drawn shape does to the selected region."""
        self._session.combine = mode

    def vue_keys(self, _: Any) -> None:
        """Show what mouse and keys do, over the first picture."""
        self.frames[0].viewer.mouse.show_help()

    def vue_undo(self, _: Any) -> None:
        """Take the last change back."""
        self._session.history.undo()

    def vue_redo(self, _: Any) -> None:
        """Do the last undone change again."""
        self._session.history.redo()

    def vue_toggle_panel(self, name: str) -> None:
        """Open a plugin's panel, or close it; one that is open in a closed tray is shown."""
        for plugin in self._plugins:
            if plugin.name == name:
                plugin.active = not (plugin.active and self.tray_open)
                self.tray_open = True

    def vue_reload(self, _: Any) -> None:
        """Read the images again whose files have changed."""
        changed = self._session.origins.changed()
        for label in changed:
            self._session.origins.reload(label)
        self.tell(
            f"Read again: {', '.join(changed)}. Rows measured before keep their numbers." if changed else ""
        )

    def vue_dismiss(self, _: Any) -> None:
        """Take the message away."""
        self.tell("")

    # ---- inside

    def _count_frames(self) -> None:
        """Tell each viewer's frame whether there are others to match it with."""
        for frame in self.frames:
            frame.alone = len(self.frames) < 2

    def _pull_regions(self, *_: Any) -> None:
        with self.hold_sync():
            self.n_regions = len(self._session.regions)
            self.regions = nearest(self._session.regions, self._session.selected_region)
            self.selected_region = self._session.selected_region or ""
            self.combine = self._session.combine

    def _pull_history(self, *_: Any) -> None:
        history = self._session.history
        with self.hold_sync():
            self.undoable, self.redoable = "".join(history.titles[-1:]), "".join(history.undone[:1])

    def _pull_panels(self, *_: Any) -> None:
        """Show the active plugins, the last one opened on top; make panels needed for the first time."""
        for plugin in self._plugins:
            if not plugin.active:
                self.opened.pop(plugin.name, None)
            elif plugin.name not in self.opened:
                self.opened[plugin.name] = max(self.opened.values(), default=0) + 1
            if plugin.active and plugin.name not in self._panels:
                self._panels[plugin.name] = Panel(plugin)
                dlink((self, "api_hints"), (self._panels[plugin.name], "api_hints"))
        self.panels = [
            {
                "name": plugin.name,
                "icon": plugin.icon,
                "active": plugin.active,
                "opened": self.opened.get(plugin.name, 0),
                "panel": self._panels.get(plugin.name),
            }
            for plugin in self._plugins
        ]
