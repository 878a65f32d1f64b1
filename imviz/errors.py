"""The errors imviz raises: one family, each a single sentence a user can act on.

A message says what happened, with what, and what would have worked. The notebook raises it, a
panel shows the same words. Each class is also the built-in exception that Python users expect
(`ValueError`, `FileNotFoundError`, `ImportError`), so old notebooks' ``except`` clauses still work.
What is *not* here: warnings, and any handling of errors; nothing in imviz swallows one.
"""

__all__ = [
    "FileThereError",
    "ImvizError",
    "InputError",
    "MissingExtraError",
    "MissingFileError",
    "NoSkyError",
    "NotInJupyterError",
    "ReadError",
    "UnknownNameError",
    "WrongTypeError",
]


class ImvizError(Exception):
    """Anything imviz refuses to do, in one sentence."""


class NotInJupyterError(ImvizError, RuntimeError):
    """Something that only Jupyter can show, asked for outside of it."""


class InputError(ImvizError, ValueError):
    """A value, name or region that cannot be used; the message names it and what would work."""


class UnknownNameError(InputError, KeyError):
    """A name that is not in a dictionary of ours; the message lists those that are."""

    __str__ = Exception.__str__  # KeyError's puts quotes around the sentence


class WrongTypeError(InputError, TypeError):
    """A value of a kind that cannot be used; the message names the kind that can."""


class NoSkyError(InputError, AttributeError):
    """Something on the sky, asked of an image that has no celestial WCS."""


class ReadError(InputError):
    """A source that is not an image; the message names the file, the cause and what to do."""


class MissingFileError(ImvizError, FileNotFoundError):
    """A path that does not exist."""


class FileThereError(InputError, FileExistsError):
    """A file that would be overwritten unasked."""


class MissingExtraError(ImvizError, ImportError):
    """A feature whose optional package is not installed; the message names the extra."""
