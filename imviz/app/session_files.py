"""Sessions in files: the document with its viewers and panels, saved as one file and opened again.

Each part is described where it lives; here they are joined. What a file tells of the document becomes one
step of the history, all of it or nothing; a viewer or panel that cannot be as it was costs nothing else.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from imviz.errors import FileThereError, ImvizError, InputError, ReadError
from imviz.plugin.settings import have_settings
from imviz.plugin.settings import settings as settings_of
from imviz.science.user_paths import user_path
from imviz.session.archive import described, read, read_archive, restore, write_archive
from imviz.session.archive.container import SUFFIX
from imviz.session.archive.images import read_image
from imviz.session.archive.schema import flag, items, mapping, plain, quantity, text
from imviz.session.history import Step
from imviz.shell import DEFAULT_VIEWER
from imviz.view.vectors import Points
from imviz.viewer import record

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping
    from os import PathLike
    from pathlib import Path
    from typing import BinaryIO

    from imviz.app.application import Application
    from imviz.session.archive import Read
    from imviz.session.archive.images import Missing
    from imviz.session.catalogs import Catalog

__all__ = ["SessionFiles"]

LONGEST = 240
MOST_VIEWERS = 64
PASSES = 3  # of a panel's settings, some of which set others


class SessionFiles:
    """Saves an application's session to files, and opens them.

    Parameters
    ----------
    app : Application
        Whose.

    Attributes
    ----------
    path : Path or None
        The file that was saved to or opened last.
    """

    def __init__(self, app: Application) -> None:
        self._app = app
        self.path: Path | None = None

    def save(
        self,
        path: str | PathLike[str] | None = None,
        pixels: str | None = "arrays",
        *,
        overwrite: bool = False,
    ) -> None:
        """Save all there is to a file, whole or not at all; `load_session` opens it again.

        Parameters
        ----------
        path : str or Path, optional
            The file; ``.imviz`` is added. Default: the one saved to or opened last, which is replaced.
        pixels : {'arrays', 'all', None}
            Whose pixels are in it: of images that have no file of their own, of all, of none.
        overwrite : bool
            Whether another file that is there may be replaced.
        """
        target = self.path if path is None else user_path(path)
        if target is None:
            raise InputError(f"Name the file to save the session to, as 'night3{SUFFIX}'.")
        ending = "" if target.suffix.lower() == SUFFIX else SUFFIX
        target = user_path(target.with_name(target.name + ending)).absolute()
        if target.exists() and target != self.path and not overwrite:
            raise FileThereError(
                f"{target.name[-120:]!r} exists already; choose another name or overwrite it."
            )
        document, inside, notes = self.described(target.parent, pixels)
        write_archive(target, document, inside, overwrite=True)
        history = self._app.session.history
        history.saves.note(_code(target), history)
        self.path = target
        self._tell(f"Saved to {target.name[-80:]}.", notes)

    def load(
        self, path: str | PathLike[str] | None = None, folder: str | PathLike[str] | None = None
    ) -> None:
        """Open a session's file instead of what is there; `undo` brings that back.

        An image that is not where it was is named, and costs nothing else.

        Parameters
        ----------
        path : str or Path, optional
            The file. Default: the session that is open stays, and images that it misses are looked for.
        folder : str or Path, optional
            Where to look for images that are not where they were, in and below it, by name and by content.
        """
        if path is None:
            if folder is None:
                raise InputError(f"Name a session's file, as 'night3{SUFFIX}', or a folder with its images.")
            self.find(folder)
            return
        notes = self.open(path, folder)
        if notes:
            more = f" And {len(notes) - 1} more: see the window." if len(notes) > 1 else ""
            warnings.warn(f"{notes[0][:200]}{more}", stacklevel=3)

    def open(self, path: str | PathLike[str], look_in: str | PathLike[str] | None = None) -> list[str]:
        """As `load`; returns what could not be had, in sentences."""
        return self.have(self.prepare(path, look_in))

    def prepare(self, path: str | PathLike[str], look_in: str | PathLike[str] | None = None) -> Read:
        """Read a session's file, whole; nothing is changed, so this may go on in another thread."""
        made = read(read_archive(path), None if look_in is None else _folder(look_in))
        _check(made.archive.document)
        made.catalogs = {
            key: one for key, one in made.catalogs.items() if _can_be_drawn(key[1], one, made.notes)
        }
        return made

    @property
    def missing(self) -> tuple[str, ...]:
        """Labels of the images that were not found."""
        return tuple(self._app.session.missing)

    def find(self, folder: str | PathLike[str], labels: Container[str] | None = None) -> list[str]:
        """Look for images that a session misses, for some or all, in a folder and below it; their labels."""
        session, place = self._app.session, _folder(folder)
        came: list[Missing] = []
        for label, missing in session.missing.items():
            if labels is not None and label not in labels:
                continue
            found = read_image(missing.record, missing.index, missing.archive, place, [])
            if found.loaded is None:
                continue
            code = f"imviz.app.files.find({str(place.absolute())!r}, {[label]!r})"
            with session.lock, session.history.step(f"Find {label}"):
                left = {name: one for name, one in session.missing.items() if name != label}
                session.replace_missing(left, code)
                session.origins.add(found.loaded, plane=found.plane, ground=missing.ground, code=lambda _: "")
            came.append(missing)
        notes = [f"Found {len(came)}." if came else "None of them is there."]
        self._show_again(came, notes)
        self._tell("", notes)
        return [missing.ground.label for missing in came]

    # ---- as data

    def described(
        self, folder: Path | None = None, pixels: str | None = "arrays"
    ) -> tuple[dict[str, Any], dict[str, Callable[[BinaryIO], object]], list[str]]:
        """The whole as JSON, the pixels to be written beside it, and what could not be kept."""
        app = self._app
        document, inside, notes = described(app.session, folder, pixels)
        document["viewers"] = [self._viewer(name) for name in app.viewers]
        if app.matching.by is not None:
            document["matched"] = {"by": app.matching.by, "crosshair": bool(app.matching.crosshair)}
        document["panels"] = {name: plain(settings_of(plugin)) for name, plugin in app.plugins.items()}
        document["open_panels"] = sorted(app.window.opened, key=app.window.opened.__getitem__)
        return document, inside, notes

    def have(self, made: Read) -> list[str]:
        """Have what was prepared instead of what is there; returns what could not be had, in sentences."""
        app, document, path = self._app, made.archive.document, made.archive.path
        viewers = {text(one, "name"): one for one in document.get("viewers", ())[:MOST_VIEWERS]}
        title = "Open a session" if path is None else f"Open {path.name[-60:]}"
        path = None if path is None else path.absolute()
        with app.session.history.step(title):
            self._go_to(path)
            restore(app.session, made, "" if path is None else _code(path))
        for other in [other for other in app.viewers if other not in (DEFAULT_VIEWER, *viewers)]:
            app.remove_viewer(other)
        for name, one in viewers.items():
            with _noted(f"Viewer {name}", made.notes):
                viewer = app.viewers[name] if name in app.viewers else app.add_viewer(name)
                record.restore(viewer, one, made.notes)
                self._keep_missing(name, one)
        self._match(document, made)
        self._have_panels(document, made.notes)
        self._tell("", made.notes)
        return made.notes

    # ---- inside

    def _go_to(self, path: Path | None) -> None:
        """Have another file to save to: where its session's opening is undone, it is not saved over."""
        before = self.path

        def have(one: Path | None) -> None:
            self.path = one

        self._app.session.history.do(Step("Path", lambda: have(path), lambda: have(before), lambda: ""))

    def _viewer(self, name: str) -> dict[str, Any]:
        """A viewer, with the layers of missing images in their places."""
        found = record.to_record(self._app.viewers[name])
        for missing in self._app.session.missing.values():
            if name in missing.shown:
                place, layer = missing.shown[name]
                found["layers"].insert(place, layer)
        return found

    def _keep_missing(self, name: str, viewer: Mapping[str, Any]) -> None:
        """Remember how a viewer showed images that are missing."""
        for place, layer in enumerate(items(viewer, "layers", dict)):
            missing = self._app.session.missing.get(text(layer, "image"))
            if missing is not None:
                missing.shown[name] = place, layer

    def _show_again(self, came: list[Missing], notes: list[str]) -> None:
        """Show images that were found as they were shown, from the bottom up."""
        layers = [(place, name, layer) for one in came for name, (place, layer) in one.shown.items()]
        for place, name, layer in sorted(layers, key=lambda one: one[0]):
            if name in self._app.viewers:
                with _noted(f"Viewer {name}", notes):
                    record.show_layer(self._app.viewers[name], layer, place)

    def _match(self, document: Mapping[str, Any], made: Read) -> None:
        matched = mapping(document, "matched")
        with _noted("Viewers", made.notes):
            crosshair = flag(matched, "crosshair", True)
            self._app.matching.start(matched.get("by"), crosshair=crosshair, gather=False)

    def _have_panels(self, document: Mapping[str, Any], notes: list[str]) -> None:
        panels, known = mapping(document, "panels"), self._app.plugins
        for name in panels:
            if name in known:
                with _noted(name, notes):
                    settings = self._without_missing(mapping(panels, name))
                    refused = have_settings(known[name], settings)
                    notes += [f"{name}: {sentence}"[:LONGEST] for sentence in refused]
        if "open_panels" in document:
            for plugin in known.values():
                plugin.active = False
            for name in items(document, "open_panels", str):
                if name in known:
                    known[name].active = True

    def _without_missing(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Settings without the images that are not there to be chosen."""
        missing, found = self._app.session.missing, {}
        for name, value in settings.items():
            if isinstance(value, list):
                found[name] = [one for one in value if not (isinstance(one, str) and one in missing)]
            elif not (isinstance(value, str) and value in missing):
                found[name] = quantity(value)
        return found

    def _tell(self, first: str, notes: list[str]) -> None:
        """Show a sentence, and as many of the notes as there is room for."""
        missing = self._app.session.missing
        told = [first] if first else []
        if missing:
            are = "image is" if len(missing) == 1 else "images are"
            told.append(f"{len(missing)} {are} missing: {', '.join(missing)}."[:120])
        told += [note for note in notes if " is missing: " not in note]
        self._app.window.tell(" ".join(told)[:LONGEST], "error" if missing else "info")


def _code(path: Path) -> str:
    """The Python that opens a session's file."""
    return f"imviz.load_session({str(path)!r})"


def _check(document: Mapping[str, Any]) -> None:
    """Refuse what viewers and panels cannot be told from at all, before anything is changed."""
    for viewer in items(document, "viewers", dict):
        if not text(viewer, "name").strip():
            raise ReadError("It has a viewer without a name.")
    mapping(document, "matched")
    mapping(document, "panels")
    items(document, "open_panels", str)


@contextmanager
def _noted(what: str, notes: list[str]) -> Iterator[None]:
    """What a viewer or a panel cannot have is said, and costs nothing else."""
    try:
        yield
    except record.REFUSED as error:
        notes.append(f"{what[:80]}: {str(error) or type(error).__name__}"[:LONGEST])


def _folder(path: str | PathLike[str]) -> Path:
    """A folder to look for images in."""
    folder = user_path(path)
    if not folder.is_dir():
        raise InputError(f"There is no folder {str(path)[-120:]!r} to look for images in.")
    return folder


def _can_be_drawn(name: str, catalog: Catalog, notes: list[str]) -> bool:
    """Whether a catalog's style is one that points can have."""
    where = {"sky": catalog.sky} if catalog.sky is not None else {"x": catalog.x, "y": catalog.y}
    try:
        Points(**where, image=catalog.image, **catalog.style)
    except (ImvizError, TypeError, ValueError) as error:
        notes.append(f"Catalog {name[:60]} cannot be drawn: {error}"[:LONGEST])
        return False
    return True
