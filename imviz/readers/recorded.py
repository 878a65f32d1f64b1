"""Images with a record of where each came from, plain enough for a table's metadata, and back again.

For what is measured without a window: the record says which file, extension and plane to open when a row
is to be measured again. A file that has moved is looked for beside the table that names it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from imviz.errors import InputError
from imviz.readers.addresses import parse_path
from imviz.readers.remote.download import is_address
from imviz.readers.sources import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imviz.readers.loaded import Loaded

__all__ = ["ext_of", "load_recorded", "plain_ext", "reload"]


def load_recorded(source: str, row_order: str = "file") -> Iterator[tuple[Loaded, dict[str, Any]]]:
    """The images of a path, pattern or address (see `imviz.readers.load`), each with its record.

    One file is open at a time; what cannot be opened raises as `load` does.
    """
    order = {} if row_order == "file" else {"row_order": row_order}
    if is_address(source):
        for one in load(source, row_order=row_order):
            yield one, {"file": source, "ext": plain_ext(one.ext), "plane": None, **order}
        return
    for address in parse_path(source):
        for one in load(
            address.path, ext=ext_of(plain_ext(address.selection)), plane=address.plane, row_order=row_order
        ):
            record = {"file": str(address.path.absolute()), "ext": plain_ext(one.ext), **order}
            yield one, record | {"plane": None if address.plane is None else list(address.plane)}


def reload(record: dict[str, Any], beside: Path | None = None) -> Loaded:
    """The image of a record; a file that is gone is looked for in the folder `beside`.

    Raises
    ------
    ImvizError
        As `imviz.readers.load`, or it is no such record.
    """
    try:
        file, ext, plane = record["file"], record["ext"], record["plane"]
        row_order = record.get("row_order", "file")
    except (KeyError, TypeError) as error:
        raise InputError(f"Not a record of an image: {str(record)[:120]}.") from error
    if is_address(file):
        return load(file, ext=ext_of(ext), row_order=row_order)[0]
    path = Path(file)
    if beside is not None and not path.exists() and (beside / path.name).exists():
        path = beside / path.name
    plane = None if plane is None else tuple(plane)
    return load(path, ext=ext_of(ext), plane=plane, row_order=row_order)[0]


def plain_ext(ext: Any) -> Any:
    """A selection as lists, numbers and texts."""
    return [plain_ext(item) for item in ext] if isinstance(ext, tuple | list) else ext


def ext_of(plain: Any) -> Any:
    """An ``ext=`` for `imviz.readers.load` of what `plain_ext` made."""
    if not isinstance(plain, list):
        return plain
    return [_name(item) if isinstance(item, list) else item for item in plain]


def _name(item: list[Any]) -> Any:
    """A name with its version; `None`: the first of that name."""
    return item[0] if item[1] is None else tuple(item)
