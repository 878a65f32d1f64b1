"""Imviz: an interactive viewer of astronomical images for Jupyter, with aperture photometry.

``import imviz`` alone loads nothing heavy: the viewer comes with the first use of `Imviz`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imviz.app import Imviz

__all__ = ["Imviz", "__version__"]

__version__ = version("imviz")


def __getattr__(name: str) -> Any:
    """Load `Imviz` when it is first asked for."""
    if name == "Imviz":
        return import_module("imviz.app").Imviz
    raise AttributeError(f"module 'imviz' has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
