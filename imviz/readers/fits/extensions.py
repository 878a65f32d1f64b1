"""The extensions of a FITS file or of an `~astropy.io.fits.HDUList`, seen alike and unread.

What follows (choosing, pairing, naming) works on these records, so a path and an object that astropy
has opened give the same images. An image on disk stays there: its pixels are an array over the file,
scaled, or decoded tile by tile, where they are looked at.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from astropy.io import fits

from imviz.errors import ImvizError, ReadError
from imviz.readers.decoding.sandbox import decode
from imviz.readers.files.storage import check_expansion, open_storage
from imviz.readers.fits.structure import scan
from imviz.readers.headers.cards import header_from_bytes
from imviz.readers.labels import short
from imviz.readers.pixels.planes import squeezed
from imviz.readers.pixels.tiled import TiledArray
from imviz.readers.quiet import damaged, quiet

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from imviz.readers.files.storage import Storage
    from imviz.readers.fits.structure import Part
    from imviz.readers.pixels.lazy import LazyArray
    from imviz.readers.pixels.tiled import Box

    Pixels: TypeAlias = NDArray[Any] | LazyArray

__all__ = ["FitsSource", "HDURecord", "fits_file", "hdu_list"]


@dataclass(frozen=True, slots=True)
class HDURecord:
    """One header-and-data unit whose header and pixels are read when called for.

    Attributes
    ----------
    kind
        ``image``, ``table``, ``groups`` or ``empty``.
    shape
        In numpy's order, as stored; ``()`` where there is no image.
    on_disk
        Whether `pixels` returns at once, without reading (an array over the file).
    raw
        The data's bytes as stored, for what is neither image nor asked of astropy (ASDF).
    stored
        Type of the values in the file, such as ``float32``.
    chosen
        The plane's indices along the axes in front, when it is one of many that is meant.
    """

    index: int
    name: str
    version: int
    kind: str
    shape: tuple[int, ...]
    on_disk: bool
    header: Callable[[], fits.Header]
    pixels: Callable[[], Pixels]
    raw: Callable[[], bytes]
    stored: str = ""
    chosen: tuple[int, ...] = ()

    def image(self) -> Pixels:
        """The pixels of the image that is meant, with the shape `plane`."""
        pixels = self.pixels().reshape(self.squeezed)
        for index in self.chosen:
            pixels = pixels[index]
        return pixels

    @property
    def title(self) -> str:
        """As in labels and messages: ``SCI,1``, or the index where there is no name."""
        return f"{self.name},{self.version}" if self.name else str(self.index)

    @property
    def plane(self) -> tuple[int, ...]:
        """The shape of what is meant: `squeezed`, or a plane of it."""
        return self.squeezed[len(self.chosen) :]

    @property
    def squeezed(self) -> tuple[int, ...]:
        """The shape without axes of length one in front, as far as that makes it 2-D."""
        return squeezed(self.shape)

    @property
    def is_2d(self) -> bool:
        """Whether this can be shown as one image."""
        return self.kind == "image" and len(self.plane) == 2


@dataclass(frozen=True, slots=True)
class FitsSource:
    """All extensions of a file or list, and how to hand them to astropy together.

    Attributes
    ----------
    name
        For messages: the file's name, or what the object is.
    path
        Where it lies, or `None` for an object in memory.
    problem
        Why a file could not be followed to its end.
    hdulist
        Opens the extensions as astropy has them (WCS look-up tables need it).
    """

    name: str
    path: str | None
    records: tuple[HDURecord, ...]
    problem: str | None
    hdulist: Callable[[], AbstractContextManager[fits.HDUList]]


def fits_file(storage: Storage) -> FitsSource:
    """The extensions of a FITS file; reads headers' structure only."""
    structure = scan(storage)
    records = tuple(_file_record(storage, part) for part in structure.parts)
    return FitsSource(storage.name, str(storage.path), records, structure.problem, storage.hdulist)


def hdu_list(hdus: fits.HDUList) -> FitsSource:
    """The extensions of an open `HDUList`; its own file and arrays stay the caller's.

    Pixels that nobody has looked at yet are read from the file as if it had been named: astropy would map
    them, and a map ends the program when the file is cut short.
    """
    path = hdus.filename()
    name = "HDUList" if path is None else short(str(path).replace("\\", "/").rsplit("/", 1)[-1])
    try:
        with quiet():
            records = [_object_record(name, index, hdu) for index, hdu in enumerate(hdus)]
    except damaged() as error:
        raise ReadError(f"{name} cannot be read: {short(str(error))}; open the file again.") from None
    for record in _untouched(hdus):
        if record.index < len(records) and records[record.index].shape == record.shape:
            own = records[record.index]
            records[record.index] = replace(own, on_disk=True, pixels=record.pixels, raw=record.raw)
    return FitsSource(
        name, None if path is None else str(path), tuple(records), None, lambda: nullcontext(hdus)
    )


def _untouched(hdus: fits.HDUList) -> list[HDURecord]:
    """The extensions of the file behind an `HDUList` whose pixels have not been asked for yet."""
    path = hdus.filename()
    if path is None or any(hdu.fileinfo() is None for hdu in hdus):
        return []
    try:
        records = fits_file(open_storage(Path(path))).records
    except ImvizError:
        return []  # what astropy holds may still be good
    if len(records) != len(hdus):
        return []
    return [
        record
        for record, hdu in zip(records, hdus, strict=True)
        if record.kind == "image" and "data" not in vars(hdu)
    ]


def _file_record(storage: Storage, part: Part) -> HDURecord:
    """A part of a file on disk or unpacked in memory."""
    return HDURecord(
        index=part.index,
        name=part.name,
        version=part.version,
        kind="image" if part.kind == "compressed" else part.kind,
        shape=part.shape,
        on_disk=True,
        header=partial(_file_header, storage, part),
        pixels=partial(_file_pixels, storage, part),
        raw=partial(_file_raw, storage, part),
        stored=_stored(part.bitpix).name,
    )


def _file_raw(storage: Storage, part: Part) -> bytes:
    with storage.handle() as file:
        file.seek(part.data_at)
        return file.read(min(part.data_size, storage.size))


def _file_header(storage: Storage, part: Part) -> fits.Header:
    """The header; of tiles, that of the image they make."""
    if part.kind == "compressed":
        return _by_astropy(storage, part, lambda hdu: hdu.header.copy())
    with storage.handle() as file:
        file.seek(part.header_at)
        return header_from_bytes(file.read(part.data_at - part.header_at))


def _file_pixels(storage: Storage, part: Part) -> Pixels:
    """The pixels' values, not read yet, in the file's own type unless scaling changes it."""
    title = part.name or part.index
    if not part.complete:
        missing = min(part.data_at + part.data_size - storage.size, part.data_size)
        raise ReadError(
            f"{storage.name} is cut off: [{title}] lacks its last {missing:,} of {part.data_size:,} bytes; "
            "copy or download it again."
        )
    if part.kind == "compressed":
        if 0 in part.tile:
            raise ReadError(f"{storage.name}[{title}] lacks some of its tiles; copy or download it again.")
        tile = part.tile[0] * part.tile[1] * abs(part.bitpix) // 8  # the most that is decoded at once
        check_expansion(f"{storage.name}[{title}]", part.data_size, tile)
        return _tiles(storage, part)
    return storage.array(part.data_at, _stored(part.bitpix), part.shape, part.scaling)


def _stored(bitpix: int) -> np.dtype[Any]:
    """The type that BITPIX stands for."""
    letter = "u" if bitpix == 8 else "i" if bitpix > 0 else "f"
    return np.dtype(f">{letter}{abs(bitpix) // 8}") if bitpix % 8 == 0 and bitpix else np.dtype("f4")


def _tiles(storage: Storage, part: Part) -> TiledArray:
    """An image in tiles, each decoded where it is looked at, by a process that may die of it."""
    name = f"{storage.name}[{part.name or part.index}]"
    scaling = part.scaling
    if scaling is not None and not scaling.marks(_stored(part.bitpix)):
        scaling = None  # astropy's own does
    asked = {"path": str(storage.file.reachable), "hdu": part.index, "stored": scaling is not None}

    def section(box: Box) -> NDArray[Any]:
        tiles = decode(name, "fits_tiles", **asked, box=[[one.start, one.stop] for one in box])[0]
        return tiles if scaling is None else scaling.apply(tiles)

    storage.file.check()
    first = section(tuple(slice(0, 1) for _ in part.shape))  # tells the type, and whether it decodes at all
    return TiledArray(part.shape, first.dtype.newbyteorder("="), part.tile, section, storage.file.check)


def _by_astropy(storage: Storage, part: Part, take: Callable[[Any], Any]) -> Any:
    """What astropy makes of a part, with its many complaints turned into one sentence."""
    try:
        with quiet(), storage.hdulist() as hdus:
            return take(hdus[part.index])
    except damaged() as error:
        why = short(f"{error.__class__.__name__}: {error}", 90)
        raise ReadError(
            f"{storage.name}[{part.name or part.index}] cannot be decoded ({why}); the file is damaged."
        ) from None


def _object_record(source: str, index: int, hdu: Any) -> HDURecord:
    """An HDU that astropy holds."""
    is_image = bool(hdu.is_image) and not isinstance(hdu, fits.GroupsHDU)
    shape = tuple(hdu.shape) if is_image else ()
    empty = "empty" if is_image else "table"
    return HDURecord(
        index=index,
        name=(hdu.name or ("PRIMARY" if isinstance(hdu, fits.PrimaryHDU) else "")).upper(),
        version=int(hdu.ver),
        kind="image" if shape and 0 not in shape else empty,
        shape=shape,
        on_disk=False,
        header=hdu.header.copy,
        pixels=partial(_object_pixels, source, hdu),
        raw=lambda: np.asarray(hdu.data).tobytes(),
    )


def _object_pixels(source: str, hdu: Any) -> NDArray[Any]:
    try:
        with quiet():
            return _frozen(_without_blank(hdu))
    except damaged() as error:
        why = short(f"{error.__class__.__name__}: {error}", 90)
        raise ReadError(
            f"{source}[{hdu.name}]: pixels cannot be read ({why}); open the file again."
        ) from None


def _without_blank(hdu: Any) -> NDArray[Any]:
    """An HDU's pixels, NaN where they are integers that BLANK says are none."""
    pixels, blank = np.asarray(hdu.data), hdu.header.get("BLANK")
    if pixels.dtype.kind not in "iu" or type(blank) is not int:
        return pixels
    marked = pixels == blank + int(hdu.header.get("BZERO", 0))
    if not marked.any():
        return pixels
    return np.where(marked, np.nan, pixels.astype("f4" if pixels.dtype.itemsize <= 2 else "f8"))


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only view; the array it looks at stays as it was."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view
