"""What the browser frames: the window, a frame round each viewer, a panel for each plugin.

The only floor that knows both widgets and everything below. Templates are layout only; what they
show and call is declared in the Python module of the same name.
"""

from imviz.shell.window import DEFAULT_VIEWER, Window

__all__ = ["DEFAULT_VIEWER", "Window"]
