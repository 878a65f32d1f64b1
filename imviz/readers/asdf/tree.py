"""An ASDF file taken apart by hand: its tree as plain dictionaries, its blocks where they lie.

No tag is obeyed and no object built: a tag only names what a mapping is, and what it is matters to us for
arrays alone, which say so by their keys. The tree is measured before it is built, since a few hundred
bytes of nested aliases would keep a builder busy for ever.
"""

from __future__ import annotations

import bz2
import re
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import yaml

from imviz.errors import MissingExtraError, ReadError
from imviz.readers.files.storage import check_expansion, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from imviz.readers.files.storage import Storage
    from imviz.readers.pixels.lazy import LazyArray

__all__ = ["AsdfFile", "fault"]

MAX_NODES = 2_000_000
"""Values a tree may have once its aliases are written out; a mission's have some ten thousand."""
MAX_TREE = 16 * 2**20
"""Bytes of text in front of the blocks."""
_MAGIC = b"\xd3BLK"
_END = re.compile(rb"\r?\n\.\.\.\r?\n|" + _MAGIC)
_LONGEST = 7  # bytes that end a tree
_FIRST = 2**16  # bytes that are looked at first; a mission's tree has some hundred thousand
_HEADER = struct.Struct(">I4sQQQ16s")
_TYPES = {"int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"}
_TYPES |= {"float16", "float32", "float64", "bool8"}


class _PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Builds dictionaries, lists and texts, whatever a tag says."""


def _plain(loader: Any, _: str, node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


_PlainLoader.add_multi_constructor("", _plain)


def fault(text: bytes) -> str | None:
    """Why a tree should not be built: broken, too large once written out, or pointing outside the file."""
    sizes: list[float] = [0.0]  # of the collections now open
    opened: list[str | None] = []
    anchors: dict[str, float] = {}
    before = ""
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            value = getattr(event, "value", "")
            if before == "source" and value and not re.match(r"-?\d+$|fits:", value):
                return f"it asks for {value[:40]!r}, outside the file"
            before = value
            if isinstance(event, yaml.CollectionStartEvent):
                sizes.append(1.0)
                opened.append(event.anchor)
            elif isinstance(event, yaml.CollectionEndEvent):
                size = sizes.pop()
                sizes[-1] += size
                anchors[opened.pop() or ""] = size
            elif isinstance(event, yaml.NodeEvent):
                sizes[-1] += anchors.get(event.anchor, 1.0) if isinstance(event, yaml.AliasEvent) else 1.0
    except (yaml.YAMLError, UnicodeError):
        return "its YAML is broken"
    return f"nested aliases make {sizes[0]:.0e} values of it" if sizes[0] > MAX_NODES else None


@dataclass(frozen=True, slots=True)
class _Block:
    """Where an array's bytes lie."""

    at: int
    used: int
    size: int
    compression: bytes


class AsdfFile:
    """The tree and the arrays of a file.

    Parameters
    ----------
    storage
        Of the file.

    Raises
    ------
    ReadError
        It is damaged, or its tree is none that should be built.
    """

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        with storage.handle() as file:
            text, end = _tree_text(storage.name, file)
            if (why := fault(text)) is not None:
                raise ReadError(f"{storage.name}: the ASDF tree is not read ({why}); the file is damaged.")
            self._blocks = list(_blocks(storage, file, end))
        try:
            self.tree = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - ours, which builds no object
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            why = str(error).splitlines()[0][:60]
            raise ReadError(
                f"{storage.name}: its YAML cannot be read ({why}); the file is damaged."
            ) from None

    def shape(self, node: Any) -> tuple[int, ...] | None:
        """The shape of the array a node of the tree describes; `None` for any other node."""
        node = _array_node(node)
        if node is None:
            return None
        shape = node.get("shape")
        if shape is None:
            return np.shape(node["data"]) if isinstance(node.get("data"), list) else None
        good = isinstance(shape, list) and all(type(n) is int and 0 <= n < 2**40 for n in shape)
        return tuple(shape) if good else None

    def array(self, node: Any, name: str) -> LazyArray | NDArray[Any]:
        """The array a node describes, on disk where it lies there plainly.

        Raises
        ------
        ReadError
            It is not there, or of a kind that is no image.
        """
        what, shape = f"{self.storage.name}[{name}]", self.shape(node)
        array = _array_node(node) or {}
        kind = str(array.get("datatype"))
        if shape is None or kind not in _TYPES:
            raise ReadError(f"{what} is an array of {kind[:40]}, not of numbers.")
        dtype = np.dtype(kind.replace("bool8", "uint8"))
        dtype = dtype.newbyteorder("<") if array.get("byteorder") == "little" else dtype.newbyteorder(">")
        if "data" in array:
            return np.array(array["data"], dtype=dtype)
        source, offset = array.get("source"), array.get("offset", 0)
        if type(source) is not int or not -1 <= source < len(self._blocks) or "strides" in array:
            raise ReadError(f"{what}: its pixels are not in this file as they must be; the file is damaged.")
        block = self._blocks[source]
        need = int(np.prod(shape, dtype=object)) * dtype.itemsize
        if type(offset) is not int or offset < 0 or offset + need > block.size:
            raise ReadError(
                f"{what} needs {need:,} bytes, the file has {block.size:,}; copy or download it again."
            )
        if block.compression == bytes(4):
            return self.storage.array(block.at + offset, dtype, shape)
        return self._unpacked(block, what).array(offset, dtype, shape)

    def _unpacked(self, block: _Block, what: str) -> Storage:
        """A compressed block in a temporary file."""
        name = block.compression.decode("ascii", "replace").strip("\0 ")
        if name not in _UNPACKERS:
            raise ReadError(f"{what} is compressed by {name!r}; zlib, bzp2 and lz4 can be read.")
        check_expansion(what, block.used, block.size)
        with self.storage.handle() as file:
            file.seek(block.at)
            pieces = _UNPACKERS[name](_in_pieces(file, block.used), what)
            return unpacked(self.storage.path, what, pieces, block.size)


def _array_node(node: Any) -> dict[str, Any] | None:
    """The array in a node: the node itself, or a quantity's value."""
    if isinstance(node, dict) and isinstance(node.get("value"), dict):
        node = node["value"]
    return node if isinstance(node, dict) and "datatype" in node and {"source", "data"} & set(node) else None


def _tree_text(name: str, file: BinaryIO) -> tuple[bytes, int]:
    """The YAML in front of the blocks, and where it ends; of the blocks no more is read than shows that."""
    text, end = b"", -1
    while end < 0 and len(text) <= MAX_TREE and (piece := file.read(max(len(text), _FIRST))):
        start = max(len(text) - _LONGEST, 0)
        text += piece
        match = _END.search(text, start)
        end = -1 if match is None else match.start() if match[0] == _MAGIC else match.end()
    end = len(text) if end < 0 else end
    if end > MAX_TREE:
        raise ReadError(f"{name} has an ASDF tree of more than {MAX_TREE // 2**20} MB; no image has.")
    return text[:end], end


def _blocks(storage: Storage, file: BinaryIO, end: int) -> Iterator[_Block]:
    """The blocks in their order; ends where the file does, or goes on with something else."""
    file.seek(end)
    at = end + max(file.read(2**16).find(_MAGIC), 0)
    while at < storage.size:
        file.seek(at)
        head = file.read(6 + _HEADER.size)
        if not head.startswith(_MAGIC) or len(head) < 6 + _HEADER.size:
            return
        flags, compression, allocated, used, size, _ = _HEADER.unpack(head[6:])
        start = at + 6 + struct.unpack(">H", head[4:6])[0]
        if flags & 1:  # streamed: to the file's end
            allocated = used = size = storage.size - start
        if used > allocated or start + used > storage.size:
            raise ReadError(
                f"{storage.name} is cut off: a block of {used:,} bytes does not fit; copy it again."
            )
        yield _Block(start, used, size if compression != bytes(4) else min(size, used), compression)
        at = start + allocated


def _in_pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := file.read(min(size, 2**20))):
        size -= len(piece)
        yield piece


def _unzip(pieces: Iterator[bytes], _: str) -> Iterator[bytes]:
    decoder = zlib.decompressobj()
    for packed in pieces:
        rest = packed
        while rest:
            yield decoder.decompress(rest, 2**22)
            rest = decoder.unconsumed_tail
    yield decoder.flush()


def _unbzip(pieces: Iterator[bytes], _: str) -> Iterator[bytes]:
    decoder = bz2.BZ2Decompressor()
    for piece in pieces:
        yield decoder.decompress(piece, 2**22)
        while not (decoder.needs_input or decoder.eof):
            yield decoder.decompress(b"", 2**22)


def _unlz4(pieces: Iterator[bytes], what: str) -> Iterator[bytes]:
    """ASDF's own framing: each piece's length, then the piece with its unpacked length in front."""
    try:
        from lz4.block import decompress
    except ImportError:
        raise MissingExtraError(
            f"{what} is compressed by lz4; 'pip install imviz[roman]' makes imviz open it."
        ) from None
    held = b""
    for piece in pieces:
        held += piece
        while len(held) >= 8 and len(held) >= 4 + (length := struct.unpack(">I", held[:4])[0]):
            if struct.unpack("<I", held[4:8])[0] > 2**28:
                raise ReadError(f"{what} unpacks to pieces of more than 268 MB; the file is damaged.")
            yield decompress(held[4 : 4 + length])
            held = held[4 + length :]


_UNPACKERS: dict[str, Callable[[Iterator[bytes], str], Iterator[bytes]]] = {
    "zlib": _unzip,
    "bzp2": _unbzip,
    "lz4": _unlz4,
}
