"""The top floor: the only place that knows session, viewers, plugins and window, and joins them.

`Application` is the whole; `Imviz` gives it the names notebooks use.
"""

from imviz.app.application import PLUGINS, Application
from imviz.app.notebook import Imviz

__all__ = ["PLUGINS", "Application", "Imviz"]
