"""A history as a program: Python that makes the same document from the same files, measurements included.

Images are opened from where they came; those that came as arrays are to be put in by whoever runs it. Rows
are measured again. What is *not* here: the statements themselves, which each step of the history has, and
what a window shows of the document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from imviz.readers.recorded import plain_ext
from imviz.readers.remote.download import may_hold_secret
from imviz.science.results.program import IMPORTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imviz.readers import Loaded

__all__ = ["notebook", "opening", "program", "statements"]

BEGIN = """\
from imviz import Imviz
from imviz.readers.recorded import reload

imviz = Imviz()
session = imviz.app.session
"""
END = """\
for label in session.images:
    imviz.app.add_data_to_viewer("imviz-0", label)
"""
ARRAY = re.compile(r"^session\.add_image\(images\[(.+?)\], ", re.MULTILINE)


def opening(one: Loaded, label: str) -> str:
    """The statement that opens an image from where it came, or takes it from ``images``.

    An address that may hold a secret is not written down: who runs the program puts its image in.
    """
    source = one.source
    if source is None or may_hold_secret(source.address):
        return f"session.add_image(images[{label!r}], {label!r})"
    record: dict[str, Any] = {"file": source.address, "ext": plain_ext(one.ext), "plane": source.plane}
    if source.row_order != "file":
        record["row_order"] = source.row_order
    return f"session.origins.add(reload({record!r}), {label!r})"


def program(codes: Iterable[str]) -> str:
    """The whole program of some steps' statements."""
    return "\n".join(
        [IMPORTS + BEGIN, statements(codes), END, "print(imviz.get_aperture_photometry_results())\n"]
    )


def notebook(codes: Iterable[str]) -> str:
    """The same as the text of a notebook, which shows the window and the table."""
    from nbformat import v4, writes

    parts = [
        IMPORTS + BEGIN,
        statements(codes),
        f"{END}imviz.show()",
        "imviz.get_aperture_photometry_results()",
    ]
    text: str = writes(v4.new_notebook(cells=[v4.new_code_cell(part.strip()) for part in parts]))
    return text


def statements(codes: Iterable[str]) -> str:
    """Those of all steps; before them what is to be put in, if images came as arrays."""
    text = "".join(f"{code}\n" for code in codes if code)
    labels = list(dict.fromkeys(ARRAY.findall(text)))
    if not labels:
        return text
    return f"images = {{}}  # put in what came as arrays, as NDData: {', '.join(labels)}\n{text}"
