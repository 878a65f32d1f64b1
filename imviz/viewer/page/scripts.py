"""The browser code: ES modules, joined into the one text that anywidget wants of a widget class.

Every ``.js`` file of the package imports what it uses and exports what it offers, so that the browser, Node
and a linter read it as it is. anywidget sends one text a widget, from which no second file can be reached;
so the modules that a widget needs are put one after the other, each once and in a scope of its own, the
widget's own last. There is no build step and no npm (``docs/decisions``). Comments on lines of their own
stay here: every widget of every viewer would send them.

What this does not do is understand JavaScript: it knows the few forms of ``import`` and ``export`` that the
house uses and refuses every other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from posixpath import dirname, join, normpath

__all__ = ["joined", "stylesheet"]

COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE)
IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "(\.[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
DEFAULT = "export default "


@dataclass(frozen=True)
class Module:
    """One file: its text without imports and comments, what it imports from where, what it exports."""

    path: str
    body: str
    imports: tuple[tuple[str, tuple[str, ...]], ...]
    exports: tuple[str, ...]

    @property
    def scope(self) -> str:
        """What its exports are called in the joined text."""
        return "$" + re.sub(r"\W", "_", self.path.removesuffix(".js"))


@cache
def joined(path: str) -> str:
    """A widget's module with all that it imports, as one ES module.

    Parameters
    ----------
    path : str
        The module, which exports a ``default``; from the package's folder: ``"viewer/motion/mouse.js"``.

    Raises
    ------
    ImportError
        If a file is not there, imports what is not exported, or imports itself in a circle.
    """
    *needed, own = _in_order(path, ())
    if DEFAULT not in own.body:
        raise ImportError(f"{path} exports no default, which anywidget asks a widget's module for.")
    return "".join([*map(_scoped, needed), _opened(own)])


def stylesheet(path: str) -> str:
    """The text of a file of CSS, named from the package's folder."""
    return files("imviz").joinpath(path).read_text(encoding="utf-8")


def _in_order(path: str, importing: tuple[str, ...]) -> list[Module]:
    """A module after all that it needs, each once."""
    if path in importing:
        raise ImportError(f"JavaScript imports itself in a circle: {' > '.join([*importing, path])}.")
    module = _read(path, importing[-1] if importing else "")
    order: dict[str, Module] = {}
    for there, names in module.imports:
        order |= {
            other.path: other for other in _in_order(there, (*importing, path)) if other.path not in order
        }
        for name in names:
            if name not in order[there].exports:
                raise ImportError(f"{path} imports {name} from {there}, which does not export it.")
    return [*order.values(), module]


@cache
def _read(path: str, importer: str) -> Module:
    try:
        text = files("imviz").joinpath(path).read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError):
        raise ImportError(
            f"There is no {path}" + (f", which {importer} imports." if importer else ".")
        ) from None
    imports = tuple(
        (normpath(join(dirname(path), there)), tuple(names.split(", ")))
        for names, there in IMPORT.findall(text)
    )
    exports = tuple(name for _, name in EXPORT.findall(text))
    body = EXPORT.sub(r"\1", IMPORT.sub("", COMMENT.sub("", text))).strip("\n") + "\n"
    for line in LEFT_OVER.findall(body):
        if not line.startswith(DEFAULT):
            raise ImportError(f"{path} has a line that cannot be joined: {line}")
    return Module(path, body, imports, exports)


def _opened(module: Module) -> str:
    """A module's text with its imports as constants."""
    modules = {path: _read(path, module.path) for path, _ in module.imports}
    lines = [f"const {{ {', '.join(names)} }} = {modules[path].scope};\n" for path, names in module.imports]
    return "".join([*lines, module.body])


def _scoped(module: Module) -> str:
    """A module's text in a scope of its own, out of which its exports are handed."""
    if DEFAULT in module.body:
        raise ImportError(
            f"{module.path} is a widget's own module (it exports a default): not to be imported."
        )
    offered = ", ".join(module.exports)
    return f"const {module.scope} = (() => {{\n{_opened(module)}return {{ {offered} }};\n}})();\n"
